# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sheet with the places where cases wait, each with the question and room for an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.findings import QUESTION, Bottleneck, Findings
from reporting import bottlenecks
from reporting.names import Names
from reporting.speech import Speech, sentence
from reporting.vocabulary import ANSWERS, TURN
from reporting.workbook import Column, Days, Share, Sheet, Value

PLACES, CHOICES = sentence("Places"), sentence("Answers")


@dataclass(frozen=True)
class Told:
    """A column with a figure: what it is called, what it means, and whether it is in days."""

    title: str
    meaning: str
    width: int = 13
    in_days: bool = False


FIGURES = (
    Told(
        sentence("number"),
        sentence("The place in the list: first where the log shows a cause, then the long waits."),
        10,
    ),
    Told(sentence("where"), sentence("Between which two steps the cases wait."), 44),
    Told(sentence("cause"), sentence("What the log shows of why they wait."), 30),
    Told(
        sentence("which cases, and when"),
        sentence("The group of cases and the period that this is about; empty: all of them."),
        26,
    ),
    Told(sentence("whose turn"), sentence("Who must act for the wait to end."), 14),
    Told(sentence("cases"), sentence("The cases that waited here, those that still do included.")),
    Told(sentence("of which wait now"), sentence("The cases that wait here when the data end.")),
    Told(
        sentence("half go on within (days)"),
        sentence("So long after they began to wait here, half of the cases have gone on."),
        in_days=True,
    ),
    Told(
        sentence("1 in 10 waits longer than (days)"),
        sentence("So long after they began to wait here, 1 in 10 cases still waits."),
        in_days=True,
    ),
    Told(
        sentence("days of waiting, all cases together"),
        sentence(
            "All days that cases waited here, added up; open cases up to the end of the data."
        ),
        16,
        in_days=True,
    ),
    Told(
        sentence("share of all waiting"),
        sentence("Those days, as a part of all days that cases waited anywhere."),
    ),
    Told(
        sentence("extra days a case"),
        sentence("What waiting here adds to a case, on average over all cases of the log."),
        in_days=True,
    ),
    Told(
        sentence("extra days, at least"),
        sentence(
            "The low end of its range: 9 times out of 10 it lies in there, had other weeks"
            " been like these."
        ),
        in_days=True,
    ),
    Told(
        sentence("extra days, at most"),
        sentence(
            "The high end of its range: 9 times out of 10 it lies in there, had other weeks"
            " been like these."
        ),
        in_days=True,
    ),
    Told(
        sentence("certainty"),
        sentence(
            "Certainty is high from 300 waits that ended, with at most one still going on for every"
            " four; fair from 100, with no more going on than ended; otherwise low."
        ),
    ),
    Told(sentence("what the log shows"), sentence("The signs of the cause, in words."), 60),
    Told(sentence("a first question to ask"), sentence("Where a talk about it can begin."), 40),
)
CERTAINTY = {"high": sentence("high"), "fair": sentence("fair"), "low": sentence("low")}
WHY = sentence("Your answer")
STEP, WHO, WHEN = sentence("The first small step"), sentence("Who"), sentence("When")
KEY = sentence("mark of the place (leave it as it is)")


def places(findings: Findings, names: Names) -> Sheet:
    """A row for each bottleneck."""
    speech = names.speech
    rows = [
        (*_figures(wait, speech), *(None,) * _ANSWER_COLUMNS, key(wait.source))
        for wait in bottlenecks.waits(findings, names, most=None)
    ]
    figures = [Column(speech.say(each.title), each.width) for each in FIGURES]
    columns = (*figures, *answer_columns(speech), Column(speech.say(KEY), 14))
    return Sheet(speech.say(PLACES), columns, tuple(rows), in_sight=2)


def answer_columns(speech: Speech) -> tuple[Column, ...]:
    """Where a reader answers."""
    question = beside(QUESTION.nl, QUESTION.en, speech)
    return (
        Column(question, 30, is_answer=True, choices=speech.say(CHOICES)),
        Column(speech.say(WHY), 44, is_answer=True),
        Column(speech.say(STEP), 30, is_answer=True),
        Column(speech.say(WHO), 16, is_answer=True),
        Column(speech.say(WHEN), 14, is_answer=True),
    )


_ANSWER_COLUMNS = 5


def beside(dutch: str, english: str, speech: Speech) -> str:
    """The question is Dutch, as its answers are; in another language that stands beside it."""
    return dutch if speech.language == "nl" else f"{dutch} ({english})"


def choices(speech: Speech) -> Sheet:
    """What may be answered, and what is asked then."""
    rows = tuple((beside(dutch, english, speech),) for _, dutch, english in ANSWERS)
    return Sheet(speech.say(CHOICES), (Column(speech.say("what may be chosen"), 60),), rows)


def key(found: Bottleneck) -> str:
    """A mark by which a place and its cause are known again, whatever they are called."""
    named = json.dumps([found.from_, found.to, found.kind])
    return hashlib.sha256(named.encode()).hexdigest()[:12]


def _figures(wait: bottlenecks.Wait, speech: Speech) -> Sequence[Value]:
    found = wait.source
    low, high = found.interval or (None, None)
    return (
        wait.number,
        wait.title,
        wait.cause,
        wait.about or None,
        speech.say(TURN[found.actor]),
        counted(found.cases, speech),
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


def counted(number: int | None, speech: Speech) -> Value:
    """A count, or that it is not shown."""
    return speech.say("not shown") if number is None else number


def days(number: float | None, speech: Speech) -> Value:
    """A time, or that it is not known."""
    return speech.say("not known yet") if number is None else Days(number)
