# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The statuses of cases: what happened, and what a case system makes of it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from simulation.description import Process
from simulation.recording.dialects.zgw.catalogue import CLOSED, SUSPENDED
from simulation.recording.log import Part
from simulation.walking.hours import ZONE

_MISREAD = dt.timedelta(hours=2)  # UTC read as local time is at most this much too early


def statuses(part: Part, process: Process) -> pl.DataFrame:
    """The statuses by case and time, no two of a case at the same time.

    They are the events, then in the same second one for every suspension that a status tells of,
    and one for the end of a case; all that were put on record since the export opens.

    Returns:
        ``case``, ``nth`` (in its case), ``step`` (or what replaces one), ``at``,
        ``recorded_at``, ``team``, ``organisation``, ``resource``, ``note``.
    """
    columns = ("case", "number", "step", "at", "recorded_at")
    happened = part.events.select(*columns, "team", "organisation", "resource", "note")
    told = pl.concat([happened, _suspended(part), _closed(part, process)], how="diagonal")
    recorded_at = pl.max_horizontal("at", "recorded_at")
    nth, nth_at_once = (pl.int_range(pl.len()).over(*keys) for keys in (["case"], ["case", "at"]))
    return (
        told.filter(recorded_at >= opens_at(process))
        .sort("case", "at", "number", nulls_last=True, maintain_order=True)
        .with_columns(nth=nth, at=pl.col("at") + pl.duration(microseconds=nth_at_once))
        .with_columns(recorded_at=recorded_at)
        .drop("number")
    )


def opens_at(process: Process) -> dt.datetime:
    """The moment, in UTC, from which on the export holds what was put on record."""
    return dt.datetime.combine(process.window.opens, dt.time(), ZONE).astimezone(dt.UTC)


def _suspended(part: Part) -> pl.DataFrame:
    return part.suspensions.filter(pl.col("pattern") == "status").select(
        "case", step=pl.lit(SUSPENDED), at="start_at", note="reason"
    )


def _closed(part: Part, process: Process) -> pl.DataFrame:
    """A status for the end of each case, set by the case system itself and so never late.

    If the step that ended a case is missing, the case was never closed: it only has an end date.
    """
    ends = part.events.filter(pl.col("step").is_in(process.ends))
    is_of_end = pl.col("at") >= pl.col("ended_at") - _MISREAD
    return (
        ends.join(part.cases.select("case", "ended_at"), on="case")
        .filter(is_of_end)
        .select("case", step=pl.lit(CLOSED), at="ended_at")
        .unique("case")
    )
