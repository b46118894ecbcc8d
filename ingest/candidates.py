# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The candidates of several files as one plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl


def scan(paths: Iterable[Path]) -> pl.LazyFrame:
    """The candidates in some files; an attribute that a file does not tell is null."""
    return pl.concat([pl.scan_parquet(path, glob=False) for path in paths], how="diagonal")
