# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sheet that says what each figure of the workbook means, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.findings import Findings
from reporting.shown import Shown
from reporting.words import terms
from reporting.words.counts import Basis, followed
from reporting.words.names import Names
from reporting.words.speech import Speech, sentence
from reporting.workbooks.columns import columns
from reporting.workbooks.places_sheet import FIGURES, PLACES, counted
from reporting.workbooks.workbook import Share, Sheet, SheetRow, Value

CALENDAR_DAYS = sentence("calendar days")
OPEN_COUNTED = sentence(
    "A case that is not done yet counts for as long as it was watched. Leaving it out would make"
    " waiting look shorter than it is (the Kaplan-Meier method)."
)


def meanings(shown: Shown, names: Names) -> Sheet:
    """What each figure means, and what it rests on."""
    speech = names.speech
    titles = columns(
        speech,
        (sentence("figure"), 40),
        (sentence("what it means"), 70),
        (sentence("based on"), 40),
        (sentence("calendar"), 18),
        (sentence("cases"), 13),
        (sentence("share that is open"), 13),
        (sentence("version of the rule"), 24),
    )
    of_terms = _of_terms(shown.findings, names)
    rows = (*_of_the_whole(followed(shown), names), *_of_places(speech), *of_terms)
    return Sheet(speech.say("What it means"), titles, rows)


def _of_the_whole(basis: Basis, names: Names) -> Iterator[SheetRow]:
    speech = names.speech
    told = (
        (
            speech.say("half of the cases are done within (days)"),
            speech.say("This long after they began, half of the cases are done."),
        ),
        (
            speech.say("9 of 10 cases are done within (days)"),
            speech.say("This long after they began, 9 of 10 cases are done."),
        ),
    )
    base = (
        speech.say("cases whose begin is in the log")
        if names.settings.journey.start
        else speech.say("all cases of the log")
    )
    for title, words in told:
        yield (
            title,
            f"{words} {speech.say(OPEN_COUNTED)}",
            base,
            speech.say(CALENDAR_DAYS),
            counted(basis.cases, speech, at_least=basis.at_least),
            _open_share(basis.open_cases, basis.cases, speech),
            None,
        )


def _open_share(still_open: int | None, cases: int | None, speech: Speech) -> Value:
    if still_open is None or cases is None:
        return speech.say("not shown")
    return Share(still_open / cases) if cases else None


def _of_places(speech: Speech) -> Iterator[SheetRow]:
    sheet = speech.say("each row of the sheet “%(name)s”", name=speech.say(PLACES))
    for each in FIGURES:
        calendar = speech.say(CALENDAR_DAYS) if each.in_days else None
        yield speech.say(each.title), speech.say(each.meaning), sheet, calendar, None, None, None


def _of_terms(findings: Findings, names: Names) -> Iterator[SheetRow]:
    speech = names.speech
    for told, found in zip(terms.kept(findings, names), findings.deadlines, strict=True):
        counts = [getattr(found, status) for status in terms.STATUSES[:-1]]
        still_open = None if None in counts[2:] else sum(counts[2:])
        held_against = None if None in counts or found.at_least else sum(counts)
        yield (
            told.name,
            speech.say(
                "Whether a case met this term; without the cases for which that cannot be said."
            ),
            told.basis,
            speech.say("the days of the rule"),
            counted(held_against, speech),
            _open_share(still_open, held_against, speech),
            found.rule_version,
        )
