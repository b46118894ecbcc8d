# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which pairs of columns of an export are one moment: a date, and a time of day."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from contracts.columns import name_of_all
from ingest.guessing.column_names import tells_how_long, tells_time
from ingest.guessing.glance import Glance
from ingest.times.day_and_time import CLOCK, DOTTED, are_zeros_lost, clock_of, day_of, joined
from ingest.times.notations import EPOCHS, SERIAL

_FEWEST = 10  # different times: a few small numbers may happen to look like times


def put_together(seen: Glance) -> Glance:
    """``seen`` with each date and its time of day as one column, in place of the date."""
    frame, in_two = seen.frame, dict[str, tuple[str, str]]()
    for date, time in _pairs(seen):
        both = name_of_all(date, time)
        in_two[both] = (date, time)
        lost = _zeros_lost(frame[time])
        moments = joined(pl.col(date), pl.col(time), zeros_lost=lost).alias(both)
        frame = frame.with_columns(moments)
    of_date = {date: both for both, (date, _) in in_two.items()}
    times = {time for _, time in in_two.values()}
    kept = [of_date.get(name, name) for name in seen.columns if name not in times]
    return replace(seen, frame=frame.select(kept), in_two=seen.in_two | in_two)


def _pairs(seen: Glance) -> list[tuple[str, str]]:
    """Each date with the time of day right beside it; else the only date with the only time."""
    names, pairs = seen.columns, list[tuple[str, str]]()
    clocks = [name for name in names if _holds_clocks(seen, name)]
    free = set(names)
    for time in clocks:
        at = names.index(time)
        beside = [*names[max(0, at - 1) : at], *names[at + 1 : at + 2]]
        date = next((name for name in beside if name in free and _holds_days(seen, name)), None)
        if date is not None:
            pairs.append((date, time))
            free -= {date, time}
    if pairs or len(clocks) != 1 or not tells_time(clocks[0]):
        return pairs
    days = [name for name in seen.times if _holds_days(seen, name)]
    return [(days[0], clocks[0])] if len(days) == 1 else []


def _holds_clocks(seen: Glance, name: str) -> bool:
    """Whether a column holds times of day, not durations."""
    values = seen.frame[name]
    if values.dtype != pl.String or tells_how_long(name):
        return False
    clocks = clock_of(pl.first(), zeros_lost=_zeros_lost(values))
    there = values.drop_nulls().to_frame().select(clocks).to_series()
    is_clock = there.str.contains(f"{CLOCK}|{DOTTED}" if tells_time(name) else CLOCK)
    return there.n_unique() >= _FEWEST and is_clock.all()


def _zeros_lost(values: pl.Series) -> bool:
    return bool(values.to_frame().select(are_zeros_lost(pl.first())).item())


def _holds_days(seen: Glance, name: str) -> bool:
    times = seen.times.get(name)
    if times is None or times.notation in {SERIAL.name, *EPOCHS}:
        return False
    days = seen.frame.select(day_of(pl.col(name))).to_series().drop_nulls()
    return not days.str.contains(":", literal=True).any()
