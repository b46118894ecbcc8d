# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for whole cases (clocks, bases, outcomes) and for work."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

_PER_TAIL = 5  # so many times k cases, before the tenth that takes longest is no small group


def protect_wholes(tables: Mapping[str, pl.DataFrame], k: int) -> dict[str, pl.DataFrame]:
    """Those of the tables that there are, without anything about fewer than ``k`` cases."""
    rules = {
        "clocks": _clocks,
        "bases": _bases,
        "outcomes": _outcomes,
        "waiting_causes": _in_round_counts,
        "work_band": _in_round_counts,
        "deadlines": _in_round_cases,
        "breaches": _in_round_cases,
        "registered_ends": _in_round_cases,
        "bunching": _bunching,
        "rescue": _rescue,
    }
    return {name: rule(tables[name], k) for name, rule in rules.items() if name in tables}


def _clocks(clocks: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts: they may be of other cases than those that the log is said to hold."""
    return _without_tails(clocks.filter(pl.col("cases") >= k), "cases", k).with_columns(
        pl.col("cases", "open_cases") // k * k,
        watched_days=pl.col("watched_days").floor(),  # the longest case is one case
    )


def _bases(bases: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts: who is open at the end of a month less who was before tells who came."""
    shown = bases.filter(pl.col("n") >= k)
    return _without_tails(shown, "n", k).with_columns(pl.col("n") // k * k)


def _in_round_cases(table: pl.DataFrame, k: int) -> pl.DataFrame:
    return table.filter(pl.col("cases") >= k).with_columns(pl.col("cases") // k * k)


def _in_round_counts(table: pl.DataFrame, k: int) -> pl.DataFrame:
    """Rows of at least ``k``, counted in multiples of it; days in whole days."""
    counts = [name for name in ("n", "timed") if name in table.columns]
    return table.filter(pl.col("n") >= k).with_columns(
        pl.col(counts) // k * k, pl.col("^.*_days$").round()
    )


def _without_tails(table: pl.DataFrame, count: str, k: int) -> pl.DataFrame:
    enough = pl.col(count) >= _PER_TAIL * k
    return table.with_columns(p90_days=pl.when(enough).then("p90_days"))


def _outcomes(outcomes: pl.DataFrame, k: int) -> pl.DataFrame:
    """Frequent outcomes in round counts, at durations at which none of them is of a few cases.

    Shares are in whole percents: the exact share is a count.
    """
    frequent = outcomes.filter(pl.col("cases") >= k).with_columns(
        pl.col("cases") // k * k, pl.col("share").round(2)
    )
    so_far = pl.col("share") * frequent.unique("outcome")["cases"].sum()
    telling = frequent.filter(so_far > 0, so_far < k)["days"]
    return frequent.filter(~pl.col("days").is_in(telling.implode()))


def _rescue(rescue: pl.DataFrame, k: int) -> pl.DataFrame:
    """In round counts and figures, of many cases; unless nearly all or nearly none became late."""
    late, rest = pl.col("late"), pl.col("cases") - pl.col("late")
    is_telling = (late < k) | (rest < k)
    scores = pl.col("brier", "brier_of_share")
    return (
        rescue.filter(pl.col("cases") >= _PER_TAIL * k)
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
