# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is in the log: how many cases, events and routes, and what is done again."""

from __future__ import annotations

import polars as pl

from contracts.findings import TABLES
from mining.summaries import Bucket, Summary

STEP_SEPARATOR = "\x1f"  # the ASCII unit separator, which no reader lets into a name


def _log(bucket: Bucket) -> pl.LazyFrame:
    return bucket.traces.select(
        events=pl.len().cast(pl.Int64),
        cases=pl.col("is_first").sum().cast(pl.Int64),
        open_cases=(pl.col("is_last") & ~pl.col("is_closed")).sum().cast(pl.Int64),
        first=pl.col("at").min(),
        last=pl.col("at").max(),
    )


def _steps(bucket: Bucket) -> pl.LazyFrame:
    return bucket.traces.group_by("activity").agg(
        cases=pl.col("case_id").n_unique().cast(pl.Int64),
        events=pl.len().cast(pl.Int64),
        starts=pl.col("is_first").sum().cast(pl.Int64),
        ends=pl.col("is_last").sum().cast(pl.Int64),
    )


def _variants(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.traces.group_by("case_id", maintain_order=True)
        .agg(trace=pl.col("activity").str.join(STEP_SEPARATOR))
        .group_by("trace")
        .agg(cases=pl.len().cast(pl.Int64))
    )


def _rework(bucket: Bucket) -> pl.LazyFrame:
    """Occurrences of an activity after its first in a case; a self-loop follows on itself."""
    per_case = bucket.traces.group_by("case_id", "activity").agg(
        repeats=pl.len().cast(pl.Int64) - 1,
        self_loops=(pl.col("from") == pl.col("activity")).sum().cast(pl.Int64),
    )
    return (
        per_case.filter(pl.col("repeats") > 0)
        .group_by("activity")
        .agg(pl.len().cast(pl.Int64).alias("cases"), pl.col("repeats", "self_loops").sum())
    )


LOG = Summary("log", (), _log, lowest=("first",), highest=("last",))
STEPS = Summary("steps", ("activity",), _steps)
VARIANTS = Summary("variants", ("trace",), _variants)
REWORK = Summary("rework", ("activity",), _rework)


def conclude_steps(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["steps"]``, most cases first."""
    return _shaped("steps", summary.sort("cases", "activity", descending=[True, False]))


def conclude_variants(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["variants"]``, most cases first."""
    ranked = summary.sort("cases", "trace", descending=[True, False]).with_columns(
        pl.col("trace").str.split(STEP_SEPARATOR),
        share=pl.col("cases") / pl.col("cases").sum(),
    )
    return _shaped("variants", ranked)


def conclude_rework(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["rework"]``, most repeats first."""
    return _shaped("rework", summary.sort("repeats", "activity", descending=[True, False]))


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(TABLES[table].names()).cast(TABLES[table])
