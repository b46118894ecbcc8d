# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a term of the law stood still in a case (Awb 4:15).

It does so in the wait before a step with ``clock: suspended``, and between the events of a pair in
``journey.suspensions``: from the day after the first event until the day of the second. A pair may
set a longest time. A suspension that is not over lasts until its case is.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.events import day_in
from contracts.journey import Suspension
from contracts.norms import Period, amount_of
from mining.cases.axis import day_of
from mining.cases.moves import DONE_MS
from mining.cases.turns import steps_with
from mining.law.terms import ONE_DAY, Days, Term, days_of, unmoved
from mining.summaries import Bucket

NEVER = np.datetime64("NaT", "D")


class Intervals(NamedTuple):
    """The suspensions of ``N`` cases in order, ``(K, N)``; NaT where a case has fewer."""

    since: Days
    until: Days

    @property
    def overlap(self) -> NDArray[np.bool_]:
        """``(N,)`` whether any of them overlap."""
        over = self.since[1:] < self.until[:-1]
        overlaps: NDArray[np.bool_] = np.logical_or.reduce(over, axis=0)
        return overlaps

    def of(self, chosen: NDArray[np.int64]) -> Intervals:
        """The suspensions of some of the cases."""
        return Intervals(self.since[:, chosen], self.until[:, chosen])

    def then(self, since: Days, until: Days) -> Intervals:
        """These, and after them one more for each case."""
        return Intervals(np.vstack([self.since, since]), np.vstack([self.until, until]))

    def days_between(self, after: Days, until: Days) -> NDArray[np.int64]:
        """``(N,)`` how many days after ``after``, up to and including ``until``, stood still."""
        first = np.maximum(self.since, after + ONE_DAY)
        last = np.minimum(self.until, until + ONE_DAY)
        days = np.where(first < last, last - first, np.timedelta64(0, "D"))
        total: NDArray[np.int64] = days.astype(np.int64).sum(axis=0)
        return total


class StoodStill(NamedTuple):
    """What a bucket tells of suspensions.

    Attributes:
        intervals: ``case_id, since, until, step``; ``until`` is not included (null: not over yet);
            ``step`` is what was waited for.
        unsure: ``case_id, reason``, for cases in which the events of a pair do not alternate.
    """

    intervals: pl.DataFrame
    unsure: pl.DataFrame

    def clear(self) -> StoodStill:
        """No suspensions at all."""
        return StoodStill(self.intervals.clear(), self.unsure.clear())


RESUMED, OVERLAPPING = "resumed_before", "overlapping"
"""How events of a pair fail to alternate: the second without the first, or the first twice."""


def stood_still(bucket: Bucket) -> StoodStill:
    """All suspensions of the cases of a bucket, as far as the log tells them."""
    pairs = [_pair(bucket, pair) for pair in bucket.lens.journey.suspensions]
    intervals = [_before_steps(bucket), *(pair.intervals for pair in pairs)]
    unsure = [_NOBODY, *(pair.unsure for pair in pairs)]
    return StoodStill(
        pl.concat(intervals).sort("case_id", "since", "until"),
        pl.concat(unsure, how="vertical_relaxed").unique("case_id", keep="first"),
    )


_NOBODY = pl.DataFrame(schema={"case_id": pl.UInt32, "reason": pl.String})


def _before_steps(bucket: Bucket) -> pl.DataFrame:
    zone = bucket.lens.zone
    is_suspended = pl.col("to").cast(pl.String).is_in(steps_with(bucket.lens.journey, "suspended"))
    return (
        bucket.moves.filter(~pl.col("is_outside"), is_suspended)
        .with_columns(done_ms=DONE_MS)
        .select(
            "case_id",
            since=day_of("enabled_ms", zone).dt.offset_by("1d"),
            until=day_of("done_ms", zone),
            step=pl.col("to").cast(pl.String),
        )
        .filter(pl.col("since") < pl.col("until"))
        .collect()
    )


def spans(bucket: Bucket) -> pl.LazyFrame:
    """``case_id, since_ms, until_ms`` of all pairs, on the axis of the case; null: not over yet."""
    none = pl.LazyFrame(schema={"case_id": pl.UInt32, "since_ms": pl.Int64, "until_ms": pl.Int64})
    return pl.concat([none, *(_span(bucket, pair) for pair in bucket.lens.journey.suspensions)])


def _span(bucket: Bucket, pair: Suspension) -> pl.LazyFrame:
    begun = (
        _marks(bucket, pair)
        .with_columns(until_ms=pl.col("at_ms").shift(-1).over("case_id"))
        .filter("begins")
        .collect()
    )
    longest = _latest(begun["on"], pair.at_most) - begun["on"] - dt.timedelta(days=1)
    lapses_ms = pl.col("at_ms") + longest.dt.total_milliseconds()
    return begun.lazy().select(
        "case_id", since_ms="at_ms", until_ms=pl.min_horizontal("until_ms", lapses_ms)
    )


def _marks(bucket: Bucket, pair: Suspension) -> pl.LazyFrame:
    """The events of a pair in order, and whether each ``begins`` a suspension."""
    name = pl.col("activity").cast(pl.String)
    is_mark = name.is_in([pair.start, pair.end])
    in_order = bucket.told.filter(~pl.col("is_outside"), is_mark).sort(
        "case_id", "at", maintain_order=True
    )
    return in_order.select(
        "case_id", "at_ms", begins=name == pair.start, on=day_in("at", bucket.lens.zone)
    )


def _pair(bucket: Bucket, pair: Suspension) -> StoodStill:
    begins, before = pl.col("begins"), pl.col("begins").shift().over("case_id")
    marks = (
        _marks(bucket, pair)
        .with_columns(
            until=pl.col("on").shift(-1).over("case_id"),
            reason=pl.when(begins & before)
            .then(pl.lit(OVERLAPPING))
            .when(~begins & ~before.fill_null(value=False))
            .then(pl.lit(RESUMED)),
        )
        .collect()
    )
    intervals = marks.filter("begins").select(
        "case_id",
        since=pl.col("on").dt.offset_by("1d"),
        until=pl.min_horizontal("until", _latest(marks.filter("begins")["on"], pair.at_most)),
        step=pl.lit(pair.end),
    )
    unsure = marks.filter(pl.col("reason").is_not_null()).select("case_id", "reason")
    is_any = (pl.col("since") < pl.col("until")) | pl.col("until").is_null()
    return StoodStill(intervals.filter(is_any), unsure)


def _latest(begun_on: pl.Series, at_most: Period | None) -> pl.Series:
    """The days on which suspensions are over at the latest; null if there is no such day."""
    if at_most is None:
        return pl.repeat(None, len(begun_on), dtype=pl.Date, eager=True)
    return pl.Series(unmoved(days_of(begun_on), Term(*amount_of(at_most))) + ONE_DAY)


def by_case(cases: pl.DataFrame, intervals: pl.DataFrame, until: Days) -> Intervals:
    """The suspensions of each of ``cases``.

    Args:
        cases: a row per case, with ``case_id``.
        intervals: the intervals of ``StoodStill``.
        until: ``(N,)`` the days after which nothing counts.
    """
    number = cases.select("case_id", row=pl.int_range(pl.len()), ends=pl.Series(until))
    placed = (
        intervals.join(number, on="case_id")
        .with_columns(until=pl.min_horizontal("until", "ends"))
        .sort("row", "since", "until")
    )
    order = placed.select(pl.int_range(pl.len()).over("row")).to_series().to_numpy()
    shape = int(order.max(initial=-1)) + 1, len(cases)
    found = Intervals(np.full(shape, NEVER), np.full(shape, NEVER))
    found.since[order, placed["row"].to_numpy()] = days_of(placed["since"])
    found.until[order, placed["row"].to_numpy()] = days_of(placed["until"])
    return found
