# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a suite says, in the types of a table: a suite is JSON, and a column is typed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Any

import polars as pl
from dateutil.parser import parse

# sets within sets, edges of words, and repeats that are never tried with less
_MEANS_ELSE = re.compile(r"&&|--|~~|\[(?:\\.|[^\]\\])*\[|\\[<>]|[*+?}]\+")


def bound(given: Any, dtype: pl.DataType) -> Any:
    """A bound for a column: a text for a column of times is the time that it says.

    Raises:
        TypeError: one is a text and the other is not, so that nothing can be compared.
    """
    if dtype.is_temporal() and isinstance(given, str):
        return _time(given, dtype)
    if isinstance(given, str) != (dtype in (pl.String, pl.Categorical, pl.Enum)):
        raise TypeError("Column values, min_value and max_value must be of the same type.")
    return given


def values(given: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """Those of some values that a column of a type can hold."""
    kept = [_as(each, dtype) for each in given]
    return pl.Series([each for each in kept if each is not None], dtype=dtype)


def _as(given: Any, dtype: pl.DataType) -> Any:
    """A value as a column of a type holds it; null where it cannot be in one."""
    is_number = isinstance(given, int | float)
    if dtype.is_integer():
        fits = is_number and math.isfinite(given) and given == int(given)
        return int(given) if fits and _in_range(int(given), dtype) else None
    if dtype.is_float() or dtype.is_decimal():
        return given if is_number else None
    if dtype == pl.Boolean:
        return bool(given) if is_number and given in (0, 1) else None
    if dtype.is_temporal():
        return _time(given, dtype) if isinstance(given, str) else given
    return given if isinstance(given, str) else None


def _in_range(given: int, dtype: pl.DataType) -> bool:
    try:
        pl.Series([given], dtype=dtype)
    except OverflowError:
        return False
    return True


def _time(given: str, dtype: pl.DataType) -> dt.date | dt.datetime | dt.time:
    moment: dt.datetime = parse(given)
    if dtype == pl.Date:
        return moment.date()
    return moment.time() if dtype == pl.Time else moment


def text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column as text: that of Python but for times and very small or large fractions."""
    written = pl.col(column).cast(pl.String)
    return written.str.to_titlecase() if dtype == pl.Boolean else written


def matches(column: pl.Expr, pattern: str) -> pl.Expr:
    """Whether a pattern of Python's ``re`` is found in a text.

    Polars finds what its own language can say; what it cannot, as looking ahead, Python does.
    """
    compiled = re.compile(pattern)
    translated = _in_rust(pattern)
    if translated is not None:
        return column.str.contains(translated)
    return column.map_elements(lambda each: bool(compiled.search(each)), return_dtype=pl.Boolean)


def _in_rust(pattern: str) -> str | None:
    r"""The pattern in the language of polars; null where they may differ.

    A ``$`` of Python also stands before a last line feed. What ``\s`` and ``\w`` mean is that of
    polars, which differs in control characters and marks above letters.
    """
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    inner = pattern[:-1] if ends else pattern
    if "$" in inner.replace("\\$", "") or "\\Z" in inner or "(?" in inner:
        return None
    if _MEANS_ELSE.search(inner):
        return None
    if ends and "|" in inner:
        return None
    rust = inner + ("(?:\\n?\\z)" if ends else "")
    try:
        pl.select(pl.lit("").str.contains(rust))
    except pl.exceptions.ComputeError:
        return None
    return rust
