# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a report says first: the answer, and the figures of the whole log."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.findings import QUESTION, Findings
from reporting.page import cards
from reporting.shown import Shown
from reporting.words import quality, story
from reporting.words.names import Names
from reporting.words.speech import Speech


@dataclass(frozen=True)
class FirstScreen:
    """The answer, its figures with their cards, and what to know before these are believed.

    ``listed``: how many of the places that it counts are listed; ``further``: how many more;
    ``order``: why they stand in that order, if it is not that of their shares; ``intent``: what
    the report is for.
    """

    answer: str
    figures: tuple[story.KeyFigure, ...]
    cautions: list[str]
    further: str
    order: str
    intent: str
    listed: int = story.FIRST


def first_screen(shown: Shown, names: Names) -> FirstScreen:
    """The first screen of a report, without the waits to which it leads."""
    findings, tables = shown.findings, shown.tables
    figures = story.key_figures(findings, tables["survival"], names.speech)
    return FirstScreen(
        answer=story.answer(findings, tables["waits"], names),
        figures=cards.with_cards(figures, findings, shown, names.speech),
        cautions=quality.cautions(findings, shown.facts, names),
        further=story.further(findings, names.speech),
        order=story.order(findings, names),
        intent=_intent(findings, names.speech),
    )


def _intent(findings: Findings, speech: Speech) -> str:
    words = speech.say(
        "This report shows where cases stand still, and which signs of a cause are in the log: what"
        " was done in each case, and when. It blames no one. Waiting can be useful, for instance"
        " when the law sets a period."
    )
    asks = (
        speech.say("That is why every place ends with a question to you.")
        if findings.bottlenecks
        else speech.say(
            "That is why there is a question to you, here about the whole route: “%(question)s”",
            question=QUESTION.get(speech.language),
        )
    )
    return f"{words} {asks}"
