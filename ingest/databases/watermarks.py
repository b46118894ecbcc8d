# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Of a table that only grows, what is new: the rows from the highest watermark that was seen.

A transaction puts its moment in a row when it begins, and the row is there when it ends: rows may
come to stand under the highest watermark that was seen. So the last day is always read again, and
so are the rows of the highest watermark itself, and those without one. Whoever keeps rows knows
which of them it has. A moment in the future is not the highest: what comes after it would never
be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

SETTING = "hoeksteen.since"
"""The setting of the transaction that holds the highest watermark, so that no SQL does."""

_SINCE = f"current_setting('{SETTING}')"
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        **{
            moment: f"{{column}} >= {_SINCE}::{moment} - interval '1 day'"
            for moment in ("timestamptz", "timestamp", "date")
        },
        **dict.fromkeys(("int2", "int4", "int8"), f"{{column}} >= {_SINCE}::bigint"),
        **dict.fromkeys(("text", "varchar"), f'{{column}} COLLATE "C" >= {_SINCE}'),
    }
)
"""Which rows are asked for, by the type of the column in PostgreSQL."""


def highest(path: Path, column: str, since: str | None, now: dt.datetime) -> str | None:
    """The highest watermark that was seen, written as ``CONDITIONS`` can read it again.

    Args:
        path: the rows that were read, as Parquet.
        column: the one with watermarks.
        since: the highest that was seen before.
        now: no later moment counts.
    """
    marks = pl.scan_parquet(path, glob=False).select(mark=pl.col(column))
    type_ = marks.collect_schema()["mark"]
    if type_.is_temporal():
        marks = marks.filter(pl.col("mark") <= pl.lit(_in(type_, now)))
    mark = marks.max().collect(engine="streaming").item()
    if mark is None or since is None:
        return since if mark is None else _written(mark)
    seen = max(mark, int(since)) if type_.is_integer() else max(_written(mark), since)
    return str(seen)


def _in(type_: pl.DataType, now: dt.datetime) -> dt.date:
    """``now`` as a value of a column; of local times and days nobody knows where they are."""
    if type_ == pl.Date:
        return now.date()
    return now if getattr(type_, "time_zone", None) else now.replace(tzinfo=None)


def _written(mark: object) -> str:
    if isinstance(mark, dt.datetime):
        return mark.isoformat(timespec="microseconds")
    return str(mark)
