# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows of a database are kept as they come, and never many batches of them at once."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.databases.rows import write

SCHEMA = pa.schema([("n", pa.int64())])


def test_of_many_small_batches_few_are_held(tmp_path: Path) -> None:
    held: list[weakref.ref[pa.RecordBatch]] = []
    most = 0

    def rows() -> Iterator[pa.RecordBatch]:
        nonlocal most
        for n in range(1000):
            batch = pa.record_batch([pa.array([n])], SCHEMA)
            held.append(weakref.ref(batch))
            yield batch
            del batch
            most = max(most, sum(each() is not None for each in held))

    write(rows(), SCHEMA, tmp_path / "rows.parquet", nullcontext)

    assert pq.read_table(tmp_path / "rows.parquet")["n"].to_pylist() == list(range(1000))
    assert most < 50
