# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What was answered to earlier reports, and what changed since; an answer is never judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.dialogue import Answer, Said, said_of
from contracts.figures import Count
from contracts.findings import Bottleneck, Findings
from contracts.settings import ReportFormat
from reporting.disclosure.small_groups import is_small
from reporting.facts import Facts
from reporting.words.counts import count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, sentence
from reporting.words.story import SECTIONS
from reporting.words.vocabulary import ANSWERS
from reporting.workbooks.answers import stall, stalls

_CHOICES: dict[Said | None, tuple[str, str]] = {
    said: (dutch, english) for said, dutch, english in ANSWERS
}
_NOT_LATER = sentence("This report is not of a later day, so nothing can have changed since.")
_NOT_NOW = sentence("Nothing can be shown about this wait now.")


@dataclass(frozen=True)
class _Figures:
    """The figures of a wait, then or now."""

    p50: float | None
    p90: float | None
    open_cases: Count


@dataclass(frozen=True)
class Answered:
    """What was answered about a place, and what changed since.

    Attributes:
        choice: in Dutch and in English; null if none was made.
        why: in the words of whoever answered.
        plan: what was to be done, by whom and when; each with its words.
        moved: each figure then and now; ``remark``: why there is none.
    """

    place: str
    heading: str
    choice: tuple[str, str] | None
    why: str
    plan: list[tuple[str, str]]
    moved: list[PageRow]
    remark: str


def said(found: Bottleneck, findings: Findings, facts: Facts, names: Names) -> Answered | None:
    """What was answered about a stall, and what changed since; null without an answer."""
    answer = said_of(facts.answers, *stall(found))
    return _told(answer, _of_stall(found), findings, facts, names) if answer else None


def said_earlier(
    findings: Findings, tables: Mapping[str, pl.DataFrame], facts: Facts, names: Names
) -> list[Answered]:
    """What was answered about places without a section here: no stall any more, or far down."""
    places = stalls(findings.bottlenecks[:SECTIONS])
    return [
        _told(answer, _of_wait(answer, tables["waits"]), findings, facts, names)
        for answer in facts.answers
        if not any(answer.is_of(*place) for place in places)
    ]


def answer_in(formats: Sequence[ReportFormat]) -> str:
    """The workbook for answers, if there is one."""
    return next((f"findings.{name}" for name in ("xlsx", "ods") if name in formats), "")


def _of_stall(found: Bottleneck) -> _Figures:
    return _Figures(found.wait_days.p50, found.wait_days.p90, found.open_cases)


def _of_wait(answer: Answer, waits: pl.DataFrame) -> _Figures | None:
    mine = waits.filter(pl.col("from") == answer.start, pl.col("to").eq_missing(answer.end))
    rows = mine.select("p50_days", "p90_days", "open_cases").rows()
    return _Figures(*rows[0]) if rows else None


def _told(
    answer: Answer, now: _Figures | None, findings: Findings, facts: Facts, names: Names
) -> Answered:
    speech = names.speech
    is_later = answer.day < speech.date_of(findings.as_of)
    then = _then(answer, facts.then, names.settings.privacy.minimum_group)
    return Answered(
        place=names.place(answer.start, answer.end),
        heading=speech.say("What you said at the report of %(day)s", day=speech.day(answer.day)),
        choice=_CHOICES.get(answer.answer),
        why=answer.why,
        plan=[
            (speech.say(words), text)
            for words, text in (
                (sentence("The first small step"), answer.step),
                (sentence("Who"), answer.who),
                (sentence("When"), answer.when),
            )
            if text
        ],
        moved=_moved(then, now, speech) if now and is_later else [],
        remark=_remark(now, speech, is_later=is_later),
    )


def _then(
    answer: Answer, then: Mapping[dt.date, Sequence[Bottleneck]], minimum_group: int
) -> _Figures | None:
    """What the report of that day said about the stall, as far as it may be shown now."""
    among = [each for each in then.get(answer.day, ()) if answer.is_of(*stall(each))]
    if not among:
        return None
    figures = _of_stall(among[0])
    is_hidden = is_small(figures.open_cases, minimum_group)
    return _Figures(figures.p50, figures.p90, None if is_hidden else figures.open_cases)


def _remark(now: _Figures | None, speech: Speech, *, is_later: bool) -> str:
    if not is_later:
        return speech.say(_NOT_LATER)
    return "" if now else speech.say(_NOT_NOW)


def _moved(then: _Figures | None, now: _Figures, speech: Speech) -> list[PageRow]:
    """Each figure then and now."""
    words = (
        speech.say("half go on within"),
        speech.say("1 in 10 waits at least"),
        speech.say("cases that still wait"),
    )
    before = _in_words(then, speech) if then else [speech.say("not known")] * len(words)
    return [
        {"words": told, "then": was, "now": is_}
        for told, was, is_ in zip(words, before, _in_words(now, speech), strict=True)
    ]


def _in_words(figures: _Figures, speech: Speech) -> list[str]:
    times = map(speech.duration_if_known, (figures.p50, figures.p90))
    return [*times, count(figures.open_cases, speech)]
