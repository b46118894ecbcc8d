# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long a whole case takes, open cases counted (``mining.survival``).

A case that was under way when the log opens is not counted if the config tells how cases begin: how
long it had taken by then is not known, and the longest are over-represented. Nor is a case counted
that began when cases could already have ended that are kept no more: of those only the long ones
are left. Only the figure of closed cases alone, which is shown to be wrong, takes every case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from contracts.tables import TABLES
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summary
from mining.survival import leaving
from mining.wholes.worst_case import curves, reached

_KEYS = ("is_open", "is_followed", "is_touched", "bin")


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.with_touched(bucket.cases)
        .with_columns(bin_of("elapsed_ms"))
        .group_by(_KEYS)
        .agg(n=pl.len(), ms=pl.col("elapsed_ms").sum())
    )


SUMMARY = Summary("throughput", _KEYS, _summarise)
"""``is_touched``: rows of the case were set aside."""


@dataclass(frozen=True)
class Throughput:
    """Days by which half and nine tenths of the cases are done; null where not reached."""

    p50_days: float | None
    p90_days: float | None
    closed_only_p50_days: float | None
    survival: pl.DataFrame


def conclude(summary: pl.DataFrame) -> Throughput:
    """The throughput of a log from its merged summary."""
    cases = followed(summary)
    p50_days, p90_days = quantiles(cases)
    closed_only, _ = quantiles(summary.filter(~pl.col("is_open")))
    return Throughput(p50_days, p90_days, closed_only, _survival(_by_bin(cases)))


def followed(summary: pl.DataFrame) -> pl.DataFrame:
    """The cases followed from their begin, like all that began then; else all there are."""
    return where_any(summary, "is_followed")


def where_any(summary: pl.DataFrame, flag: str) -> pl.DataFrame:
    """The rows for which ``flag`` holds; all rows if it holds for none."""
    chosen = summary.filter(flag)
    return chosen if chosen.height else summary


def trusted(summary: pl.DataFrame) -> pl.DataFrame:
    """The cases that were followed from their begin and lost no rows."""
    return followed(summary).filter(~pl.col("is_touched"))


def quantiles(summary: pl.DataFrame) -> tuple[float | None, float | None]:
    """Days by which half and nine tenths are done; null where not reached.

    Args:
        summary: ``is_open, bin, n, ms`` (and more) of cases, the bins of ``mining.durations``.
    """
    bins = _by_bin(summary)
    days = _days(bins)
    estimate = leaving(bins["closed"].to_numpy()[:, None], bins["still"].to_numpy())
    half, most = (estimate.reaches(share, 0) for share in (0.5, 0.9))
    return None if half is None else float(days[half]), None if most is None else float(days[most])


def worst_case(
    summary: pl.DataFrame, untrusted: int, share: float
) -> tuple[float | None, float | None]:
    """Days by which ``share`` is done, at the least and at the most; null where not reached.

    Args:
        summary: merged ``SUMMARY``; its cases that lost no rows are trusted.
        untrusted: how many cases may be anything, those that lost rows included.
        share: of the cases.
    """
    cases = followed(summary)
    days = [0.0, *_days(_by_bin(cases))]
    trusted = _by_bin(cases.with_columns(n=pl.when("is_touched").then(0).otherwise("n")))
    both = curves(trusted["closed"].to_numpy(), trusted["still"].to_numpy(), untrusted)
    points = [reached(curve, share) for curve in both]
    lowest, highest = (None if point is None else days[point] for point in points)
    return lowest, highest


def _by_bin(summary: pl.DataFrame) -> pl.DataFrame:
    """``bin, closed, closed_ms, still, still_ms``: how many, and how long they took."""
    is_open = pl.col("is_open")
    return (
        summary.group_by("bin")
        .agg(
            closed=pl.col("n").filter(~is_open).sum(),
            closed_ms=pl.col("ms").filter(~is_open).sum(),
            still=pl.col("n").filter(is_open).sum(),
            still_ms=pl.col("ms").filter(is_open).sum(),
        )
        .sort("bin")
    )


def _days(bins: pl.DataFrame) -> pl.Series:
    """What each bin stands for: the mean of the cases closed in it, else of those open."""
    ms = pl.when(pl.col("closed") > 0).then("closed_ms").otherwise("still_ms")
    n = pl.when(pl.col("closed") > 0).then("closed").otherwise("still")
    return bins.select(ms / n / DAY_MS).to_series()


def _survival(bins: pl.DataFrame) -> pl.DataFrame:
    estimate = leaving(bins["closed"].to_numpy()[:, None], bins["still"].to_numpy())
    curve = {
        "days": _days(bins),
        "not_done": estimate.still,
        "at_risk": estimate.at_risk.astype(np.int64),
    }
    return pl.DataFrame(curve, schema=TABLES["survival"])
