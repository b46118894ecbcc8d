# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rule of ``disclosure`` for routes: what they leave of other numbers that are told.

If 135 cases took a step, and the routes that are told have 134 of them, one took it on a rare
route. If 92 cases on rare routes took it, and 90 of these did it again, two did it once. So the
rarest told route with that step, or with it once, joins the rare ones. If few cases went from one
step to the next on rare routes, the wait is told in round numbers (``waits``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from contracts.figures import Count
from contracts.findings import Log
from reporting.disclosure.small_groups import hide_part, is_small

Mark = tuple[str, ...]
"""By what cases are counted elsewhere: a step, a step again, a way to the next, or having ended."""

_ALL: Mark = ("all",)
_ENDED: Mark = ("ended",)


class _Route(NamedTuple):
    trace: list[str]
    cases: int
    share: float
    marks: frozenset[Mark]


def protect_routes(
    variants: pl.DataFrame, told_elsewhere: Mapping[Mark, int], ends: Collection[str], k: int
) -> pl.DataFrame:
    """The frequent routes; the rest in one row, with the rarest of those that would reveal few.

    Args:
        variants: in the shape of ``TABLES["variants"]``.
        told_elsewhere: how many cases are told to have each mark.
        ends: the activities that end a case.
        k: the smallest group that is shown.
    """
    is_rare = _is_rare(k)
    rare, frequent = variants.filter(is_rare), variants.filter(~is_rare)
    by_cases = frequent.sort("cases", descending=True, maintain_order=True)
    told = [_Route(trace, n, part, _marks(trace, ends)) for trace, n, part in by_cases.iter_rows()]
    pooled, share = int(rare["cases"].sum()), float(rare["share"].sum())
    # of the cases told to have each mark, those that are on a rare route
    counted = {**told_elsewhere, _ALL: pooled + sum(route.cases for route in told)}
    for route in told:
        _add(counted, route, -1)
    while (gone := _telling(told, counted, k)) is not None:
        told.remove(gone)
        _add(counted, gone, 1)
        pooled, share = pooled + gone.cases, share + gone.share
    rows = [(each.trace, each.cases, each.share) for each in told]
    rest = [(None, pooled, share)] if pooled >= k else []
    return pl.DataFrame([*rows, *rest], schema=variants.schema, orient="row")


def counted_by_mark(
    steps: pl.DataFrame, rework: pl.DataFrame, waits: pl.DataFrame, log: Log, k: int
) -> dict[Mark, int]:
    """How many cases are told to have each mark, in the tables and in the counts of the log."""
    known: list[tuple[Mark, Count]] = [
        *((("step", step), n) for step, n in steps.select("activity", "cases").iter_rows()),
        *((("again", step), n) for step, n in rework.select("activity", "cases").iter_rows()),
    ]
    # if the number of ended waits is hidden, the cases may be rounded down
    exact = waits.drop_nulls(["to", "n", "open_cases"])
    went_on = exact.select("from", "to", pl.col("cases") - pl.col("open_cases"))
    known += [(("way", from_, to), n) for from_, to, n in went_on.iter_rows()]
    open_cases = hide_part(log.open_cases, log.cases, k)
    if log.cases is not None and open_cases is not None:
        known.append((_ENDED, log.cases - open_cases))
    return {mark: n for mark, n in known if n is not None}


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


def _marks(trace: list[str], ends: Collection[str]) -> frozenset[Mark]:
    again = (("again", step) for step, times in Counter(trace).items() if times > 1)
    ways = (("way", *pair) for pair in pairwise(trace))
    ended = [] if set(ends).isdisjoint(trace) else [_ENDED]
    return frozenset([_ALL, *(("step", step) for step in trace), *again, *ways, *ended])


def _add(counted: dict[Mark, int], route: _Route, times: int) -> None:
    for mark in route.marks & counted.keys():
        counted[mark] += times * route.cases


def _telling(told: list[_Route], rare: Mapping[Mark, int], k: int) -> _Route | None:
    """The rarest route that must be hidden for the others not to reveal few cases; null: none."""
    for mark, unless in _of_few(rare, k):
        for route in reversed(told):
            if mark in route.marks and unless not in route.marks:
                return route
    return None


def _of_few(rare: Mapping[Mark, int], k: int) -> Iterator[tuple[Mark, Mark | None]]:
    """The marks of few cases on rare routes, and the marks that few have without another."""
    for mark, cases in rare.items():
        if rare[_ALL] and is_small(cases, k):
            yield mark, None
        for whole in _wholes(mark):
            left = rare.get(whole, 0) - cases
            if cases >= 0 and rare[_ALL] and is_small(left, k):
                yield whole, mark


def _wholes(mark: Mark) -> list[Mark]:
    """The marks whose cases include the cases of this mark."""
    kind, *steps = mark
    if kind in ("step", "ended"):
        return [_ALL]
    return [("step", step) for step in steps]
