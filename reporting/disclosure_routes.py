# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rule of ``disclosure`` for routes: what other tables leave of those that are told.

Where 135 took a step, and the routes that are told hold 134 of them, one took it on a rare route.
So the rarest of the routes that are told with that step goes with the rare ones. Where that is so
of a wait between two steps, the wait is told in round numbers (``disclosure_waits``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from reporting.small_groups import is_small

Mark = tuple[str, ...]
"""What other tables count cases by: a step, or a step done again."""


class _Route(NamedTuple):
    trace: list[str]
    cases: int
    share: float
    marks: frozenset[Mark]


def protect_routes(
    variants: pl.DataFrame, steps: pl.DataFrame, rework: pl.DataFrame, k: int
) -> pl.DataFrame:
    """The frequent routes; the rest in one row, with the rarest of those that would tell of few.

    Args:
        variants: in the shape of ``TABLES["variants"]``.
        steps: how many took each step, as it is told.
        rework: how many did a step again, as it is told.
        k: the smallest group that is shown.
    """
    is_rare = _is_rare(k)
    rare, frequent = variants.filter(is_rare), variants.filter(~is_rare)
    by_cases = frequent.sort("cases", descending=True, maintain_order=True)
    told = [_Route(trace, n, part, _marks(trace)) for trace, n, part in by_cases.iter_rows()]
    # of the cases that are told to be of each mark, those that are on a rare route
    counted = dict(_counted(steps, rework))
    for route in told:
        _add(counted, route, -1)
    pooled, share = int(rare["cases"].sum()), float(rare["share"].sum())
    while (gone := _telling(told, pooled, counted, k)) is not None:
        told.remove(gone)
        _add(counted, gone, 1)
        pooled, share = pooled + gone.cases, share + gone.share
    rows = [(each.trace, each.cases, each.share) for each in told]
    rest = [(None, pooled, share)] if pooled >= k else []
    return pl.DataFrame([*rows, *rest], schema=variants.schema, orient="row")


def on_frequent_routes(variants: pl.DataFrame, k: int) -> pl.DataFrame:
    """How many cases go from one step to the next on frequent routes: ``from, to, on_routes``."""
    told: Counter[tuple[str, str]] = Counter()
    for trace, cases in variants.filter(~_is_rare(k)).select("trace", "cases").iter_rows():
        told.update(dict.fromkeys(pairwise(trace), cases))
    rows = [(from_, to, cases) for (from_, to), cases in told.items()]
    shape = {"from": pl.String, "to": pl.String, "on_routes": pl.Int64}
    return pl.DataFrame(rows, schema=shape, orient="row")


def _is_rare(k: int) -> pl.Expr:
    return pl.col("trace").is_null() | (pl.col("cases") < k)


def _marks(trace: list[str]) -> frozenset[Mark]:
    again = ((step, "again") for step, times in Counter(trace).items() if times > 1)
    return frozenset([*((step,) for step in trace), *again])


def _counted(steps: pl.DataFrame, rework: pl.DataFrame) -> Iterator[tuple[Mark, int]]:
    """How many cases are told to be of each mark."""
    for step, cases in steps.select("activity", "cases").drop_nulls().iter_rows():
        yield (step,), cases
    for step, cases in rework.select("activity", "cases").drop_nulls().iter_rows():
        yield (step, "again"), cases


def _add(counted: dict[Mark, int], route: _Route, times: int) -> None:
    for mark in route.marks & counted.keys():
        counted[mark] += times * route.cases


def _telling(told: list[_Route], pooled: int, rare: dict[Mark, int], k: int) -> _Route | None:
    """The rarest route that must not be told, so that the others tell of no few; null: none."""
    if is_small(pooled, k):
        return told[-1] if told else None
    for mark, has_it in _of_few(pooled, rare, k):
        for route in reversed(told):
            if (mark in route.marks) == has_it:
                return route
    return None


def _of_few(pooled: int, rare: dict[Mark, int], k: int) -> Iterator[tuple[Mark, bool]]:
    """The marks that few of the cases on rare routes have (true), or lack (false)."""
    for mark, cases in rare.items() if pooled else ():
        if is_small(cases, k):
            yield mark, True
        if cases >= 0 and is_small(pooled - cases, k):
            yield mark, False
