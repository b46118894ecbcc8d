# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How cases begin, and the order of their rows."""

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

    A case may have several activities at its first instant; one of them is enough. If only the date
    is known of any row on its first day in ``zone``, one of those on that day is enough.
    """

    activities: list[str]
    zone: str
    map_metric: ClassVar[str] = "cases.begin_with"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "activities", "zone")


class ExpectRowsInOrderOfTime(EventRowsExpectation):
    """No row has an earlier time than the row above it of the same case and source.

    If only the date of one of the two is known, their dates in ``zone`` are compared.
    """

    zone: str
    map_metric: ClassVar[str] = "rows.in_order_of_time"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "zone")


class ExpectCaseOrderToBeKnown(EventRowsExpectation):
    """The events of a case are put in order by their times, or by the rows of one source.

    Rows that say the same in ``said`` are one event. Two events tie if they have the same instant,
    or the same date in ``zone`` if only the date of one of them is known. All rows of a case with a
    tie that nothing puts in order break the rule.
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
    """The rows that are earlier than the row above them of their case and source."""
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
    """The rows of the cases with a tie that no source puts in order.

    Rows of one source order a tie if the rows of the case in that source are in order of time (of
    days, if only a date is known). Nothing orders a tie between two sources.
    """
    zone, said = kwargs["zone"], kwargs["said"]
    digested = events.with_columns(CASE)
    tied = digested.join(_tied(digested, zone), on="_case", how="semi")
    # leaves out most cases, so that only a few are compared in full
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
    """Whether a row is earlier than one above it, and not only because its hour is unknown."""
    at, day = pl.col("at"), pl.col("_day")
    is_that_day = is_date(zone) & (day == day.cum_max().shift())
    return (at < at.cum_max().shift()) & ~is_that_day


def _holds_unknown_tie() -> pl.Expr:
    """Whether two events of a case and day tie, in two sources or in one that is not in order."""
    source, at, is_day, back = (pl.col(name) for name in ("source", "at", "is_day", "back"))
    several = source.n_unique() > 1
    same_instant = pl.struct("source", "at")
    is_unordered = several | ((pl.len() > 1) & back.any())
    return (
        (is_day.any() & is_unordered)
        | (same_instant.n_unique() > at.n_unique())
        | pl.struct(source.filter(back), at.filter(back)).is_duplicated().any()
    )


def _tied(events: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """The digests of cases in which the times of two events do not tell which came first."""
    at, digest, is_day, day = (pl.col(name) for name in ("at", "digest", "is_day", "_day"))
    is_tie = (at == at.shift()) & (digest != digest.shift())
    # rows of one instant that say the same are both a date, or neither is
    is_shared = (day == day.shift()) & (at != at.shift()) & (is_day | is_day.shift())
    return (
        events.select("_case", "at", "digest", "is_day")
        .sort("_case", "at")
        .with_columns(_day=day_in("at", zone))
        .filter((pl.col("_case") == pl.col("_case").shift()) & (is_tie | is_shared))
        .select(pl.col("_case").unique())
    )
