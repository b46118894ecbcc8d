# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The store of accepted events: a Delta table, partitioned by bucket, a commit a batch."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

from contracts.errors import SourceError, StoreBusy, UsageError
from contracts.events import CASE_PREFIX, EVENTS, KEY, MARK, ORDER, bucket_of_slot
from ingest.lifecycle import COLUMN, COMPLETE, START, STEPS, pair

if TYPE_CHECKING:
    from deltalake import DeltaTable

ROWS_PER_BUCKET = 500_000
MOST_BUCKETS = 256
_FACTS = "hoeksteen"
_SCRATCH = ".commit-"
# Delta knows no unsigned integers
_STORED_AS = {"bucket": pl.Int32(), "row": pl.Int64()}


@dataclass(frozen=True)
class Stored:
    """What the newest commit of a store holds.

    ``accepted`` rows made its ``events``; a start and a completion may be one. ``last_at`` is the
    time of its last event, null where it holds none. ``set_aside`` counts, by transition, the rows
    that were accepted but are no steps.
    """

    path: Path
    version: int
    buckets: int
    accepted: int
    events: int
    last_at: dt.datetime | None
    set_aside: dict[str, int]


@dataclass(frozen=True)
class _File:
    name: str
    bucket: int
    rows: int
    last_at: dt.datetime | None


def commit(staged: Sequence[Path], quarantine: Path, store: Path, fingerprint: str) -> Stored:
    """Replaces what ``store`` holds by the accepted rows of a batch, in one commit.

    Accepted are the candidates whose ``KEY`` is not in ``quarantine``; their STARTs and COMPLETEs
    are paired. Memory is bounded by a bucket. Where the newest commit has the same ``fingerprint``
    nothing is written. What earlier commits held, and what one that was killed left, is removed.

    Args:
        staged: Parquet files in shape ``CANDIDATES`` with ``case:*`` columns.
        quarantine: a Parquet file in shape ``QUARANTINE``.
        store: the folder of the table; made where absent.
        fingerprint: says what the batch is made of.

    Raises:
        SourceError: the log names transitions, and none of them says that work was done.
    """
    _sweep(store)
    current = _newest(store)
    if current and current["fingerprint"] == fingerprint:
        return stored(store)
    store.mkdir(parents=True, exist_ok=True)
    accepted = _accepted(staged, quarantine)
    transitions = _transitions(accepted)
    _check_transitions(transitions)
    buckets = _buckets(sum(transitions.values()))
    schema = _event_schema(accepted)
    with tempfile.TemporaryDirectory(dir=store, prefix=_SCRATCH) as folder:
        parts = _partition(accepted, buckets, Path(folder))
        files = [
            _write(part, bucket, store, schema, paired=START in transitions)
            for bucket, part in parts
        ]
    facts = {
        "fingerprint": fingerprint,
        "buckets": buckets,
        "accepted": sum(transitions.values()),
        "events": sum(file.rows for file in files),
        "last_at": max((file.last_at.isoformat() for file in files if file.last_at), default=None),
        "set_aside": {name: n for name, n in transitions.items() if name not in (*STEPS, MARK)},
    }
    _publish(store, files, schema, facts)
    _sweep(store)
    return stored(store)


def stored(store: Path) -> Stored:
    """What the newest commit of ``store`` holds.

    Raises:
        FileNotFoundError: nothing was ever committed there.
    """
    newest = _newest(store)
    if newest is None:
        raise FileNotFoundError(store)
    last_at = newest["last_at"] and dt.datetime.fromisoformat(newest["last_at"])
    facts = {
        name: newest[name] for name in ("version", "buckets", "accepted", "events", "set_aside")
    }
    return Stored(store, last_at=last_at, **facts)


def events_of(store: Path, bucket: int) -> pl.LazyFrame:
    """The events of one bucket in shape ``EVENTS`` with ``case:*`` columns, sorted by ``ORDER``."""
    from deltalake import DeltaTable

    table = DeltaTable(str(store))
    columns = [field.name for field in table.schema().fields]
    cases = [column for column in columns if column.startswith(CASE_PREFIX)]
    files = _files(table, store).filter(pl.col("bucket") == bucket)["path"].to_list()
    if not files:
        return pl.LazyFrame(schema={**EVENTS, **dict.fromkeys(cases, pl.String())})
    frame = pl.scan_parquet(files, glob=False, hive_partitioning=False)
    stored_columns = (pl.col(c).cast(EVENTS[c]) for c in EVENTS if c != "bucket")
    return frame.select(pl.lit(bucket, EVENTS["bucket"]).alias("bucket"), *stored_columns, *cases)


@contextmanager
def hold(store: Path) -> Iterator[None]:
    """Keeps other runs out of ``store`` meanwhile.

    Raises:
        StoreBusy: another run is in it.
        UsageError: there cannot be a store.
    """
    from filelock import FileLock, Timeout

    _check_name(store)
    lock = FileLock(store / ".hold")
    try:
        store.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
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


def _accepted(staged: Sequence[Path], quarantine: Path) -> pl.LazyFrame:
    candidates = pl.concat([pl.scan_parquet(path, glob=False) for path in staged], how="diagonal")
    rejected = pl.scan_parquet(quarantine, glob=False).select(*KEY)
    return candidates.join(rejected, on=list(KEY), how="anti")


def _transitions(accepted: pl.LazyFrame) -> dict[str, int]:
    counts = accepted.group_by("lifecycle").len().sort("lifecycle").collect(engine="streaming")
    return dict(counts.iter_rows())


def _check_transitions(transitions: dict[str, int]) -> None:
    if transitions and not any(step in transitions for step in STEPS):
        raise SourceError(
            f"No row of the log can be used: column '{COLUMN}' says of none that work was started "
            f"or completed. hoeksteen knows these by the words {START} and {COMPLETE}.",
            "Write them so in that column, or leave the column out: then every row is an activity "
            "that was completed.",
        )


def _buckets(rows: int) -> int:
    """The least power of two that keeps a bucket small."""
    wanted = max(1, -(-rows // ROWS_PER_BUCKET))
    return min(MOST_BUCKETS, 1 << (wanted - 1).bit_length())


def _event_schema(accepted: pl.LazyFrame) -> pl.Schema:
    """``EVENTS`` but for ``bucket``, which the folder says, then the case columns."""
    cases = [c for c in accepted.collect_schema().names() if c.startswith(CASE_PREFIX)]
    return pl.Schema(
        {
            **{c: _STORED_AS.get(c, type_) for c, type_ in EVENTS.items() if c != "bucket"},
            **dict.fromkeys(sorted(cases), pl.String()),
        }
    )


def _partition(
    accepted: pl.LazyFrame, buckets: int, folder: Path
) -> Iterator[tuple[int, pl.LazyFrame]]:
    """The rows of each bucket that has any, spread over files so that they are read once."""
    by_bucket = pl.PartitionBy(folder, key=bucket_of_slot(buckets), include_key=False)
    accepted.sink_parquet(by_bucket, mkdir=True, engine="streaming")
    for part in sorted(folder.iterdir()):
        rows = pl.scan_parquet(sorted(part.rglob("*.parquet")), glob=False, hive_partitioning=False)
        yield int(part.name.partition("=")[2]), rows


def _write(
    part: pl.LazyFrame, bucket: int, store: Path, schema: pl.Schema, *, paired: bool
) -> _File:
    """Writes the events of one bucket; they are not seen before ``_publish``."""
    completes, marks = (
        part.filter(pl.col("lifecycle") == transition).with_columns(is_done=pl.lit(value=True))
        for transition in (COMPLETE, MARK)
    )
    told = pl.concat([pair(part) if paired else completes, marks], how="diagonal")
    events = (
        told.with_columns(is_mark=pl.col("lifecycle") == MARK)
        .sort(ORDER)
        .select(pl.col(c).cast(type_) for c, type_ in schema.items())
    )
    name = f"bucket={bucket}/{uuid.uuid4().hex}.parquet"
    (store / name).parent.mkdir(exist_ok=True)
    frame = events.collect()
    # Delta's own writer does not keep the order of the rows
    frame.write_parquet(store / name)
    return _File(name, bucket, frame.height, frame["at"].max())  # type: ignore[arg-type]


def _publish(store: Path, files: Sequence[_File], schema: pl.Schema, facts: dict[str, Any]) -> None:
    from deltalake import CommitProperties, Schema
    from deltalake.transaction import AddAction, create_table_with_add_actions

    added = []
    for file in files:
        state = (store / file.name).stat()
        rows = json.dumps({"numRecords": file.rows})
        at = int(state.st_mtime * 1000)
        partition = {"bucket": str(file.bucket)}
        added.append(
            AddAction(file.name, state.st_size, partition, at, data_change=True, stats=rows)
        )
    create_table_with_add_actions(
        str(store),
        Schema.from_arrow(pl.Schema({"bucket": _STORED_AS["bucket"], **schema})),
        added,
        mode="overwrite",
        partition_by="bucket",
        commit_properties=CommitProperties(custom_metadata={_FACTS: json.dumps(facts)}),
    )


def _newest(store: Path) -> dict[str, Any] | None:
    """The facts of our newest commit, and its version; null where there is none.

    A commit that only tidies the table, as others' tools make, has no facts. The log is read as the
    text that it is: ``DeltaTable.history`` is empty in a folder with ``#`` or ``?`` in its path.
    """
    for entry in sorted((store / "_delta_log").glob("*.json"), reverse=True):
        for line in entry.read_bytes().splitlines():
            facts = json.loads(line).get("commitInfo", {}).get(_FACTS)
            if facts:
                return {"version": int(entry.stem), **json.loads(facts)}
    return None


def _files(table: DeltaTable, store: Path) -> pl.DataFrame:
    """The bucket and the path of every file that the newest version of ``table`` is made of."""
    added = pl.DataFrame(table.get_add_actions(flatten=True))
    if added.is_empty():
        return pl.DataFrame(schema={"bucket": pl.Int32, "path": pl.String})
    paths = [str(store / name) for name in added["path"]]
    return added.select(
        pl.col("partition.bucket").alias("bucket"), pl.Series("path", paths, pl.String)
    ).sort("path")


def _sweep(store: Path) -> None:
    """Removes what the newest version of ``store`` does not hold; nothing but files of ours."""
    from deltalake import DeltaTable

    for left in store.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left)
    held: set[str] = set()
    if DeltaTable.is_deltatable(str(store)):
        held = set(_files(DeltaTable(str(store)), store)["path"])
    for file in store.glob("bucket=*/*.parquet"):
        if str(file) not in held:
            file.unlink()
