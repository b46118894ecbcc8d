# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a bottleneck is not: what was left out of it, and what nobody should read into it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from contracts.findings import Bottleneck, Findings
from reporting.words.names import Names
from reporting.words.vocabulary import EXPLAINED


def limits(
    found: Bottleneck, findings: Findings, work_band: pl.DataFrame, names: Names
) -> list[str]:
    """The sentences about these limits.

    Args:
        found: the bottleneck.
        findings: the findings of its run.
        work_band: in the shape of ``TABLES["work_band"]``: it says for which steps the log tells
            when work on them began.
        names: the names of steps.
    """
    return [
        *_explained(found, findings, names),
        *_work(found, work_band, names),
        names.speech.say("It says nothing about one citizen or one member of staff."),
        names.speech.say("It is not proof of a cause: it shows where to look and what to ask."),
    ]


def _explained(found: Bottleneck, findings: Findings, names: Names) -> Iterator[str]:
    speech = names.speech
    for wait in findings.explained_waits:
        if (wait.from_, wait.to) == (found.from_, found.to) and wait.person_days >= 1:
            yield speech.say(
                "This leaves out %(days)s days of waiting here that have a known reason: "
                "%(reason)s.",
                days=speech.number(round(wait.person_days)),
                reason=speech.say(EXPLAINED[wait.class_]),
            )


def _work(found: Bottleneck, work_band: pl.DataFrame, names: Names) -> Iterator[str]:
    if found.to in (None, names.settings.closing):  # nobody works on the moment of closing
        return
    timed = work_band.filter(pl.col("activity") == found.to, pl.col("timed") > 0)
    yield (
        names.speech.say("It is not the work on the step itself: that is not in it.")
        if timed.height
        else names.speech.say(
            "The log does not say when work on %(step)s began, so that work is part of this wait.",
            step=names.quoted(found.to),
        )
    )
