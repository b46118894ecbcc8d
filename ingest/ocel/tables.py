# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The records of an object-centric log as tables, for all its encodings."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ingest.ocel.from_json import read_json
from ingest.ocel.from_sqlite import read_sqlite
from ingest.ocel.from_xml import read_xml
from ingest.ocel.records import SHAPES, Record, no_ocel, records_of
from ingest.spools import AT_ONCE, Spool
from ingest.unpacking import blocks

_SQLITE = b"SQLite format 3\0"
_HEAD = 4096
_MARKS = codecs.BOM_UTF8 + codecs.BOM_UTF16_LE


class Tables(NamedTuple):
    """``SHAPES`` of a log, in the order of its file; of an object that is there twice, the first.

    An event may relate to an object more than once.
    """

    events: pl.LazyFrame
    relations: pl.LazyFrame
    of_events: pl.LazyFrame
    objects: pl.LazyFrame
    of_objects: pl.LazyFrame

    def stretches(self, many: int) -> Iterator[Tables]:
        """The same, with at most ``many`` events at a time."""
        last = self.events.select(pl.col("number").max()).collect().item() or 0
        for first in range(1, last + 1, many):
            of_these = pl.col("number").is_between(first, first + many - 1)
            yield self._replace(
                events=self.events.filter(of_these),
                relations=self.relations.filter(of_these),
                of_events=self.of_events.filter(of_these),
            )


def tables_of(path: Path, name: str, scratch: Path, at_once: int = AT_ONCE) -> Tables:
    """Reads a log in JSON, XML (both plain or gzipped) or SQLite, told apart by how it begins.

    Args:
        path: the file.
        name: what errors call it.
        scratch: an empty folder for the records.
        at_once: how many records of a kind to hold in memory.

    Raises:
        SourceError: the file is not whole, or not OCEL 2.0.
    """
    spools = {kind: Spool(shape, scratch / kind, at_once) for kind, shape in SHAPES.items()}
    for kind, record in _records(path, name, scratch):
        spools[kind].add(record)
    events, relations, of_events, objects, of_objects = (spool.all() for spool in spools.values())
    return Tables(
        events,
        relations.drop_nulls("object"),
        of_events,
        objects.drop_nulls("object").unique("object", keep="first", maintain_order=True),
        of_objects,
    )


def _records(path: Path, name: str, scratch: Path) -> Iterator[Record]:
    head = next(blocks(path, name, _HEAD), b"")
    if head.startswith(_SQLITE):
        return read_sqlite(path, name, scratch)
    match head.replace(b"\0", b"").lstrip(_MARKS + b" \t\r\n")[:1]:
        case b"{":
            return records_of(read_json(path, name))
        case b"<":
            return records_of(read_xml(path, name))
    raise no_ocel(name)
