# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The candidates of several files as one plan."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from contracts.events import CANDIDATES, MAY_LACK


def scan(paths: Iterable[str | Path]) -> pl.LazyFrame:
    """The candidates in Parquet files, at least one, in the order of the files.

    A column that a file ``MAY_LACK``, or that only another file has, is null for its rows.
    """
    files = [str(path) for path in paths]
    told = {name: CANDIDATES[name] for name in MAY_LACK}
    for file in files:
        told |= pl.scan_parquet(file, glob=False).collect_schema()
    names = [name for name in CANDIDATES if name in told]
    shape = {name: told[name] for name in dict.fromkeys([*names, *told])}
    # one scan, not a concat of many: then a slice reads nothing else
    return pl.scan_parquet(
        files, schema=shape, missing_columns="insert", hive_partitioning=False, glob=False
    )
