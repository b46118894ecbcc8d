# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads an object-centric log (OCEL 2.0) as a log of cases: the objects of one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from contracts.listed import listed
from ingest.notices import Sign
from ingest.ocel.flattening import (
    CONVERGES,
    STANDARD,
    STEP,
    cases_of_types,
    columns_of,
    diverging,
    flattened,
    related,
)
from ingest.ocel.tables import Tables, tables_of
from ingest.raw import ROW, Raw, check_columns, place
from ingest.refusals import unreadable
from ingest.spools import AT_ONCE

EVENTS_AT_ONCE = 4 * AT_ONCE
_MOST_NAMED = 20


def read_ocel(
    path: Path,
    name: str,
    wanted: Sequence[str],
    scratch: Path,
    object_type: str | None = None,
    at_once: int = EVENTS_AT_ONCE,
) -> Raw:
    """Reads the events of the objects of one type.

    Rows are in the order of the file: by event, and then by its relations to objects. The columns
    are the id of the object as case id, the type and time of the event, its attributes by name,
    ``ocel:type:<type>`` with the first object of each other type that it relates to, and
    ``case:<name>`` with the attributes of the case, by their first value if that changed.

    Args:
        path: the file.
        name: what errors call it.
        wanted: the columns to read.
        scratch: an empty folder.
        object_type: the type of objects that are the cases; null if events relate to one type only.
        at_once: how many events to hold in memory.

    Raises:
        SourceError: the file is not whole, no event relates to such an object, or there are objects
            of several types and none was chosen.
    """
    tables = tables_of(path, name, scratch, min(at_once, AT_ONCE))
    type_ = _chosen(cases_of_types(tables), name, object_type)
    columns = columns_of(tables, type_)
    check_columns(columns, name)
    places = {column: place(number) for number, column in enumerate((*STANDARD, *columns))}
    read = {
        column: at
        for column, at in places.items()
        if column in STANDARD or column in wanted or columns[column]
    }
    parts: list[Path] = []
    for stretch in tables.stretches(at_once):
        parts.append(scratch / f"{len(parts):06}.parquet")
        flattened(stretch, type_, read).sink_parquet(parts[-1], engine="streaming")
    rows = pl.scan_parquet(parts, glob=False)
    signs = (
        Sign("DQ29", None, pl.col(CONVERGES)),
        Sign("DQ30", None, pl.col(STEP).is_in(diverging(rows).implode())),
    )
    missing, left_out = _told_of(tables, type_)
    return Raw(
        rows.with_row_index(ROW, offset=1),
        tuple(places),
        places,
        {at: column for column, at in read.items()},
        lambda: unreadable(name),
        signs,
        missing,
        {"unrelated": left_out} if left_out else {},
    )


def object_types(path: Path, name: str, scratch: Path) -> dict[str, int]:
    """By type that events relate to, the number of objects with several events; most first.

    Raises:
        SourceError: the file is not whole, or not OCEL 2.0.
    """
    return cases_of_types(tables_of(path, name, scratch))


def _chosen(types: Mapping[str, int], name: str, object_type: str | None) -> str:
    """The type of the objects that are the cases."""
    there = listed(sorted(types), _MOST_NAMED)
    if not types:
        raise SourceError(
            f"{name} holds no events that relate to an object.", "Export its relations too."
        )
    if object_type is None and len(types) > 1:
        raise SourceError(
            f"{name} relates events to objects of {len(types)} types: {there}.",
            "A case is an object of one type; name that: object_type: ...",
        )
    if object_type is not None and object_type not in types:
        raise SourceError(
            f"{name} relates no event to an object of type '{object_type}'.", f"It has: {there}."
        )
    return object_type or next(iter(types))


def _told_of(tables: Tables, type_: str) -> tuple[int, int]:
    """How many objects that events relate to are not there, and how many events have no case."""
    relations, kind = related(tables), pl.col("type")
    told = relations.select(
        missing=pl.col("object").filter(kind.is_null()).n_unique(),
        with_case=pl.col("number").filter(kind == type_).n_unique(),
    ).collect(engine="streaming")
    events = tables.events.select(pl.len()).collect().item()
    return told["missing"].item(), events - told["with_case"].item()
