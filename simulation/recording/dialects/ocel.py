# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a log as OCEL 2.0 in one JSON file: events, and the cases and teams they are about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import polars as pl

from contracts.dates import rfc3339
from simulation.description import Process
from simulation.recording.log import Part

_Object = dict[str, Any]

_CASE, _TEAM = "zaak", "afdeling"
_OF, _BY = "van", "door"
_EVENT_ATTRIBUTES = {"resource": "string", "organisatie": "string", "started_at": "time"}
_ROWS_AT_ONCE = 1 << 14  # as Python objects: some ten megabytes


def write(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.json``: a line per event and a line per object. The same log, the same bytes.

    An event is "van" its ``zaak`` and "door" an ``afdeling``, if a team acted. The names of steps
    and who acted are only known at the end but must come first, so events and objects wait in
    temporary files in ``folder``.

    Args:
        parts: the log.
        process: the process of the log.
        folder: where the file goes.
    """
    activities: set[str] = set()
    teams: set[str] = set()
    with TemporaryFile(dir=folder) as events, TemporaryFile(dir=folder) as objects:
        for part in parts:
            activities.update(part.events["activity"])
            teams.update(part.events["team"].drop_nulls())
            _append(events, _events(part))
            _append(objects, _cases(part, process))
        _append(objects, ({"id": team, "type": _TEAM, "attributes": []} for team in sorted(teams)))
        with (folder / "export.json").open("wb") as file:
            file.write(b'{"eventTypes": ' + _bytes(_event_types(activities)))
            file.write(b',\n"objectTypes": ' + _bytes(_object_types(process)))
            for name, spool in (("events", events), ("objects", objects)):
                file.write(f',\n"{name}": [\n'.encode())
                spool.seek(0)
                shutil.copyfileobj(spool, file)
                file.write(b"\n]")
            file.write(b"}\n")


def _append(spool: IO[bytes], rows: Iterable[_Object]) -> None:
    """Adds rows to an array that is already open."""
    for row in rows:
        spool.write((b",\n" if spool.tell() else b"") + _bytes(row))


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _event_types(activities: Iterable[str]) -> list[_Object]:
    attributes = [{"name": name, "type": kind} for name, kind in _EVENT_ATTRIBUTES.items()]
    return [{"name": name, "attributes": attributes} for name in sorted(activities)]


def _object_types(process: Process) -> list[_Object]:
    attributes = [{"name": name, "type": "string"} for name in process.attributes]
    return [{"name": _CASE, "attributes": attributes}, {"name": _TEAM, "attributes": []}]


def _events(part: Part) -> Iterator[_Object]:
    """The events by case and ``number``; an id is that of the case with the place in it."""
    case_ids = part.cases.select("case", "case_id")
    rows = (
        part.events.sort("case", "number", maintain_order=True)
        .join(case_ids, on="case", how="left", maintain_order="left")
        .with_columns(nth=pl.int_range(pl.len()).over("case"))
    )
    for some in rows.iter_slices(_ROWS_AT_ONCE):
        for row in some.iter_rows(named=True):
            yield _event(row)


def _event(row: dict[str, Any]) -> _Object:
    started_at = row["started_at"] and rfc3339(row["started_at"])
    values = (row["resource"], row["organisation"], started_at)
    relations = [(row["case_id"], _OF), (row["team"], _BY)]
    return {
        "id": f"{row['case_id']}-{row['nth']}",
        "type": row["activity"],
        "time": rfc3339(row["at"]),
        "attributes": [
            {"name": name, "value": value}
            for name, value in zip(_EVENT_ATTRIBUTES, values, strict=True)
            if value is not None
        ],
        "relationships": [
            {"objectId": id_, "qualifier": qualifier}
            for id_, qualifier in relations
            if id_ is not None
        ],
    }


def _cases(part: Part, process: Process) -> Iterator[_Object]:
    for some in part.cases.iter_slices(_ROWS_AT_ONCE):
        for row in some.iter_rows(named=True):
            since = rfc3339(row["began_at"])
            attributes = [
                {"name": name, "value": row[name], "time": since}
                for name in process.attributes
                if row[name] is not None
            ]
            yield {"id": row["case_id"], "type": _CASE, "attributes": attributes}
