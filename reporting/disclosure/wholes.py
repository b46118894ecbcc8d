# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for whole cases (clocks, bases, outcomes) and for work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from reporting.disclosure.small_groups import PER_TENTH

_Rule = Callable[[pl.DataFrame, int], pl.DataFrame]
_COARSEST_PERCENTS = 10


def protect_wholes(
    tables: Mapping[str, pl.DataFrame], cases: int | None, k: int
) -> dict[str, pl.DataFrame]:
    """The tables of whole cases and of work, with nothing about fewer than ``k`` of ``cases``."""
    rules: dict[str, _Rule] = {
        "clocks": _clocks,
        "bases": _bases,
        "outcomes": partial(_outcomes, whole=cases),
        "waiting_causes": _in_round_counts,
        "work_band": _in_round_counts,
        "deadlines": _in_round_cases,
        "breaches": _in_round_cases,
        "registered_ends": _in_round_cases,
        "bunching": _bunching,
        "rescue": _rescue,
    }
    return {name: rule(tables[name], k) for name, rule in rules.items()}


def _clocks(clocks: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts: a clock may be about other cases than the log is said to have."""
    return _without_tails(clocks.filter(pl.col("cases") >= k), "cases", k).with_columns(
        pl.col("cases", "open_cases") // k * k,
        # the longest case is one case: it is told only if half of the cases take longer than all
        watched_days=pl.when(pl.col("p50_days").is_null()).then(pl.col("watched_days").floor()),
    )


def _bases(bases: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts: a difference between the open cases of two months tells who came."""
    shown = bases.filter(pl.col("n") >= k)
    return _without_tails(shown, "n", k).with_columns(pl.col("n") // k * k)


def _in_round_cases(table: pl.DataFrame, k: int) -> pl.DataFrame:
    return table.filter(pl.col("cases") >= k).with_columns(pl.col("cases") // k * k)


def _in_round_counts(table: pl.DataFrame, k: int) -> pl.DataFrame:
    """Rows of at least ``k`` cases, in multiples of ``k``; days are whole days."""
    counts = [name for name in ("n", "timed") if name in table.columns]
    return table.filter(pl.col("n") >= k).with_columns(
        pl.col(counts) // k * k, pl.col("^.*_days$").round()
    )


def _without_tails(table: pl.DataFrame, count: str, k: int) -> pl.DataFrame:
    enough = pl.col(count) >= PER_TENTH * k
    return table.with_columns(p90_days=pl.when(enough).then("p90_days"))


def _outcomes(outcomes: pl.DataFrame, k: int, whole: int | None) -> pl.DataFrame:
    """Frequent outcomes in round counts, at durations where no outcome is of a few cases.

    Shares are in steps of ``k`` cases or more, and so is what they leave of all cases. With a few
    dozen cases these would be halves: 78 % would be told as all. Then there are none.
    """
    frequent = outcomes.filter(pl.col("cases") >= k).with_columns(pl.col("cases") // k * k)
    ended = int(frequent.unique("outcome")["cases"].sum())
    percents = _percents(k / (whole or max(ended, k)))
    if percents > _COARSEST_PERCENTS:
        return outcomes.clear()
    exact = frequent.sort("days", maintain_order=True)
    told = exact.with_columns(share=_in_percents(exact, percents)).join(
        exact.select("outcome", "days", exact="share"), on=["outcome", "days"]
    )
    is_of_few = pl.any_horizontal(pl.col("share", "exact") * ended < k)
    telling = told.filter(is_of_few, pl.col("share") > 0)["days"]
    return (
        frequent.drop("share")
        .join(told.drop("cases", "exact"), on=["outcome", "days"], maintain_order="left")
        .filter(~pl.col("days").is_in(telling.implode()))
    )


def _in_percents(outcomes: pl.DataFrame, percents: int) -> pl.Series:
    """The shares by the days, in steps of ``percents``: none goes down, and their sum is rounded.

    The shares at the most days are told best. With fewer days the sum is less, and each step less
    is taken from the outcome that is furthest above its share.
    """
    units: Counter[str] = Counter()
    told: list[float] = []
    by_days = outcomes.partition_by("days", maintain_order=True)
    for at in reversed(by_days):
        exact = dict(zip(at["outcome"], at["share"] * 100 / percents, strict=True))
        lacks = round(sum(exact.values())) - sum(units[each] for each in exact)
        step = 1 if lacks > 0 else -1
        for _ in range(abs(lacks)):
            units[max(exact, key=lambda each: step * (exact[each] - units[each]))] += step
        told = [units[each] * percents / 100 for each in exact] + told
    return pl.Series(told, dtype=pl.Float64)


def _percents(share: float) -> int:
    """The first of 1, 2, 5, 10, … percent that is at least ``share``."""
    return next(each for each in (1, 2, 5, 10, 20, 50, 100) if each >= 100 * share)


def _rescue(rescue: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts and figures, for many cases; unless nearly all or nearly none were late."""
    late, rest = pl.col("late"), pl.col("cases") - pl.col("late")
    is_telling = (late < k) | (rest < k)
    scores = pl.col("brier", "brier_of_share")
    return (
        rescue.filter(pl.col("cases") >= PER_TENTH * k)
        .with_columns(
            pl.when(~is_telling).then(scores.round(2)), pl.when(~is_telling).then(late // k * k)
        )
        .with_columns(pl.col("cases") // k * k, pl.col("coverage").round(2))
    )


def _bunching(bunching: pl.DataFrame, k: int) -> pl.DataFrame:
    counts = pl.col("before", "after")
    return bunching.filter(pl.min_horizontal(counts) >= k).with_columns(
        counts // k * k, pl.col("jump").round(1), pl.col("p_value").round(3)
    )
