# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Defects of a row: it is late, repeated or swapped, or has a number in its note.

The events are those of ``simulation.recording.defects``, with the columns that it adds.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from simulation.recording.defect_records import DEFECTS, decided

# more than five calendar days apart, even when the clock goes back
_SOONEST_LATE = dt.timedelta(days=6, hours=1)
_LATEST = dt.timedelta(days=30)
_NOT_LATE = dt.timedelta(days=4)

# a published test number that no citizen has; no other number that passes may ever be written
_NOTE = "Burger belde over de voortgang, BSN 999990342 genoteerd."


def late_or_swapped(events: pl.DataFrame, closes_at: dt.datetime) -> pl.DataFrame:
    """The events with the defect of each row; late and swapped ones are changed accordingly."""
    at, started_at = pl.col("at"), pl.col("started_at")
    before = at.shift().over("case").fill_null(pl.col("began_at"))
    can = {
        "late": at <= closes_at - _LATEST,
        # a repeated end would look like a reopened case, and three rows in a second like a batch
        "repeated": ~pl.col("is_end") & (pl.len().over("case", "at") == 1),
        # so that the case keeps its order and its end, and the row does not look late
        "swapped": started_at.is_between(before, at, closed="none")
        & (pl.col("recorded_at") - started_at < _NOT_LATE)
        & at.ne_missing(pl.col("ended_at")),
    }
    marked = events.with_columns(row_defect=decided("row_draw", can))
    is_late, is_swapped = (pl.col("row_defect") == name for name in ("late", "swapped"))
    return marked.with_columns(
        recorded_at=pl.when(is_late).then(at + _lateness()).otherwise("recorded_at"),
        at=pl.when(is_swapped).then(started_at).otherwise(at),
        started_at=pl.when(is_swapped).then(at).otherwise(started_at),
    )


def _lateness() -> pl.Expr:
    """How late a late row is: the draws below the rate, spread evenly."""
    spread = (_LATEST - _SOONEST_LATE).total_seconds()
    seconds = (pl.col("row_draw") / DEFECTS["late"].rate * spread).floor().cast(pl.Int64)
    return _SOONEST_LATE + pl.duration(seconds=seconds, time_unit="us")


def repeated(events: pl.DataFrame) -> list[pl.DataFrame]:
    """The events, and the repeats of some: the second is the defect."""
    is_hit = pl.col("row_defect") == "repeated"
    first = pl.when(is_hit).then(None).otherwise("row_defect")
    return [events.with_columns(row_defect=first), events.filter(is_hit)]


def noted(events: pl.DataFrame) -> pl.DataFrame:
    """The events, with a number in the note of the first row of each noted case."""
    is_hit = pl.col("is_noted") & (pl.col("number") == 0)
    return events.with_columns(
        note=pl.when(is_hit).then(pl.lit(_NOTE)).otherwise("note"),
        row_defect=pl.when(is_hit).then(pl.lit("noted")).otherwise("row_defect"),
    )
