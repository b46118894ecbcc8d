# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The sheet with the first page of a report: the answer, the figures, and what they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl

from contracts.findings import Findings
from reporting.disclosure.small_groups import PER_TENTH
from reporting.facts import Facts
from reporting.words import quality, story
from reporting.words.counts import AT_LEAST
from reporting.words.names import Names
from reporting.words.speech import Speech, sentence
from reporting.workbooks.columns import columns
from reporting.workbooks.meanings_sheet import OPEN_COUNTED
from reporting.workbooks.places_sheet import PLACES, counted, days
from reporting.workbooks.workbook import Sheet, SheetRow, Value


def summary(
    findings: Findings, tables: Mapping[str, pl.DataFrame], facts: Facts, names: Names
) -> Sheet:
    """The answer in one sentence, the key figures in words, and what they are about."""
    speech = names.speech
    titles = columns(
        speech, (sentence("what"), 46), (sentence("figure"), 20), (sentence("in words"), 80)
    )
    rows = (
        *_answer(findings, tables["waits"], facts, names),
        *_key_figures(findings, tables, speech),
    )
    about = (*_period(findings, speech), *_basis(names), *_origin(findings, facts, speech))
    return Sheet(speech.say("Summary"), titles, (*rows, *about))


def _answer(
    findings: Findings, waits: pl.DataFrame, facts: Facts, names: Names
) -> Iterator[SheetRow]:
    speech = names.speech
    yield speech.say("the question"), None, story.question(names)
    yield speech.say("the answer"), None, story.answer(findings, waits, names)
    for caution in quality.cautions(findings, facts, names):
        yield speech.say("take care"), None, caution


def _key_figures(
    findings: Findings, tables: Mapping[str, pl.DataFrame], speech: Speech
) -> Iterator[SheetRow]:
    log, took = findings.log, findings.throughput_days
    half, most, still_open = (
        f"{each.value}: {each.words}"
        for each in story.key_figures(findings, tables["survival"], speech)
    )
    still_open_cases = counted(log.open_cases, speech, at_least=log.open_cases_at_least)
    yield speech.say("half of the cases are done within (days)"), days(took.p50, speech), half
    yield speech.say("9 of 10 cases are done within (days)"), days(took.p90, speech), most
    yield speech.say("cases that are not done yet"), still_open_cases, still_open
    yield speech.say("cases"), counted(log.cases, speech), None
    at_least = log.events_at_least
    events = counted(log.events, speech, at_least=at_least)
    yield speech.say("steps that were done"), events, speech.say(AT_LEAST) if at_least else None


def _period(findings: Findings, speech: Speech) -> Iterator[SheetRow]:
    log = findings.log
    yield speech.say("the data begin on"), _day(log.first, speech), None
    yield speech.say("the data end on"), _day(log.last, speech), None
    yield (
        speech.say("counted up to"),
        _day(findings.as_of, speech),
        speech.say(
            "Time is counted in calendar days, up to %(day)s.", day=speech.day(findings.as_of)
        ),
    )


def _day(moment: dt.datetime | None, speech: Speech) -> Value:
    return moment and speech.date_of(moment)


def _basis(names: Names) -> Iterator[SheetRow]:
    speech, k = names.speech, names.settings.privacy.minimum_group
    yield speech.say("open cases"), None, speech.say(OPEN_COUNTED)
    yield (
        speech.say("small groups"),
        k,
        speech.say(
            "No group of fewer than %(n)s cases is shown. How long 9 of 10 cases wait is shown"
            " from %(m)s cases.",
            n=k,
            m=PER_TENTH * k,
        ),
    )


def _origin(findings: Findings, facts: Facts, speech: Speech) -> Iterator[SheetRow]:
    yield (
        speech.say("made by"),
        None,
        speech.say("Run %(run)s, version %(version)s.", run=findings.run_id, version=facts.version),
    )
    if facts.is_public:
        yield speech.say("for the public"), None, speech.say("Public copy, in round numbers")
    else:  # the next run reads only the workbook that is not for the public
        yield (
            speech.say("answers"),
            None,
            speech.say(
                "Answer on the sheet “%(name)s” and save the workbook where it is. Everyone who "
                "reads the next report can read your answers there.",
                name=speech.say(PLACES),
            ),
        )
    yield (
        speech.say("language"),
        None,
        speech.say("This workbook is in the first language of the report."),
    )
