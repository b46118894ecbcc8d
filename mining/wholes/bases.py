# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Three ways to count how long cases take, month by month: why they differ is worth a talk.

- *began*: the cases that began in a month, open ones counted (Kaplan-Meier): what citizens of that
  month go through, and the only one that a slow year cannot flatter;
- *ended*: the cases that were closed in a month, from their begin: what is usually published;
- *open*: the cases that were open when a month ended, and how long they had been by then.

The NHS publishes waiting times on all three, side by side (``docs/methods/three-bases.md``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from contracts.tables import TABLES
from mining.durations import bin_of
from mining.summaries import Bucket, Summaries, Summary
from mining.wholes.throughput import quantiles, where_any

_MONTHS = {
    "began": pl.col("began_on").dt.truncate("1mo"),
    "ended": pl.col("ended_on").dt.truncate("1mo"),
}


def _cohorts(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.cases.with_columns(bin_of("elapsed_ms"), **_MONTHS)
        .group_by(_COHORT)
        .agg(n=pl.len(), ms=pl.col("elapsed_ms").sum())
    )


def _stock(bucket: Bucket) -> pl.LazyFrame:
    return bucket.cases.with_columns(**_MONTHS).group_by(_STOCK).agg(n=pl.len())


_COHORT = ("began", "ended", "is_begun", "bin")
_STOCK = ("began_on", "ended", "is_begun")
COHORTS = Summary("cohorts", _COHORT, _cohorts)
STOCK = Summary("stock", _STOCK, _stock)
"""By the day on which cases began and the month in which they ended (null: they are open)."""

SUMMARIES = (COHORTS, STOCK)


def conclude(
    merged: Summaries, as_of: dt.date, complete_from: dt.date | None = None
) -> pl.DataFrame:
    """The shape of ``TABLES["bases"]``: a row per month and basis that has cases, in order of time.

    Args:
        merged: the merged ``SUMMARIES``.
        as_of: the local date on which the log is looked at; its month counts so far.
        complete_from: as in ``mining.cases.journeys.Lens``; a month with missing cases is not
            told.
    """
    cohorts, stock = (
        where_any(merged[each.name], "is_begun").with_columns(is_open=pl.col("ended").is_null())
        for each in SUMMARIES
    )
    if cohorts.is_empty():
        return pl.DataFrame(schema=TABLES["bases"])
    month, last = cohorts["began"].sort()[0], as_of.replace(day=1)
    months = pl.date_range(month, last, "1mo", eager=True)
    months = months.filter(months >= (complete_from or dt.date.min))
    rows = [row for month in months for row in _of_month(month, cohorts, stock, as_of)]
    return pl.DataFrame(rows, schema=TABLES["bases"])


def _of_month(
    month: dt.date, cohorts: pl.DataFrame, stock: pl.DataFrame, as_of: dt.date
) -> Iterator[dict[str, Any]]:
    after = min(_next(month), as_of)
    began = cohorts.filter(began=month)
    ended = cohorts.filter(ended=month)
    open_ = stock.filter(
        pl.col("began_on") < _next(month),
        pl.col("is_open") | (pl.col("ended") > month),
    )
    by_basis = {
        "began": (began, quantiles(began), max((as_of - _next(month)).days, 0)),
        "ended": (ended, quantiles(ended), None),
        "open": (open_, _ages(open_, after), None),
    }
    for basis, (cases, (p50_days, p90_days), watched_days) in by_basis.items():
        if cases.height:
            yield {
                "month": month,
                "basis": basis,
                "n": cases["n"].sum(),
                "p50_days": p50_days,
                "p90_days": p90_days,
                "watched_days": watched_days,
            }


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


def _ages(stock: pl.DataFrame, on: dt.date) -> tuple[float | None, float | None]:
    """The days for which half and nine tenths of the open cases had been there at most."""
    if stock.is_empty():
        return None, None
    youngest_first = (
        stock.group_by("began_on").agg(pl.col("n").sum()).sort("began_on", descending=True)
    )
    share = (youngest_first["n"].cum_sum() / youngest_first["n"].sum()).to_numpy()
    began_on = youngest_first["began_on"]
    half, most = (began_on[int(np.searchsorted(share, part - 1e-12))] for part in (0.5, 0.9))
    return float((on - half).days), float((on - most).days)
