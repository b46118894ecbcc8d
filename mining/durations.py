# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Durations as a histogram that adds up: fine bins, each with its own count and sum.

A bin is 1 % wide but never wider than a day, and stands for the mean of what is in it. So a figure
read from it is within 1 % and within a day of the exact one. It is exact if everything in the bin
lasted as long: a window of a fortnight is 14 days, and in a log with only dates every figure is in
whole days.
"""

from __future__ import annotations

import math

import polars as pl

DAY_MS = 86_400_000
_PER_E_FOLD = 100  # one bin is 1 % wide ...
_DAYS_AT_LEAST = 100  # ... until that would be wider than a day
_LAST_FINE = math.ceil(math.log(_DAYS_AT_LEAST * DAY_MS + 1) * _PER_E_FOLD)


def bin_of(ms: str) -> pl.Expr:
    """The column ``bin`` (``Int32``) for a column of durations in whole milliseconds, 0 for none.

    Causes are looked for in wider bins: ``mining.waiting.stays.tenth_bin_of``.
    """
    fine = ((pl.col(ms).cast(pl.Float64) + 1).log() * _PER_E_FOLD).ceil()
    days = _LAST_FINE + (pl.col(ms) / DAY_MS).ceil() - _DAYS_AT_LEAST
    is_long = pl.col(ms) > _DAYS_AT_LEAST * DAY_MS
    return pl.when(is_long).then(days).otherwise(fine).cast(pl.Int32).alias("bin")
