# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads OCEL 2.0 in SQLite, a row at a time. The file is opened read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contracts.errors import SourceError
from ingest.ocel.records import (
    EVENTS,
    LARGEST,
    OBJECTS,
    OF_EVENTS,
    OF_OBJECTS,
    RELATIONS,
    Record,
    no_ocel,
)
from ingest.refusals import not_whole

_TABLES = {"event", "object", "event_object", "event_map_type", "object_map_type"}
_OWN = {"ocel_id", "ocel_time", "ocel_changed_field"}
# the names of tables come from the file and are quoted: a name cannot be a parameter
_NUMBERED = """
CREATE TABLE numbered (number INTEGER PRIMARY KEY, id TEXT UNIQUE, type TEXT, time TEXT);
INSERT OR IGNORE INTO numbered (id, type) SELECT ocel_id, ocel_type FROM log.event NOT INDEXED;
"""
_TIMED = """
UPDATE numbered SET time = told.ocel_time FROM log.{table} AS told
WHERE numbered.id = CAST(told.ocel_id AS TEXT) AND numbered.type = ?
"""
_OF_EVENTS = """
SELECT number, told.* FROM log.{table} AS told
JOIN numbered ON numbered.id = CAST(told.ocel_id AS TEXT) AND numbered.type = ?
"""
_OF_OBJECTS = "SELECT ocel_id, ocel_time, told.* FROM log.{table} AS told NOT INDEXED"
_RELATIONS = """
SELECT number, ocel_object_id FROM log.event_object AS told NOT INDEXED
JOIN numbered ON numbered.id = CAST(told.ocel_event_id AS TEXT)
"""
_OBJECTS = "SELECT ocel_id, ocel_type FROM log.object NOT INDEXED"


def read_sqlite(path: Path, name: str, scratch: Path) -> Iterator[Record]:
    """The records of a file, with events in the order of its table of events.

    Args:
        path: the file.
        name: what errors call it.
        scratch: a folder for what is derived from it.

    Raises:
        SourceError: the file is not whole, not OCEL 2.0, or still in use by a writer.
    """
    _check_at_rest(path, name)
    work = sqlite3.connect(f"file:{quote(str(scratch / 'work.sqlite'))}", uri=True)
    with closing(work):
        try:
            _attach(work, path)
            tables = _tables(work)
            if not tables >= _TABLES:
                raise no_ocel(name)
            yield from _records(work, tables)
        except sqlite3.Error as error:
            if "no such" in str(error):
                raise no_ocel(name) from None
            raise not_whole(name, "SQLite file") from None


def _check_at_rest(path: Path, name: str) -> None:
    """Refuses a file with a journal beside it, whose content is still to be put into the file."""
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise SourceError(
                f"{name} is still in use: what is in {beside.name} is not in it yet.",
                "Close the program that writes it, and try again.",
            )


def _attach(work: sqlite3.Connection, path: Path) -> None:
    work.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
    work.execute("PRAGMA trusted_schema = OFF")  # the schema of the file may run nothing
    work.execute("PRAGMA synchronous = OFF")
    work.execute("ATTACH ? AS log", (f"file:{quote(str(path))}?mode=ro&immutable=1",))


def _tables(work: sqlite3.Connection) -> set[str]:
    """The tables that hold rows of their own: no views or virtual tables."""
    rows = work.execute(
        "SELECT name FROM log.sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE "
        "VIRTUAL%' AND sql NOT LIKE '%GENERATED%'"
    )
    return {name for (name,) in rows}


def _records(work: sqlite3.Connection, tables: set[str]) -> Iterator[Record]:
    work.executescript(_NUMBERED)
    for type_, table in _of_types(work, "event", tables):
        work.execute(_TIMED.format(table=table), (type_,))
        told = work.execute(_OF_EVENTS.format(table=table), (type_,))
        for (number,), name, value in _attributes(told, keys=1):
            yield OF_EVENTS, (number, name, value)
    for number, type_, time in work.execute(
        "SELECT number, type, time FROM numbered ORDER BY number"
    ):
        yield EVENTS, (number, _text(type_), _text(time))
    for number, object_ in work.execute(_RELATIONS):
        yield RELATIONS, (number, _text(object_))
    for object_, type_ in work.execute(_OBJECTS):
        yield OBJECTS, (_text(object_), _text(type_))
    for _, table in _of_types(work, "object", tables):
        told = work.execute(_OF_OBJECTS.format(table=table))
        for (object_, since), name, value in _attributes(told, keys=2):
            yield OF_OBJECTS, (_text(object_), name, value, _text(since))


def _of_types(work: sqlite3.Connection, of: str, tables: set[str]) -> Iterator[tuple[str, str]]:
    """The types of events or objects that have a table, with its quoted name."""
    query = f"SELECT ocel_type, ocel_type_map FROM log.{of}_map_type"  # noqa: S608 - of is ours
    for type_, called in work.execute(query).fetchall():
        table = f"{of}_{called}"
        if table in tables:
            yield type_, '"' + table.replace('"', '""') + '"'


def _attributes(
    rows: sqlite3.Cursor, keys: int
) -> Iterator[tuple[tuple[Any, ...], str, str | None]]:
    """For each attribute of each row: the first columns of the row, and its name and value."""
    names = [column[0] for column in rows.description]
    own = [place for place in range(keys, len(names)) if names[place] not in _OWN]
    for row in rows:
        for place in own:
            if row[place] is not None:
                yield row[:keys], names[place], _text(row[place])


def _text(value: object) -> str | None:
    """A value as text; null for null and bytes."""
    return None if value is None or isinstance(value, bytes) else str(value)
