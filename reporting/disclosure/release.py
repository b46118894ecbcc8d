# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be published: protected findings in round numbers, that earlier releases do not undo.

Whoever has two releases can take one figure from the other. So of one figure any two releases say
the same, or differ by at least what ``k`` cases do to it. The rules, after those of
``reporting.disclosure.rules``:

1. What is exact tells of one case: of an exact mean there is but one number of cases that it can
   be of. So counts are multiples of 5, shares whole percents or in such as are of five cases, and
   person-days have three digits; any other figure has two, and three where it is of so many cases
   that one does nothing to the third (``reporting.disclosure.release_figures``).
2. A figure that was within ``k`` cases of this one in an earlier release is told as it was there:
   a count within ``k``, one of events within those of ``k`` cases, person-days within those of
   ``k`` cases at the mean of all, a mean within what ``k`` cases as the others do to it. It is held
   against what counts the same: whatever is said of why cases wait at a place, and of which of
   them, there is one number of those who wait there.
3. What changed since the last report is left out, and so are the figures without the cases that
   lost rows: both are there to show what small numbers of cases do.

Moments are told as in every report. It cannot tell what somebody else publishes of the same cases,
nor undo a release of another tool.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from contracts.figures import Quantiles
from contracts.findings import Findings, Validation
from contracts.tables import TABLES
from reporting.disclosure.release_figures import (
    Figure,
    Kind,
    Place,
    digits_of,
    in_document,
    in_table,
)
from reporting.disclosure.rules import STATUSES


@dataclass(frozen=True)
class Release:
    """What was published of one run."""

    findings: Findings
    tables: Mapping[str, pl.DataFrame]

    @property
    def figures(self) -> list[Figure]:
        """Every figure in it that is held against those of other releases."""
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
    """What earlier releases said of each figure; a case has so many events, and takes so long."""

    k: int
    cases: int
    events_a_case: int
    days_a_case: float
    told: dict[Place, set[float]] = field(default_factory=dict)

    def add(self, release: Release) -> None:
        for figure in release.figures:
            self.told.setdefault(figure.place, set()).add(figure.value)

    def held(self, figure: Figure) -> float:
        """The figure in a round number, or what an earlier release said that is too near to it."""
        told, near = figure.rounded(self.k), self.k * self._of_a_case(figure)
        # an older version may have told exact ones
        known = {figure.rounded(self.k, each) for each in self.told.get(figure.place, ())}
        # nor may the last digit tell that a figure is now just beyond the middle between two
        unit = figure.unit(self.k)
        close = [
            each for each in known if abs(each - told) < near or abs(each - figure.value) < unit
        ]
        return min(close, key=lambda each: (abs(each - told), each)) if close else told

    def _of_a_case(self, figure: Figure) -> float:
        """What one case does to a figure, when it is as the others."""
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
        findings: of the run, after ``reporting.disclosure.rules.protect``.
        tables: the same, in the shapes of ``contracts.tables.TABLES``.
        earlier: all that was published of the same process before.
        k: the smallest group that is shown.
    """
    cases = findings.log.cases or 1
    days = sum(each or 0.0 for _, each in findings.ledger)
    before = _Earlier(k, cases, math.ceil((findings.log.events or 1) / cases), days / cases)
    for each in earlier:
        before.add(each)
    alone = findings.model_copy(update={"changes": None, "validation": _validation(findings)})
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


def _as_in(told: Findings, deadlines: pl.DataFrame) -> pl.DataFrame:
    """The table of deadlines with the numbers of the findings: two of one thing tell more."""
    rows = [(each.id, name, getattr(each, name)) for each in told.deadlines for name in STATUSES]
    known = pl.DataFrame(rows, schema=deadlines.schema, orient="row").rename({"cases": "told"})
    return deadlines.join(known, on=["id", "status"], how="left", maintain_order="left").select(
        "id", "status", cases=pl.coalesce("told", "cases")
    )


def _validation(findings: Findings) -> Validation:
    left_out = {"headlines": (), "headline_without_quarantine": Quantiles(p50=None, p90=None)}
    return findings.validation.model_copy(update=left_out)


def _in_digits(survival: pl.DataFrame, digits: int) -> pl.DataFrame:
    """The curve at durations in so many digits: exact ones could be those of one case."""
    days = survival.with_columns(pl.col("days").round_sig_figs(digits))
    return days.unique("days", keep="last", maintain_order=True)


def _falling(survival: pl.DataFrame) -> pl.DataFrame:
    """The curve without points at which it would rise, as it was told otherwise before."""
    lowest = pl.col("not_done").cum_min()
    return survival.sort("days", maintain_order=True).filter(pl.col("not_done") <= lowest)
