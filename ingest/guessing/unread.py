# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Columns that are named as times, but whose values are in no notation that is read."""

from __future__ import annotations

import polars as pl

from ingest.guessing.column_names import tells_time
from ingest.guessing.glance import Glance

_DIGITS_OF_A_DATE, _LONGEST = 4, 40


def unread_times(seen: Glance) -> dict[str, str]:
    """By name, the shape of most of the values: ``9`` for a digit, ``a`` for a letter."""
    called_so = [name for name in seen.columns if tells_time(name) and name not in seen.times]
    shapes = {name: _shape(seen.frame[name]) for name in called_so}
    return {
        name: shape
        for name, shape in shapes.items()
        if shape.count("9") >= _DIGITS_OF_A_DATE and len(shape) <= _LONGEST
    }


def _shape(values: pl.Series) -> str:
    if values.dtype != pl.String:
        return ""
    plain = values.drop_nulls().str.replace_all(r"\p{L}", "a").str.replace_all(r"\p{N}", "9")
    return str(next(iter(plain.mode().sort()), ""))
