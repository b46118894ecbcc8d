# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How cases begin, and in what order their rows stand."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import polars as pl

from contracts.events import KEY, day_in, is_date
from validation.engine.engine import Kwargs
from validation.engine.registry import COLUMNS, rows_rule
from validation.expectations.base import CASE, EventRowsExpectation, rows_at


class ExpectCasesToBeginWith(EventRowsExpectation):
    """Each case begins with one of ``activities``; else its first rows break the rule.

    At the first instant of a case several may be known; one of them is enough. So it is on its
    first day in ``zone``, where of any row of that only the date is known.
    """

    activities: list[str]
    zone: str
    map_metric: ClassVar[str] = "cases.begin_with"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "activities", "zone")


class ExpectRowsInOrderOfTime(EventRowsExpectation):
    """No row has a time before that of the row above it of the same case and source.

    Where of one of the two only the date in ``zone`` is known, no date before it.
    """

    zone: str
    map_metric: ClassVar[str] = "rows.in_order_of_time"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "zone")


class ExpectCaseOrderToBeKnown(EventRowsExpectation):
    """The times of a case's events put them in order, or the rows of one source do.

    Rows that say the same in ``said`` are one event. Two events tie where they have the same
    instant, or the same date in ``zone`` and of one of them only the date is known. All rows of a
    case with a tie that nothing puts in order break the rule.
    """

    zone: str
    said: list[str]
    map_metric: ClassVar[str] = "cases.in_known_order"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "zone", "said")


@rows_rule("cases.begin_with", COLUMNS, ("activities", "zone"))
def begun_otherwise(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The first rows of the cases that have none of ``activities`` at their first instant."""
    at, day = pl.col("at"), day_in("at", kwargs["zone"])
    is_begin = pl.col("activity").is_in(kwargs["activities"])
    is_late = (pl.col("_begun") > pl.col("_first")) & (
        (pl.col("_begun_on") > pl.col("_first_on")) | (pl.col("_dated") != pl.col("_first_on"))
    )
    cases = (
        events.group_by(CASE)
        .agg(
            _first=at.min(),
            _first_on=day.min(),
            _begun=at.filter(is_begin).min(),
            _begun_on=day.filter(is_begin).min(),
            _dated=day.filter(pl.col("is_day")).min().fill_null(dt.date.min),
        )
        .filter(pl.col("_begun").is_null() | is_late)
    )
    return rows_at(events, cases, "_first")


@rows_rule("rows.in_order_of_time", COLUMNS, ("zone",))
def gone_back(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows that are earlier than the one above them of their case and source."""
    at, is_day, of = pl.col("at"), pl.col("is_day"), pl.struct("_case", "source")
    day = day_in("at", kwargs["zone"])
    is_same_day = (is_day | is_day.shift()) & (day == day.shift())
    return (
        events.with_columns(CASE)
        .sort("_case", *KEY)
        .filter((of == of.shift()) & (at < at.shift()) & ~is_same_day)
        .drop("_case")
    )


@rows_rule("cases.in_known_order", COLUMNS, ("zone", "said"))
def order_unknown(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows of the cases that hold a tie which no source puts in order.

    A tie within one source has the order of its rows, where the case's rows of that source stand in
    order of time, or of days where only a date is known; between two sources nothing tells.
    """
    zone, said = kwargs["zone"], kwargs["said"]
    digested = events.with_columns(CASE)
    tied = digested.join(_tied(digested, zone), on="_case", how="semi")
    # most cases are left by now: comparing rows in full is for the others
    at, source = pl.col("at"), pl.col("source")
    doubtful = (
        tied.select("_case", *KEY, "at")
        .sort(*KEY)
        .group_by("_case", maintain_order=True)
        .agg(doubt=(at < at.shift()).any() | (source.min() != source.max()))
        .filter("doubt")
    )
    unknown = (
        digested.join(doubtful, on="_case", how="semi")
        .sort(*KEY)
        .unique(said, keep="first", maintain_order=True)
        .with_columns(_day=day_in("at", zone))
        .group_by("_case", "source", maintain_order=True)
        .agg("at", "is_day", "_day", back=_goes_back(zone).any())
        .explode("at", "is_day", "_day")
        .group_by("_case", "_day")
        .agg(unknown=_holds_unknown_tie())
        .filter("unknown")
    )
    return digested.join(unknown, on="_case", how="semi").drop("_case")


def _goes_back(zone: str) -> pl.Expr:
    """Whether a row is earlier than one above it, and not only because its hour is not known."""
    at, day = pl.col("at"), pl.col("_day")
    is_that_day = is_date(zone) & (day == day.cum_max().shift())
    return (at < at.cum_max().shift()) & ~is_that_day


def _holds_unknown_tie() -> pl.Expr:
    """Whether two events of one case and day tie, in two sources or in one that is not in order."""
    source, at, is_day, back = (pl.col(name) for name in ("source", "at", "is_day", "back"))
    several = source.n_unique() > 1
    same_instant = pl.struct("source", "at")
    return (
        (is_day.any() & several)
        | (same_instant.n_unique() > at.n_unique())
        | (is_day.any() & ((pl.len() > 1) & back.any() & ~several))
        | pl.struct(source.filter(back), at.filter(back)).is_duplicated().any()
    )


def _tied(events: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """The digests of the cases in which the times of two events do not tell which came first."""
    at, digest, is_day, day = (pl.col(name) for name in ("at", "digest", "is_day", "_day"))
    is_tie = (at == at.shift()) & (digest != digest.shift())
    # of rows of one instant that say the same both are a date, or neither
    is_shared = (day == day.shift()) & (at != at.shift()) & (is_day | is_day.shift())
    return (
        events.select("_case", "at", "digest", "is_day")
        .sort("_case", "at")
        .with_columns(_day=day_in("at", zone))
        .filter((pl.col("_case") == pl.col("_case").shift()) & (is_tie | is_shared))
        .select(pl.col("_case").unique())
    )
