# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads Parquet: columns of any type, as they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.raw import ROW, Raw, check_columns, digest, place, refused
from ingest.refusals import no_rows

_ENCRYPTED = b"PARE"
_MOST_ROWS_A_BYTE = 8  # a bit per row: a file with less repeats one row, and is not a log
_HARMLESS = 10_000_000


def read_parquet(path: Path, name: str, *, may_be_empty: bool = False) -> Raw:
    """Opens a Parquet file.

    A date that is in no calendar becomes null.

    Args:
        path: the file.
        name: what errors call it.
        may_be_empty: whether it may have no rows, for example if only new rows were asked for.

    Raises:
        SourceError: the file is not Parquet, is encrypted or cut short, or has no rows, or more
            than its bytes can hold.
    """
    with path.open("rb") as file:
        if file.read(len(_ENCRYPTED)) == _ENCRYPTED:
            raise SourceError(f"{name} is encrypted.", "Export it without encryption.")

    def refusal() -> SourceError:
        return SourceError(f"{name} is not a whole Parquet file.", "Export or copy it again.")

    frame = pl.scan_parquet(path, glob=False)
    with refused(refusal):
        schema = frame.collect_schema()
        many = frame.select(pl.len()).collect().item()
    if not many and not may_be_empty:
        raise no_rows(name)
    if many > _HARMLESS and many > _MOST_ROWS_A_BYTE * path.stat().st_size:
        raise SourceError(
            f"{name} claims {many:,} rows, more than an event log of its size can hold.",
            "Check what it is; rows of a log differ in their case or time.",
        )
    columns = tuple(schema.names())
    check_columns(columns, name)
    places = {name: place(number) for number, name in enumerate(columns)}
    dates = [places[column] for column in columns if schema[column] == pl.Date]
    known = pl.col(dates).is_between(dt.date.min, dt.date.max)
    rows = (
        frame.rename(places)
        .with_columns(pl.when(known).then(pl.col(dates)))
        .with_row_index(ROW, offset=1)
        .with_columns(digest(columns))
    )
    texts = {place: name for name, place in places.items()}
    return Raw(rows, columns, places, texts, refusal)
