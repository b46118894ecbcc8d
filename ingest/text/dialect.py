# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a text is delimited: by which sign, and which of its first lines names the columns."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from contracts.errors import SourceError
from ingest.guarded import unguarded
from ingest.privacy.header_names import hold_a_value
from ingest.surroundings import LINES_ABOVE, header_of

SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_LINES = 101
_SAYS_SEPARATOR = re.compile(r"sep=([\t !#-~])\r?\n", re.IGNORECASE)


class Dialect(NamedTuple):
    """``columns``: the names of columns. ``said``: the number of top lines with the separator.

    ``above``: the number of lines before the first row.
    """

    separator: str
    columns: tuple[str, ...]
    said: int
    above: int


def dialect_of(sample: str, name: str) -> Dialect:
    """The dialect of a text that begins with ``sample``, in a file that errors call ``name``.

    Raises:
        SourceError: there is no separator, or no header.
    """
    separator, said = _separator(sample, name)
    columns, above = _header(sample, separator, said, name)
    meant = pl.select(unguarded(pl.lit(pl.Series(columns)))).to_series()
    return Dialect(separator, tuple(meant), said, above)


def _separator(sample: str, name: str) -> tuple[str, int]:
    """The separator, and the number of lines above the header that say it."""
    said = _SAYS_SEPARATOR.match(sample)
    if not said:
        return _likeliest_separator(sample, name), 0
    rest = sample[said.end() :]
    cuts = _score(rest, said[1])[1] > 1
    return said[1] if cuts else _likeliest_separator(rest, name), 1


def _header(sample: str, separator: str, above: int, name: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and the number of lines before the first row."""
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
            raise malformed(name, above + reader.line_num) from None
    if not any(map(any, rows)):
        raise SourceError(f"{name} has no header.", "Export it again, with a header.")
    at = _header_among(rows)
    return tuple(column.strip() for column in rows[at]), ends[at]


def _header_among(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row that names the columns; one with values, if none is above it."""
    texts = [[value.strip() for value in row] for row in rows]
    width = sum(map(any, itertools.zip_longest(*texts)))
    first = next((at for at, row in enumerate(rows) if any(row)), 0)
    at = header_of(texts, width)
    if at is None or any(hold_a_value(texts[at])) or any(map(str.isdigit, texts[at])):
        return first
    return at


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

    It scores nothing if it does not cut the header, however alike the lines are.
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
    # the sample may end inside a quoted value of several lines: then its last row is not whole
    whole = rows if len(lines) < _SAMPLE_LINES else rows[: max(1, len(rows) - 1)]
    return [row for row in whole if row]


def malformed(name: str, line: int | None) -> SourceError:
    """The error for a file that cannot be cut into columns, at ``line`` if that is known."""
    where = f" at line {line}" if line else ""
    return SourceError(
        f"{name} cannot be split into columns{where}.",
        "Look there for a value that holds a separator or quotation mark, but is not in quotes.",
    )
