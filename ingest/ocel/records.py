# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The content of an object-centric log (OCEL 2.0), in the same records for all its encodings.

Events go by their number in the file, from 1, as the ids in a file may occur twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from contracts.errors import SourceError

EVENTS, RELATIONS, OF_EVENTS = "events", "relations", "event attributes"
OBJECTS, OF_OBJECTS = "objects", "object attributes"
SHAPES = {
    EVENTS: pl.Schema({"number": pl.Int64(), "type": pl.String(), "time": pl.String()}),
    RELATIONS: pl.Schema({"number": pl.Int64(), "object": pl.String()}),
    OF_EVENTS: pl.Schema({"number": pl.Int64(), "name": pl.String(), "value": pl.String()}),
    OBJECTS: pl.Schema({"object": pl.String(), "type": pl.String()}),
    OF_OBJECTS: pl.Schema(
        {"object": pl.String(), "name": pl.String(), "value": pl.String(), "time": pl.String()}
    ),
}
"""The kinds of records, and the fields of each, as written in the file."""

Record = tuple[str, Sequence[Any]]
"""The kind of a record, and its values."""

LARGEST = 1 << 26
"""The most bytes that an event or object may take."""


class Event(NamedTuple):
    """An event; ``attributes`` are names and values, ``objects`` the ids it relates to."""

    type: str | None
    time: str | None
    attributes: Sequence[tuple[str, str | None]]
    objects: Sequence[str]


class Object(NamedTuple):
    """An object; ``attributes`` are names, values, and since when."""

    id: str | None
    type: str | None
    attributes: Sequence[tuple[str, str | None, str | None]]


def records_of(entries: Iterable[Event | Object]) -> Iterator[Record]:
    """The records of the events and objects of a file, in its order."""
    numbers = itertools.count(1)
    for entry in entries:
        if isinstance(entry, Object):
            yield OBJECTS, (entry.id, entry.type)
            for attribute in entry.attributes:
                yield OF_OBJECTS, (entry.id, *attribute)
            continue
        number = next(numbers)
        yield EVENTS, (number, entry.type, entry.time)
        for object_ in entry.objects:
            yield RELATIONS, (number, object_)
        for name, value in entry.attributes:
            yield OF_EVENTS, (number, name, value)


def too_large(name: str) -> SourceError:
    """The error for a file with a piece that is too large to be an event or object."""
    return SourceError(
        f"{name} is damaged, or holds an event or object of more than {LARGEST >> 20} MB.",
        "Export it again, without documents in its attributes.",
    )


def no_ocel(name: str) -> SourceError:
    """The error for a file that is whole but is not OCEL."""
    return SourceError(
        f"{name} is not OCEL 2.0: it lacks the events and objects of that format.",
        "Export it as OCEL 2.0, or give the file's own format.",
    )
