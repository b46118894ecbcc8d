# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The axis on which the time of a case is measured: whole milliseconds since 1970.

If any time of a case is only a date, its axis has only local midnights, a day apart; else it has
the instants themselves.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

from contracts.events import day_in
from mining.durations import DAY_MS


def on_axis(column: str, zone: str) -> pl.Expr:
    """An instant column on the axis of its case; the column ``in_days`` says which axis that is."""
    days = day_in(column, zone).cast(pl.Int32).cast(pl.Int64) * DAY_MS
    return pl.when("in_days").then(days).otherwise(pl.col(column).dt.epoch("ms"))


def instant_on_axis(instant: dt.datetime, zone: str) -> pl.Expr:
    """One instant, on the axis of each case."""
    days = _day_ms(instant.astimezone(ZoneInfo(zone)).date())
    return pl.when("in_days").then(days).otherwise(_epoch_ms(instant))


def midnight_on_axis(day: dt.date, zone: str) -> pl.Expr:
    """The begin of a local day, on the axis of each case."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(zone))
    return pl.when("in_days").then(_day_ms(day)).otherwise(_epoch_ms(midnight))


def day_of(column: str, zone: str) -> pl.Expr:
    """The local date of moments that are on the axis of their case."""
    instant = pl.from_epoch(column, time_unit="ms").dt.replace_time_zone("UTC")
    in_zone = instant.dt.convert_time_zone(zone).dt.date()
    whole_days = (pl.col(column) // DAY_MS).cast(pl.Int32).cast(pl.Date)
    return pl.when("in_days").then(whole_days).otherwise(in_zone)


def _epoch_ms(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)


def _day_ms(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days * DAY_MS
