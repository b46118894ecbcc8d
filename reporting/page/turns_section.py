# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whose turn it was, in days of all cases together; and the waiting that is meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.findings import ExplainedWait, Findings
from reporting.drawing.charts import bar
from reporting.shown import Shown
from reporting.words.counts import AT_LEAST, count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, forms
from reporting.words.vocabulary import EXPLAINED, LEDGER

EXPLAINED_WAITS = 10
_MORE_PLACES = forms(
    "And %(n)s more such place: %(days)s days.",
    "And %(n)s more such places: %(days)s days in all.",
)


@dataclass(frozen=True)
class TurnsSection:
    """What the section shows.

    Attributes:
        heading: the question that it answers.
        rows: a row for each who had a turn; none if there are too few cases.
        summary: which part was the agency's.
        nobody_said: whether the config says for no step who must act.
        explained: waits that are meant to be; ``other_explained``: what the others add up to.
        has_parallel: whether, in some of these waits, the case went on meanwhile.
        at_least: what the sign of a number that is rounded down means; empty if there is none.
    """

    heading: str
    rows: list[PageRow]
    summary: str
    nobody_said: bool
    explained: list[PageRow]
    other_explained: str
    has_parallel: bool
    at_least: str


def turns_section(shown: Shown, names: Names) -> TurnsSection:
    """Whose turn it was in the cases of a run."""
    findings, speech = shown.findings, names.speech
    owned: dict[str, float | None] = dict(findings.ledger)
    days = {owner: days for owner, days in owned.items() if days}
    return TurnsSection(
        heading=speech.say("Whose turn was it?"),
        rows=_turns(owned, days, speech) if days else [],
        summary=_agency(owned, sum(days.values()), speech) if days else "",
        nobody_said=not shown.settings.journey.steps,
        explained=explained(findings, names),
        other_explained=other_explained(findings, speech),
        has_parallel=any(each.class_ == "parallel" for each in findings.explained_waits),
        at_least=speech.say(AT_LEAST)
        if any(each.cases_at_least for each in findings.explained_waits)
        else "",
    )


def _turns(
    owned: Mapping[str, float | None], days: Mapping[str, float], speech: Speech
) -> list[PageRow]:
    """The rows of ``days``: those in ``owned`` that are shown and not nought."""
    total, most = sum(days.values()), max(days.values())
    return [
        {
            "words": speech.say(words),
            "count": speech.number(round(days[key])),
            "share": speech.share(days[key] / total),
            "bar": bar(days[key] / most, "turn"),
        }
        if key in days
        else {
            "words": speech.say(words),
            "count": speech.say("not shown"),
            "share": "",
            "bar": "",
        }
        for key, words in LEDGER.items()
        if key in days or owned[key] is None
    ]


def _agency(owned: Mapping[str, float | None], total: float, speech: Speech) -> str:
    """Which part of the shown days was the agency's."""
    shown, wait, work = speech.number(round(total)), owned["agency_wait"], owned["agency_work"]
    if wait is None or work is None:
        return speech.say("The days below are %(days)s in all; some are not shown.", days=shown)
    share = speech.share((wait + work) / total)
    if None in owned.values():
        return speech.say(
            "It was the agency's turn for %(share)s of the %(days)s days that are shown.",
            days=shown,
            share=share,
        )
    return speech.say(
        "It was the agency's turn for %(share)s of the %(days)s days that all cases together "
        "were under way.",
        days=shown,
        share=share,
    )


def explained(findings: Findings, names: Names) -> list[PageRow]:
    """The waits that are meant to be, most days first; only so many of them."""
    found = _most_days_first(findings)[:EXPLAINED_WAITS]
    return [
        {
            "place": names.place(wait.from_, wait.to),
            "reason": names.speech.say(EXPLAINED[wait.class_]),
            "cases": count(wait.cases, names.speech, at_least=wait.cases_at_least),
            "days": names.speech.number(round(wait.person_days)),
        }
        for wait in found
    ]


def other_explained(findings: Findings, speech: Speech) -> str:
    """What the waits that are meant to be, but are not listed, add up to."""
    rest = _most_days_first(findings)[EXPLAINED_WAITS:]
    if not rest:
        return ""
    days = speech.number(round(sum(wait.person_days for wait in rest)))
    return speech.plural(_MORE_PLACES, len(rest), days=days)


def _most_days_first(findings: Findings) -> list[ExplainedWait]:
    return sorted(findings.explained_waits, key=lambda wait: -wait.person_days)
