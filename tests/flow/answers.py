# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A synthetic log as the ZGW APIs can tell it, as a table.

- Of a step is told when it was done, by whom and by which team; not when it was begun, nor of
  which organisation the team is.
- The end of a case is a status of its own, and so are some suspensions.
- No two statuses of a case have one time: those of the same second are microseconds apart.
- Suspensions and extensions are marks. Where nobody tells the end of a suspension, it is taken to
  be the next status.
- Of the registration and the end of a case the date is told, not the time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from contracts.events import MARK
from simulation.description import Process
from simulation.recording.log import Part
from simulation.walking.hours import ZONE

ORGANISATION = "123456789"
"""Of which all cases are; a case id begins with it."""

_FORM = "%Y-%m-%dT%H:%M:%S%.6fZ"
_BY_STATUS = pl.col("pattern") == "status"


def answers(parts: Sequence[Part], process: Process) -> pl.DataFrame:
    """A row a status or a mark, in the order of cases and time."""
    cases, events, suspensions, extensions = (
        pl.concat(frames) for frames in zip(*parts, strict=True)
    )
    opens_at = dt.datetime.combine(process.window.opens, dt.time(), ZONE).astimezone(dt.UTC)
    is_exported = pl.col("at") >= opens_at
    statuses = _statuses(cases, events, suspensions.filter(_BY_STATUS)).filter(is_exported)
    told = suspensions.filter(~_BY_STATUS)
    marks = pl.concat(
        [
            _happened(suspensions, "start_at", "Opgeschort"),
            _happened(told, "end_at", "Hervat"),
            _happened(extensions, "at", "Beslistermijn verlengd"),
        ]
    ).with_columns(recorded_at="at")
    untold = _next_statuses(suspensions.filter(_BY_STATUS), statuses)
    befell = pl.concat([marks, untold], how="diagonal").filter(is_exported)
    rows = pl.concat(
        [
            statuses.with_columns(transition=pl.lit("complete")),
            befell.with_columns(transition=pl.lit(MARK)),
        ],
        how="diagonal",
    )
    return (
        rows.join(cases, on="case")
        .sort("case", "at", maintain_order=True)
        .select(
            pl.format("{} {}", pl.lit(ORGANISATION), "case_id").alias("zaak"),
            pl.col("activity").alias("status"),
            pl.col("at").dt.to_string(_FORM).alias("gezet"),
            pl.col("resource").alias("wie"),
            pl.col("team").alias("rol"),
            pl.col("recorded_at").dt.to_string(_FORM).alias("aanmaakdatum"),
            pl.col("transition").alias("lifecycle:transition"),
            _date("began_at").alias("registratiedatum"),
            _date("ended_at").alias("einddatum"),
            *process.attributes,
        )
    )


def _statuses(cases: pl.DataFrame, events: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    steps = events.select("case", "number", "activity", "at", "recorded_at", "resource", "team")
    suspended = _happened(told, "start_at", "Zaak opgeschort")
    closed = _happened(cases, "ended_at", "Zaak afgesloten")
    nth_at_once = pl.int_range(pl.len()).over("case", "at")
    return (
        pl.concat([steps, suspended, closed], how="diagonal")
        .sort("case", "at", "number", nulls_last=True, maintain_order=True)
        .with_columns(pl.col("at") + pl.duration(microseconds=nth_at_once))
        .with_columns(pl.max_horizontal("at", "recorded_at").alias("recorded_at"))
    )


def _next_statuses(suspensions: pl.DataFrame, statuses: pl.DataFrame) -> pl.DataFrame:
    """That suspensions which are over ended with the first status more than two seconds later."""
    after = pl.col("at") >= pl.col("start_at") + dt.timedelta(seconds=2)
    over = suspensions.drop_nulls("end_at").join(statuses.select("case", "at"), on="case")
    ended = over.filter(after).group_by("case", "start_at").agg(pl.col("at").min())
    return _happened(ended, "at", "Hervat")


def _happened(frame: pl.DataFrame, at: str, activity: str) -> pl.DataFrame:
    return frame.drop_nulls(at).select("case", at=at, activity=pl.lit(activity))


def _date(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(ZONE.key).dt.date()
