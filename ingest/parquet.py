# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads Parquet: the columns as they are, of any type."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.raw import ROW, Raw, digest, place, refused


def read_parquet(path: Path, name: str) -> Raw:
    """Opens a Parquet file.

    Raises:
        SourceError: it is not Parquet, or is cut short; ``name`` names the file.
    """

    def refusal() -> SourceError:
        return SourceError(f"{name} is not a whole Parquet file.", "Export or copy it again.")

    frame = pl.scan_parquet(path, glob=False)
    with refused(refusal):
        columns = tuple(frame.collect_schema().names())
    places = {name: place(number) for number, name in enumerate(columns)}
    rows = frame.rename(places).with_row_index(ROW, offset=1).with_columns(digest(columns))
    texts = {place: name for name, place in places.items()}
    return Raw(rows, columns, places, texts, refusal)
