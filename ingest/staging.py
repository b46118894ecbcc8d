# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns one source file into Parquet files of candidates."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import assert_never

import polars as pl

from contracts.errors import SourceError
from contracts.events import bucket_of_slot
from contracts.settings import Privacy, Settings
from contracts.settling import whole
from contracts.sources import Source
from ingest.joint_ids import as_whole, with_joint_id
from ingest.milestones import ACTIVITY, SOURCE, TIME, as_events
from ingest.normalise import TIME_ROLES, normalise, time_of
from ingest.ocel.reader import read_ocel
from ingest.parquet import read_parquet
from ingest.privacy.header_names import with_names_that_may_be_told
from ingest.privacy.looking import Looked, looked_through
from ingest.privacy.pseudonyms import pseudonymise, pseudonymiser_of
from ingest.raw import ROW, Raw, refused
from ingest.roles import ID_ROLES, Roles, roles_of, wanted_columns
from ingest.selection import asked_for
from ingest.source_files import SourceFile
from ingest.storage.batches import Part, Staged, part_in, parts_for
from ingest.text.delimited import read_delimited
from ingest.times.day_and_time import with_moments
from ingest.times.notations import Notation, sampled
from ingest.workbooks.spreadsheet import read_spreadsheet
from ingest.xes.reader import read_xes
from ingest.zgw.reader import read_zgw

_TABLES = ("csv", "excel", "parquet", "sql")
_TOLD = ("case_id", "activity", "resource", "team", "org")


def stage(
    file: SourceFile, source: Source, settings: Settings, config: Path, position: int, out: Path
) -> Staged:
    """Writes the candidates of ``file`` to Parquet files in ``out``, which are never half-written.

    Args:
        file: one of the files of ``source``.
        source: how to read it: the config's ``sources.<position>``.
        settings: the whole config, for its ``privacy``.
        config: the config file, for errors.
        position: the index of ``source`` in the config.
        out: an existing folder; if two stage the same file there, the result of the first stays.

    Returns:
        Where the candidates are, in shape ``CANDIDATES`` with ``case:*`` columns; within a part
        they are in file order.

    Raises:
        SourceError: the file cannot be read.
        ConfigError: a column of the config is not in the file, or the key cannot be used.
    """
    path = out / f"{position:03}-{hashlib.sha256(str(file.path).encode()).hexdigest()[:16]}"
    pseudonymiser = pseudonymiser_of(settings.privacy, config)
    with tempfile.TemporaryDirectory(dir=out, prefix=".staging-") as folder, whole(path) as aside:
        scratch = Path(folder)
        in_two, of_case = source.columns.in_two, source.columns.of_case
        raw = with_moments(read(file, source, wanted_columns(source), scratch), in_two)
        raw = with_joint_id(raw, of_case)
        named = roles_of(source, raw, file.name, config, position)
        _check_types(raw, named, [*in_two.values(), of_case], file.name)
        roles = named.moved(raw.places)
        with refused(raw.refusal, raw.frame):
            of_ids = {role: roles.columns[role] for role in ID_ROLES if role in roles.columns}
            raw = asked_for(_with_whole(raw, {*of_ids.values(), *roles.only}), roles.only)
            kept = _kept(roles, settings.privacy)
            looked, notations = _looked(
                raw, named, kept, set(of_ids.values()), file, is_month_first=source.month_first
            )
            candidates = _candidates(looked.frame, roles, notations, file.name, source.timezone)
            ids = {role: looked.ids[place] for role, place in of_ids.items()}
            stored = pseudonymise(candidates, ids, settings.privacy.pseudonymise, pseudonymiser)
            most = looked.rows * max(1, len(roles.milestones))
            parts = _written(stored, parts_for(most), aside)
    parts = tuple(replace(part, path=path / part.path.name) for part in parts)
    return Staged(parts, sum(part.rows for part in parts), raw.missing, raw.left_out)


def _written(candidates: pl.LazyFrame, count: int, folder: Path) -> tuple[Part, ...]:
    """Writes candidates into an empty folder, in ``count`` parts of the cases of some slots."""
    if count == 1:
        path = folder / "000-0.parquet"
        candidates.sink_parquet(path, engine="streaming")
        return (part_in(path, 0, 1),)
    places = pl.PartitionBy(folder, key=bucket_of_slot(count), include_key=False)
    candidates.sink_parquet(places, mkdir=True, engine="streaming")
    parts = []
    for bucket in range(count):
        for path in sorted((folder / f"bucket={bucket}").glob("*.parquet")):
            piece = folder / f"{bucket:03}-{path.name}"
            path.replace(piece)
            parts.append(part_in(piece, bucket, count))
    for emptied in folder.glob("bucket=*"):
        emptied.rmdir()
    return tuple(parts)


def read(file: SourceFile, source: Source, wanted: Sequence[str], scratch: Path) -> Raw:
    """Opens ``file`` with the reader of its format; no column has a value for a name.

    Args:
        file: one of the files of ``source``.
        source: how to read it.
        wanted: the columns to read; some readers give others too.
        scratch: an empty folder.

    Raises:
        SourceError: the file cannot be read.
    """
    raw = _read(file, source, wanted, scratch)
    is_table = file.format in _TABLES and source.header is not False
    return with_names_that_may_be_told(raw, wanted) if is_table else raw


def _read(file: SourceFile, source: Source, wanted: Sequence[str], scratch: Path) -> Raw:
    has_header = source.header is not False
    match file.format:
        case "csv":
            return read_delimited(file.path, file.name, scratch, header=has_header)
        case "excel":
            sheet = source.sheet
            return read_spreadsheet(file.path, file.name, scratch, sheet, header=has_header)
        case "parquet" | "sql":
            return read_parquet(file.path, file.name, may_be_empty=file.format == "sql")
        case "xes":
            return read_xes(file.path, file.name, wanted, scratch)
        case "ocel":
            return read_ocel(file.path, file.name, wanted, scratch, source.object_type)
        case "zgw":
            return read_zgw(file.path, file.name, wanted, scratch, source.case_type)
    assert_never(file.format)


def _candidates(
    rows: pl.LazyFrame, roles: Roles, notations: dict[str, Notation], name: str, zone: str
) -> pl.LazyFrame:
    """A candidate for each row, or for each of its milestones."""
    if not roles.milestones:
        return normalise(rows, roles, notations, source=pl.lit(name), zone=zone)
    schema = rows.collect_schema()
    times = {
        activity: time_of(place, schema, notations, zone)
        for activity, place in roles.milestones.items()
    }
    columns = {**roles.columns, "activity": ACTIVITY, "timestamp": TIME}
    events = as_events(rows, roles.columns["case_id"], times, name)
    of_events = Roles(columns, roles.case_attributes)
    return normalise(events, of_events, notations, source=pl.col(SOURCE), zone=zone)


def _kept(roles: Roles, privacy: Privacy) -> set[str]:
    """The columns whose values are kept as they are."""
    kept = {role for role in _TOLD if role not in privacy.pseudonymise}
    columns = {column for role, column in roles.columns.items() if role in kept}
    return columns | set(roles.case_attributes.values())


def _with_whole(raw: Raw, places: Iterable[str]) -> Raw:
    """``raw`` with fractions as texts: 1003.0, as Python writes a number beside gaps, is 1003."""
    schema = raw.frame.collect_schema()
    numbers = [pl.col(place) for place in places if schema[place].is_float()]
    return replace(raw, frame=raw.frame.with_columns(map(as_whole, numbers)))


def _check_types(raw: Raw, roles: Roles, in_parts: Iterable[Sequence[str]], name: str) -> None:
    """Refuses columns of a type that does not fit their role."""
    schema = raw.frame.collect_schema()
    times, parts = _times(roles), chain.from_iterable(in_parts)
    named = (*roles.columns.values(), *times, *roles.case_attributes.values(), *roles.only)
    for column in (*parts, *named):
        if schema[raw.places[column]].is_nested():
            raise SourceError(
                f"{name}: column '{column}' holds lists or records, not one value per row.",
                "Export its values as columns of their own.",
            )
        if schema[raw.places[column]] == pl.Binary:
            _check_text(raw.frame.select(raw.places[column]), column, name)
    for column in times:
        if schema[raw.places[column]] in (pl.Time, pl.Duration):
            raise SourceError(
                f"{name}: column '{column}' holds times without a date.",
                "Export date and time together; or name two columns, as in timestamp: [Datum, "
                "Tijd].",
            )


def _times(roles: Roles) -> list[str]:
    """The columns that tell when something was."""
    told = [roles.columns[role] for role in TIME_ROLES if role in roles.columns]
    return sorted({*told, *roles.milestones.values()})


def _check_text(frame: pl.LazyFrame, column: str, name: str) -> None:
    """Refuses bytes that are not text; some writers of Parquet store all text as bytes."""
    try:
        frame.select(pl.all().cast(pl.String).str.len_bytes().max()).collect(engine="streaming")
    except pl.exceptions.ComputeError:
        raise SourceError(
            f"{name}: column '{column}' holds bytes that are not text in UTF-8.",
            "Export it as text.",
        ) from None


def _looked(
    raw: Raw,
    roles: Roles,
    kept: set[str],
    of_ids: set[str],
    file: SourceFile,
    *,
    is_month_first: bool,
) -> tuple[Looked, dict[str, Notation]]:
    """What one look through the file shows, and by place the notation of its times."""
    schema, in_workbook = raw.frame.collect_schema(), file.format == "excel"
    written = {
        column: raw.places[column]
        for column in _times(roles)
        if not schema[raw.places[column]].is_temporal()
    }
    samples = {
        place: sampled(
            raw.frame.select(pl.col(place).cast(pl.String)),
            among_real=in_workbook,
            is_month_first=is_month_first,
        )
        for place in written.values()
    }
    asked = {
        (sign, place): shows
        for place, sample in samples.items()
        for sign, shows in sample.asks(pl.col(place).cast(pl.String)).items()
    }
    doubts = {("doubt", ROW): raw.doubt.shows} if raw.doubt else {}
    looked = looked_through(raw, kept, of_ids, {**asked, **doubts}, in_workbook=in_workbook)
    if raw.doubt and doubts.keys() & looked.shown:
        raw.doubt.settle()
    notations = {}
    for column, place in written.items():
        shown = [sign for sign, of in looked.shown if of == place]
        settled = samples[place].settled(shown, column, file.name)
        notations[place] = settled.in_date_system(of_1904=raw.of_1904)
    return looked, notations
