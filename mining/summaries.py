# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Summaries of buckets: small frames that add up to the summary of the log.

A case lives in one bucket, so counts of cases add up too. Nothing in a summary depends on how the
cases were spread over buckets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from mining.journeys import Lens, cases, moves, traces

Summaries = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Bucket:
    """One bucket of a log, seen three ways; see ``mining.journeys`` for the columns.

    ``touched`` holds the ``case_id`` of cases of which the gate set rows aside.
    """

    traces: pl.LazyFrame
    moves: pl.LazyFrame
    cases: pl.LazyFrame
    touched: pl.LazyFrame


@dataclass(frozen=True)
class Summary:
    """How one analysis sums up a bucket, and how sums of buckets are added up.

    Every column that is not a key is added up, but for those named in ``lowest`` and ``highest``.
    """

    name: str
    keys: tuple[str, ...]
    summarise: Callable[[Bucket], pl.LazyFrame]
    lowest: tuple[str, ...] = ()
    highest: tuple[str, ...] = ()

    def merge(self, parts: Iterable[pl.LazyFrame]) -> pl.LazyFrame:
        """The summary of all buckets, sorted by key."""
        together = pl.concat(parts)
        extremes = (*self.keys, *self.lowest, *self.highest)
        merged = (
            pl.all().exclude(extremes).sum(),
            pl.col(self.lowest).min(),
            pl.col(self.highest).max(),
        )
        if not self.keys:
            return together.select(merged)
        return together.group_by(self.keys).agg(merged).sort(self.keys)


def bucket_of(events: pl.LazyFrame, touched: pl.LazyFrame, lens: Lens) -> Bucket:
    """A bucket from its events: whole cases in the shape of ``EVENTS``, sorted by ``ORDER``."""
    traced = traces(events, lens).collect().lazy()
    return Bucket(traced, moves(traced, lens).collect().lazy(), cases(traced), touched)


def summarise(bucket: Bucket, summaries: Iterable[Summary]) -> Summaries:
    """Every summary of one bucket."""
    wanted = list(summaries)
    frames = pl.collect_all([summary.summarise(bucket) for summary in wanted])
    return {summary.name: frame for summary, frame in zip(wanted, frames, strict=True)}


def merge(parts: Mapping[str, Iterable[pl.LazyFrame]], summaries: Iterable[Summary]) -> Summaries:
    """Every summary of the log, from those of its buckets."""
    wanted = list(summaries)
    frames = pl.collect_all([summary.merge(parts[summary.name]) for summary in wanted])
    return {summary.name: frame for summary, frame in zip(wanted, frames, strict=True)}
