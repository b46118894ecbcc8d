# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How cases end: by which outcome, and how many after how long, open cases counted.

Outcomes compete: a case that was withdrawn can no longer be granted. So each outcome has its
cumulative incidence (Aalen and Johansen 1978, ``mining.survival``); one less Kaplan-Meier of each
by itself would promise too much.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from contracts.tables import TABLES
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summary
from mining.survival import Leaving, leaving
from mining.wholes.throughput import followed

HORIZONS_DAYS = (7, 14, 28, 56, 91, 182, 365, 730, 1095, 1826)


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.cases.with_columns(bin_of("elapsed_ms"))
        .group_by("outcome", "is_followed", "bin")
        .agg(n=pl.len(), ms=pl.col("elapsed_ms").sum())
    )


SUMMARY = Summary("outcomes", ("outcome", "is_followed", "bin"), _summarise)
"""``outcome`` null: the case is open."""


def conclude(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["outcomes"]``, most frequent outcome first, then by days."""
    cases = followed(summary)
    closed = cases.filter(pl.col("outcome").is_not_null())
    outcomes = closed.group_by("outcome").agg(cases=pl.col("n").sum())
    outcomes = outcomes.sort("cases", "outcome", descending=[True, False])
    if outcomes.is_empty():
        return pl.DataFrame(schema=TABLES["outcomes"])
    days, estimate = _estimate(cases, outcomes["outcome"].to_list())
    within = [horizon for horizon in HORIZONS_DAYS if horizon <= days[-1]]
    at = [int(np.searchsorted(days, horizon, side="right")) - 1 for horizon in within]
    rows = [
        (outcome, number, float(horizon), float(estimate.left[k, j]) if k >= 0 else 0.0)
        for j, (outcome, number) in enumerate(outcomes.iter_rows())
        for horizon, k in zip(within, at, strict=True)
    ]
    return pl.DataFrame(rows, schema=TABLES["outcomes"], orient="row")


def _estimate(cases: pl.DataFrame, outcomes: list[str]) -> tuple[list[float], Leaving]:
    """The days that the bins stand for, and how cases left by each outcome."""
    bins = cases.group_by("bin").agg(pl.col("n", "ms").sum()).sort("bin")
    counts = np.zeros((bins.height, len(outcomes) + 1))
    exit_ = cases["outcome"].replace_strict(
        outcomes, range(len(outcomes)), default=len(outcomes), return_dtype=pl.Int64
    )
    at = bins["bin"].search_sorted(cases["bin"]).to_numpy()
    np.add.at(counts, (at, exit_.to_numpy()), cases["n"].to_numpy())
    days = bins.select(pl.col("ms") / pl.col("n") / DAY_MS).to_series().to_list()
    return days, leaving(counts[:, :-1], counts[:, -1])
