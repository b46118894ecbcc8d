# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which groups are too small to show."""

from __future__ import annotations

import polars as pl

from contracts.figures import Count


def is_small(count: Count, k: int) -> bool:
    """Whether ``count`` is of a group too small to show."""
    return count is not None and 0 < count < k


def hide(count: Count, k: int) -> Count:
    """``count``, or null when it is of 1 … k-1."""
    return None if is_small(count, k) else count


def in_digits(value: float, digits: int = 3) -> float:
    """``value`` in so few digits that it can be of many numbers of cases."""
    return float(f"{value:.{digits}g}")


def few(count: pl.Expr, k: int) -> pl.Expr:
    """``is_small`` of a column; never null."""
    return count.is_between(1, k - 1).fill_null(value=False)


def unless(condition: pl.Expr, *columns: str) -> list[pl.Expr]:
    """The columns, null where ``condition`` holds."""
    return [pl.when(~condition).then(pl.col(column)).alias(column) for column in columns]
