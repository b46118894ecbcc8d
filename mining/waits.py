# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long cases wait between two activities, those that still wait counted.

A case that still waits after an activity has not shown what comes next. Its wait is shared out over
the next activities of the cases that waited as long as it did and then went on
(``mining.survival``). What no case was seen to outlast is kept apart, under ``to`` = null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.findings import TABLES
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summary
from mining.survival import Floats, leaving

SHOWN = TABLES["waits"].names()
BANDS_DAYS = (0, 1, 3, 7, 14, 28, 91, 182, 364)
"""Lower bounds of the bands that waits are shown in: over so many days, up to the next bound."""

WAITS = pl.Schema(
    [
        *TABLES["waits"].items(),
        ("reference_days", pl.Float64()),  # P25 of the same wait
        ("excess_person_days", pl.Float64()),  # waiting over the reference, open waits counted
        ("closed_person_days", pl.Float64()),
        ("open_person_days", pl.Float64()),
        ("unresolved_share", pl.Float64()),  # of all who came to `from`: never seen to go on
    ]
)
"""What ``conclude`` gives: a row each ``from``, ``to``."""


def _waits(bucket: Bucket) -> pl.LazyFrame:
    return bucket.moves.filter(pl.col("from").is_not_null(), ~pl.col("is_outside"))


def _durations(bucket: Bucket) -> pl.LazyFrame:
    return (
        _waits(bucket)
        .with_columns(bin_of("wait_ms"))
        .group_by("from", "to", "bin")
        .agg(n=pl.len().cast(pl.Int64), ms=pl.col("wait_ms").sum())
    )


def _cases(bucket: Bucket) -> pl.LazyFrame:
    return (
        _waits(bucket)
        .filter(~pl.col("is_open"))
        .group_by("from", "to")
        .agg(cases=pl.col("case_id").n_unique().cast(pl.Int64))
    )


def _bands(bucket: Bucket) -> pl.LazyFrame:
    bounds = pl.Series([days * DAY_MS for days in BANDS_DAYS])
    band = pl.lit(bounds).search_sorted(pl.col("wait_ms"), side="left").clip(lower_bound=1)
    return (
        _waits(bucket)
        .filter(~pl.col("is_open"))
        .with_columns(band=band)
        .group_by("from", "to", "band")
        .agg(n=pl.len().cast(pl.Int64))
    )


DURATIONS = Summary("waits", ("from", "to", "bin"), _durations)
CASES = Summary("wait_cases", ("from", "to"), _cases)
BANDS = Summary("wait_bands", ("from", "to", "band"), _bands)


def conclude_bands(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["wait_bands"]`` from the merged summary."""
    over = pl.Series(BANDS_DAYS, dtype=pl.Float64)
    up_to = pl.Series([*BANDS_DAYS[1:], None], dtype=pl.Float64)
    band = pl.col("band").cast(pl.UInt32) - 1
    bounded = summary.with_columns(
        over_days=pl.lit(over).gather(band), up_to_days=pl.lit(up_to).gather(band)
    )
    columns = TABLES["wait_bands"]
    return bounded.select(columns.names()).cast(columns).sort("from", "to", "over_days")


def conclude(durations: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Every wait of the log, in the shape of ``WAITS``, most waiting first.

    Args:
        durations: merged summary ``DURATIONS``.
        cases: merged summary ``CASES``.
    """
    groups = durations.partition_by("from", maintain_order=True)
    rows = [row for group in groups for row in _Group(group).rows()]
    waits = pl.DataFrame(rows, schema=_ESTIMATES, orient="row")
    moved = (
        durations.filter(pl.col("to").is_not_null())
        .group_by("from", "to")
        .agg(pl.col("n").sum())
        .join(cases, on=["from", "to"])
    )
    open_cases = pl.col("open_cases").fill_null(0).round().cast(pl.Int64)
    person_days = pl.sum_horizontal("closed_person_days", "open_person_days")
    return (
        moved.join(waits, on=["from", "to"], how="full", coalesce=True, nulls_equal=True)
        .with_columns(open_cases=open_cases, person_days=person_days)
        .with_columns(
            n=pl.col("n").fill_null(0),
            cases=pl.col("cases").fill_null(0) + pl.col("open_cases"),
            share_of_waiting=_share_of("person_days"),
        )
        .select(WAITS.names())
        .cast(WAITS)
        .sort("person_days", "from", "to", descending=[True, False, False], nulls_last=True)
    )


def _share_of(column: str) -> pl.Expr:
    total = pl.col(column).sum()
    return pl.when(total > 0).then(pl.col(column) / total).otherwise(0.0)


_ESTIMATES = pl.Schema(
    {
        "from": pl.String,
        "to": pl.String,
        "open_cases": pl.Float64,
        "p50_days": pl.Float64,
        "p90_days": pl.Float64,
        "reference_days": pl.Float64,
        "closed_person_days": pl.Float64,
        "open_person_days": pl.Float64,
        "excess_person_days": pl.Float64,
        "unresolved_share": pl.Float64,
    }
)


class _Group:
    """The waits after one activity, as arrays over ``K`` bins and ``J`` next activities."""

    def __init__(self, group: pl.DataFrame) -> None:
        self.activity: str = group["from"][0]
        bins, bin_at = np.unique(group["bin"].to_numpy(), return_inverse=True)
        self.next = group["to"].drop_nulls().unique().sort().to_list()
        column = {name: j for j, name in enumerate([*self.next, None])}
        cell = bin_at, np.array([column[name] for name in group["to"]])
        n = np.zeros((len(bins), len(column)), dtype=np.int64)
        days = np.zeros(n.shape)
        np.add.at(n, cell, group["n"].to_numpy())
        np.add.at(days, cell, group["ms"].to_numpy() / DAY_MS)
        self.left_n, self.still_n = n[:, :-1], n[:, -1]
        self.left_days, self.still_days = days[:, :-1], days[:, -1]
        self.estimate = leaving(self.left_n, self.still_n)

    def rows(self) -> Iterator[dict[str, object]]:
        """An estimate a next activity, and one for those that nobody was seen to outlast."""
        goes_later = self.estimate.goes_later()
        for exit_, name in enumerate(self.next):
            quantile = {q: self._quantile(q, exit_) for q in (0.25, 0.5, 0.9)}
            yield self._row(
                name,
                goes_later[:, exit_],
                self.left_n[:, exit_],
                self.left_days[:, exit_],
                quantile,
            )
        stays = 1.0 - goes_later.sum(axis=1)
        if self.estimate.never_seen_to_leave * self.still_n.sum() > 0:
            none = np.zeros(len(stays))
            yield self._row(None, stays, none, none, {})

    def _quantile(self, q: float, exit_: int) -> float | None:
        k = self.estimate.reaches(q, exit_)
        return None if k is None else float(self.left_days[k, exit_] / self.left_n[k, exit_])

    def _row(
        self,
        to: str | None,
        goes: Floats,
        n: NDArray[Any],
        days: Floats,
        quantile: dict[float, float | None],
    ) -> dict[str, object]:
        reference = quantile.get(0.25)
        waiting = self.still_n * goes
        share = np.divide(waiting, self.still_n, out=np.zeros_like(waiting), where=self.still_n > 0)
        closed_days, open_days = days.sum(), (self.still_days * share).sum()
        base = reference or 0.0
        excess = np.maximum(days - n * base, 0.0).sum()
        excess += np.maximum(self.still_days * share - waiting * base, 0.0).sum()
        return {
            "from": self.activity,
            "to": to,
            "open_cases": waiting.sum(),
            "p50_days": quantile.get(0.5),
            "p90_days": quantile.get(0.9),
            "reference_days": reference,
            "closed_person_days": closed_days,
            "open_person_days": open_days,
            "excess_person_days": excess,
            "unresolved_share": self.estimate.never_seen_to_leave,
        }
