# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report as a workbook: what it says in figures that can be sorted, summed up and answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from contracts.findings import Findings, HeadlineId
from contracts.settings import Language, ReportFormat
from reporting import ods, quality, story, terms, xlsx
from reporting.facts import Facts
from reporting.names import Names
from reporting.places_sheet import FIGURES, PLACES, counted, days, earlier, offered, places
from reporting.shown import Shown
from reporting.speech import Speech, sentence
from reporting.vocabulary import OUTCOME, OWNER, SEVERITY
from reporting.workbook import Column, Days, Row, Share, Sheet, Value, Workbook

WRITERS: dict[ReportFormat, Callable[[Workbook, Path], Path]] = {
    "xlsx": xlsx.write,
    "ods": ods.write,
}
CALENDAR_DAYS = sentence("calendar days")
OPEN_COUNTED = sentence(
    "A case that is not done yet counts for as long as it was watched. Leaving it out would make"
    " waiting look shorter than it is (the Kaplan-Meier method)."
)


def write_books(shown: Shown, out: Path) -> list[Path]:
    """Writes ``findings.xlsx`` and ``findings.ods`` into ``out``, as far as they are asked for.

    Both hold the same, in the first language of the report.
    """
    report = shown.settings.report
    asked = [name for name in dict.fromkeys(report.formats) if name in WRITERS]
    if not asked:
        return []
    told = book(shown, report.languages[0])
    return [WRITERS[name](told, out / f"findings.{name}") for name in asked]


def book(shown: Shown, language: Language) -> Workbook:
    """All sheets of a report in one language, without those that would be empty.

    That with the places is always there: in it is answered.
    """
    findings, tables, facts = shown.findings, shown.tables, shown.facts
    names = Names(shown.settings, Speech(language, shown.settings.zone))
    places_ = places(findings, facts.answers, names)
    sheets = (
        _summary(findings, tables, facts, names),
        places_,
        earlier(findings, facts.answers, names),
        _waits(tables["waits"], names),
        _deadlines(findings, names),
        _rules(findings, facts, names),
        _doubts(findings, names),
        _meanings(findings, names),
        offered(names.speech),
    )
    told = tuple(sheet for sheet in sheets if sheet.rows or sheet is places_)
    maker = f"hoeksteen {facts.version}"
    return Workbook(_title(names), language, maker, findings.as_of, told)


def _title(names: Names) -> str:
    speech = names.speech
    process = names.settings.process.title(speech.language)
    return speech.say("Where do citizens wait in %(process)s?", process=process)


def _columns(speech: Speech, *titles: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(speech.say(title), width) for title, width in titles)


def _summary(
    findings: Findings, tables: Mapping[str, pl.DataFrame], facts: Facts, names: Names
) -> Sheet:
    speech = names.speech
    columns = _columns(
        speech, (sentence("what"), 46), (sentence("figure"), 20), (sentence("in words"), 80)
    )
    rows = (*_answer(findings, tables["waits"], names), *_key_figures(findings, tables, speech))
    about = (*_period(findings, speech), *_basis(names), *_origin(findings, facts, speech))
    return Sheet(speech.say("Summary"), columns, (*rows, *about))


def _answer(findings: Findings, waits: pl.DataFrame, names: Names) -> Iterator[Row]:
    speech = names.speech
    yield speech.say("the question"), None, _title(names)
    yield speech.say("the answer"), None, story.answer(findings, waits, names)
    if quality.is_in_doubt(findings):
        yield (
            speech.say("take care"),
            None,
            speech.say(
                "Take care: rows were set aside. So these figures may be more than a fifth"
                " different."
            ),
        )


def _key_figures(
    findings: Findings, tables: Mapping[str, pl.DataFrame], speech: Speech
) -> Iterator[Row]:
    log, took = findings.log, findings.throughput_days
    half, most, still_open = (
        f"{each.value}: {each.words}"
        for each in story.key_figures(findings, tables["survival"], speech)
    )
    yield speech.say("half of the cases are done within (days)"), days(took.p50, speech), half
    yield speech.say("9 of 10 cases are done within (days)"), days(took.p90, speech), most
    yield speech.say("cases that are not done yet"), counted(log.open_cases, speech), still_open
    yield speech.say("cases"), counted(log.cases, speech), None
    yield speech.say("steps that were done"), counted(log.events, speech), None


def _period(findings: Findings, speech: Speech) -> Iterator[Row]:
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
    return moment and moment.astimezone(speech.zone).date()


def _basis(names: Names) -> Iterator[Row]:
    speech, k = names.speech, names.settings.privacy.minimum_group
    yield speech.say("open cases"), None, speech.say(OPEN_COUNTED)
    yield (
        speech.say("small groups"),
        k,
        speech.say(
            "No group of fewer than %(n)s cases is shown. How long 9 of 10 cases wait is shown"
            " from %(m)s cases.",
            n=k,
            m=k * 5,
        ),
    )


def _origin(findings: Findings, facts: Facts, speech: Speech) -> Iterator[Row]:
    yield (
        speech.say("made by"),
        None,
        speech.say("Run %(run)s, version %(version)s.", run=findings.run_id, version=facts.version),
    )
    yield (
        speech.say("answers"),
        None,
        speech.say(
            "Answer on the sheet “%(name)s” and save the workbook where it is. Everybody who reads"
            " the next report reads your answers there.",
            name=speech.say(PLACES),
        ),
    )
    yield (
        speech.say("language"),
        None,
        speech.say("This workbook is in the first language of the report."),
    )


def _waits(table: pl.DataFrame, names: Names) -> Sheet:
    speech = names.speech
    columns = _columns(
        speech,
        (sentence("from"), 40),
        (sentence("to"), 40),
        (sentence("cases"), 13),
        (sentence("of which wait now"), 13),
        (sentence("waits that ended"), 13),
        (sentence("half go on within (days)"), 13),
        (sentence("1 in 10 waits longer than (days)"), 13),
        (sentence("days of waiting, all cases together"), 16),
        (sentence("share of all waiting"), 13),
    )
    rows = tuple(
        (
            names.step(row["from"]),
            names.step(row["to"]) if row["to"] else speech.say("not known yet"),
            counted(row["cases"], speech),
            counted(row["open_cases"], speech),
            counted(row["n"], speech),
            days(row["p50_days"], speech),
            days(row["p90_days"], speech),
            Days(row["person_days"]),
            Share(row["share_of_waiting"]),
        )
        for row in table.sort("person_days", descending=True, maintain_order=True).iter_rows(
            named=True
        )
    )
    return Sheet(speech.say("All waits"), columns, rows)


def _deadlines(findings: Findings, names: Names) -> Sheet:
    speech = names.speech
    columns = _columns(
        speech,
        (sentence("term"), 44),
        (sentence("id"), 18),
        (sentence("where it stands"), 44),
        (sentence("in time"), 13),
        (sentence("too late"), 13),
        (sentence("open, still in time"), 13),
        (sentence("open, too late already"), 13),
        (sentence("cannot be said"), 13),
        (sentence("notices of default"), 13),
        (sentence("may be owed (euros)"), 13),
        (sentence("version of the rule"), 24),
    )
    by_id = {each.id: each for each in findings.deadlines}
    rows = []
    for told in terms.kept(findings, names):
        found = by_id[told["id"]]
        counts = [counted(getattr(found, status), speech) for status in terms.STATUSES]
        rows.append(
            (
                *(told["name"], found.id, told["basis"], *counts),
                *(found.noticed, found.penalty_eur, found.rule_version),
            )
        )
    return Sheet(speech.say("Terms"), columns, tuple(rows))


def _rules(findings: Findings, facts: Facts, names: Names) -> Sheet:
    speech, k = names.speech, names.settings.privacy.minimum_group
    columns = _columns(
        speech,
        (sentence("rule"), 10),
        (sentence("what it asks"), 60),
        (sentence("weight"), 16),
        (sentence("does the log keep to it"), 14),
        (sentence("what was done"), 18),
        (sentence("rows"), 13),
        (sentence("cases"), 13),
        (sentence("who can mend it"), 26),
    )
    broken = quality.broken_rules(findings, facts.rules, k)
    held = [(rule, (0, 0)) for rule in facts.rules if rule.success]
    rows = tuple(
        (
            rule.id,
            rule.what.get(speech.language),
            speech.say(SEVERITY[rule.severity]),
            speech.say("yes") if rule.success else speech.say("no"),
            None if rule.success else speech.say(OUTCOME[rule.severity]),
            *(None if rule.of == "log" else counted(count, speech) for count in counts),
            speech.say(OWNER[rule.owner]),
        )
        for rule, counts in (*broken, *held)
    )
    return Sheet(speech.say("Data quality"), columns, rows)


def _doubts(findings: Findings, names: Names) -> Sheet:
    """What the first figures could be besides, for want of the rows that were set aside."""
    speech = names.speech
    columns = _columns(
        speech,
        (sentence("figure"), 50),
        (sentence("as told"), 16),
        (sentence("without the cases that lost rows"), 16),
        (sentence("at least"), 16),
        (sentence("at most"), 16),
    )
    rows = tuple(
        (
            quality.in_words(headline, findings, names),
            *(
                quality.absent(headline, column, speech)
                if getattr(headline, column) is None
                else _typed(headline.id, getattr(headline, column))
                for column in quality.COLUMNS
            ),
        )
        for headline in quality.headlines(findings)
    )
    return Sheet(speech.say("First figures"), columns, rows)


def _typed(id_: HeadlineId, figure: float) -> Value:
    if id_ == "share_of_first_wait":
        return Share(figure)
    return Days(figure) if id_ in (*quality.TIMES, "person_days") else round(figure)


def _meanings(findings: Findings, names: Names) -> Sheet:
    """What each figure means, and what it rests on."""
    speech = names.speech
    columns = _columns(
        speech,
        (sentence("figure"), 40),
        (sentence("what it means"), 70),
        (sentence("rests on"), 40),
        (sentence("calendar"), 18),
        (sentence("cases"), 13),
        (sentence("share that is open"), 13),
        (sentence("version of the rule"), 24),
    )
    rows = (*_of_the_whole(findings, names), *_of_places(speech), *_of_terms(findings, names))
    return Sheet(speech.say("What it means"), columns, rows)


def _of_the_whole(findings: Findings, names: Names) -> Iterator[Row]:
    speech, log = names.speech, findings.log
    told = (
        (
            speech.say("half of the cases are done within (days)"),
            speech.say("So long after they began, half of the cases are done."),
        ),
        (
            speech.say("9 of 10 cases are done within (days)"),
            speech.say("So long after they began, 9 of 10 cases are done."),
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
            counted(log.cases, speech),
            _open_share(log.open_cases, log.cases, speech),
            None,
        )


def _open_share(still_open: int | None, cases: int | None, speech: Speech) -> Value:
    if still_open is None or cases is None:
        return speech.say("not shown")
    return Share(still_open / cases) if cases else None


def _of_places(speech: Speech) -> Iterator[Row]:
    sheet = speech.say("each row of the sheet “%(name)s”", name=speech.say(PLACES))
    for each in FIGURES:
        calendar = speech.say(CALENDAR_DAYS) if each.in_days else None
        yield speech.say(each.title), speech.say(each.meaning), sheet, calendar, None, None, None


def _of_terms(findings: Findings, names: Names) -> Iterator[Row]:
    speech = names.speech
    by_id = {each.id: each for each in findings.deadlines}
    for told in terms.kept(findings, names):
        found = by_id[told["id"]]
        counts = [getattr(found, status) for status in terms.STATUSES[:-1]]
        still_open = None if None in counts[2:] else sum(counts[2:])
        held_against = None if None in counts else sum(counts)
        yield (
            told["name"],
            speech.say("Whether a case met this term; not those of which that cannot be said."),
            told["basis"],
            speech.say("the days of the rule"),
            counted(held_against, speech),
            _open_share(still_open, held_against, speech),
            found.rule_version,
        )
