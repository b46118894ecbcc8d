# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Makes the events of a log from its candidates, without those that the gate set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from contracts.candidates import scan
from contracts.errors import SourceError
from contracts.events import CASE_PREFIX, EVENTS, KEY, MARK, ORDER, bucket_of_slot, is_date
from ingest.closing import Closing, closings
from ingest.dated import in_order_of_the_source
from ingest.lifecycle import COLUMN, COMPLETE, START, STEPS, pair
from ingest.storage.batches import Batch, Part, parts_for, parts_of, paths_of


@dataclass(frozen=True)
class Log:
    """The candidates of a run, and some facts on those that were accepted.

    Attributes:
        parts: the files of candidates.
        quarantine: the file that says which candidates are not accepted.
        known_by: what was recorded later is not known yet; null: all is known.
        buckets: the number of buckets, of whole cases, that the log is cut into.
        last_at: the time of the last step or mark; null if there is none.
        transitions: the number of accepted rows by transition of the life cycle.
        attributes: the names of the ``case:*`` columns.
        closing: what ends the cases that were closed; null if no source tells.
        zone: the time zone of days.
        has_dates: whether only the date is known of some rows, but not of all.
    """

    parts: tuple[Part, ...]
    quarantine: Path
    known_by: dt.datetime | None
    buckets: int
    last_at: dt.datetime | None
    transitions: dict[str, int]
    attributes: tuple[str, ...]
    closing: Closing | None = None
    zone: str = "UTC"
    has_dates: bool = False

    @property
    def no_steps(self) -> dict[str, int]:
        """The number of accepted rows that are no start or end of a step, by transition."""
        return {name: n for name, n in self.transitions.items() if name not in (*STEPS, MARK)}


def log_of(
    batches: Sequence[Batch],
    quarantine: Path,
    known_by: dt.datetime | None = None,
    closing: Closing | None = None,
    zone: str = "UTC",
) -> Log:
    """The log to mine.

    Args:
        batches: all batches that the log consists of.
        quarantine: a Parquet file in shape ``QUARANTINE``; its ``KEY`` says which rows are not
            accepted.
        known_by: rows that were recorded later are left out, if a source tells when they were.
        closing: what ends the cases that were closed; null if no source tells.
        zone: the time zone of days.

    Raises:
        SourceError: the log names transitions, and none of them says that work was done.
    """
    candidates = scan(paths_of(batches))
    accepted = _accepted(candidates, quarantine, known_by)
    counts = (
        accepted.group_by("lifecycle")
        .agg(pl.len().alias("rows"), pl.col("at").max(), is_date(zone).sum().alias("dates"))
        .sort("lifecycle")
        .collect(engine="streaming")
    )
    transitions = dict(counts.select("lifecycle", "rows").iter_rows())
    _check_transitions(transitions)
    steps = counts.filter(pl.col("lifecycle").is_in([*STEPS, MARK]))
    accepted_rows = sum(transitions.values())
    names = candidates.collect_schema().names()
    return Log(
        parts=parts_of(batches),
        quarantine=quarantine,
        known_by=known_by,
        buckets=parts_for(accepted_rows),
        last_at=steps["at"].max(),  # type: ignore[arg-type]
        transitions=transitions,
        attributes=tuple(sorted(name for name in names if name.startswith(CASE_PREFIX))),
        closing=closing,
        zone=zone,
        has_dates=0 < counts["dates"].sum() < accepted_rows,
    )


def events_of(log: Log, bucket: int) -> pl.LazyFrame:
    """The events of one bucket in shape ``EVENTS`` with ``case:*`` columns, sorted by ``ORDER``.

    STARTs and COMPLETEs are paired, dates are placed within their day as the source has them, and
    cases that were closed end.
    """
    shape = {**EVENTS, **dict.fromkeys(log.attributes, pl.String())}
    touching = [part.path for part in log.parts if part.touches(bucket, log.buckets)]
    if not touching:
        return pl.LazyFrame(schema=shape)
    rows = scan(touching).filter(bucket_of_slot(log.buckets) == bucket)
    accepted = _accepted(rows, log.quarantine, log.known_by)
    completes, marks = (
        accepted.filter(pl.col("lifecycle") == transition).with_columns(is_done=pl.lit(value=True))
        for transition in (COMPLETE, MARK)
    )
    is_paired = START in log.transitions
    told = pl.concat([pair(accepted) if is_paired else completes, marks], how="diagonal")
    if log.has_dates:
        told = in_order_of_the_source(told, log.zone)
    if log.closing and "closed_at" in told.collect_schema():
        told = pl.concat([told, closings(told, log.closing)])
    absent = [name for name in log.attributes if name not in rows.collect_schema().names()]
    return (
        told.with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in absent),
            is_mark=pl.col("lifecycle") == MARK,
            bucket=pl.lit(bucket, EVENTS["bucket"]),
        )
        .sort(ORDER)
        .select(pl.col(column).cast(type_) for column, type_ in shape.items())
    )


def _accepted(
    candidates: pl.LazyFrame, quarantine: Path, known_by: dt.datetime | None
) -> pl.LazyFrame:
    rejected = pl.scan_parquet(quarantine, glob=False).select(*KEY)
    accepted = candidates.join(rejected, on=list(KEY), how="anti")
    if known_by is None:
        return accepted
    is_known = (pl.col("recorded_at") <= known_by).fill_null(value=True)
    return accepted.filter(is_known)


def _check_transitions(transitions: dict[str, int]) -> None:
    if transitions and not any(step in transitions for step in STEPS):
        raise SourceError(
            f"No row of the log can be used: column '{COLUMN}', or the one that "
            f"columns.lifecycle names, never says {START} or {COMPLETE}.",
            "Use these words in that column, or leave the column out: then every row is a "
            "completed activity.",
        )
