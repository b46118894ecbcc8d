# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes the rows of a query, as a database gives them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.errors import ConfigError, SourceError

_GROUP_BYTES = 4 << 20  # of rows written as one group; a batch may have only a few
_MOST_HELD = 16  # batches: each column of one takes some kilobytes, even if it is nearly empty


def write(
    rows: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    path: Path,
    told: Callable[[], AbstractContextManager[None]],
) -> None:
    """Writes ``rows`` to a Parquet file, in bounded memory.

    Args:
        rows: batches of any size, each of which is fetched when it is asked for.
        schema: the schema of all of them.
        path: the file to write.
        told: turns what goes wrong while rows are fetched into an error.
    """
    held: list[pa.RecordBatch] = []
    size = 0
    with pq.ParquetWriter(path, schema) as file:
        for batch in _fetched(rows, told):
            held.append(batch)
            size += batch.nbytes
            if size >= _GROUP_BYTES:
                file.write_table(pa.Table.from_batches(held))
                held, size = [], 0
            elif len(held) == _MOST_HELD:
                held = [pa.concat_batches(held)]
        file.write_table(pa.Table.from_batches(held, schema))


def _fetched(
    rows: Iterable[pa.RecordBatch], told: Callable[[], AbstractContextManager[None]]
) -> Iterator[pa.RecordBatch]:
    batches = iter(rows)
    while True:
        with told():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def check_names(columns: Sequence[str], name: str) -> None:
    """Checks that there are ``columns``, each with a name of its own.

    Args:
        columns: the columns that the query gives.
        name: what the user calls the source.

    Raises:
        SourceError: there are none, or two have the same name.
    """
    if not columns:
        raise SourceError(f"{name}: the query gives no columns.", "Name them after SELECT.")
    twice = next((column for column, count in Counter(columns).items() if count > 1), None)
    if twice is not None:
        raise SourceError(
            f"{name}: the query gives more than one column '{twice}'.",
            "Give each a name of its own: AS …",
        )


def check_watermark(watermark: str, columns: Collection[str], name: str) -> None:
    """Checks that ``watermark`` is one of the ``columns`` that the source ``name`` gives.

    Raises:
        ConfigError: it is not.
    """
    if watermark not in columns:
        near = difflib.get_close_matches(watermark, columns, n=1)
        raise ConfigError(
            f"{name}: the watermark '{watermark}' is not one of the columns that are read.",
            f"Did you mean '{near[0]}'?" if near else "Add it to the query.",
        )
