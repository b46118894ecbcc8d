# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Durations as a histogram that adds up: fine bins, each with its own count and sum.

A bin is 1 % wide, and stands for the mean of what fell in it. So a figure read from it is within
1 % of the exact one, and equal to it where all that fell in the bin lasted as long, as a
fortnight's window does.
"""

from __future__ import annotations

import polars as pl

_BINS_PER_E_FOLD = 100


def bin_of(ms: str) -> pl.Expr:
    """The bin (``Int32``) of a column of durations in whole milliseconds, 0 for none."""
    fine = (pl.col(ms).cast(pl.Float64) + 1).log() * _BINS_PER_E_FOLD
    return fine.ceil().cast(pl.Int32).alias("bin")
