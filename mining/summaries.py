# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Summaries of buckets: small frames that add up to the summary of the log.

A case is in one bucket, so counts of cases add up too. Nothing in a summary depends on how the
cases were spread over buckets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import polars as pl

from mining.cases.journeys import MARKS, Lens, cases, marks, traces
from mining.cases.moves import moves

Summaries = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Bucket:
    """One bucket of a log, seen three ways: as events, as moves and as cases.

    ``marks`` are those of its cases, in the columns of ``mining.cases.journeys.MARKS``;
    ``touched`` holds the ``case_id`` of cases with rows that the gate set aside. A ``case_id`` is a
    number here: ``names`` gives the name of each, ``case_id, name``.
    """

    traces: pl.LazyFrame
    marks: pl.LazyFrame
    touched: pl.LazyFrame
    lens: Lens
    names: pl.LazyFrame

    @cached_property
    def moves(self) -> pl.LazyFrame:
        """The shape of ``mining.cases.moves.MOVES``, worked out when a summary first asks."""
        return moves(self.traces, self.lens).collect().lazy()

    @property
    def counted(self) -> pl.LazyFrame:
        """The moves, without ended ones from a time of which the log has only the long ones."""
        return self.moves.filter(pl.col("is_open") | ~pl.col("is_survivor"))

    @property
    def told(self) -> pl.LazyFrame:
        """The steps and marks of its cases, in the columns of ``MARKS``."""
        done = self.traces.filter("is_done").select(MARKS)
        return pl.concat([done, self.marks])

    def with_touched(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """A frame with a ``case_id``, and whether rows of that case were set aside."""
        flags = self.touched.with_columns(is_touched=True)
        known = frame.join(flags, on="case_id", how="left")
        return known.with_columns(pl.col("is_touched").fill_null(value=False))

    @cached_property
    def cases(self) -> pl.LazyFrame:
        """The shape of ``mining.cases.journeys.CASES``, worked out when a summary first asks."""
        return cases(self.traces, self.lens).collect().lazy()


Source = TypeVar("Source")


@dataclass(frozen=True)
class Summary(Generic[Source]):
    """How one analysis summarises a part of a log, and how the parts are added up.

    Every column that is not a key is added up, except those in ``lowest`` and ``highest``.
    """

    name: str
    keys: tuple[str, ...]
    summarise: Callable[[Source], pl.LazyFrame]
    lowest: tuple[str, ...] = ()
    highest: tuple[str, ...] = ()

    def merge(self, parts: Iterable[pl.LazyFrame]) -> pl.LazyFrame:
        """The summary of all parts, sorted by key."""
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
    """A bucket from its events: whole cases in the shape of ``EVENTS``, sorted by ``ORDER``.

    Inside a bucket a case is a number and a name is a category, which is several times as fast as
    texts; ``summarise`` returns texts again.
    """
    coded = events.with_columns(code=pl.col("case_id").rle_id())
    cases = coded.filter((pl.col("code") != pl.col("code").shift()).fill_null(value=True))
    codes = cases.join(touched, on="case_id").select(case_id="code")
    texts = pl.col(pl.String).exclude("source").cast(pl.Categorical)
    named = coded.with_columns(pl.col("code").alias("case_id")).drop("code").with_columns(texts)
    names = cases.select(case_id="code", name="case_id")
    is_mark = pl.col("is_mark")
    traced = traces(named.filter(~is_mark), lens).collect()
    told = marks(named.filter(is_mark), traced.lazy(), lens).collect()
    return Bucket(traced.lazy(), told.lazy(), codes, lens, names)


def summarise(part: Source, summaries: Iterable[Summary[Source]]) -> Summaries:
    """Every summary of one part, usually a bucket; counts are 64 bits, since parts add up."""
    wanted = list(summaries)
    as_kept = (
        pl.col(pl.Categorical).cast(pl.String),
        pl.col(pl.List(pl.Categorical)).cast(pl.List(pl.String)),
        pl.col(pl.get_index_type()).cast(pl.Int64),
    )
    frames = pl.collect_all([each.summarise(part).with_columns(as_kept) for each in wanted])
    return {summary.name: frame for summary, frame in zip(wanted, frames, strict=True)}


def merge(
    parts: Mapping[str, Iterable[pl.LazyFrame]], summaries: Iterable[Summary[Source]]
) -> Summaries:
    """Every summary of the log, from the summaries of its parts."""
    wanted = list(summaries)
    frames = pl.collect_all([summary.merge(parts[summary.name]) for summary in wanted])
    return {summary.name: frame for summary, frame in zip(wanted, frames, strict=True)}
