# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads delimited text (CSV in all its dialects): every value a ``String``, as it stands there."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.encoding import LARGEST_LINE, as_utf8
from ingest.header_names import hold_a_value
from ingest.raw import ROW, Raw, check_columns, digest, numbered, place, refused
from ingest.second_headers import other_order
from ingest.surroundings import LINES_ABOVE, LINES_BELOW, header_of, lines_below

SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_BYTES = 1 << 20
_SAMPLE_LINES = 101
_TAIL_BYTES = 1 << 16
csv.field_size_limit(LARGEST_LINE)
_SAID = "#said"
_SAYS_SEPARATOR = re.compile(r"sep=([\t !#-~])\r?\n", re.IGNORECASE)


def read_delimited(path: Path, name: str, scratch: Path, *, header: bool = True) -> Raw:
    """Opens a delimited file.

    The first line that fills more than half of the columns names them; what stands above it, as a
    title does, is no row, nor is a last line that begins with *Totaal* and what stands below it.

    Encoding: a byte order mark, else UTF-8, else Windows-1252. The separator is the one that a
    line ``sep=;`` before the header says, as Excel writes it, else the one that cuts the header and
    the first 100 lines into the same number of columns. A line with too few values
    lacks the last ones (spreadsheets leave them out); wholly empty lines are no rows but count.

    Args:
        path: the file, plain or gzipped.
        name: what errors call it.
        scratch: an empty folder, for a copy in UTF-8 where the file is not.
        header: whether that line names the columns, or is a row as all others.

    Raises:
        SourceError: no text, no separator, no header, or no rows.
    """
    text = as_utf8(path, name, scratch)
    with text.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="ignore")
    if not sample.strip():
        raise SourceError(f"{name} is empty.", "Export it again, with a header.")
    separator, above = _separator(sample, name)
    columns, lines = _header(sample, separator, above, name)
    if lines > sample.count("\n") and text.stat().st_size > _SAMPLE_BYTES:
        raise SourceError(
            f"{name} has a header of more than {_SAMPLE_BYTES >> 20} MB.",
            "Its first line should hold the names of its columns.",
        )
    check_columns(columns, name)
    if not header:
        columns, lines = numbered(len(columns)), above
    places = [place(number) for number in range(len(columns))]
    frame = pl.scan_csv(
        text,
        separator=separator,
        has_header=False,
        skip_lines=lines,
        schema=dict.fromkeys(places, pl.String),
        missing_columns="insert",
        glob=False,
        row_index_name=ROW,
        row_index_offset=1,
    )
    # as a column: a condition on many columns that is handed to the reader takes gigabytes there
    says_something = pl.any_horizontal(pl.col(places) != "") & ~_is_one_of(
        _below(text, separator, len(columns), lines), places
    )
    frame = (
        frame.with_columns(digest(columns), says_something.alias(_SAID)).filter(_SAID).drop(_SAID)
    )

    def line_where(is_so: Callable[[Sequence[str]], bool]) -> int | None:
        return _line_where(is_so, text, separator, lines)

    def refusal() -> SourceError:
        return _malformed(name, line_where(lambda row: _is_malformed(row, len(columns))))

    with refused(refusal):
        if frame.head(1).collect(engine="streaming").is_empty():
            raise SourceError(f"{name} has a header but no rows.", "Export it again, with rows.")
    by_name = dict(zip(columns, places, strict=True))
    by_place = dict(zip(places, columns, strict=True))
    doubt = other_order(frame, by_place, line_where, name) if header else None
    return Raw(frame, columns, by_name, by_place, refusal, doubt=doubt)


def _separator(sample: str, name: str) -> tuple[str, int]:
    """The separator, and how many lines above the header say so."""
    said = _SAYS_SEPARATOR.match(sample)
    if not said:
        return _likeliest_separator(sample, name), 0
    rest = sample[said.end() :]
    cuts = _score(rest, said[1])[1] > 1
    return said[1] if cuts else _likeliest_separator(rest, name), 1


def _header(sample: str, separator: str, above: int, name: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and how many lines precede the first row."""
    lines = io.StringIO(sample, newline="\n")
    for _ in range(above):
        next(lines)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows, ends = [], []
    try:
        for row in itertools.islice(reader, LINES_ABOVE):
            rows.append(row)
            ends.append(above + reader.line_num)
    except csv.Error:
        if not any(map(any, rows)):
            raise _malformed(name, above + reader.line_num) from None
    if not any(map(any, rows)):
        raise SourceError(f"{name} has no header.", "Export it again, with a header.")
    at = _header_among(rows)
    return tuple(column.strip() for column in rows[at]), ends[at]


def _header_among(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns; one with values does where none is above it."""
    texts = [[value.strip() for value in row] for row in rows]
    width = sum(map(any, itertools.zip_longest(*texts)))
    first = next((at for at, row in enumerate(rows) if any(row)), 0)
    at = header_of(texts, width)
    if at is None or any(hold_a_value(texts[at])) or any(map(str.isdigit, texts[at])):
        return first
    return at


def _below(text: Path, separator: str, width: int, above: int) -> list[list[str]]:
    """The totals below the rows, and what stands below those; only the end of the file is read.

    Args:
        text: the file.
        separator: what is between values.
        width: how many columns it has.
        above: how many lines stand above the rows.
    """
    with text.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().decode("utf-8", errors="ignore")
    lines = io.StringIO(tail, newline="\n").readlines()[above if size <= _TAIL_BYTES else 1 :]
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(row)][-LINES_BELOW:]
    padded = [row + [""] * (width - len(row)) for row in rows]
    return padded[len(padded) - lines_below(padded) :]


def _is_one_of(rows: Sequence[Sequence[str]], places: Sequence[str]) -> pl.Expr:
    """Whether a row has the very values of one of ``rows``."""
    same = (
        pl.all_horizontal(
            pl.col(place).fill_null("") == value for place, value in zip(places, row, strict=False)
        )
        for row in rows
    )
    return pl.any_horizontal(pl.lit(value=False), *same)


def _likeliest_separator(sample: str, name: str) -> str:
    scores = {separator: _score(sample, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=scores.__getitem__)
    if scores[best][1] <= 1:
        raise SourceError(
            f"{name} has one column: none of ; , tab | separates its header.",
            "Export it with one of these as separator.",
        )
    return best


def _score(sample: str, separator: str) -> tuple[float, int]:
    """The share of lines that ``separator`` cuts into as many values as the header, and how many.

    A header that it does not cut scores nothing, however alike the lines are.
    """
    lines = list(itertools.islice(io.StringIO(sample, newline=""), _SAMPLE_LINES))
    rows = _rows(lines, separator)
    width = len(rows[_header_among(rows[:LINES_ABOVE])]) if rows else 0
    if width <= 1:
        return (0.0, 1)
    return (sum(len(row) == width for row in rows) / len(rows), width)


def _rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []
    # the sample may end amid a quoted value that runs over lines: its row is not whole
    whole = rows if len(lines) < _SAMPLE_LINES else rows[: max(1, len(rows) - 1)]
    return [row for row in whole if row]


def _malformed(name: str, line: int | None) -> SourceError:
    where = f" at line {line}" if line else ""
    return SourceError(
        f"{name} cannot be cut into columns{where}.",
        "Look there for a value with a separator or quotation mark that is not itself quoted.",
    )


def _is_malformed(row: Sequence[str], width: int) -> bool:
    """Whether a row has more than ``width`` values, or a quotation mark too many."""
    return len(row) > width or any('"' in value for value in row)


def _line_where(
    is_so: Callable[[Sequence[str]], bool], text: Path, separator: str, above: int
) -> int | None:
    """Where the first row begins of which ``is_so``, or that cannot be read.

    Args:
        is_so: what is asked of the values of a row.
        text: the file.
        separator: what is between values.
        above: how many lines the header takes, and what is above it.
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
