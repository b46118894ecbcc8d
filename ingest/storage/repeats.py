# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Removes rows that the store has from what was read: a watermark reads some rows again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from contracts.candidates import scan
from ingest.storage.batches import Batch, Part, Staged, part_in, paths_of

_SAME = ("case_id", "digest")


def new_rows(staged: Staged, earlier: Sequence[Batch], scratch: Path) -> Staged:
    """The rows of ``staged`` that differ from all rows of ``earlier``.

    Args:
        staged: what was read just now.
        earlier: batches that were read in the same way, so that equal rows have equal digests.
        scratch: an existing folder for the parts.
    """
    known = scan(paths_of(earlier)).select(_SAME)
    parts = tuple(_part(part, known, scratch) for part in staged.parts)
    return replace(staged, parts=parts, rows=sum(part.rows for part in parts))


def _part(part: Part, known: pl.LazyFrame, scratch: Path) -> Part:
    path = scratch / f"new-{part.path.parent.name}-{part.path.name}"
    rows = pl.scan_parquet(part.path, glob=False)
    others = rows.join(known, on=_SAME, how="anti", nulls_equal=True, maintain_order="left")
    others.sink_parquet(path)
    return part_in(path, part.bucket, part.of)
