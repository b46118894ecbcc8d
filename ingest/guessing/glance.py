# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A first look at an export: its columns, and its first rows, by which to judge them."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from contracts.formats import Format
from contracts.sources import Source
from ingest.guessing.alike_sheets import alike
from ingest.guessing.drift import added, drifts, lacked
from ingest.guessing.exports import Export
from ingest.guessing.time_columns import Times, times_of
from ingest.guessing.trails import Trail
from ingest.nothing import is_nothing
from ingest.ocel.reader import object_types
from ingest.privacy.header_names import IS_A_VALUE
from ingest.raw import Raw, refused
from ingest.source_files import SourceFile
from ingest.staging import read
from ingest.workbooks.workbook import tables_in
from ingest.zgw.reader import case_types

ROWS = 100_000
"""How many rows of the largest file are looked at."""

_MAY_LACK_A_HEADER = ("csv", "excel")
_TABLES = ("csv", "excel", "parquet")
_FIRST_LINES = 10


@dataclass(frozen=True)
class Glance:
    """The first rows of an export, all values as text or as moments, empty ones null.

    ``case_types``: the number of cases by type in a ZGW API. ``sheets``: the number of lines of
    each sheet with a table in a workbook; if there are several, ``sheet`` is the one looked at, and
    ``alike`` are those with the same columns, if the workbook is the only file.
    ``has_header``: whether a line names the columns. ``object_types``: for OCEL, by type the number
    of objects with more than one event.
    ``in_two``: columns that were put together from two: a date and its time of day, or a year and
    the number of a case in it, which is ``joint_id``.
    ``drift``: sentences on how the columns of files differ; ``lacked``: columns that most files
    have, but not all; ``added``: columns that only some have, beside all others.
    ``shared``: names that several columns have, which are not looked at.
    ``of_1904``: as in ``Raw``. ``trail``: for an audit trail, which rows are steps; if that is
    known, ``frame`` has only those.
    """

    format: Format
    frame: pl.DataFrame
    case_types: dict[str, int]
    sheets: dict[str, int] = field(default_factory=dict)
    sheet: str | None = None
    alike: tuple[str, ...] = ()
    has_header: bool = True
    object_types: dict[str, int] = field(default_factory=dict)
    in_two: dict[str, tuple[str, str]] = field(default_factory=dict)
    joint_id: str | None = None
    drift: tuple[str, ...] = ()
    lacked: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    of_1904: bool = False
    trail: Trail | None = None
    _looked_at: dict[str, Times | None] = field(default_factory=dict, repr=False, compare=False)
    """The columns that were examined for times, shared with the glance that this was made from."""

    @property
    def columns(self) -> list[str]:
        """The columns with a name of their own and one value per row."""
        return self.frame.columns

    @property
    def case_type(self) -> str | None:
        """The type of most cases; null if the only type is known just by its address."""
        most = next(iter(self.case_types), None)
        is_known = most is not None and (len(self.case_types) > 1 or "://" not in most)
        return most if is_known else None

    @property
    def object_type(self) -> str | None:
        """The type with the most objects that have more than one event."""
        return next(iter(self.object_types), None)

    @property
    def is_table(self) -> bool:
        """Whether it is a table, for which a config may say which rows are read."""
        return self.format in _TABLES

    def along(self, trail: Trail) -> Glance:
        """The same as an audit trail; if it is known which rows are steps, only with those."""
        frame = trail.steps_in(self.frame) if trail.steps else self.frame
        return replace(self, trail=trail, frame=frame, _looked_at={})

    @cached_property
    def times(self) -> dict[str, Times]:
        """The columns in which nearly all values can be read as times."""
        among_real = self.format == "excel"
        for name in self.columns:
            if name not in self._looked_at:
                self._looked_at[name] = times_of(
                    self.frame[name], among_real=among_real, of_1904=self.of_1904
                )
        found = {name: self._looked_at[name] for name in self.columns}
        return {name: times for name, times in found.items() if times is not None}


def glance(export: Export, sheet: str | None = None) -> Glance:
    """Looks at the first rows of the largest file, and at the columns that all files have.

    Args:
        export: what to look at.
        sheet: the sheet of a workbook with several; by default the one with the most lines.

    Raises:
        SourceError: a file cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        files = sorted(export.files, key=lambda file: -file.path.stat().st_size)
        types = _case_types(export, scratch)
        sheets = _sheets(files[0])
        if sheet is None and len(sheets) > 1:
            sheet = max(sheets, key=sheets.__getitem__)
        objects = _object_types(export, scratch)
        seen = Glance(export.format, pl.DataFrame(), types, sheets, sheet, object_types=objects)
        source = Source(
            path=export.path,
            format=export.format,
            case_type=next(iter(types)) if len(types) > 1 else None,
            sheet=sheet,
            object_type=next(iter(objects), None),
        )
        if export.format in _MAY_LACK_A_HEADER and _begins_with_a_row(files[0], source, scratch):
            source = source.model_copy(update={"header": False})
        raws = [read(file, source, (), _new(scratch)) for file in files]
        columns = {file.name: raw.columns for file, raw in zip(files, raws, strict=True)}
        common = set.intersection(*(set(raw.columns) for raw in raws))
        first = raws[0]
        given = first.frame.collect_schema()
        if any(first.places.get(each) not in given for each in first.columns):  # unasked for
            first = read(files[0], source, first.columns, _new(scratch))
        with refused(first.refusal, first.frame):
            rows = _rows(first, common)
        return replace(
            seen,
            frame=rows,
            alike=alike(files, source, sheets, first.columns, scratch),
            has_header=source.header is not False,
            drift=drifts(columns) if export.format in _TABLES else (),
            lacked=lacked(columns) if export.format in _TABLES else (),
            added=added(columns) if export.format in _TABLES else (),
            shared=tuple(name for name, n in Counter(first.columns).items() if name and n > 1),
            of_1904=first.of_1904,
        )


def _case_types(export: Export, scratch: Path) -> dict[str, int]:
    if export.format != "zgw":
        return {}
    file = export.files[0]
    return case_types(file.path, file.name, _new(scratch))


def _sheets(file: SourceFile) -> dict[str, int]:
    return tables_in(file.path, file.name) if file.format == "excel" else {}


def _object_types(export: Export, scratch: Path) -> dict[str, int]:
    if export.format != "ocel":
        return {}
    file = max(export.files, key=lambda file: file.path.stat().st_size)
    return object_types(file.path, file.name, _new(scratch))


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def _begins_with_a_row(file: SourceFile, source: Source, scratch: Path) -> bool:
    """Whether the first line has a number or a time where one of the next lines has one too.

    It must also fill most columns, which a title above a header does not.
    """
    raw = read(file, source.model_copy(update={"header": False}), (), _new(scratch))
    with refused(raw.refusal, raw.frame):
        lines = raw.frame.select(raw.places.values()).head(_FIRST_LINES).collect(engine="streaming")
    text = pl.all().str.strip_chars()
    is_filled = lines.head(1).select(text.fill_null("") != "").row(0)
    is_value = lines.select(text.str.contains(IS_A_VALUE).fill_null(value=False))
    among_next = is_value.slice(1).select(pl.all().any()).row(0)
    has_values = any(
        one and others for one, others in zip(is_value.row(0), among_next, strict=True)
    )
    return has_values and 2 * sum(is_filled) > len(is_filled)


def _rows(raw: Raw, common: set[str]) -> pl.DataFrame:
    schema = raw.frame.collect_schema()
    once = [name for name, count in Counter(raw.columns).items() if count == 1]
    named = {name: raw.places[name] for name in once if name and name in common}
    flat = {name: place for name, place in named.items() if not schema[place].is_nested()}
    rows = raw.frame.select(_value(place, schema[place]) for place in flat.values())
    found = rows.head(ROWS).collect(engine="streaming")
    _settle(raw)
    return found.rename({place: name for name, place in flat.items()})


def _settle(raw: Raw) -> None:
    """Refuses a file that one of its first rows shows to be wrong; all rows are read only later."""
    first = raw.frame.head(ROWS)
    if raw.doubt and first.select(raw.doubt.shows.any()).collect(engine="streaming").item():
        raw.doubt.settle()


def _value(place: str, type_: pl.DataType) -> pl.Expr:
    if type_ in (pl.Date, pl.Datetime):
        return pl.col(place)
    text = pl.col(place).cast(pl.String, strict=False).str.strip_chars()
    return pl.when(~is_nothing(text)).then(text).alias(place)
