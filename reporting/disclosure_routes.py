# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rule of ``disclosure`` for routes: what other tables leave of those that are told.

Where 135 took a step, and the routes that are told hold 134 of them, one took it on a rare route.
So the rarest of the routes that are told with that step goes with the rare ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from reporting.small_groups import is_small


class _Route(NamedTuple):
    trace: tuple[str, ...]
    cases: int
    share: float

    def marks(self) -> set[tuple[str, ...]]:
        """What other tables count cases by: a step, a step done again, one step after another."""
        again = {(step, "again", "") for step in self.trace if self.trace.count(step) > 1}
        return {(step,) for step in self.trace} | again | set(pairwise(self.trace))


def protect_routes(
    variants: pl.DataFrame,
    steps: pl.DataFrame,
    rework: pl.DataFrame,
    waits: pl.DataFrame,
    k: int,
) -> pl.DataFrame:
    """The frequent routes; the rest in one row, with the rarest of those that would tell of few.

    Args:
        variants: in the shape of ``TABLES["variants"]``.
        steps: how many took each step, as it is told; so are ``rework`` and ``waits``.
        rework: how many did a step again.
        waits: how many waited between two steps.
        k: the smallest group that is shown.
    """
    is_rare = pl.col("trace").is_null() | (pl.col("cases") < k)
    rare, frequent = variants.filter(is_rare), variants.filter(~is_rare)
    told = [
        _Route(tuple(trace), cases, share)
        for trace, cases, share in frequent.sort(
            "cases", descending=True, maintain_order=True
        ).iter_rows()
    ]
    pool = _Route((), int(rare["cases"].sum()), float(rare["share"].sum()))
    counted = dict(_counted(steps, rework, waits))
    while (route := _telling(told, pool.cases, counted, k)) is not None:
        told.remove(route)
        pool = _Route((), pool.cases + route.cases, pool.share + route.share)
    rows = [(list(each.trace), each.cases, each.share) for each in told]
    rest = [(None, pool.cases, pool.share)] if pool.cases >= k else []
    return pl.DataFrame([*rows, *rest], schema=variants.schema, orient="row")


def _counted(
    steps: pl.DataFrame, rework: pl.DataFrame, waits: pl.DataFrame
) -> Iterator[tuple[tuple[str, ...], int]]:
    """How many cases are told to be of each mark."""
    for step, cases in steps.select("activity", "cases").drop_nulls().iter_rows():
        yield (step,), cases
    for step, cases in rework.select("activity", "cases").drop_nulls().iter_rows():
        yield (step, "again", ""), cases
    for from_, to, cases in waits.select("from", "to", "cases").drop_nulls().iter_rows():
        yield (from_, to), cases


def _telling(
    told: list[_Route], pooled: int, counted: dict[tuple[str, ...], int], k: int
) -> _Route | None:
    """The rarest route that must not be told, so that the others tell of no few; null: none."""
    if is_small(pooled, k):
        return told[-1] if told else None
    for mark, cases in counted.items() if pooled else ():
        with_it = [route for route in told if mark in route.marks()]
        rare = cases - sum(route.cases for route in with_it)
        if is_small(rare, k) and with_it:
            return with_it[-1]
        without = [route for route in told if mark not in route.marks()]
        if rare >= 0 and is_small(pooled - rare, k) and without:
            return without[-1]
    return None
