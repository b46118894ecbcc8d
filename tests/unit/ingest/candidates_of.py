# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Candidates and batches, for tests of what is made of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from contracts.events import CANDIDATES, bucket_of_slot
from contracts.verdict import QUARANTINE
from ingest.privacy.pseudonyms import pseudonymise
from ingest.storage.batches import Batch, Origin, Part, Staged
from tests.builders import event_log

_OF_THE_GATE = ("closed_at", "recorded_at", "destroy_on", "noticed")


def candidates(*traces: str, **columns: object) -> pl.DataFrame:
    """A log as after staging, in no order."""
    log = event_log(*traces).with_columns(
        pl.col("row").alias("digest"),
        pl.lit("complete").alias("lifecycle"),
        pl.lit(None, pl.String).alias("instance"),
        pl.lit(None, pl.String).alias("at_problem"),
        *(pl.lit(None, CANDIDATES[name]).alias(name) for name in _OF_THE_GATE),
    )
    ids = {"case_id": log.select(pl.col("case_id").unique()).collect().to_series()}
    frame = pseudonymise(log, ids, (), None).select(*CANDIDATES).collect()
    return frame.with_columns(**columns).sample(fraction=1.0, shuffle=True, seed=1)


def batch(folder: Path, frame: pl.DataFrame, name: str = "log", sha256: str = "1", of: int = 1):
    """``frame`` staged in ``of`` parts in a new folder, as the batch of a file."""
    origin = Origin(name, "*.csv", sha256, "read", None)
    place = folder / f"staged-{origin.id}"
    place.mkdir()
    parts = []
    for bucket in range(of):
        rows = frame.filter(bucket_of_slot(of) == bucket)
        path = place / f"{bucket:03}-0.parquet"
        rows.write_parquet(path)
        parts.append(Part(path, bucket, of, rows.height))
    return Batch(origin, Staged(tuple(parts), frame.height))


def quarantine(folder: Path, rows: tuple[int, ...] = (), source: str = "log") -> Path:
    """A quarantine of some rows of one source."""
    path = folder / "quarantine.parquet"
    aside = [{"source": source, "row": row, "reasons": ["DQ18"]} for row in rows]
    pl.DataFrame(aside, schema=QUARANTINE).write_parquet(path)
    return path
