# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The values of a suite, which is JSON, in the types of the columns of a table."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Any

import polars as pl
from dateutil.parser import parse

# sets within sets, word boundaries, and possessive repeats: these mean something else in Rust
_MEANS_ELSE = re.compile(r"&&|--|~~|\[(?:\\.|[^\]\\])*\[|\\[<>]|[*+?}]\+")


def bound(given: Any, dtype: pl.DataType) -> Any:
    """A bound for a column; for a column of times, a text is read as a time.

    Raises:
        TypeError: one is text and the other is not, so that they cannot be compared.
    """
    if dtype.is_temporal() and isinstance(given, str):
        return _time(given, dtype)
    if isinstance(given, str) != (dtype in (pl.String, pl.Categorical, pl.Enum)):
        raise TypeError("Column values, min_value and max_value must be of the same type.")
    return given


def values(given: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """The given values that a column of this type can hold."""
    kept = [_as(each, dtype) for each in given]
    return pl.Series([each for each in kept if each is not None], dtype=dtype)


def _as(given: Any, dtype: pl.DataType) -> Any:
    """A value as a column of this type holds it; null if it cannot."""
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
    """A column as text, as Python writes it, except times and very small or large fractions."""
    written = pl.col(column).cast(pl.String)
    return written.str.to_titlecase() if dtype == pl.Boolean else written


def matches(column: pl.Expr, pattern: str) -> pl.Expr:
    """Whether a pattern of Python's ``re`` is found in a text.

    Polars matches what its own language can say; Python does the rest, such as lookahead.
    """
    compiled = re.compile(pattern)
    translated = _in_rust(pattern)
    if translated is not None:
        return column.str.contains(translated)
    return column.map_elements(lambda each: bool(compiled.search(each)), return_dtype=pl.Boolean)


def _in_rust(pattern: str) -> str | None:
    r"""The pattern in the language of polars; null if the two languages may differ on it.

    A ``$`` of Python also matches before a final line feed. ``\s`` and ``\w`` mean what they mean
    in polars, which differs for control characters and combining marks.
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
