# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A report in brief: its first screen, for a place that shows Markdown and small tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from contracts.findings import Findings
from contracts.settings import Settings
from reporting.words import bottlenecks, story
from reporting.words.bottlenecks import Wait
from reporting.words.counts import count
from reporting.words.names import Names
from reporting.words.speech import Speech

TABLES_READ = ("survival", "waits")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")


@dataclass(frozen=True)
class Brief:
    """The first screen of a report, in the first language of its process.

    Attributes:
        title: the question that the report answers.
        markdown: its answer, its figures and its first waits.
        waits: a row per wait, as plain text.
        link: a link to the report.
    """

    title: str
    markdown: str
    waits: list[dict[str, str]]
    link: str


def brief(findings: Findings, tables: Mapping[str, pl.DataFrame], settings: Settings) -> Brief:
    """A report in brief.

    Args:
        findings: what may be shown of the findings of a run.
        tables: the tables ``TABLES_READ`` of the same run, shaped as ``contracts.tables.TABLES``.
        settings: the config of the process.
    """
    speech = Speech(settings.report.languages[0], settings.zone)
    names = Names(settings, speech)
    title = story.question(names)
    waits = bottlenecks.waits(findings, names)
    figures = story.key_figures(findings, tables["survival"], speech)
    parts = [
        f"# {_plain(title)}",
        _plain(story.answer(findings, tables["waits"], names)),
        "\n".join(f"- **{_plain(each.value)}** {_plain(each.words)}" for each in figures),
        story.order(findings, names),
        "\n".join(_item(wait) for wait in waits[: story.FIRST]),
        story.further(findings, speech),
        _plain(speech.say("Data up to %(day)s.", day=speech.day(findings.as_of))),
    ]
    return Brief(
        title=title,
        markdown="\n\n".join(part for part in parts if part),
        waits=[_row(wait, speech) for wait in waits],
        link=speech.say("Open the report"),
    )


def _item(wait: Wait) -> str:
    about = f" · {_plain(wait.about)}" if wait.about else ""
    return (
        f"{wait.number}. **{_plain(wait.title)}**: {_plain(wait.cause)}{about}. "
        f"{_plain(wait.summary)}"
    )


def _row(wait: Wait, speech: Speech) -> dict[str, str]:
    return {
        speech.say("where"): f"{wait.number}. {wait.title}",
        speech.say("what the log shows"): wait.cause,
        speech.say("cases"): count(wait.source.cases, speech, at_least=wait.source.cases_at_least),
        speech.say("1 in 10 waits at least"): speech.duration_if_known(wait.source.wait_days.p90),
    }


def _plain(text: str) -> str:
    """A text on one line, in which nothing is read as Markdown or HTML."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
