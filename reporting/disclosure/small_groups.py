# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which groups are too small to show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

import polars as pl

from contracts.figures import Count, Quantiles, Suppressible

Some = TypeVar("Some", bound=Suppressible)

PER_TENTH = 5
"""How many times ``k`` cases it takes for their longest tenth to be no small group."""


def is_small(count: Count, k: int) -> bool:
    """Whether ``count`` is of a group too small to show."""
    return count is not None and 0 < count < k


def hide(count: Count, k: int) -> Count:
    """``count``, or null when it is of 1 … k-1."""
    return None if is_small(count, k) else count


def hide_rows(rows: Count, cases: Count, k: int) -> Count:
    """A count of rows, hidden with the count of the cases to which they belong."""
    return None if cases is None else hide(rows, k) if hide(cases, k) == cases else None


def hide_part(part: Count, whole: Count, k: int) -> Count:
    """A part of a known whole, hidden too if it leaves 1 … k-1 of it."""
    rest = None if part is None or whole is None else whole - part
    return None if is_small(rest, k) else hide(part, k)


def least_apart(most: int, wholes: Collection[int], k: int) -> Count:
    """The multiple of ``k`` to tell for a count of at most ``most``; null: it is below ``k``.

    It is ``k`` or more below ``most``, and as far from each of ``wholes``. So it depends on nothing
    but what is told.
    """
    least = (most - k) // k * k
    while any(is_small(abs(n - least), k) for n in wholes):
        least -= k
    return least if least >= k else None


def hidden_parts(parts: Mapping[str, int], hidden: Collection[str], k: int) -> set[str]:
    """Which parts of a known whole must be hidden, if those in ``hidden`` must be.

    What is hidden must be ``k`` or more together, or all there is; else it could be worked out. The
    smallest go first; parts of zero go last, since they say least when they are told.
    """
    less = set(hidden)
    others = sorted(parts.keys() - less, key=lambda name: (parts[name] == 0, parts[name], name))
    while less and others and sum(parts[name] for name in less) < k:
        less.add(others.pop(0))
    return less


def with_values(before: Some, **after: object) -> Some:
    """``before`` with the values ``after``; it says ``suppressed`` if that hides one of them."""
    hides = any(new is None and getattr(before, key) is not None for key, new in after.items())
    return before.model_copy(update={**after, "suppressed": before.suppressed or hides})


def hide_quantiles(days: Quantiles, cases: Count, k: int) -> Quantiles:
    """What half of the cases did needs ``k`` of them; what 9 of 10 did, ``PER_TENTH`` times k."""
    if cases is None:  # hidden before, with its quantiles
        return days
    return Quantiles(
        p50=days.p50 if cases >= k else None,
        p90=days.p90 if cases >= PER_TENTH * k else None,
    )


def in_digits(value: float, digits: int = 3) -> float:
    """``value`` in so few digits that many numbers of cases fit it."""
    return float(f"{value:.{digits}g}")


def few(count: pl.Expr, k: int) -> pl.Expr:
    """``is_small`` of a column; never null."""
    return count.is_between(1, k - 1).fill_null(value=False)


def unless(condition: pl.Expr, *columns: str) -> list[pl.Expr]:
    """The columns, null where ``condition`` holds."""
    return [pl.when(~condition).then(pl.col(column)).alias(column) for column in columns]
