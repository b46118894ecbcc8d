# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads Parquet: the columns as they are, of any type."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.raw import DIGEST, ROW, Raw, refused


def read_parquet(path: Path, name: str) -> Raw:
    """Opens a Parquet file.

    Raises:
        SourceError: it is not Parquet, or is cut short; ``name`` names the file.
    """

    def refusal() -> SourceError:
        return SourceError(f"{name} is not a whole Parquet file.", "Export or copy it again.")

    frame = pl.scan_parquet(path, glob=False, row_index_name=ROW, row_index_offset=1)
    with refused(refusal):
        names = frame.collect_schema().names()
    columns = tuple(name for name in names if name != ROW)
    return Raw(frame.with_columns(pl.struct(columns).hash().alias(DIGEST)), columns, refusal)
