# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Removes cases from batches, and from what a store keeps of the past."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from contracts.candidates import scan
from contracts.events import CASE_PREFIX, SLOTS
from contracts.left_out import Why, added_up
from ingest.lifecycle import COMPLETE
from ingest.privacy.pseudonyms import slots_of
from ingest.storage.batches import Batch, Part, parts_of, paths_of
from ingest.storage.places import StorePlace


def without(batches: Sequence[Batch], cases: Collection[str], scratch: Path) -> list[Batch]:
    """The batches without the rows of some cases.

    Args:
        batches: batches of any log.
        cases: the ids of the cases, as the batches have them.
        scratch: an existing folder for the parts that change; the others stay where they are.
    """
    return [_batch_without(batch, cases, scratch) for batch in batches]


def comes_back(batch: Batch, earlier: Batch) -> bool:
    """Whether a file that was read again has rows that ``earlier``, of the same file, lacks."""
    if not (batch.staged.parts and earlier.staged.parts):
        return batch.staged.rows > earlier.staged.rows
    rows, known = (scan(each.staged.paths).select("row") for each in (batch, earlier))
    return not rows.join(known, on="row", how="anti").head(1).collect(engine="streaming").is_empty()


def only_with(
    attributes: Mapping[str, Collection[str]], batches: Sequence[Batch], scratch: Path
) -> list[Batch]:
    """The batches without the columns of attributes that are not kept any more.

    Args:
        attributes: by the path of a source, its columns that are kept; a batch of a source that is
            not in the config any more may have any of them.
        batches: batches of any log.
        scratch: an existing folder for the parts that change; the others stay where they are.
    """
    of_any = set().union(*attributes.values())
    return [
        _batch_with(batch, attributes.get(batch.origin.given, of_any), scratch) for batch in batches
    ]


def _batch_with(batch: Batch, columns: Collection[str], scratch: Path) -> Batch:
    parts = tuple(_part_with(part, columns, scratch) for part in batch.staged.parts)
    return replace(batch, staged=replace(batch.staged, parts=parts))


def _part_with(part: Part, columns: Collection[str], scratch: Path) -> Part:
    rows = pl.scan_parquet(part.path, glob=False)
    names = [name for name in rows.collect_schema() if name.startswith(CASE_PREFIX)]
    dropped = set(names).difference(columns)
    if not dropped:
        return part
    path = _aside(part, scratch)
    rows.drop(dropped).sink_parquet(path)
    return replace(part, path=path)


def _aside(part: Part, scratch: Path) -> Path:
    return scratch / f"{part.path.stem}-{secrets.token_hex(8)}.parquet"


def touched(batches: Sequence[Batch], cases: Collection[str]) -> list[Part]:
    """The parts that may have rows of some cases: those that ``without`` reads."""
    slots = {*slots_of(pl.Series(list(cases), dtype=pl.String))}
    return [part for part in parts_of(batches) if any(part.touches(slot, SLOTS) for slot in slots)]


def held(batches: Sequence[Batch], cases: Collection[str]) -> int:
    """How many of the given cases have rows in the batches."""
    paths = [part.path for part in touched(batches, cases)]
    if not paths:
        return 0
    is_meant = pl.col("case_id").is_in(list(cases))
    return len(_ids(scan(paths).filter(is_meant)))


def ended_before(batches: Sequence[Batch], ends: Collection[str], moment: dt.datetime) -> list[str]:
    """The cases that ended or were closed, and have no rows since ``moment``."""
    is_end = pl.col("activity").is_in(list(ends)) & (pl.col("lifecycle") == COMPLETE)
    cases = (
        scan(paths_of(batches))
        .drop_nulls("case_id")
        .group_by("case_id")
        .agg(last_at=pl.col("at").max(), closed_at=pl.col("closed_at").max(), is_ended=is_end.any())
        .filter(pl.col("last_at") < moment, pl.col("is_ended") | (pl.col("closed_at") < moment))
        .select(pl.col("case_id").sort())
    )
    return cases.collect(engine="streaming")["case_id"].to_list()


def without_destroyed(
    batches: Sequence[Batch], today: dt.date, scratch: Path
) -> tuple[list[Batch], list[str]]:
    """The batches without the cases that should have been destroyed before ``today``.

    Returns:
        The batches, which count those cases as left out, and the ids of the cases.
    """
    is_past = pl.col("destroy_on") < today
    due = [
        _ids(scan(batch.staged.paths).filter(is_past)) if batch.staged.parts else []
        for batch in batches
    ]
    gone = sorted(set().union(*due))
    if not gone:
        return list(batches), []
    thinned = [
        replace(batch, staged=replace(batch.staged, left_out=_with(batch, len(cases))))
        if cases
        else batch
        for batch, cases in zip(without(batches, gone, scratch), due, strict=True)
    ]
    return thinned, gone


def _ids(rows: pl.LazyFrame) -> list[str]:
    cases = rows.select(pl.col("case_id").drop_nulls().unique())
    return cases.collect(engine="streaming")["case_id"].to_list()


def _with(batch: Batch, destroyed: int) -> dict[Why, int]:
    return added_up([batch.staged.left_out, {"destroyed": destroyed}])


def scrub(store: StorePlace, batches: Sequence[Batch], cases: Collection[str]) -> None:
    """Removes some cases from what ``store`` keeps of the past.

    A file with any of them is replaced under the same name. The number of its rows in the log of
    the table is then wrong; other tools may stumble over that when they look back.

    Args:
        store: where the table is; the caller must hold it.
        batches: what it holds now; those are left as they are.
        cases: the ids of the cases, as the store has them.
    """
    now = set(paths_of(batches))
    for path in sorted(store.files() - now):
        store.bring([path])
        aside = path.with_name(f".{path.name}")
        if _written_without(path, cases, aside):
            aside.replace(path)
            store.put(path)


def _batch_without(batch: Batch, cases: Collection[str], scratch: Path) -> Batch:
    read = set(touched([batch], cases))
    parts = tuple(
        _part_without(part, cases, scratch) if part in read else part for part in batch.staged.parts
    )
    rows = sum(part.rows for part in parts)
    return replace(batch, staged=replace(batch.staged, parts=parts, rows=rows))


def _part_without(part: Part, cases: Collection[str], scratch: Path) -> Part:
    path = _aside(part, scratch)
    gone = _written_without(part.path, cases, path)
    return replace(part, path=path, rows=part.rows - gone) if gone else part


def _written_without(path: Path, cases: Collection[str], to: Path) -> int:
    """Writes the rows of all other cases, if there are any of these; gives how many it writes.

    The order of the rows is kept.
    """
    rows = pl.scan_parquet(path, glob=False)
    is_one = pl.col("case_id").is_in(list(cases)).fill_null(value=False)
    found = int(rows.select(is_one.sum()).collect().item())
    if found:
        rows.filter(~is_one).sink_parquet(to)
    return found
