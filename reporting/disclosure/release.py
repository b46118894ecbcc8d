# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be published: protected findings in round numbers, which earlier releases do not undo.

Whoever has two releases can subtract their figures. So any two releases say the same of a figure,
or differ by at least what ``k`` cases do to it. The rules, after those of
``reporting.disclosure.rules``:

1. An exact figure can reveal one case: an exact mean fits only one number of cases. So counts are
   multiples of 5, shares are in whole percents or in steps of five cases or more, and person-days
   have three digits. Any other figure has two digits, or three if it is of so many cases that one
   of them does nothing to the third (``reporting.disclosure.release_figures``).
2. A figure that was within ``k`` cases of this one in an earlier release is told as it was there: a
   count within ``k``, a count of events within the events of ``k`` cases, person-days within those
   of ``k`` average cases, a mean within what ``k`` average cases do to it. It is compared with
   what counts the same: whatever is said of why cases wait at a place, and of which of them, there
   is one number of cases that wait there.
3. What changed since the last report is left out, and so are the figures without the cases that
   lost rows: both are there to show what small numbers of cases do.
4. The moments at which the log begins and ends are told by the day: each is when somebody did
   something.

A release cannot know what somebody else publishes of the same cases, nor undo a release of another
tool.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from contracts.figures import Quantiles
from contracts.findings import Findings, Log, Validation
from contracts.tables import TABLES
from reporting.disclosure.release_figures import (
    Figure,
    Kind,
    Place,
    digits_of,
    in_document,
    in_table,
)
from reporting.disclosure.small_groups import with_values
from reporting.disclosure.terms import STATUSES


@dataclass(frozen=True)
class Release:
    """What was published of one run."""

    findings: Findings
    tables: Mapping[str, pl.DataFrame]

    @property
    def figures(self) -> list[Figure]:
        """Every figure in it that is compared with those of other releases."""
        found: list[Figure] = []

        def seen(figure: Figure) -> float:
            found.append(figure)
            return figure.value

        of = self.findings.log.cases or 1
        in_document(self.findings.model_dump(by_alias=True), of, seen)
        for name, table in self.tables.items():
            in_table(name, table, of, seen)
        return found


@dataclass
class _Earlier:
    """What earlier releases said of each figure; and how many events and days a case has."""

    k: int
    cases: int
    events_a_case: int
    days_a_case: float
    told: dict[Place, set[float]] = field(default_factory=dict)

    def add(self, release: Release) -> None:
        for figure in release.figures:
            self.told.setdefault(figure.place, set()).add(figure.value)

    def held(self, figure: Figure) -> float:
        """The figure as a round number, or what an earlier release said that is too near to it."""
        told, near = figure.rounded(self.k), self.k * self._of_a_case(figure)
        # an older version may have told exact figures
        known = {figure.rounded(self.k, each) for each in self.told.get(figure.place, ())}
        # nor may the last digit show that a figure just passed the middle between two
        unit = figure.unit(self.k)
        close = [
            each for each in known if abs(each - told) < near or abs(each - figure.value) < unit
        ]
        return min(close, key=lambda each: (abs(each - told), each)) if close else told

    def _of_a_case(self, figure: Figure) -> float:
        """What one average case does to a figure."""
        by_kind: dict[Kind, float] = {
            "cases": 1,
            "events": self.events_a_case,
            "days": self.days_a_case,
            "days_a_case": self.days_a_case / self.cases,
            "share": 1 / figure.of,
            "mean": abs(figure.value) / figure.of,
        }
        return by_kind[figure.kind]


def released(
    findings: Findings, tables: Mapping[str, pl.DataFrame], earlier: Sequence[Release], k: int
) -> Release:
    """What may be published of a run.

    Args:
        findings: the findings of the run, after ``reporting.disclosure.rules.protect``.
        tables: the same, in the shapes of ``contracts.tables.TABLES``.
        earlier: all that was published before of the same process.
        k: the smallest group that is shown.
    """
    cases = findings.log.cases or 1
    days = sum(each or 0.0 for _, each in findings.ledger)
    before = _Earlier(k, cases, math.ceil((findings.log.events or 1) / cases), days / cases)
    for each in earlier:
        before.add(each)
    alone = findings.model_copy(
        update={
            "log": _without_at_least(findings.log),
            "changes": None,
            "validation": _validation(findings),
        }
    )
    document = in_document(alone.model_dump(by_alias=True), cases, before.held)
    shown = {
        **tables,
        "changes": tables["changes"].clear(),
        "survival": _in_digits(tables["survival"], digits_of(cases, k)),
    }
    held = {name: in_table(name, shown[name], cases, before.held) for name in TABLES}
    told = Findings.model_validate(document)
    met = _as_in(told, held["deadlines"])
    return Release(told, {**held, "survival": _falling(held["survival"]), "deadlines": met})


def by_day(findings: Findings, zone: ZoneInfo) -> Findings:
    """Findings that tell of each moment of the log only its local day, as the begin of it."""
    log = findings.log
    told = {"first": _begin_of_day(log.first, zone), "last": _begin_of_day(log.last, zone)}
    as_of = _begin_of_day(findings.as_of, zone)
    return findings.model_copy(update={"as_of": as_of, "log": log.model_copy(update=told)})


def _begin_of_day(moment: dt.datetime | None, zone: ZoneInfo) -> dt.datetime | None:
    if moment is None:
        return None
    day = moment.astimezone(zone).date()
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _as_in(told: Findings, deadlines: pl.DataFrame) -> pl.DataFrame:
    """The table of deadlines with the numbers of the findings: two for one figure tell more."""
    rows = [(each.id, name, getattr(each, name)) for each in told.deadlines for name in STATUSES]
    known = pl.DataFrame(rows, schema=deadlines.schema, orient="row").rename({"cases": "told"})
    return deadlines.join(known, on=["id", "status"], how="left", maintain_order="left").select(
        "id", "status", cases=pl.coalesce("told", "cases")
    )


def _without_at_least(log: Log) -> Log:
    """How many are open is hidden where it may be far more: a copy does not say "at least"."""
    if not log.open_cases_at_least:
        return log
    return with_values(log, open_cases=None, open_cases_at_least=False)


def _validation(findings: Findings) -> Validation:
    left_out = {"headlines": (), "headline_without_quarantine": Quantiles(p50=None, p90=None)}
    return findings.validation.model_copy(update=left_out)


def _in_digits(survival: pl.DataFrame, digits: int) -> pl.DataFrame:
    """The curve with durations in so many digits: exact ones could be those of one case."""
    days = survival.with_columns(pl.col("days").round_sig_figs(digits))
    return days.unique("days", keep="last", maintain_order=True)


def _falling(survival: pl.DataFrame) -> pl.DataFrame:
    """The curve without points where it would rise because they were told otherwise before."""
    lowest = pl.col("not_done").cum_min()
    return survival.sort("days", maintain_order=True).filter(pl.col("not_done") <= lowest)
