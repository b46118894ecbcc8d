# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Activities that appear or disappear during the log, as when one gets another name.

Chance hardly ever does that: if a share of all cases began before the first case that has the
activity, or after its last row, the chance that none of n falls there is (1 - share) ** n.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import polars as pl

from contracts.events import day_in
from contracts.listed import listed
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import CASE, MOST_TOLD, Judged, LogExpectation, Rows, rows_of

LEAST = 30
"""Nothing is said of an activity with fewer cases or rows."""

LEAST_ABSENT = 0.05
"""The smallest share of cases from which an activity must be absent."""

CHANCE = 1e-6
"""The chance of that absence must be less than this."""


class Life(NamedTuple):
    """An activity: its numbers of cases and rows, and the days of its first case and last row."""

    cases: int
    rows: int
    begun_on: dt.date
    last_on: dt.date


class Lives(NamedTuple):
    """The activities of a log, and how many of its cases began on each day."""

    activities: dict[str, Life]
    begins: Counter[dt.date]

    def coming(self) -> dict[str, dt.date]:
        """By activity, a day before which many cases began, but none that has it."""
        return {
            name: life.begun_on
            for name, life in sorted(self.activities.items())
            if _is_absent(_share(self.begins, life.begun_on.__gt__), life.cases)
        }

    def going(self) -> dict[str, dt.date]:
        """By activity, a day after which many cases began, but without a row of it."""
        return {
            name: life.last_on
            for name, life in sorted(self.activities.items())
            if _is_absent(_share(self.begins, life.last_on.__lt__), life.rows)
        }


class ExpectActivitiesToStay(LogExpectation):
    """No activity appears or disappears during the log.

    Days are those of ``zone``; activities of ``minimum_group`` cases or more are told. One case in
    ``one_in`` is looked at, chosen by the digest of its id.
    """

    zone: str
    minimum_group: int
    one_in: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.lives",)
    success_keys: ClassVar[tuple[str, ...]] = ("zone", "minimum_group", "one_in")

    def judged(self, metric: Any) -> Judged:
        """How many activities appear or disappear."""
        comes, goes = self._told(metric, metric.coming()), self._told(metric, metric.going())
        told = [
            *(f"'{name}' is in no case that began before {day:%Y-%m}" for name, day in comes),
            *(f"'{name}' is not there after {day:%Y-%m}" for name, day in goes),
        ]
        many = len(metric.coming()) + len(metric.going())
        if not told:
            return many == 0, many, {}
        names = list(dict.fromkeys(name for name, _ in (*comes, *goes)))
        return False, many, {"found": f"{listed(told, MOST_TOLD, '; ')}.", "activities": names}

    def _told(self, lives: Lives, days: Mapping[str, dt.date]) -> list[tuple[str, dt.date]]:
        least = self.minimum_group
        return [each for each in days.items() if lives.activities[each[0]].cases >= least]


def _share(days: Counter[dt.date], of: Callable[[dt.date], bool]) -> float:
    return sum(n for day, n in days.items() if of(day)) / max(1, days.total())


def _is_absent(share: float, n: int) -> bool:
    if n < LEAST or share < LEAST_ABSENT:
        return False
    return n * math.log1p(-share) < math.log(CHANCE)


@measure("activities.lives", ("zone", "one_in"))
def _lives(kwargs: Kwargs) -> Measure:
    counted = functools.partial(_counted, zone=kwargs["zone"], one_in=kwargs["one_in"])
    return rows_of(counted, _put_together, "cases")


def _counted(log: pl.LazyFrame, zone: str, one_in: int) -> pl.LazyFrame:
    """``activity, begun_on, last_on, cases, rows``: a row per activity, and one per day of begin.

    In a row without an activity, ``cases`` began on ``begun_on``.
    """
    day, events = day_in("at", zone), log.filter(pl.col("slot") % one_in == 0)
    of_cases = events.group_by(CASE, "activity").agg(
        first=day.min(), last_on=day.max(), rows=pl.len().cast(pl.Int64)
    )
    begins = of_cases.group_by("_case").agg(begun_on=pl.col("first").min())
    activities = (
        of_cases.join(begins, on="_case")
        .group_by("activity")
        .agg(
            pl.col("begun_on").min(),
            pl.col("last_on").max(),
            cases=pl.len().cast(pl.Int64),
            rows=pl.col("rows").sum(),
        )
    )
    return pl.concat(
        [
            activities,
            begins.group_by("begun_on").agg(cases=pl.len().cast(pl.Int64)),
        ],
        how="diagonal",
    )


def _put_together(rows: Rows) -> Lives:
    lives = Lives({}, Counter())
    for row in rows:
        name = row["activity"]
        if name is None:
            lives.begins[row["begun_on"]] += row["cases"]
        else:
            lives.activities[name] = _older(lives.activities.get(name), row)
    return lives


def _older(known: Life | None, row: Mapping[str, Any]) -> Life:
    life = Life(row["cases"], row["rows"], row["begun_on"], row["last_on"])
    if known is None:
        return life
    return Life(
        known.cases + life.cases,
        known.rows + life.rows,
        min(known.begun_on, life.begun_on),
        max(known.last_on, life.last_on),
    )
