# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows that come too thick to be the work of people: in one case, or in one hour."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from contracts.events import KEY
from validation.engine.engine import Kwargs
from validation.engine.registry import COLUMNS, rows_rule
from validation.expectations.base import CASE, IS_COMPLETE, EventRowsExpectation

AT_ONCE_US = 2_000_000
"""A case system that spreads the times of one case out does so by less than this."""

LEAST_IN_AN_HOUR = 100
"""An hour with fewer rows is not a migration, even if it has a large share of a small log."""

_TIMED = ~pl.col("is_day")


class ExpectStepsOneByOne(EventRowsExpectation):
    """No case has ``size`` or more completed rows within two seconds."""

    size: int
    map_metric: ClassVar[str] = "rows.one_by_one"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "size")


class ExpectNoCrowdedHour(EventRowsExpectation):
    """No hour has a hundred rows or more that are also more than ``share`` of all rows."""

    share: float
    map_metric: ClassVar[str] = "rows.no_crowded_hour"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "share")


@rows_rule("rows.one_by_one", COLUMNS, ("size",))
def put_in_at_once(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows of a case that are within two seconds of ``size - 1`` others next to each other."""
    size = kwargs["size"]
    timed = events.filter(_TIMED & IS_COMPLETE).with_columns(CASE)
    # two seconds always fit in a cell of one of two grids of four: this leaves out most cases
    grids = [timed.group_by("_case", _grid(offset)).len() for offset in (0, AT_ONCE_US)]
    crowded = pl.concat([grid.filter(pl.col("len") >= size).select("_case") for grid in grids])
    rows = (
        timed.join(crowded, on="_case", how="semi")
        .sort("_case", "at", *KEY)
        # a row that is said twice is not another step
        .unique(["_case", "digest"], keep="first", maintain_order=True)
    )
    is_in_burst = pl.any_horizontal(_burst_from(place, size) for place in range(size))
    return rows.filter(is_in_burst).drop("_case")


def _grid(offset_us: int) -> pl.Expr:
    return ((pl.col("at").dt.epoch("us") + offset_us) // (2 * AT_ONCE_US)).alias("_grid")


def _burst_from(place: int, size: int) -> pl.Expr:
    """Whether ``size`` rows in a row, this one at ``place``, are of one case and time."""
    at, case = pl.col("at"), pl.col("_case")
    first, last = place, place - size + 1
    is_quick = (at.shift(last) - at.shift(first)).dt.total_microseconds() < AT_ONCE_US
    return (is_quick & (case.shift(last) == case.shift(first))).fill_null(value=False)


@rows_rule("rows.no_crowded_hour", COLUMNS, ("share",), across=True)
def in_a_crowded_hour(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows of the hours that have more of the log than is possible."""
    hour, n = pl.col("at").dt.truncate("1h"), pl.col("n")
    hours = events.group_by(_hour=hour).agg(n=pl.len(), timed=_TIMED.sum())
    crowded = hours.filter(
        pl.col("timed") > kwargs["share"] * n.sum(), pl.col("timed") >= LEAST_IN_AN_HOUR
    )
    timed = events.filter(_TIMED).with_columns(_hour=hour)
    return timed.join(crowded, on="_hour", how="semi").drop("_hour")
