# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Any number of records, of which only some are held in memory; the rest is in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

AT_ONCE = 50_000
"""How many records of a kind are held in memory."""


class Spool:
    """Records of one kind, which are read back in the order in which they were added."""

    def __init__(self, schema: pl.Schema, folder: Path, at_once: int = AT_ONCE) -> None:
        self._schema, self._folder, self._at_once = schema, folder, at_once
        self._waiting: list[Sequence[Any]] = []
        folder.mkdir()
        self._parts: list[Path] = []
        self._write()  # so that there is a file, even if it is empty

    def add(self, record: Sequence[Any]) -> None:
        """Adds a record: a value for each field of the schema."""
        self._waiting.append(record)
        if len(self._waiting) >= self._at_once:
            self._write()

    def all(self) -> pl.LazyFrame:
        """All records that were added."""
        if self._waiting:
            self._write()
        return pl.scan_parquet(self._parts, glob=False)

    def _write(self) -> None:
        part = self._folder / f"{len(self._parts):06}.parquet"
        pl.DataFrame(self._waiting, self._schema, orient="row").write_parquet(part)
        self._parts.append(part)
        self._waiting.clear()
