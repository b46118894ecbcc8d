# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a log as Dutch case systems export one: a row per event, in text, Excel or Parquet.

Times are local, by the clock on the agency's wall, without an offset; only Parquet has zones and
holds instants. There are only milestones: a legal clock that stood still, or an extended decision
period, is not told.

Excel is meant for small logs: 650,000 events take some 50 seconds to write.

The same log gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from simulation.description import Process
from simulation.recording.log import Part
from simulation.walking.hours import ZONE

_EVENT_COLUMNS = {
    "zaaknummer": "case_id",
    "stap": "activity",
    "tijdstip": "at",
    "begonnen": "started_at",
    "medewerker": "resource",
    "afdeling": "team",
    "organisatie": "organisation",
    "vastgelegd": "recorded_at",
}
_TIMES = ("tijdstip", "begonnen", "vastgelegd")
_NOTE = "toelichting"

_ROWS_AT_ONCE = 1 << 16  # as text: some ten megabytes
_SERIALS_FROM = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a local time
_SECONDS_A_DAY = 86_400
# half of the last decimal is 4 microseconds: a reader of milliseconds still finds the right second
_SERIAL_DECIMALS = 10

_SHEET_EVENTS = 1_048_576 - 1  # the rows of a sheet in Excel, minus the header
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - any moment will do, but not that of writing


class _Text(NamedTuple):
    """How a kind of delimited text is written; ``time`` turns a local time into text."""

    encoding: str
    separator: str
    line_end: str
    time: Callable[[pl.Expr], pl.Expr]


def write_csv(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.csv`` as programmers do: UTF-8, commas, ISO 8601."""
    text = _Text("utf-8", ",", "\n", lambda time: time.dt.to_string("%Y-%m-%d %H:%M:%S"))
    _write_text(parts, process, folder, text)


def write_csv_nl(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.csv`` as older Dutch systems do: Windows-1252, semicolons, day first.

    Raises:
        UnicodeEncodeError: Windows-1252 lacks a character.
    """
    text = _Text("cp1252", ";", "\r\n", lambda time: time.dt.to_string("%d-%m-%Y %H:%M:%S"))
    _write_text(parts, process, folder, text)


def write_csv_excel(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.csv`` as a Dutch Excel does if times lost their format: serial numbers."""
    _write_text(parts, process, folder, _Text("utf-8-sig", ";", "\r\n", _serial_text))


def write_excel(
    parts: Iterable[Part], process: Process, folder: Path, most: int = _SHEET_EVENTS
) -> None:
    """Writes workbooks ``export-1.xlsx``, ``export-2.xlsx`` and so on, as many as it takes.

    Args:
        parts: the log.
        process: the process of the log.
        folder: where the workbooks go.
        most: how many events a workbook may hold; all events of a case are in one.

    Raises:
        ValueError: a case has more events than that, or a text is too long for a cell.
    """
    names = _names(process)
    frames = (_with_times(_rows(part, process), _serial) for part in parts)
    for number, pieces in groupby(_per_workbook(frames, most), key=itemgetter(0)):
        path = folder / f"export-{number}.xlsx"
        _write_workbook(path, names, (row for _, piece in pieces for row in piece.iter_rows()))


def write_parquet(parts: Iterable[Part], process: Process, folder: Path) -> None:
    """Writes ``export.parquet``, with a row group per part and instants in UTC."""
    import pyarrow as pa
    from pyarrow import parquet

    types = {name: pa.timestamp("us", "UTC") for name in _TIMES}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in _names(process)])
    with parquet.ParquetWriter(folder / "export.parquet", schema) as writer:
        for part in parts:
            writer.write_table(_rows(part, process).to_arrow().cast(schema))


def _names(process: Process) -> list[str]:
    return [*_EVENT_COLUMNS, *process.attributes, _NOTE]


def _rows(part: Part, process: Process) -> pl.DataFrame:
    """The events with the facts of their case, in the columns of ``_names``."""
    cases = part.cases.select("case", "case_id", *process.attributes)
    events = part.events.sort("case", "number", maintain_order=True)
    told = events.join(cases, on="case", how="left", maintain_order="left")
    return told.select(
        *(pl.col(column).alias(name) for name, column in _EVENT_COLUMNS.items()),
        *process.attributes,
        pl.col("note").alias(_NOTE),
    )


def _with_times(rows: pl.DataFrame, written: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """``rows`` with each time as ``written`` makes it from the local time."""
    local = (pl.col(name).dt.convert_time_zone(ZONE.key) for name in _TIMES)
    return rows.with_columns(written(time.dt.replace_time_zone(None)) for time in local)


def _write_text(parts: Iterable[Part], process: Process, folder: Path, text: _Text) -> None:
    def written(rows: pl.DataFrame, *, is_header: bool = False) -> str:
        return rows.write_csv(
            separator=text.separator, line_terminator=text.line_end, include_header=is_header
        )

    with (folder / "export.csv").open("w", encoding=text.encoding, newline="") as file:
        file.write(written(pl.DataFrame(schema=_names(process)), is_header=True))
        for part in parts:
            for rows in _rows(part, process).iter_slices(_ROWS_AT_ONCE):
                file.write(written(_with_times(rows, text.time)))


def _seconds(local: pl.Expr) -> pl.Expr:
    return (local - pl.lit(_SERIALS_FROM)).dt.total_seconds()


def _serial(local: pl.Expr) -> pl.Expr:
    """The days since 30 December 1899, as Excel stores a time."""
    return _seconds(local) / _SECONDS_A_DAY


def _serial_text(local: pl.Expr) -> pl.Expr:
    """The same with a decimal comma; computed in whole numbers, so rounded correctly."""
    seconds = _seconds(local)
    part_of_day = (seconds % _SECONDS_A_DAY) * 10**_SERIAL_DECIMALS
    decimals = (part_of_day + _SECONDS_A_DAY // 2) // _SECONDS_A_DAY
    return pl.concat_str(
        seconds // _SECONDS_A_DAY,
        pl.lit(","),
        decimals.cast(pl.String).str.zfill(_SERIAL_DECIMALS),
    )


def _per_workbook(frames: Iterable[pl.DataFrame], most: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of ``frames`` in pieces, each with the number of its workbook, from 1."""
    number, room = 1, most
    yield number, pl.DataFrame()  # a log without events has its header too
    for frame in frames:
        rest = frame
        while not rest.is_empty():
            fits = _whole_cases(rest["zaaknummer"], room)
            if fits:
                yield number, rest.head(fits)
                rest, room = rest.slice(fits), room - fits
            elif room < most:
                number, room = number + 1, most
            else:
                raise ValueError(f"{rest['zaaknummer'][0]} has more than {most} events.")


def _whole_cases(cases: pl.Series, room: int) -> int:
    """How many of the first rows belong to whole cases; at most ``room``."""
    if len(cases) <= room:
        return len(cases)
    up_to = cases.head(room + 1)
    begins = up_to.ne_missing(up_to.shift(1)).arg_true()
    return int(begins[-1])


def _write_workbook(path: Path, names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes one sheet: texts as text, whatever they look like, and numbers as times."""
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": _CREATED})
        time = book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        sheet = book.add_worksheet("export")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) - 1, 20)
        sheet.write_row(0, 0, names)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    if sheet.write_string(place, column, value):
                        raise ValueError(f"{names[column]}: a cell cannot hold {value[:50]}…")
                elif value is not None:
                    sheet.write_number(place, column, value, time)
