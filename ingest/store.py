# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The store of a log: a Delta table of candidates, partitioned by batch, a commit a change.

A commit says in its metadata of which batches the log then consists, and when that was known; so
what was known at some moment is the log of the newest commit before it. The table can be read by
any tool that reads Delta.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson
import polars as pl

from contracts.errors import StoreBusy, UsageError
from contracts.events import CANDIDATES, CASE_PREFIX, SLOTS
from ingest.batches import Batch, Origin, Part, Staged, Version, parts_of, paths_of
from ingest.candidates import scan

if TYPE_CHECKING:
    from deltalake.transaction import AddAction, RemoveAction

_FACTS = "hoeksteen"
_PARTITION = "batch"
# what the log of the table says of old versions is ours to remove, with their files
_PROPERTIES = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}


def commit(
    store: Path,
    batches: Sequence[Batch],
    known_at: dt.datetime,
    keep_from: dt.datetime,
    forgotten: Collection[tuple[str | None, str]] = (),
) -> Version:
    """Makes ``store`` hold the ``batches`` and no others, in one commit.

    Parts that are in the store stay where they are; others are moved into it. Where there are no
    others and none is gone, nothing is written.

    Args:
        store: the folder of the table; made where absent.
        batches: all that the log consists of.
        known_at: since when this is known; not before the newest commit.
        keep_from: what was replaced before then is removed, as is what a commit that was killed
            left.
        forgotten: cases that may never come back, besides those that are forgotten already: the
            name of their key and their id.

    Raises:
        UsageError: there is a table that is not ours.
    """
    current = newest(store)
    held = parts_of(current.batches) if current else ()
    known = current.forgotten if current else frozenset()
    if current is None or set(parts_of(batches)) != set(held) or not known.issuperset(forgotten):
        store.mkdir(parents=True, exist_ok=True)
        there = [_brought(batch, store) for batch in batches]
        facts = {
            "known_at": known_at.astimezone(dt.UTC).isoformat(),
            "batches": [_said(batch, store) for batch in there],
            "forgotten": sorted(known.union(forgotten), key=str),
        }
        _publish(store, held, parts_of(there), facts)
    _sweep(store, keep_from)
    return next(versions(store))


def newest(store: Path) -> Version | None:
    """The newest commit; null where nothing was ever committed."""
    return next(versions(store), None)


def known_then(store: Path, moment: dt.datetime) -> Version | None:
    """The commit that was the newest at ``moment``.

    Null where the store was not there yet, or what it then held is not kept any more.
    """
    version = next((each for each in versions(store) if each.known_at <= moment), None)
    is_kept = version and all(path.exists() for path in paths_of(version.batches))
    return version if is_kept else None


def versions(store: Path) -> Iterator[Version]:
    """All commits, the newest first.

    A commit that only tidies the table, as others' tools make, is none of ours. The log is read as
    the text that it is: ``DeltaTable.history`` is empty in a folder with ``#`` or ``?`` in its
    path.
    """
    for entry in sorted((store / "_delta_log").glob("*.json"), reverse=True):
        for line in entry.read_bytes().splitlines():
            facts = orjson.loads(line).get("commitInfo", {}).get(_FACTS)
            if facts:
                yield _version(int(entry.stem), orjson.loads(facts), store)


@contextmanager
def hold(store: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Keeps other runs out of ``store`` meanwhile; waits for one that is there.

    Raises:
        StoreBusy: another run is still in it.
        UsageError: there cannot be a store.
    """
    from filelock import FileLock, Timeout

    _check_name(store)
    lock = FileLock(store / ".hold")
    try:
        store.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise StoreBusy(
            f"Another run is working in {store}.", "Wait until it is done and run again."
        ) from None
    except OSError as error:
        raise UsageError(
            f"The store cannot be made in {store}: {error.strerror}.",
            "Give a folder that you may write in.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def _check_name(store: Path) -> None:
    # delta-rs decodes such a path once too often, and then looks in another folder
    if unquote(str(store.absolute())) != str(store.absolute()):
        raise UsageError(
            f"The store cannot be made in {store}: the table's library misreads a percent sign "
            "that two hexadecimal digits follow.",
            "Give a folder without it.",
        )


def _brought(batch: Batch, store: Path) -> Batch:
    """The batch with its parts in the store; one that is new is not seen by any reader yet."""
    folder = store / f"{_PARTITION}={batch.origin.id}-{secrets.token_hex(4)}"
    parts = []
    for part in batch.staged.parts:
        path = part.path
        if not _is_in(store, path):
            folder.mkdir(exist_ok=True)
            path = folder / part.path.name
            shutil.move(part.path, path)
        parts.append(replace(part, path=path))
    return replace(batch, staged=replace(batch.staged, parts=tuple(parts)))


def _is_in(store: Path, path: Path) -> bool:
    return path.parent.parent == store and path.parent.name.startswith(f"{_PARTITION}=")


def _publish(store: Path, held: Iterable[Part], wanted: Iterable[Part], facts: Any) -> None:
    """Commits that the table, which has the files of ``held``, has those of ``wanted``."""
    from deltalake import CommitProperties, DeltaTable, Schema
    from deltalake.transaction import create_table_with_add_actions

    properties = CommitProperties(custom_metadata={_FACTS: json.dumps(facts)})
    before, after = set(held), set(wanted)
    added = [_added(part, store) for part in sorted(after - before, key=_path)]
    schema = Schema.from_arrow(_schema(after))
    if not DeltaTable.is_deltatable(str(store)):
        create_table_with_add_actions(
            str(store),
            schema,
            added,
            partition_by=[_PARTITION],
            configuration=_PROPERTIES,
            commit_properties=properties,
        )
        return
    table = DeltaTable(str(store))
    _check_ours(table, store)
    names = {field.name for field in table.schema().fields}
    more = [field for field in schema.fields if field.name not in names]
    if more:
        table.alter.add_columns(more)
    table.create_write_transaction(
        [*added, *(_removed(part, store) for part in sorted(before - after, key=_path))],
        mode="append",
        schema=table.schema(),
        partition_by=[_PARTITION],
        commit_properties=properties,
    )


def _path(part: Part) -> Path:
    return part.path


def _schema(parts: Iterable[Part]) -> pl.Schema:
    names = scan(map(_path, parts)).collect_schema().names()
    attributes = sorted(name for name in names if name.startswith(CASE_PREFIX))
    return pl.Schema(
        {_PARTITION: pl.String(), **CANDIDATES, **dict.fromkeys(attributes, pl.String())}
    )


def _check_ours(table: Any, store: Path) -> None:
    if table.metadata().partition_columns != [_PARTITION]:
        raise UsageError(
            f"{store} holds a table that is not a store of this version.",
            "Give another --store, or remove that folder: it is made anew from the sources.",
        )


def _added(part: Part, store: Path) -> AddAction:
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


def _removed(part: Part, store: Path) -> RemoveAction:
    from deltalake.transaction import RemoveAction

    state, now = part.path.stat(), int(time.time() * 1000)
    return RemoveAction(_name(part, store), True, now, state.st_size, _partition(part))  # noqa: FBT003


def _name(part: Part, store: Path) -> str:
    return part.path.relative_to(store).as_posix()


def _partition(part: Part) -> dict[str, str | None]:
    return {_PARTITION: part.path.parent.name.partition("=")[2]}


def _said(batch: Batch, store: Path) -> dict[str, Any]:
    parts = [[_name(part, store), part.bucket, part.of, part.rows] for part in batch.staged.parts]
    return {
        "origin": asdict(batch.origin),
        "rows": batch.staged.rows,
        "missing": batch.staged.missing,
        "left_out": dict(batch.staged.left_out),
        "upto": batch.upto,
        "parts": parts,
    }


def _version(number: int, facts: dict[str, Any], store: Path) -> Version:
    batches = tuple(_batch(said, store) for said in facts["batches"])
    forgotten = frozenset((key, case) for key, case in facts["forgotten"])
    return Version(number, dt.datetime.fromisoformat(facts["known_at"]), batches, forgotten)


def _batch(said: dict[str, Any], store: Path) -> Batch:
    parts = tuple(Part(store / name, *figures) for name, *figures in said["parts"])
    staged = Staged(parts, said["rows"], said["missing"], said["left_out"])
    return Batch(Origin(**said["origin"]), staged, said["upto"])


def _sweep(store: Path, keep_from: dt.datetime) -> None:
    """Removes the batches of which no version is kept; nothing but folders of ours."""
    kept: set[str] = set()
    for version in versions(store):
        kept |= {path.parent.name for path in paths_of(version.batches)}
        if version.known_at <= keep_from:  # the log of all moments since then
            break
    for folder in store.glob(f"{_PARTITION}=*"):
        if folder.name not in kept:
            shutil.rmtree(folder)
