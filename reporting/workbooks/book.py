# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The report as a workbook: its figures, to sort and sum up, with room for answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl

from contracts.findings import Findings, HeadlineId
from contracts.settings import ReportFormat
from contracts.texts import Language
from reporting.disclosure.waits import Pair
from reporting.facts import Facts
from reporting.shown import Shown
from reporting.words import quality, story, terms
from reporting.words.names import Names
from reporting.words.speech import Speech, sentence
from reporting.words.vocabulary import OUTCOME, OWNER, SEVERITY
from reporting.workbooks import ods, xlsx
from reporting.workbooks.columns import columns
from reporting.workbooks.meanings_sheet import meanings
from reporting.workbooks.places_sheet import counted, days, earlier, offered, places
from reporting.workbooks.summary_sheet import summary
from reporting.workbooks.workbook import Days, Share, Sheet, Value, Workbook

WRITERS: dict[ReportFormat, Callable[[Workbook, Path], None]] = {
    "xlsx": xlsx.write,
    "ods": ods.write,
}


def write_books(shown: Shown, out: Path) -> None:
    """Writes ``findings.xlsx`` and ``findings.ods`` into ``out``, if they are asked for.

    Both have the same content, in the first language of the report.
    """
    report = shown.settings.report
    asked = [name for name in dict.fromkeys(report.formats) if name in WRITERS]
    if not asked:
        return
    told = book(shown, report.languages[0])
    for name in asked:
        WRITERS[name](told, out / f"findings.{name}")


def book(shown: Shown, language: Language) -> Workbook:
    """All sheets of a report in one language, without sheets that would be empty.

    The sheet with the places is always there: it has the room for answers.
    """
    findings, tables, facts = shown.findings, shown.tables, shown.facts
    names = Names(shown.settings, Speech(language, shown.settings.zone))
    places_ = places(findings, facts.answers, names)
    sheets = (
        summary(findings, tables, facts, names),
        places_,
        earlier(findings, facts.answers, names),
        _waits(tables["waits"], shown.at_least, names),
        _deadlines(findings, names),
        _rules(findings, facts, names),
        _doubts(findings, names),
        meanings(shown, names),
        offered(names.speech),
    )
    told = tuple(sheet for sheet in sheets if sheet.rows or sheet is places_)
    maker = f"hoeksteen {facts.version}"
    return Workbook(story.question(names), language, maker, findings.as_of, told)


def _waits(table: pl.DataFrame, at_least: Collection[Pair], names: Names) -> Sheet:
    speech = names.speech
    titles = columns(
        speech,
        (sentence("from"), 40),
        (sentence("to"), 40),
        (sentence("cases"), 13),
        (sentence("of which wait now"), 13),
        (sentence("waits that ended"), 13),
        (sentence("half go on within (days)"), 13),
        (sentence("1 in 10 waits at least (days)"), 13),
        (sentence("all days of waiting, also those that the law or a decision explains"), 20),
        (sentence("share of all waiting"), 13),
    )
    rows = tuple(
        (
            names.step(row["from"]),
            names.step(row["to"]) if row["to"] else speech.say("not known yet"),
            counted(row["cases"], speech, at_least=(row["from"], row["to"]) in at_least),
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
    return Sheet(speech.say("All waits"), titles, rows)


def _deadlines(findings: Findings, names: Names) -> Sheet:
    speech = names.speech
    titles = columns(
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
    rows = []
    for told, found in zip(terms.kept(findings, names), findings.deadlines, strict=True):
        counts = [
            counted(getattr(found, each), speech, at_least=each in found.at_least)
            for each in terms.STATUSES
        ]
        rows.append(
            (
                *(told.name, found.id, told.basis, *counts),
                *(found.noticed, found.penalty_eur, found.rule_version),
            )
        )
    return Sheet(speech.say("Terms"), titles, tuple(rows))


def _rules(findings: Findings, facts: Facts, names: Names) -> Sheet:
    speech, k = names.speech, names.settings.privacy.minimum_group
    titles = columns(
        speech,
        (sentence("rule"), 10),
        (sentence("what it asks"), 60),
        (sentence("weight"), 16),
        (sentence("does the log meet it"), 14),
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
            quality.asked(rule, names),
            speech.say(SEVERITY[rule.severity]),
            speech.say("yes") if rule.success else speech.say("no"),
            None if rule.success else speech.say(OUTCOME[rule.severity]),
            *(None if rule.of == "log" else counted(count, speech) for count in counts),
            speech.say(OWNER[rule.owner]),
        )
        for rule, counts in (*broken, *held)
    )
    return Sheet(speech.say("Data quality"), titles, rows)


def _doubts(findings: Findings, names: Names) -> Sheet:
    """What else the first figures could be, since rows were set aside."""
    speech = names.speech
    titles = columns(
        speech,
        (sentence("figure"), 50),
        (sentence("as reported"), 16),
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
    return Sheet(speech.say("First figures"), titles, rows)


def _typed(id_: HeadlineId, figure: float) -> Value:
    if id_ == "share_of_first_wait":
        return Share(figure)
    return Days(figure) if id_ in (*quality.TIMES, "person_days") else round(figure)
