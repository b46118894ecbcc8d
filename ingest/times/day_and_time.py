# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Puts moments together whose date is in one column and whose time of day is in another.

That is done on the texts, so that the result is then read like any column of moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from ingest.raw import Raw, refused
from ingest.times.notations import NO_TIME

CLOCK = (
    r"^(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?[AaPp][Mm]| ?uur)?"
    r"|(?:[01]?\d|2[0-3])(?:u[0-5]\d|\.[0-5]\d uur)"
    r"|(?:[01]?\d|2[0-3])[0-5]\d[0-5]\d)$"
)
"""A time of day as 9:05, 09:05:07, 9:05 PM, 9:05 uur, 9.05 uur, 9u05 or, in SAP, 090507.

The last may have lost a leading zero.
"""
DOTTED = r"^(?:[01]?\d|2[0-3])\.[0-5]\d(?:\.[0-5]\d)?$"
"""A time of day as 9.05 or 9.05.07, which may also be any number."""

_SHORT = r"^(?:0|[1-9]\d{0,3})$"
_FIRST_ZERO, _LONG = r"^0\d", r"^\d{5,6}$"
_TOGETHER = r"^(\d{1,2})(\d\d)(\d\d)$"
_NO_DAY = r"^(?:1899-12-3[01]|1900-01-0[01]|1904-01-01)[T ]"  # last: days from 1904
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"


def with_moments(raw: Raw, pairs: Mapping[str, tuple[str, str]]) -> Raw:
    """``raw`` with an extra column for each of ``pairs`` of which it has both columns.

    Args:
        raw: the rows of a file.
        pairs: new column → the column of its date and that of its time of day.
    """
    columns, places = raw.columns, dict(raw.places)
    added: list[pl.Expr] = []
    for name, (date, time) in pairs.items():
        if date in places and time in places:
            lost = _any_lost(raw, places[time])
            moment = joined(pl.col(places[date]), _written(raw, places[time]), zeros_lost=lost)
            places[name] = f"#moment{len(added)}"
            columns = (*columns, name)
            added.append(moment.alias(places[name]))
    if not added:
        return raw
    return replace(raw, frame=raw.frame.with_columns(added), columns=columns, places=places)


def joined(date: pl.Expr, time: pl.Expr, *, zeros_lost: bool = False) -> pl.Expr:
    """A date and a time of day as one text; the date alone where one of the two is not known.

    ``zeros_lost``: whether the times of day lack leading zeros, as ``are_zeros_lost`` says.
    """
    written = clock_of(time, zeros_lost=zeros_lost)
    day, clock = day_of(date), written.str.replace(_TOGETHER, "$1:$2:$3")
    is_alone = day.str.contains(NO_TIME) | clock.str.contains(NO_TIME).fill_null(value=True)
    return pl.when(is_alone).then(day).otherwise(day + " " + clock)


def are_zeros_lost(time: pl.Expr) -> pl.Expr:
    """Whether times of day are digits that never begin with a zero, so that 500 is 00:05:00.

    A time with five or six digits shows that these are hours, minutes and seconds.
    """
    text = _text(time)
    return text.str.contains(_LONG).any() & ~text.str.contains(_FIRST_ZERO).any()


def _written(raw: Raw, time: str) -> pl.Expr:
    """A time of day as text if it is typed: the cast of polars would cut it off at the seconds."""
    if raw.frame.collect_schema()[time] == pl.Time:
        return pl.col(time).dt.to_string("%H:%M:%S%.f")
    return pl.col(time)


def _any_lost(raw: Raw, time: str) -> bool:
    kind = raw.frame.collect_schema()[time]
    if kind != pl.String and not kind.is_integer():
        return False
    with refused(raw.refusal, raw.frame):
        found = raw.frame.select(are_zeros_lost(pl.col(time))).collect(engine="streaming")
    return bool(found.item())


def clock_of(time: pl.Expr, *, zeros_lost: bool = False) -> pl.Expr:
    """A time of day as text, without the day that a workbook puts before it."""
    text = _text(time).str.replace(_NO_DAY, "")
    if not zeros_lost:
        return text
    return pl.when(text.str.contains(_SHORT)).then(text.str.zfill(6)).otherwise(text)


def day_of(date: pl.Expr) -> pl.Expr:
    """A date as text, without the midnight that some programs put behind it."""
    plain = _text(date).str.replace(_MIDNIGHT, "")
    return plain.str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3")


def _text(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.String, strict=False).str.strip_chars()
