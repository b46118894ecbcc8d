# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Defects of a case: three statuses at once, a missing end, a second end, times in UTC.

The events are those of ``simulation.recording.defects``, with the columns that it adds.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from simulation.recording.defect_records import decided
from simulation.walking.hours import ZONE

_KINDS = ("batch", "unended", "reopened")

_BATCH_SIZE = 3
_BATCH_HOUR = 17
_ENDS_APART = dt.timedelta(days=2)  # so that no other end status is on the end date
_A_WEEK = dt.timedelta(days=7)  # to the same hour, on a working day again

_TIMES = ("at", "started_at", "recorded_at")


def marked(events: pl.DataFrame) -> pl.DataFrame:
    """The events with the defect that their case gets, if it can have one."""
    can = dict.fromkeys(_KINDS, pl.lit(value=True))
    return events.with_columns(case_defect=decided("case_draw", can))


def runs_in(events: pl.DataFrame, closes_at: dt.datetime) -> pl.DataFrame:
    """For each case that gets a batch: the first row of it, and its time.

    A batch takes the rows that are closest together.
    """
    at, is_free = pl.col("at"), _is_whole() & ~pl.col("is_end")
    places = range(_BATCH_SIZE)
    candidates = events.filter(pl.col("case_defect") == "batch").with_columns(
        are_free=pl.all_horizontal(is_free.shift(-place).over("case") for place in places),
        last_at=at.shift(-places[-1]).over("case"),
        next_at=at.shift(-_BATCH_SIZE).over("case").fill_null(closes_at),
    )
    return (
        candidates.with_columns(batch_at=_next_batch(), lasts=pl.col("last_at") - at)
        .filter("are_free", pl.col("batch_at") <= pl.col("next_at"))
        .sort("case", "lasts", "number")
        .unique("case", keep="first", maintain_order=True)
    )


def _next_batch() -> pl.Expr:
    local = pl.col("last_at").dt.convert_time_zone(ZONE.key)
    batch = local.dt.replace(hour=_BATCH_HOUR, minute=0, second=0, microsecond=0)
    next_batch = pl.when(batch >= local).then(batch).otherwise(batch.dt.offset_by("1d"))
    return next_batch.dt.convert_time_zone("UTC")


def registered_at_once(events: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """The events, with those of a run at the time of its batch."""
    batches = runs.select("case", "batch_at", first="number")
    place, batch_at = pl.col("number") - pl.col("first"), pl.col("batch_at")
    is_in_run = place.is_between(0, _BATCH_SIZE - 1)
    return (
        events.join(batches, on="case", how="left", maintain_order="left")
        .with_columns(
            at=pl.when(is_in_run).then(batch_at).otherwise("at"),
            recorded_at=pl.when(is_in_run)
            .then(pl.max_horizontal("recorded_at", batch_at))
            .otherwise("recorded_at"),
        )
        .select(events.columns)
    )


def gone_from(events: pl.DataFrame) -> pl.DataFrame:
    """The end statuses that go missing; their cases keep other events."""
    is_hit = pl.col("case_defect") == "unended"
    return events.filter(is_hit & _is_last_end() & _is_whole() & (pl.len().over("case") > 1))


def again_in(events: pl.DataFrame, closes_at: dt.datetime) -> pl.DataFrame:
    """The rows that reopened cases get: a status that they had before, then the end again."""
    reopened = events.filter(pl.col("case_defect") == "reopened")
    is_last = pl.col("number") == pl.col("number").max().over("case")
    end = reopened.filter(is_last & _is_last_end() & _is_whole())
    status = reopened.filter(_is_whole() & ~pl.col("is_end")).unique(
        "case", keep="last", maintain_order=True
    )
    ended = end.select("case", end_at="at", end_number="number")
    again = [
        rows.join(ended, on="case", maintain_order="left")
        .with_columns(pl.col(_TIMES) + (pl.col("end_at") - pl.col("at") + weeks * _A_WEEK))
        .with_columns(number=pl.col("end_number") + weeks)
        for weeks, rows in ((1, status), (2, end))
    ]
    are_in_time = pl.max_horizontal("at", "recorded_at").max().over("case") <= closes_at
    are_both = pl.len().over("case") == len(again)
    return pl.concat(again).filter(are_in_time & are_both).select(events.columns)


def ended_again(cases: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """The cases, with the later end of the reopened ones."""
    ends = again.group_by("case").agg(again_at=pl.col("at").max())
    return (
        cases.join(ends, on="case", how="left", maintain_order="left")
        .with_columns(ended_at=pl.coalesce("again_at", "ended_at"))
        .drop("again_at")
    )


def in_utc(events: pl.DataFrame, is_hit: pl.Expr) -> pl.DataFrame:
    """The events, with the moments that result when UTC is read as local time."""
    return events.with_columns(
        **{name: pl.when(is_hit).then(_misread(name)).otherwise(name) for name in _TIMES}
    )


def _misread(name: str) -> pl.Expr:
    shown = pl.col(name).dt.replace_time_zone(None)
    # the hour that the clock skips has no local times: all of it becomes the moment after
    after = shown.dt.truncate("1h").dt.offset_by("1h")
    read, read_after = (
        time.dt.replace_time_zone(ZONE.key, ambiguous="earliest", non_existent="null")
        for time in (shown, after)
    )
    return pl.coalesce(read, read_after).dt.convert_time_zone("UTC")


def _is_whole() -> pl.Expr:
    """Whether a row has no defect of its own."""
    return pl.col("row_defect").is_null()


def _is_last_end() -> pl.Expr:
    """Whether a row is the only end status on the end date of its case."""
    ends_late = pl.col("is_end") & (pl.col("at") > pl.col("ended_at") - _ENDS_APART)
    is_alone = ends_late.sum().over("case") == 1
    return is_alone & pl.col("is_end") & (pl.col("at") == pl.col("ended_at"))
