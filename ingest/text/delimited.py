# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads delimited text (CSV in all its dialects): every value is a ``String``, as written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.guarded import MARK, unguarded
from ingest.raw import ROW, Raw, check_columns, digest, numbered, place, refused
from ingest.refusals import no_rows
from ingest.surroundings import LINES_BELOW, lines_below
from ingest.text.dialect import dialect_of, malformed
from ingest.text.encoding import LARGEST_LINE, as_utf8
from ingest.text.second_headers import other_order

_SAMPLE_BYTES = 1 << 20
_TAIL_BYTES = 1 << 16
csv.field_size_limit(LARGEST_LINE)
_SAID = "#said"


def read_delimited(path: Path, name: str, scratch: Path, *, header: bool = True) -> Raw:
    """Opens a delimited file.

    The first line that fills more than half of the columns names them. What is above it, such as a
    title, is not a row; nor is a last line that begins with *Totaal*, or what is below it.

    Encoding: by a byte order mark, else UTF-8, else that of DOS or Windows-1252. The separator is
    the one in a line ``sep=;`` before the header, as Excel writes it, else the one that cuts the
    header and the first 100 lines into the same number of columns. A line with too few values lacks
    the last ones (spreadsheets leave them out); empty lines are not rows, but are counted. Values
    written like ``="0001"`` are what they mean, if any near the begin of the file is.

    Args:
        path: the file, plain or gzipped.
        name: what errors call it.
        scratch: an empty folder, for a copy in UTF-8 if the file is not.
        header: whether that line names the columns, or is a row like all others.

    Raises:
        SourceError: the file has no text, no separator, no header, or no rows.
    """
    text = as_utf8(path, name, scratch)
    with text.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="ignore")
    if not sample.strip():
        raise SourceError(f"{name} is empty.", "Export it again, with a header.")
    separator, columns, said, below = dialect_of(sample, name)
    if below > sample.count("\n") and text.stat().st_size > _SAMPLE_BYTES:
        raise SourceError(
            f"{name} has a header of more than {_SAMPLE_BYTES >> 20} MB.",
            "Its first line should hold the names of its columns.",
        )
    check_columns(columns, name)
    lines = below if header else said
    if not header:
        columns = numbered(len(columns))
    frame = _rows(text, separator, columns, lines, is_guarded=MARK in sample)

    def line_where(is_so: Callable[[Sequence[str]], bool], above: int = lines) -> int | None:
        return _line_where(is_so, text, separator, above)

    def refusal() -> SourceError:
        width = len(columns)
        if line_where(lambda row: any(row) and len(row) != width + 1, below) is None:
            return SourceError(
                f"Every row of {name} has one value more than its header.",
                "Name that column too, or remove the separator at the end of each row.",
            )
        return malformed(name, line_where(lambda row: _is_malformed(row, width)))

    with refused(refusal):
        if frame.head(1).collect(engine="streaming").is_empty():
            raise no_rows(name)
    by_place = {place(number): column for number, column in enumerate(columns)}
    by_name = {column: place for place, column in by_place.items()}
    doubt = other_order(frame, by_place, line_where, name) if header else None
    return Raw(frame, columns, by_name, by_place, refusal, doubt=doubt)


def _rows(
    text: Path, separator: str, columns: Sequence[str], above: int, *, is_guarded: bool
) -> pl.LazyFrame:
    """The rows below the first ``above`` lines that are not empty and not totals."""
    places = [place(number) for number in range(len(columns))]
    frame = pl.scan_csv(
        text,
        separator=separator,
        has_header=False,
        skip_lines=above,
        schema=dict.fromkeys(places, pl.String),
        missing_columns="insert",
        glob=False,
        row_index_name=ROW,
        row_index_offset=1,
    )
    is_row = pl.any_horizontal(pl.col(places) != "")
    for values in _below(text, separator, len(columns), above):
        same = (
            pl.col(place).fill_null("") == each for place, each in zip(places, values, strict=True)
        )
        is_row &= ~pl.all_horizontal(same)
    # as a column: the reader would take gigabytes for a condition on many columns
    rows = frame.with_columns(digest(columns), is_row.alias(_SAID)).filter(_SAID).drop(_SAID)
    return rows.with_columns(unguarded(pl.col(places))) if is_guarded else rows


def _below(text: Path, separator: str, width: int, above: int) -> list[list[str]]:
    """The totals below the rows, and what is below those; only the end of the file is read.

    Args:
        text: the file.
        separator: the sign between values.
        width: the number of columns.
        above: the number of lines above the rows.
    """
    with text.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().decode("utf-8", errors="ignore")
    lines = io.StringIO(tail, newline="\n").readlines()[above if size <= _TAIL_BYTES else 1 :]
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(row)][-LINES_BELOW:]
    padded = [row[:width] + [""] * (width - len(row)) for row in rows]
    return padded[len(padded) - lines_below(padded) :]


def _is_malformed(row: Sequence[str], width: int) -> bool:
    """Whether a row has more than ``width`` values, or an unpaired quotation mark."""
    return len(row) > width or any(value.count('"') % 2 for value in row)


def _line_where(
    is_so: Callable[[Sequence[str]], bool], text: Path, separator: str, above: int
) -> int | None:
    """The line where the first row begins for which ``is_so``, or that cannot be read.

    Args:
        is_so: a test on the values of a row.
        text: the file.
        separator: the sign between values.
        above: the number of lines of the header and all above it.
    """
    with text.open(encoding="utf-8-sig", newline="\n") as file:
        for _ in range(above):
            next(file)
        rows = csv.reader(file, delimiter=separator, strict=True)
        line = above + 1
        try:
            for row in rows:
                if is_so(row):
                    return line
                line = above + rows.line_num + 1
        except csv.Error:
            return line
    return None
