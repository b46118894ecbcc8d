# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sheet with the places where cases wait, each with the question and room for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.dialogue import Answer
from contracts.findings import Findings
from reporting.words import bottlenecks
from reporting.words.names import Names
from reporting.words.speech import Speech, sentence
from reporting.words.vocabulary import TURN
from reporting.workbooks.answers import (
    CHOICES,
    answer_cells,
    answer_columns,
    asked,
    choices,
    mark,
    stall,
    stalls,
)
from reporting.workbooks.workbook import AtLeast, Column, Days, Share, Sheet, Value

PLACES, EARLIER = sentence("Places"), sentence("Earlier answers")


@dataclass(frozen=True)
class FigureColumn:
    """A column with a figure: its title, what it means, and whether it is in days."""

    title: str
    meaning: str
    width: int = 13
    in_days: bool = False


FIGURES = (
    FigureColumn(
        sentence("number"),
        sentence("The place in the list: first where the log shows a cause, then the long waits."),
        10,
    ),
    FigureColumn(sentence("where"), sentence("Between which two steps the cases wait."), 44),
    FigureColumn(sentence("cause"), sentence("What the log shows about why they wait."), 30),
    FigureColumn(
        sentence("which cases, and when"),
        sentence("The group of cases and the period that this is about; empty: all of them."),
        26,
    ),
    FigureColumn(sentence("whose turn"), sentence("Who must act for the wait to end."), 14),
    FigureColumn(
        sentence("cases"),
        sentence(
            "The cases that waited here, those that still do included. ≥: at least so many; rounded"
            " down, since the exact number could tell of a few cases."
        ),
    ),
    FigureColumn(
        sentence("of which wait now"), sentence("The cases that wait here when the data end.")
    ),
    FigureColumn(
        sentence("half go on within (days)"),
        sentence("This long after they began to wait here, half of the cases have gone on."),
        in_days=True,
    ),
    FigureColumn(
        sentence("1 in 10 waits at least (days)"),
        sentence("How long 1 in 10 of the cases that come here waits, or longer."),
        in_days=True,
    ),
    FigureColumn(
        sentence("days of waiting, all cases together"),
        sentence(
            "All days that cases waited here, added up; open cases up to the end of the data."
            " Without what the law or a decision explains."
        ),
        16,
        in_days=True,
    ),
    FigureColumn(
        sentence("share of all waiting"),
        sentence(
            "Those days, as a part of all days that cases waited, in the places that may be shown."
        ),
    ),
    FigureColumn(
        sentence("extra days per case"),
        sentence(
            "What waiting for the step that comes next, from here or elsewhere, adds to a case; on"
            " average over all cases of the log."
        ),
        in_days=True,
    ),
    FigureColumn(
        sentence("extra days, at least"),
        sentence(
            "The low end of its range: 9 times out of 10 it lies in there, had other weeks"
            " been like these."
        ),
        in_days=True,
    ),
    FigureColumn(
        sentence("extra days, at most"),
        sentence(
            "The high end of its range: 9 times out of 10 it lies in there, had other weeks"
            " been like these."
        ),
        in_days=True,
    ),
    FigureColumn(
        sentence("certainty"),
        sentence(
            "Certainty is high from 300 waits that ended, with at most one still going on for every"
            " four; fair from 100, with no more going on than ended; otherwise low."
        ),
    ),
    FigureColumn(sentence("what the log shows"), sentence("The signs of the cause, in words."), 60),
    FigureColumn(
        sentence("a first question to ask"), sentence("Where a talk about it can begin."), 40
    ),
)
CERTAINTY = {"high": sentence("high"), "fair": sentence("fair"), "low": sentence("low")}


def places(findings: Findings, answers: Sequence[Answer], names: Names) -> Sheet:
    """A row for each bottleneck, with earlier answers about it."""
    speech = names.speech
    rooms = asked(stalls(findings.bottlenecks), answers)
    first: dict[str, int] = {}
    rows = []
    for wait in bottlenecks.waits(findings, names, most=None):
        mark_ = mark(stall(wait.source))
        number = first.setdefault(mark_, wait.number)
        answer = (
            answer_cells(mark_, rooms[mark_].said, speech)
            if number == wait.number
            else (speech.say("see number %(n)s", n=number), *(None,) * 6)
        )
        rows.append((*_figures(wait, speech), *answer))
    figures = [Column(speech.say(each.title), each.width) for each in FIGURES]
    columns = (*figures, *answer_columns(speech))
    return Sheet(speech.say(PLACES), columns, tuple(rows), in_sight=2)


def earlier(findings: Findings, answers: Sequence[Answer], names: Names) -> Sheet:
    """Answers about places that are no bottleneck any more."""
    speech = names.speech
    gone = [
        (names.place(start, end), *answer_cells(mark_, room.said, speech))
        for mark_, room in asked(stalls(findings.bottlenecks), answers).items()
        if not room.is_stall
        for start, end, _ in (room.place,)
    ]
    columns = (Column(speech.say("where"), 44), *answer_columns(speech))
    return Sheet(speech.say(EARLIER), columns, tuple(gone), in_sight=1)


def offered(speech: Speech) -> Sheet:
    """The possible answers."""
    rows = tuple((choice,) for choice in choices(speech).values())
    return Sheet(speech.say(CHOICES), (Column(speech.say("what may be chosen"), 60),), rows)


def _figures(wait: bottlenecks.Wait, speech: Speech) -> Sequence[Value]:
    found = wait.source
    low, high = found.interval or (None, None)
    return (
        wait.number,
        wait.title,
        wait.cause,
        wait.about or None,
        speech.say(TURN[found.actor]),
        counted(found.cases, speech, at_least=found.cases_at_least),
        counted(found.open_cases, speech),
        days(found.wait_days.p50, speech),
        days(found.wait_days.p90, speech),
        Days(found.person_days_lost),
        Share(found.share_of_waiting),
        Days(found.mean_days_per_case),
        days(low, speech),
        days(high, speech),
        speech.say(CERTAINTY[found.certainty]),
        "\n".join((*wait.signs, *wait.remarks)) or None,
        wait.first_question,
    )


def counted(number: int | None, speech: Speech, *, at_least: bool = False) -> Value:
    """A count, or that it is not shown; ``at_least``: it is rounded down."""
    if number is None:
        return speech.say("not shown")
    return AtLeast(number) if at_least else number


def days(number: float | None, speech: Speech) -> Value:
    """A time, or that it is not known."""
    return speech.say("not known yet") if number is None else Days(number)
