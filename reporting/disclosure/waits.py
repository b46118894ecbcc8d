# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for waits, and for the ledger to which they would add up."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, NamedTuple

import polars as pl

from contracts.findings import Log
from reporting.disclosure.balance import blur_what_is_left
from reporting.disclosure.small_groups import PER_TENTH, few, is_small, unless

Pair = tuple[str, str | None]
Row = dict[str, Any]
_PAIR = ("from", "to")
_OF_A_BOTTLENECK = ("cases", "open_cases", "share_of_waiting")
_ENOUGH = 3
"""Fewer bands than this do not tell how long cases wait."""
_COST = 1
"""How many bands may be joined to tell those that still wait; their number is told anyway."""


class Waits(NamedTuple):
    """The waits that may be shown, and what follows from those that may not.

    ``table`` is in the shape of ``TABLES["waits"]``; ``changed`` has, for each wait, the columns
    that are told otherwise than they were; ``telling`` are the waits whose moves must not be added
    up; ``at_least`` are the waits with "at least" so many cases; ``unit_days`` is the unit to which
    the days of the ledger are rounded (none: they are exact).
    """

    table: pl.DataFrame
    changed: dict[Pair, Row]
    telling: set[Pair]
    at_least: dict[Pair, int]
    unit_days: float | None


def protect_waits(
    waits: pl.DataFrame,
    steps: pl.DataFrame,
    log: Log,
    k: int,
    on_routes: pl.DataFrame,
) -> Waits:
    """The waits of at least ``k`` cases; shares are of the waiting that is shown.

    Args:
        waits: in the shape of ``TABLES["waits"]``.
        steps: in the shape of ``TABLES["steps"]``: how many cases took each step.
        log: how many cases it has, and how many of them are open.
        k: the smallest group that is shown.
        on_routes: how many cases went there on told routes: ``from, to, on_routes``.
    """
    is_rare = few(pl.col("cases"), k)
    rare, told = waits.filter(is_rare), waits.filter(~is_rare)
    if rare.height and (days := told["person_days"].sum()):
        of_all = waits["person_days"].sum()
        told = told.with_columns(pl.col("share_of_waiting") * of_all / days)
    told = told.join(on_routes, on=_PAIR, how="left", maintain_order="left")
    cases, open_ = pl.col("cases"), pl.col("open_cases")
    told = _without_telling(told, steps, log.cases, k).with_columns(
        *unless(few(open_, k) | few(cases - open_, k) | (open_ > cases), "open_cases"),
        tells=pl.col("tells") | few((cases - pl.col("n")).abs(), k),
    )
    told = _without_what_is_left(told, steps, log, k)
    told = told.with_columns(*unless(cases < PER_TENTH * k, "p90_days"))
    telling = set(told.filter("tells").select(_PAIR).iter_rows())
    shown, unit_days = told.select(waits.columns), _unit_days(float(rare["person_days"].sum()))
    return Waits(shown, _changed(waits, shown), telling, told_at_least(shown, k), unit_days)


def told_at_least(waits: pl.DataFrame, k: int) -> dict[Pair, int]:
    """The shown waits whose number of cases may be rounded down, and that number.

    It is a multiple of ``k``, and the number of ended waits is hidden with it. An exact number can
    look the same; "at least" is true of that too.
    """
    may_be = pl.col("n").is_null() & (pl.col("cases") % k == 0) & (pl.col("cases") > 0)
    told = waits.filter(may_be).select(*_PAIR, "cases")
    return {(from_, to): cases for from_, to, cases in told.iter_rows()}


def _changed(waits: pl.DataFrame, shown: pl.DataFrame) -> dict[Pair, Row]:
    before, after = (
        {(row["from"], row["to"]): row for row in each.iter_rows(named=True)}
        for each in (waits, shown)
    )
    return {
        pair: {name: row[name] for name in _OF_A_BOTTLENECK if row[name] != before[pair][name]}
        for pair, row in after.items()
    }


def _without_telling(
    waits: pl.DataFrame, steps: pl.DataFrame, all_cases: int | None, k: int
) -> pl.DataFrame:
    """The waits, with ``cases`` rounded where they would reveal few beside a step.

    ``cases`` are then told in multiples of ``k``, ``k`` or more below those of the step, and no few
    more than went there ``on_routes``; ``apart`` is that number, or what it would be. ``tells``
    says where they would: where few more took a step than waited after or before it, where few more
    waited for a step than took it, where all but a few of the log's cases waited, or where few more
    waited than went there ``on_routes``.
    """
    took = dict(steps.select("activity", "cases").iter_rows())
    cases = pl.col("cases")
    before, after = (
        pl.col(side).replace_strict(took, default=None, return_dtype=pl.Int64) for side in _PAIR
    )
    whole = pl.lit(all_cases, pl.Int64)
    on_routes = pl.col("on_routes")
    less = (before - cases, after - cases, cases - after, whole - cases, cases - on_routes)
    tells = pl.any_horizontal(few(each, k) for each in less)
    nearest = (pl.min_horizontal(before, after, whole) - k) // k * k
    near_routes = few(cases - on_routes, k) | few(nearest - on_routes, k)
    apart = pl.min_horizontal(nearest, pl.when(near_routes).then((on_routes - k) // k * k))
    hides_open = few(cases - pl.col("open_cases"), k)
    return waits.with_columns(
        *unless(hides_open, "open_cases"),
        cases=pl.when(~tells).then(cases).when(apart >= k).then(apart),
        tells=tells,
        apart=apart,
    )


def _without_what_is_left(
    waits: pl.DataFrame, steps: pl.DataFrame, log: Log, k: int
) -> pl.DataFrame:
    """Without what totals would reveal: repeated, since hiding one number exposes another."""
    told = _without_a_second(waits, log.open_cases, k)
    told = told.with_columns(*unless(pl.col("tells") | few(pl.col("n"), k), "n"))
    told = blur_what_is_left(told, steps, log.cases, k)
    return told if told.equals(waits) else _without_what_is_left(told, steps, log, k)


def _without_a_second(waits: pl.DataFrame, open_cases: int | None, k: int) -> pl.DataFrame:
    """Hides the smallest number of open cases too, if all that is hidden of them is few.

    In a wait for no known step all cases still wait, so ``cases`` is that same number.
    """
    shown = pl.col("open_cases").fill_null(0)
    hidden = None if open_cases is None else open_cases - waits.select(shown.sum()).item()
    if not is_small(hidden, k):
        return waits
    smallest = pl.col("open_cases").filter(shown > 0).min()
    is_second = ((pl.col("open_cases") == smallest) & (shown > 0)).fill_null(value=False)
    first = is_second & (is_second.cum_sum() == 1)
    cases = pl.col("cases")
    fewer = pl.min_horizontal("apart", cases // k * k)
    return waits.with_columns(
        *unless(first, "open_cases"),
        cases=pl.when(~first | pl.col("to").is_not_null()).then(cases).when(fewer >= k).then(fewer),
        tells=pl.col("tells") | first,
    )


def _unit_days(hidden_days: float) -> float | None:
    """The first of 1, 2, 5, 10, … that is at least twice the days that are hidden."""
    if not hidden_days:
        return None
    power = 10.0 ** math.floor(math.log10(2 * hidden_days))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= 2 * hidden_days)


def pairs(waits: pl.DataFrame) -> set[Pair]:
    """The waits of a table, each as the two steps between which it lies."""
    return set(waits.select(_PAIR).iter_rows())


def passed_on(waits: pl.DataFrame, steps: Collection[str]) -> int:
    """How many cases, at the least, took one of ``steps`` after another, as is told.

    A case that took three of them did so twice, by whichever ways it went; so ways that close a
    circle do not count, and of those that could, the ones of most cases do.
    """
    is_between = pl.all_horizontal(pl.col(_PAIR).is_in(list(steps)))
    ways = waits.filter(is_between).drop_nulls("cases").sort("cases", descending=True)
    joined = {step: {step} for step in steps}
    passed = 0
    for from_, to, cases in ways.select(*_PAIR, "cases").iter_rows():
        if from_ not in joined[to]:
            passed += cases
            both = joined[from_] | joined[to]
            joined |= dict.fromkeys(both, both)
    return passed


def protect_bands(bands: pl.DataFrame, waits: Waits, k: int) -> pl.DataFrame:
    """Bands of the waits that are shown; those still waiting only where their number is shown."""
    is_told = waits.table.select(*_PAIR, pl.col("open_cases").is_not_null())
    shown = {(from_, to): open_ for from_, to, open_ in is_told.iter_rows()}
    rows: list[Row] = []
    for wait in bands.sort("from", "to", "over_days").partition_by(*_PAIR, maintain_order=True):
        pair = wait.select(_PAIR).row(0)
        if pair not in shown:
            continue
        told = wait if shown[pair] else wait.with_columns(open_n=None)
        if told["n"].has_nulls():  # protected before
            rows += told.to_dicts()
            continue
        merged = _joined(told.to_dicts(), k)
        rows += _without_total(merged) if pair in waits.telling else merged
    return pl.DataFrame(rows, schema=bands.schema, orient="row")


def protect_queues(queues: pl.DataFrame, waits: pl.DataFrame, k: int) -> pl.DataFrame:
    """In multiples of ``k``: a difference between two weeks tells who came."""
    shown = waits.select(_PAIR)
    return queues.join(
        shown, on=_PAIR, how="semi", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("waiting") // k * k)


def _without_total(bands: list[Row]) -> list[Row]:
    """The bands of a wait whose moves must not be added up, without the smallest."""
    filled = [n for n, band in enumerate(bands) if band["n"]]
    hidden = min(filled, key=lambda n: bands[n]["n"], default=None)
    return [{**band, "n": None} if n == hidden else band for n, band in enumerate(bands)]


def _joined(bands: list[Row], k: int) -> list[Row]:
    """The bands of one wait that may be shown; how many still wait only if that costs little."""
    merged = _merged(bands, k)
    ended = _merged([{**band, "open_n": None} for band in bands], k)
    cost = len(ended) - len(merged)
    return merged if cost <= (_COST if len(merged) >= _ENOUGH else 0) else ended


def _merged(bands: list[Row], k: int) -> list[Row]:
    """The bands of one wait, joined from the longest down until each has none or at least ``k``."""
    merged: list[Row] = []
    waiting: Row | None = None
    for band in reversed(bands):
        joined = _join(band, waiting) if waiting else band
        waiting = joined if _is_few(joined, k) else None
        if waiting is None:
            merged.append(joined)
    if waiting:
        # the shortest bands are too few: they join the first longer band that has cases
        while merged and _is_few(waiting, k):
            waiting = _join(waiting, merged.pop())
        merged.append(waiting)
    return merged[::-1] if sum(band["n"] for band in merged) >= k else []


def _is_few(band: Row, k: int) -> bool:
    return is_small(band["n"], k) or is_small(band["open_n"], k)


def _join(shorter: Row, longer: Row) -> Row:
    known = None if shorter["open_n"] is None else shorter["open_n"] + longer["open_n"]
    counts = {"n": shorter["n"] + longer["n"], "open_n": known}
    return {**shorter, "up_to_days": longer["up_to_days"], **counts}


def small_owners(ledger: pl.DataFrame, k: int) -> list[str]:
    """The owners of a ledger with time of too few cases, or hidden before."""
    is_hidden = pl.col("cases").is_null() | few(pl.col("cases"), k)
    return ledger.filter(is_hidden)["owner"].to_list()


def protect_ledger(ledger: pl.DataFrame, unit_days: float | None, k: int) -> pl.DataFrame:
    """The days of owners with enough cases, rounded if days of rare waits are among them.

    Cases are in multiples of ``k``: the cases of all but a few would reveal these few.
    """
    days = [rounded(each, unit_days) for each in ledger["person_days"]]
    is_hidden = pl.col("owner").is_in(small_owners(ledger, k))
    return ledger.with_columns(
        person_days=pl.Series(days, dtype=pl.Float64), cases=pl.col("cases") // k * k
    ).with_columns(*unless(is_hidden, "person_days", "cases"))


def rounded(days: float | None, unit_days: float | None) -> float | None:
    """Days in whole units, if there is a unit; null for some days that round to none."""
    if not days or unit_days is None:
        return days
    return unit_days * round(days / unit_days) or None
