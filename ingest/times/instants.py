# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns times, in a known notation or typed, into instants."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from contracts.events import INSTANT
from ingest.times.notations import EPOCHS, NO_TIME, SECONDS, SERIAL, Notation

PARSED: Final = pl.Struct({"at": INSTANT, "is_day": pl.Boolean, "problem": pl.String})
"""An instant, and whether it is a local midnight; or why there is none.

In that case ``problem`` is ``missing`` or ``unreadable``.
"""

_MILLISECONDS_A_DAY = 86_400_000
_MICROSECONDS_A_DAY = 1000 * _MILLISECONDS_A_DAY
# both placeholders are local midnights; a day of slack covers every zone
_UNKNOWN_PAST = (
    dt.datetime(1899, 12, 31, tzinfo=dt.UTC),
    dt.datetime(1900, 1, 1, 12, tzinfo=dt.UTC),
)
_UNKNOWN_FUTURE = dt.datetime(9999, 12, 30, 12, tzinfo=dt.UTC)


def parsed(column: pl.Expr, notation: Notation, zone: str) -> pl.Expr:
    """A String expression as ``PARSED``. A time without an offset is local in ``zone``.

    A local time that clocks skipped in spring is moved an hour later; of one that they passed twice
    in autumn, the earlier is meant. ``31-12-9999`` and ``01-01-1900`` are missing, like an empty
    value.
    """
    return column.map_batches(
        lambda texts: _parse(texts, notation, zone), return_dtype=PARSED, is_elementwise=True
    )


def typed(column: pl.Expr, zone: str) -> pl.Expr:
    """A Date or Datetime expression as ``PARSED``, by the same rules."""
    return column.map_batches(
        lambda times: _explained(*_instants(times, zone)),
        return_dtype=PARSED,
        is_elementwise=True,
    )


def _parse(texts: pl.Series, notation: Notation, zone: str) -> pl.Series:
    texts = texts.str.strip_chars()
    prepared = notation.prepared(texts)
    if notation.name == SERIAL.name:
        return _explained(*_instants(_from_serial(prepared, notation.days_from), zone), texts)
    if notation.name in EPOCHS:
        return _explained(*_instants(_from_epoch(prepared, notation), zone), texts)
    likeliest, *others = notation.formats
    at, is_day = _instants(_read(prepared, likeliest), zone)
    for format_ in others:
        left = (at.is_null() & prepared.is_not_null()).arg_true()
        if left.is_empty():
            break
        found_at, found_day = _instants(_read(prepared.gather(left), format_), zone)
        at, is_day = at.scatter(left, found_at), is_day.scatter(left, found_day)
    is_leap = prepared.str.contains(":60", literal=True)  # its midnight is no date
    return _explained(at, is_day & ~is_leap, texts)


def _read(texts: pl.Series, format_: str) -> pl.Series:
    # few moments recur, so a cache costs more than it saves
    return texts.str.to_datetime(format_, time_unit="us", strict=False, cache=False)


def _from_serial(texts: pl.Series, days_from: dt.datetime) -> pl.Series:
    """The local times that a spreadsheet stores as numbers of days."""
    shaped = texts.str.contains(SERIAL.shape).fill_null(value=False)
    days = texts.set(~shaped, None).str.replace(",", ".", literal=True).cast(pl.Float64)
    milliseconds = (days * _MILLISECONDS_A_DAY).round().cast(pl.Int64).cast(pl.Duration("ms"))
    origin = pl.Series([days_from], dtype=pl.Datetime("us"))
    return origin + milliseconds


def _from_epoch(texts: pl.Series, notation: Notation) -> pl.Series:
    """The instants that are a number of seconds or milliseconds after the start of 1970."""
    shaped = texts.str.contains(notation.shape).fill_null(value=False)
    unit = 1_000_000 if notation.name == SECONDS.name else 1_000
    since = texts.set(~shaped, None).cast(pl.Decimal(scale=6)) * unit
    return since.cast(pl.Int64).cast(pl.Datetime("us", "UTC"))


def _instants(times: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """Times as instants, and whether each is a midnight in ``zone``."""
    if times.dtype == pl.Date:
        times = times.cast(pl.Datetime("us"))
    times = times.dt.cast_time_unit("us")
    if times.dtype.time_zone is not None:  # type: ignore[attr-defined]
        local = times.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        return times.dt.convert_time_zone("UTC"), _is_midnight(local)
    at = _localised(times, zone)
    skipped = (at.is_null() & times.is_not_null()).arg_true()
    if not skipped.is_empty():
        later = times.gather(skipped).dt.offset_by("1h")
        at = at.scatter(skipped, _localised(later, zone))
    return at.dt.convert_time_zone("UTC"), _is_midnight(times)


def _localised(times: pl.Series, zone: str) -> pl.Series:
    return times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _is_midnight(local: pl.Series) -> pl.Series:
    return local.to_physical() % _MICROSECONDS_A_DAY == 0


def _explained(at: pl.Series, is_day: pl.Series, texts: pl.Series | None = None) -> pl.Series:
    """``PARSED`` of what was read; for a null, ``texts`` tells if there was anything to read."""
    unknown = at.is_between(*_UNKNOWN_PAST) | (at >= _UNKNOWN_FUTURE)
    too_early = at < _UNKNOWN_PAST[0]
    is_told = ~(unknown | too_early)
    read = pl.select(
        at=pl.when(is_told).then(at),
        is_day=pl.when(is_told).then(is_day),
        problem=pl.when(unknown).then(pl.lit("missing")).when(too_early).then(pl.lit("unreadable")),
    )
    nulls = at.is_null().arg_true()
    if not nulls.is_empty():
        labels = _labels(nulls if texts is None else texts.gather(nulls))
        read = read.with_columns(read["problem"].scatter(nulls, labels))
    return read.to_struct()


def _labels(texts: pl.Series) -> pl.Series:
    """Why each of ``texts`` is not a time; if they are not String, they were null."""
    if texts.dtype != pl.String:
        return pl.repeat("missing", len(texts), eager=True)
    blank = texts.fill_null("").str.contains(NO_TIME)
    return pl.select(
        pl.when(blank).then(pl.lit("missing")).otherwise(pl.lit("unreadable"))
    ).to_series()
