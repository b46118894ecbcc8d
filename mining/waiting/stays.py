# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who stood still where, and when they came: the counts in which causes are looked for.

A stay is a wait that a case has somewhere on its way. Stays are counted by the week they began, by
how long they took, by attributes of the case and by who took it up; never by case, so the counts
add up over buckets and say nothing about one citizen. What a pause or the law explains of a wait is
left out, except in ``GROUPS``: a pause hits every group alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from mining.cases.axis import day_of
from mining.cases.moves import DONE_MS
from mining.durations import DAY_MS
from mining.summaries import Bucket, Summary
from mining.waiting.waits import IS_ON_PATH

WEEK_DAYS = 7
DOER = ("org", "team")
"""Who took a case up: known only of stays that ended."""

CROSSES = "crosses"
"""Whether the organisation that took it up is another than had it before."""

HOUR_MS = DAY_MS // 24
_PER_E_FOLD = 10  # a bin is a tenth wide
TO = ("to", "is_again")
"""The queue that a stay is in: before which step, and whether the case has had that step before."""

_PLACE = ("from", *TO)
EPOCH = dt.date(1970, 1, 1)
"""The first day of week 0."""


def tenth_bin_of(ms: str) -> pl.Expr:
    """The column ``bin`` (``Int16``) for a column of durations in whole milliseconds.

    A bin is a tenth wide: so few bins that all weeks of all queues can be counted by them. Figures
    that people read use ``mining.durations.bin_of``.
    """
    hours = pl.col(ms) / HOUR_MS
    return ((hours + 1).log() * _PER_E_FOLD).ceil().cast(pl.Int16).alias("bin")


def _stays(bucket: Bucket) -> pl.LazyFrame:
    """The moves that are stays, with their week, bin and days."""
    unexplained = pl.col("wait_ms") - pl.col("statutory_ms")
    return bucket.moves.filter(IS_ON_PATH).with_columns(
        tenth_bin_of("wait_ms"),
        is_again=pl.col("visit").fill_null(1) > 1,
        is_paused=pl.col("pause_ms") > 0,
        week=_week_of(pl.col("enabled_ms")),
        waited_ms=unexplained,
        ms=unexplained - pl.col("pause_ms"),
    )


def _had(bucket: Bucket) -> pl.LazyFrame:
    """How many of those that stayed somewhere had had each step by the end of their stay.

    Weeks are not told apart here, so ``since`` has nothing to leave out.
    """
    firsts = bucket.traces.filter(pl.col("visit") == 1)
    return (
        _stays(bucket)
        .filter(pl.col("week") >= _first_week(bucket.lens.complete_from))
        .select("case_id", "place", "from", "is_open", "bin")
        .join(firsts.select("case_id", had="activity", first="place"), on="case_id")
        .filter(pl.col("first") < pl.col("place"))
        .group_by("from", "is_open", "bin", "had")
        .agg(n=pl.len())
    )


def _weeks(bucket: Bucket) -> pl.LazyFrame:
    return (
        _stays(bucket)
        .group_by(*_PLACE, "is_open", "is_paused", "week", "bin")
        .agg(
            n=pl.len(),
            before_clock=pl.col("is_before_clock").sum(),
            ms=pl.col("ms").sum(),
        )
    )


def _groups(bucket: Bucket) -> pl.LazyFrame:
    """Ended stays by every doer and attribute, open stays by the attributes."""
    stays = _stays(bucket).with_columns(
        crosses=(pl.col("org") != pl.col("from_org")).cast(pl.String),
    )
    doers = [_group(stays.filter(~pl.col("is_open")), name) for name in (*DOER, CROSSES)]
    coarse = stays.with_columns(bin=pl.when("is_open").then("bin"))
    return pl.concat([*doers, *(_group(coarse, name) for name in bucket.lens.segments)])


def _group(stays: pl.LazyFrame, attribute: str) -> pl.LazyFrame:
    return (
        stays.filter(pl.col(attribute).is_not_null())
        .group_by(*_PLACE, "is_open", "week", "bin", value=pl.col(attribute))
        .agg(
            n=pl.len(),
            ms=pl.col("waited_ms").sum(),
            # in whole hours: sums of squares are exact and fit; those of milliseconds do not
            square_hours=((pl.col("waited_ms") // HOUR_MS) ** 2).sum(),
        )
        .with_columns(pl.col("value").cast(pl.String), attribute=pl.lit(attribute))
    )


def _hands(bucket: Bucket) -> pl.LazyFrame:
    """In which weeks somebody finished a step, so that hands can be counted."""
    return (
        _stays(bucket)
        .filter(pl.col("resource").is_not_null())
        .with_columns(week=_week_of(DONE_MS))
        .group_by("to", "week", "resource")
        .agg(n=pl.len())
    )


def _days(bucket: Bucket) -> pl.LazyFrame:
    """On which local days stays that ended began, and on which the step was finished.

    Days are local since a run at night may pass midnight elsewhere.
    """
    ended = _stays(bucket).filter(~pl.col("is_open")).with_columns(done_ms=DONE_MS)
    zone = bucket.lens.zone
    counted = [
        ended.select(*TO, day=day_of(at, zone).cast(pl.Int32), came=came, finished=1 - came)
        for at, came in (("enabled_ms", 1), ("done_ms", 0))
    ]
    return pl.concat(counted).group_by(*TO, "day").agg(pl.col("came", "finished").sum())


def _left(bucket: Bucket) -> pl.LazyFrame:
    """In which weeks cases stopped waiting."""
    return (
        _stays(bucket)
        .filter(~pl.col("is_open"))
        .with_columns(week=_week_of(pl.col("enabled_ms") + pl.col("wait_ms")))
        .group_by("from", "to", "week")
        .agg(n=pl.len())
    )


def _week_of(ms: pl.Expr) -> pl.Expr:
    return (ms // (WEEK_DAYS * DAY_MS)).cast(pl.Int32)


WEEKS = Summary("stay_weeks", (*_PLACE, "is_open", "is_paused", "week", "bin"), _weeks)
GROUPS = Summary("stay_groups", (*_PLACE, "is_open", "week", "bin", "attribute", "value"), _groups)
HAD = Summary("stay_had", ("from", "is_open", "bin", "had"), _had)
HANDS = Summary("stay_hands", ("to", "week", "resource"), _hands)
ON_DAYS = Summary("stay_days", (*TO, "day"), _days)
LEFT = Summary("stay_left", ("from", "to", "week"), _left)
SUMMARIES = (WEEKS, GROUPS, HAD, HANDS, ON_DAYS, LEFT)


def since(merged: Mapping[str, pl.DataFrame], day: dt.date | None) -> dict[str, pl.DataFrame]:
    """The merged ``SUMMARIES``, and whatever is with them, for whole weeks from a day on.

    Before ``mining.cases.journeys.Lens.complete_from`` only a part is in the log, so those weeks
    cannot be compared with others. None: all weeks.
    """
    if day is None:
        return dict(merged)
    is_since = {ON_DAYS.name: pl.col("day") >= (day - EPOCH).days}
    for summary in (WEEKS, GROUPS, HANDS, LEFT):
        is_since[summary.name] = pl.col("week") >= _first_week(day)
    return {
        name: frame.filter(is_since.get(name, pl.lit(value=True))) for name, frame in merged.items()
    }


def _first_week(day: dt.date | None) -> int:
    """The first whole week from a day on; without a day, the earliest possible week."""
    return -(((EPOCH - (day or dt.date.min)).days) // WEEK_DAYS)
