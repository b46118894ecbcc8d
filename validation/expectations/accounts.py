# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Accounts that more than one person uses; which ones is never told."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import Judged, LogExpectation, Rows, rows_of

LEAST_ROWS = 200
"""The hours of an account with fewer rows say nothing."""

LEAST_SHARE = 0.01
"""An hour with a smaller share of the rows of an account is an exception, not a habit."""

Hours = dict[str, dict[int, int]]
"""By account, the number of rows in each hour of the day."""


class ExpectAccountsOfOnePerson(LogExpectation):
    """No resource works in ``hours`` or more hours of the day in ``zone``."""

    hours: int
    zone: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("accounts.hours",)
    success_keys: ClassVar[tuple[str, ...]] = ("hours", "zone")

    def judged(self, metric: Any) -> Judged:
        """How many accounts are shared."""
        shared = sum(map(self._is_shared, metric.values()))
        return shared == 0, shared, {}

    def _is_shared(self, hours: Mapping[int, int]) -> bool:
        rows = sum(hours.values())
        usual = sum(n >= LEAST_SHARE * rows for n in hours.values())
        return rows >= LEAST_ROWS and usual >= self.hours


@measure("accounts.hours", ("zone",))
def _hours(kwargs: Kwargs) -> Measure:
    counted = functools.partial(_by_hour, zone=kwargs["zone"])
    return rows_of(counted, _added)


def _by_hour(events: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    hour = pl.col("at").dt.convert_time_zone(zone).dt.hour()
    timed = events.filter(~pl.col("is_day"), pl.col("resource").is_not_null())
    return timed.group_by("resource", hour=hour).agg(n=pl.len())


def _added(rows: Rows) -> Hours:
    hours: Hours = defaultdict(lambda: defaultdict(int))
    for row in rows:
        hours[row["resource"]][row["hour"]] += row["n"]
    return hours
