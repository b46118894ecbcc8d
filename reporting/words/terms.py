# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a page shows of the terms that cases must meet."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from contracts.deadlines import Deadline, OwnDate
from contracts.findings import Findings
from contracts.norms import norm_table
from reporting.shown import Shown
from reporting.words.counts import AT_LEAST, count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, sentence

_MOST = 3
_HARDLY_CHANCE = 0.01
STATUSES = ("within", "late", "open_within", "open_late", "undetermined")
DOUBTS = {
    "no_begin": sentence("the start of the case is not in the log"),
    "no_rule": sentence("the table of terms says nothing about the day that the term started"),
    "no_date": sentence("the date is missing or cannot be read"),
    "resumed_before": sentence("a suspension ended that had not begun"),
    "no_hours": sentence("only dates are known, and the term is in hours"),
    "stopped_before": sentence("the term was met before it started"),
    "overlapping": sentence("suspensions overlap"),
    "maybe_suspended": sentence("it is not known whether the term stands still now"),
    "not_started": sentence("the term has not started, or does not apply"),
}


@dataclass(frozen=True)
class Term:
    """A deadline: its name, where it is laid down, and how many cases have each of ``STATUSES``."""

    name: str
    basis: str
    counts: list[str]


@dataclass(frozen=True)
class TermsSection:
    """What a page shows of terms.

    Attributes:
        kept: how many cases met each term.
        exposures: what notices of default may cost by now.
        outrun: which share of the cases was done after a date of their own.
        lapses: where cases that were too late were when their term ended.
        bunches: terms that are met in a bunch just before their last day.
        registered: terms for which the agency keeps another last day in many cases.
        can_be_saved: whether there is a list of open cases that may still be in time.
        rescue: how good the chances in that list were, if they could be tested.
        doubts: why it cannot be said of some cases whether they met a term.
        at_least: what the sign of a number that is rounded down means; empty if there is none.
    """

    kept: list[Term]
    exposures: list[PageRow]
    outrun: list[PageRow]
    lapses: list[PageRow]
    bunches: list[PageRow]
    registered: list[PageRow]
    can_be_saved: bool
    rescue: list[PageRow]
    doubts: list[PageRow]
    at_least: str


def terms_section(shown: Shown, names: Names) -> TermsSection:
    """The terms that the cases of a run must meet."""
    findings, tables = shown.findings, shown.tables
    is_open = any(each.open_within != 0 for each in findings.deadlines)
    return TermsSection(
        kept=kept(findings, names),
        exposures=_exposures(findings, names),
        outrun=_outrun(findings, names),
        lapses=_lapses(tables["breaches"], names),
        bunches=_bunches(tables["bunching"], names),
        registered=_registered(tables["registered_ends"], names),
        can_be_saved=is_open and not shown.facts.is_public,
        rescue=_rescue(tables["rescue"], names),
        doubts=_doubts(tables["deadlines"], names),
        at_least=names.speech.say(AT_LEAST) if any(d.at_least for d in findings.deadlines) else "",
    )


def kept(findings: Findings, names: Names) -> list[Term]:
    """Each deadline of the config."""
    known = _by_id(names)
    return [
        Term(
            name=title(known[found.id], names.speech),
            basis=_basis(known[found.id], names.speech),
            counts=[
                count(getattr(found, each), names.speech, at_least=each in found.at_least)
                for each in STATUSES
            ],
        )
        for found in findings.deadlines
    ]


def _doubts(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Why it cannot be said of some cases whether they met a deadline, and of how many at least."""
    told = table.filter(pl.col("status").is_in(list(DOUBTS)))
    return [
        {
            "name": _name(id_, names),
            "why": names.speech.say(DOUBTS[status]),
            "cases": names.speech.number(cases),
        }
        for id_, status, cases in told.select("id", "status", "cases").iter_rows()
    ]


def _outrun(findings: Findings, names: Names) -> list[PageRow]:
    """Which share of the cases was done after a date of their own, as when a licence expires."""
    known = _by_id(names)
    rows = []
    for found in findings.deadlines:
        done = (found.within or 0) + (found.late or 0)
        is_known = None not in (found.within, found.late)
        is_exact = {"within", "late"}.isdisjoint(found.at_least)
        if is_known and is_exact and done and isinstance(known[found.id].rule, OwnDate):
            share = names.speech.share((found.late or 0) / done)
            rows.append({"name": _name(found.id, names), "share": share})
    return rows


def _lapses(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Where late cases were when their term ended: the ``_MOST`` frequent places of each term."""
    frequent = table.group_by("id", maintain_order=True).head(_MOST)
    return [
        {
            "name": _name(id_, names),
            "place": names.place(from_, to),
            "cases": names.speech.number(cases),
        }
        for id_, from_, to, cases in frequent.iter_rows()
    ]


def _registered(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Deadlines for which the agency, in many cases, keeps another last day than the rule."""
    others = table.filter(pl.col("registered_is") != "same")
    return [
        {
            "name": _name(id_, names),
            "which": which,
            "cases": names.speech.number(cases),
        }
        for id_, which, cases in others.sort("id", "cases", descending=[False, True]).iter_rows()
    ]


def _bunches(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Deadlines that are met in a bunch just before their last day, and hardly by chance."""
    rows = table.filter(pl.col("jump") > 1, pl.col("p_value") < _HARDLY_CHANCE).sort("id")
    return [
        {
            "name": _name(row["id"], names),
            "before": names.speech.number(row["before"]),
            "after": names.speech.number(row["after"]),
        }
        for row in rows.iter_rows(named=True)
    ]


def _rescue(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """How good the chances of open cases to be late were, if they could be tested."""
    speech = names.speech
    return [
        {
            "name": _name(row["id"], names),
            "cases": speech.number(row["cases"]),
            "coverage": row["coverage"] and speech.share(row["coverage"]),
            "brier": speech.exact(row["brier"], 2),
            "brier_of_share": speech.exact(row["brier_of_share"], 2),
        }
        for row in table.drop_nulls("brier").iter_rows(named=True)
    ]


def _exposures(findings: Findings, names: Names) -> list[PageRow]:
    """What notices of default may cost by now, for deadlines for which the config names them."""
    return [
        {
            "name": _name(found.id, names),
            "cases": names.speech.number(found.noticed),
            "euros": names.speech.number(found.penalty_eur),
        }
        for found in findings.deadlines
        if found.noticed and found.penalty_eur
    ]


def _by_id(names: Names) -> dict[str, Deadline]:
    return {deadline.id: deadline for deadline in names.settings.deadlines}


def _name(id_: str, names: Names) -> str:
    return title(_by_id(names)[id_], names.speech)


def title(deadline: Deadline, speech: Speech) -> str:
    """The name of a deadline for a reader: that of the norm table, or its own."""
    if not isinstance(deadline.rule, str):
        return deadline.id
    return norm_table()[deadline.rule].title.get(speech.language)


def _basis(deadline: Deadline, speech: Speech) -> str:
    """Where the term is laid down and, for a term of the law, whether a lawyer looked at it."""
    if isinstance(deadline.rule, OwnDate):
        return speech.say("a date of the case itself (%(attribute)s)", attribute=deadline.rule.date)
    if not isinstance(deadline.rule, str):
        return speech.say("as the configuration says")
    norm = norm_table()[deadline.rule]
    newest = norm.versions[-1]
    if newest.confirmed_by_lawyer or not norm.is_law:
        return newest.source
    return speech.say("%(source)s; not yet confirmed by a lawyer", source=newest.source)
