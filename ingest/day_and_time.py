# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Moments of which the date stands in one column and the time of day in another, put together.

That is done on what is written there, so that the two are then read as a column of moments is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from ingest.notations import NO_TIME
from ingest.raw import Raw

CLOCK = (
    r"^(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?[AaPp][Mm])?"
    r"|(?:[01]?\d|2[0-3])[0-5]\d[0-5]\d)$"
)
"""A time of day as 9:05, 09:05:07, 9:05 PM or, as SAP has it, 090507; then its zero may be lost."""

_TOGETHER = r"^(\d{1,2})(\d\d)(\d\d)$"
_NO_DAY = r"^(?:1899-12-3[01]|1900-01-0[01])[T ]"
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"


def with_moments(raw: Raw, pairs: Mapping[str, tuple[str, str]]) -> Raw:
    """``raw`` with one column more for each of ``pairs`` that it has both columns of.

    Args:
        raw: the rows of a file.
        pairs: by what it is to be called, the column of its date and that of its time of day.
    """
    columns, places = raw.columns, dict(raw.places)
    added: list[pl.Expr] = []
    for name, (date, time) in pairs.items():
        if date in places and time in places:
            moment = joined(pl.col(places[date]), pl.col(places[time]))
            places[name] = f"#moment{len(added)}"
            columns = (*columns, name)
            added.append(moment.alias(places[name]))
    if not added:
        return raw
    return replace(raw, frame=raw.frame.with_columns(added), columns=columns, places=places)


def joined(date: pl.Expr, time: pl.Expr) -> pl.Expr:
    """A date and a time of day as one text; the date alone where one of the two is not known."""
    day, clock = day_of(date), clock_of(time).str.replace(_TOGETHER, "$1:$2:$3")
    is_alone = day.str.contains(NO_TIME) | clock.str.contains(NO_TIME).fill_null(value=True)
    return pl.when(is_alone).then(day).otherwise(day + " " + clock)


def clock_of(time: pl.Expr) -> pl.Expr:
    """A time of day as a text without the day that a workbook puts before it."""
    return _text(time).str.replace(_NO_DAY, "")


def day_of(date: pl.Expr) -> pl.Expr:
    """A date as a text without the midnight that some programs put behind it."""
    plain = _text(date).str.replace(_MIDNIGHT, "")
    return plain.str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3")


def _text(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.String, strict=False).str.strip_chars()
