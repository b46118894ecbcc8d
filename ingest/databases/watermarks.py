# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is new in a table that only grows: the rows from the highest watermark seen so far.

A transaction puts the moment of its begin in a row, which only appears when the transaction ends:
rows may still come below the highest watermark. So the last day is always read again, and so are
the rows of the highest watermark itself and those without one; whoever keeps rows knows which of
them it has. A moment in the future never counts as the highest: from then on, new rows with earlier
moments would be skipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import polars as pl

SETTING = "hoeksteen.since"
"""The transaction setting with the highest watermark, which is so never part of the SQL."""

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
"""The condition for the rows to ask for, by the type of the column in PostgreSQL."""


def highest(path: Path, column: str, since: str | None, now: dt.datetime) -> str | None:
    """The highest watermark that was seen, written so that ``CONDITIONS`` can read it again.

    Args:
        path: the rows that were read, as Parquet.
        column: the column with watermarks.
        since: the highest watermark that was seen before.
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
    """``now`` as a value of a column; local times and days are taken as UTC, as none has a zone."""
    if type_ == pl.Date:
        return now.date()
    return now if getattr(type_, "time_zone", None) else now.replace(tzinfo=None)


def _written(mark: object) -> str:
    if isinstance(mark, dt.datetime):
        return mark.isoformat(timespec="microseconds")
    return str(mark)
