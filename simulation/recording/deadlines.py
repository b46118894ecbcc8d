# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The deadline as a case system keeps it, and extensions of decision periods.

Such a system adds the term to the first day without regard to weekends or holidays; the date moves
only if somebody moves it. What the law makes of it is not computed here.
"""

from __future__ import annotations

import datetime as dt
import re

import polars as pl

from simulation.description import Legal
from simulation.recording.log import EXTENSIONS, Part
from simulation.walking.draws import Floats
from simulation.walking.hours import ZONE

_UNITS = {"D": "d", "W": "w", "M": "mo", "Y": "y"}
_WARNED = pl.duration(days=7)  # how long before the deadline somebody sees that it will be missed
_EXTENDED, _HIDDEN = 0.3, 0.04  # shares of such cases: extended properly, date moved only


def due_on(start: pl.Expr, period: str) -> pl.Expr:
    """The date that is an ISO 8601 period after another; months are calendar months."""
    match = re.fullmatch(r"P(\d+)([DWMY])", period)
    if match is None:
        raise ValueError(f"'{period}' is not a period such as P6M")
    return start.dt.offset_by(f"{match[1]}{_UNITS[match[2]]}")


def extensions_of(
    cases: pl.DataFrame, legal: Legal, chance: Floats, closes_at: dt.datetime, *, hide: bool
) -> pl.DataFrame:
    """The extended decision periods: ``EXTENSIONS``.

    A week before the deadline, some cases without a decision are extended; for others only the date
    is moved, if ``hide``.

    Args:
        cases: ``CASES``.
        legal: the term, and by how much it can be extended.
        chance: a number in [0, 1) per case.
        closes_at: when the log closes.
        hide: whether some dates are moved without being recorded.
    """
    start = pl.col("began_at").dt.convert_time_zone(ZONE.key).dt.date()
    due = due_on(start, legal.term)
    at = due.dt.combine(pl.time(10)).dt.replace_time_zone(ZONE.key).dt.convert_time_zone("UTC")
    most = _EXTENDED + (_HIDDEN if hide else 0.0)
    return (
        cases.with_columns(chance=pl.Series(chance))
        .select(
            "case",
            "chance",
            "decided_at",
            "ended_at",
            at=at - _WARNED,
            days=(due_on(due, legal.extension) - due).dt.total_days(),
            is_hidden=pl.col("chance") >= _EXTENDED,
        )
        .filter(
            pl.col("at") <= closes_at,
            pl.col("chance") < most,
            pl.min_horizontal("decided_at", "ended_at").is_null()
            | (pl.min_horizontal("decided_at", "ended_at") > pl.col("at")),
        )
        .select(EXTENSIONS.names())
        .cast(EXTENSIONS)
    )


def registered(part: Part, legal: Legal) -> pl.DataFrame:
    """The deadline of each case as finally registered: ``case``, ``due_on`` (Date)."""
    moved = pl.concat(
        [
            part.suspensions.filter(pl.col("pattern") == "dates").select(
                "case",
                days=pl.coalesce(
                    (pl.col("end_at") - pl.col("start_at")).dt.total_days(), "expected_days"
                ),
            ),
            part.extensions.select("case", "days"),
        ]
    )
    start = pl.col("began_at").dt.convert_time_zone(ZONE.key).dt.date()
    return (
        part.cases.join(moved.group_by("case").agg(pl.col("days").sum()), on="case", how="left")
        .select(
            "case", due_on=due_on(start, legal.term) + pl.duration(days=pl.col("days").fill_null(0))
        )
        .sort("case")
    )
