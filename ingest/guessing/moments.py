# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which columns of an export are moments in two: a date, and beside it a time of day."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from contracts.sources import name_of_both
from ingest.guessing.glance import Glance
from ingest.times.day_and_time import CLOCK, are_zeros_lost, clock_of, day_of, joined
from ingest.times.notations import EPOCHS, SERIAL

_FEWEST = 10  # different times, lest some small numbers happen to look like times


def put_together(seen: Glance) -> Glance:
    """``seen`` with each date and the time of day right beside it as one column, in its place."""
    names, frame, in_two = seen.columns, seen.frame, dict[str, tuple[str, str]]()
    free = set(names)
    for at, time in enumerate(names):
        beside = [*names[max(0, at - 1) : at], *names[at + 1 : at + 2]]
        if not _holds_clocks(frame[time]):
            continue
        date = next((name for name in beside if name in free and _holds_days(seen, name)), None)
        if date is None:
            continue
        both = name_of_both(date, time)
        in_two[both] = (date, time)
        free -= {date, time}
        lost = _zeros_lost(frame[time])
        moments = joined(pl.col(date), pl.col(time), zeros_lost=lost).alias(both)
        frame = frame.with_columns(moments)
    of_date = {date: both for both, (date, _) in in_two.items()}
    kept = [of_date.get(name, name) for name in names if name in free or name in of_date]
    return replace(seen, frame=frame.select(kept), in_two=in_two)


def _holds_clocks(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return False
    clocks = clock_of(pl.first(), zeros_lost=_zeros_lost(values))
    there = values.drop_nulls().to_frame().select(clocks).to_series()
    return there.n_unique() >= _FEWEST and there.str.contains(CLOCK).all()


def _zeros_lost(values: pl.Series) -> bool:
    return bool(values.to_frame().select(are_zeros_lost(pl.first())).item())


def _holds_days(seen: Glance, name: str) -> bool:
    times = seen.times.get(name)
    if times is None or times.notation in {SERIAL.name, *EPOCHS}:
        return False
    days = seen.frame.select(day_of(pl.col(name))).to_series().drop_nulls()
    return not days.str.contains(":", literal=True).any()
