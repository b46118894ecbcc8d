# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads dates in a case attribute, which may be written in several ways."""

from __future__ import annotations

import datetime as dt

import polars as pl

_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d")


def as_date(column: str, zone: str) -> pl.Expr:
    """The local date in a text column; null where there is none that can be read.

    A date (2026-05-15, 15-05-2026, 15/05/2026, 20260515) may have a time after it. If that has an
    offset, the date is taken in ``zone``.
    """
    text = pl.col(column).cast(pl.String)
    instants = text.str.to_datetime("%+", time_zone="UTC", strict=False)
    day = text.str.split("T").list.first().str.split(" ").list.first()
    dates = (day.str.to_date(written, strict=False) for written in _DAYS)
    return pl.coalesce(instants.dt.convert_time_zone(zone).dt.date(), *dates)


def rfc3339(at: dt.datetime) -> str:
    """A moment in UTC, as RFC 3339 writes it."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
