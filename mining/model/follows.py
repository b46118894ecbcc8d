# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The directly-follows graph: how often one activity came right after another in a case.

It covers the whole log, also what happens after a case was closed.
"""

from __future__ import annotations

import polars as pl

from mining.summaries import Bucket, Summary


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.traces.filter(~pl.col("is_first"))
        .group_by("from", pl.col("activity").alias("to"))
        .agg(n=pl.len(), cases=pl.col("case_id").n_unique())
    )


SUMMARY = Summary("follows", ("from", "to"), _summarise)
"""Columns ``from, to, n`` (moves), ``cases``."""
