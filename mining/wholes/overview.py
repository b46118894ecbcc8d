# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is in the log: how many cases, events and routes, and what is done again."""

from __future__ import annotations

import polars as pl

from contracts.tables import TABLES
from mining.summaries import Bucket, Summary


def _log(bucket: Bucket) -> pl.LazyFrame:
    return bucket.traces.select(
        events=pl.len(),
        cases=pl.col("is_first").sum(),
        open_cases=(pl.col("is_last") & ~pl.col("is_closed")).sum(),
        first=pl.col("at").min(),
        last=pl.col("at").max(),
    )


def _steps(bucket: Bucket) -> pl.LazyFrame:
    return bucket.traces.group_by("activity").agg(
        cases=(pl.col("visit") == 1).sum(),
        events=pl.len(),
        starts=pl.col("is_first").sum(),
        ends=(pl.col("is_last") & pl.col("is_closed")).sum(),
        still=(pl.col("is_last") & ~pl.col("is_closed")).sum(),
    )


def _variants(bucket: Bucket) -> pl.LazyFrame:
    """The routes; the first ``inside`` events are those up to the end of the case."""
    return (
        bucket.traces.group_by("number")
        .agg(
            trace=pl.col("activity"),
            inside=(~pl.col("is_outside")).sum(),
            is_open=~pl.col("is_closed").last(),
        )
        .group_by(VARIANTS.keys)
        .agg(cases=pl.len())
    )


def _rework(bucket: Bucket) -> pl.LazyFrame:
    """Occurrences of an activity after its first in a case; a self-loop directly follows itself."""
    return (
        bucket.traces.filter(pl.col("visit") > 1)
        .group_by("activity")
        .agg(
            cases=(pl.col("visit") == 2).sum(),  # noqa: PLR2004
            repeats=pl.len(),
            self_loops=(pl.col("from") == pl.col("activity")).sum(),
        )
    )


LOG = Summary("log", (), _log, lowest=("first",), highest=("last",))
STEPS = Summary("steps", ("activity",), _steps)
VARIANTS = Summary("variants", ("trace", "inside", "is_open"), _variants)
REWORK = Summary("rework", ("activity",), _rework)


def conclude_steps(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["steps"]``, most cases first."""
    return _shaped("steps", summary.sort("cases", "activity", descending=[True, False]))


def variants_in(summary: pl.DataFrame) -> int:
    """How many routes cases took."""
    return summary["trace"].n_unique()


def conclude_variants(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["variants"]``, most cases first."""
    routes = summary.group_by("trace").agg(pl.col("cases").sum())
    ranked = routes.sort("cases", "trace", descending=[True, False]).with_columns(
        share=pl.col("cases") / pl.col("cases").sum(),
    )
    return _shaped("variants", ranked)


def conclude_rework(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["rework"]``, most repeats first."""
    return _shaped("rework", summary.sort("repeats", "activity", descending=[True, False]))


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(TABLES[table].names()).cast(TABLES[table])
