# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The store of a log: a Delta table of candidates, partitioned by batch, with a commit per change.

The metadata of a commit say which batches the log then consists of, and when that was known; so
what was known at a moment is the log of the newest commit before it. Any tool that reads Delta can
read the table.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from contracts.candidates import scan
from contracts.errors import StoreBusy, UsageError
from contracts.events import CANDIDATES, CASE_PREFIX, SLOTS
from ingest.storage.batches import Batch, Origin, Part, Staged, Version, parts_of, paths_of
from ingest.storage.damage import damaged
from ingest.storage.places import StorePlace

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction, RemoveAction

_FACTS = "hoeksteen"
_PARTITION = "batch"
# we remove old versions from the log of the table ourselves, with their files
_PROPERTIES = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}


def commit(
    store: StorePlace,
    batches: Sequence[Batch],
    known_at: dt.datetime,
    keep_from: dt.datetime,
    forgotten: Collection[tuple[str | None, str]] = (),
) -> Version:
    """Makes ``store`` hold ``batches`` and no others, in one commit.

    Parts that are in the store stay where they are; others are moved into it. If there are no
    others and none is gone, nothing is written.

    Args:
        store: where the table is, or will be made; the caller must hold it.
        batches: all batches that the log consists of.
        known_at: since when this is known; not before the newest commit.
        keep_from: what was replaced before this is removed, and so is what a killed commit left.
        forgotten: cases that may never come back, besides those forgotten already: the name of
            their key and their id.

    Raises:
        UsageError: there is a table that is not ours.
        StoreBusy: the hold on the store was lost; then nothing is changed.
    """
    current = newest(store)
    held = parts_of(current.batches) if current else ()
    known = current.forgotten if current else frozenset()
    if current is None or set(parts_of(batches)) != set(held) or not known.issuperset(forgotten):
        there = [_brought(batch, store) for batch in batches]
        facts = {
            "known_at": known_at.astimezone(dt.UTC).isoformat(),
            "batches": [_said(batch, store) for batch in there],
            "forgotten": sorted(known.union(forgotten), key=str),
        }
        store.check_held()
        _publish(store, current, parts_of(there), facts)
    sweep(store, keep_from)
    return next(versions(store))


def newest(store: StorePlace) -> Version | None:
    """The newest commit; null if nothing was ever committed."""
    return next(versions(store), None)


def known_then(store: StorePlace, moment: dt.datetime) -> Version | None:
    """The commit that was the newest at ``moment``.

    Null if the store was not there yet, or what it held then is not kept any more.
    """
    version = next((each for each in versions(store) if each.known_at <= moment), None)
    return version if version and is_kept(store, version) else None


def is_kept(store: StorePlace, version: Version) -> bool:
    """Whether all files of a version are still there."""
    return store.files().issuperset(paths_of(version.batches))


def versions(store: StorePlace) -> Iterator[Version]:
    """All commits, newest first.

    Commits of other tools that only tidy the table are not ours. The log is read as plain text, as
    ``DeltaTable.history`` is empty in a folder with ``#`` or ``?`` in its path.

    Raises:
        SourceError: a commit is cut short.
        UsageError: a commit has other metadata than those of this version.
    """
    for number, said in store.log():
        for line in said.splitlines():
            if facts := _told(line, store).get("commitInfo", {}).get(_FACTS):
                yield _version(number, orjson.loads(facts), store)


def _told(line: bytes, store: StorePlace) -> dict[str, Any]:
    try:
        told: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise damaged(store) from None
    return told


def _brought(batch: Batch, store: StorePlace) -> Batch:
    """The batch with its parts in the store; no reader sees a new one before the commit."""
    folder = store.path / f"{_PARTITION}={batch.origin.id}-{secrets.token_hex(4)}"
    parts = []
    for part in batch.staged.parts:
        path = part.path
        if not _is_in(store, path):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / part.path.name
            shutil.move(part.path, path)
            store.put(path)
        parts.append(replace(part, path=path))
    return replace(batch, staged=replace(batch.staged, parts=tuple(parts)))


def _is_in(store: StorePlace, path: Path) -> bool:
    return path.parent.parent == store.path and path.parent.name.startswith(f"{_PARTITION}=")


def _publish(
    store: StorePlace, current: Version | None, wanted: Iterable[Part], facts: Any
) -> None:
    """Commits that the table has the files of ``wanted`` instead of those of ``current``.

    Raises:
        StoreBusy: there is a newer commit.
    """
    from deltalake import CommitProperties, DeltaTable, Schema
    from deltalake.transaction import create_table_with_add_actions

    properties = CommitProperties(custom_metadata={_FACTS: json.dumps(facts)})
    before, after = set(parts_of(current.batches) if current else ()), set(wanted)
    new = sorted(after - before, key=_path)
    added = [_added(part, store) for part in new]
    schema = Schema.from_arrow(_schema(new))
    with store.table() as folder:
        if newest(store) != current:
            raise StoreBusy(f"Another run has changed {store} meanwhile.", "Run again.")
        if not DeltaTable.is_deltatable(str(folder)):
            create_table_with_add_actions(
                str(folder),
                schema,
                added,
                partition_by=[_PARTITION],
                configuration=_PROPERTIES,
                commit_properties=properties,
            )
            return
        table = DeltaTable(str(folder))
        _check_ours(table, store)
        names = {field.name for field in table.schema().fields}
        more = [field for field in schema.fields if field.name not in names]
        if more:
            table.alter.add_columns(more)
        sizes = _sizes(table)
        gone = (_removed(part, store, sizes) for part in sorted(before - after, key=_path))
        table.create_write_transaction(
            [*added, *gone],
            mode="append",
            schema=table.schema(),
            partition_by=[_PARTITION],
            commit_properties=properties,
        )


def _path(part: Part) -> Path:
    return part.path


def _schema(parts: Iterable[Part]) -> pl.Schema:
    """The schema that the table needs to hold ``parts``."""
    names = {name for part in parts for name in scan([part.path]).collect_schema()}
    attributes = sorted(name for name in names if name.startswith(CASE_PREFIX))
    return pl.Schema(
        {_PARTITION: pl.String(), **CANDIDATES, **dict.fromkeys(attributes, pl.String())}
    )


def _check_ours(table: Any, store: StorePlace) -> None:
    if table.metadata().partition_columns != [_PARTITION]:
        raise UsageError(
            f"{store} holds a table that is not a store of this version.",
            "Give another --store, or remove that folder: it is made anew from the sources.",
        )


def _added(part: Part, store: StorePlace) -> AddAction:
    from deltalake.transaction import AddAction

    state = part.path.stat()
    stats = {
        "numRecords": part.rows,
        "minValues": {"slot": part.bucket * SLOTS // part.of},
        "maxValues": {"slot": (part.bucket + 1) * SLOTS // part.of - 1},
        "nullCount": {"slot": 0},
    }
    at = int(state.st_mtime * 1000)
    name, partition = _name(part, store), _partition(part)
    return AddAction(name, state.st_size, partition, at, data_change=True, stats=json.dumps(stats))


def _removed(part: Part, store: StorePlace, sizes: Mapping[str, int]) -> RemoveAction:
    from deltalake.transaction import RemoveAction

    name, now = _name(part, store), int(time.time() * 1000)
    return RemoveAction(name, True, now, sizes[name], _partition(part))  # noqa: FBT003


def _sizes(table: DeltaTable) -> dict[str, int]:
    """The size of each file of the table: files that go need not be here."""
    files = pl.DataFrame(table.get_add_actions()).select("path", "size_bytes")
    return dict(files.iter_rows())


def _name(part: Part, store: StorePlace) -> str:
    return part.path.relative_to(store.path).as_posix()


def _partition(part: Part) -> dict[str, str | None]:
    return {_PARTITION: part.path.parent.name.partition("=")[2]}


def _said(batch: Batch, store: StorePlace) -> dict[str, Any]:
    parts = [[_name(part, store), part.bucket, part.of, part.rows] for part in batch.staged.parts]
    return {
        "origin": asdict(batch.origin),
        "rows": batch.staged.rows,
        "missing": batch.staged.missing,
        "left_out": dict(batch.staged.left_out),
        "upto": batch.upto,
        "parts": parts,
    }


def _version(number: int, facts: dict[str, Any], store: StorePlace) -> Version:
    try:
        batches = tuple(_batch(said, store) for said in facts["batches"])
    except (LookupError, TypeError):
        raise UsageError(
            f"{store} was written by another version of hoeksteen.",
            "Run that version; or give another --store, which is made anew from the sources.",
        ) from None
    forgotten = frozenset((key, case) for key, case in facts["forgotten"])
    return Version(number, dt.datetime.fromisoformat(facts["known_at"]), batches, forgotten)


def _batch(said: dict[str, Any], store: StorePlace) -> Batch:
    parts = tuple(Part(store.path / name, *figures) for name, *figures in said["parts"])
    staged = Staged(parts, said["rows"], said["missing"], said["left_out"])
    return Batch(Origin(**said["origin"]), staged, said["upto"])


def expired(store: StorePlace, keep_from: dt.datetime) -> set[Path]:
    """The files of batches that are in no version since ``keep_from``; only files of ours."""
    kept: set[str] = set()
    for version in versions(store):
        kept |= {path.parent.name for path in paths_of(version.batches)}
        if version.known_at <= keep_from:  # the log for all moments from then on
            break
    return {path for path in store.files() if path.parent.name not in kept}


def sweep(store: StorePlace, keep_from: dt.datetime) -> None:
    """Removes what is ``expired`` from a store, which the caller must hold.

    Raises:
        StoreBusy: the hold on the store was lost.
    """
    if gone := expired(store, keep_from):
        store.check_held()
        store.remove(gone)
