# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads one sheet of a workbook: every value is a ``String``, as in CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from ingest.raw import ROW, Raw, digest, numbered, place
from ingest.refusals import no_rows, unreadable
from ingest.surroundings import LINES_ABOVE, LINES_BELOW, header_of, lines_below
from ingest.times.notations import REAL_SHAPE
from ingest.workbooks.date_system import counts_from_1904
from ingest.workbooks.workbook import sheet_of

_IS_NO_TEXT = rf"^-?\d+(?:\.\d+)?$|{REAL_SHAPE}"
"""The form of a number or a date, which no cell of a header has.

Other values in texts are found where names are told (``ingest.privacy.header_names``).
"""


def read_spreadsheet(
    path: Path, name: str, scratch: Path, sheet: str | None = None, *, header: bool = True
) -> Raw:
    """Opens a sheet of a workbook.

    The first line that fills more than half of the columns names them. What is above it, such as a
    title, is not a row; nor is a last line that begins with *Totaal*, what is below it, or an empty
    line, although empty lines are counted.

    Args:
        path: the workbook.
        name: what errors call it.
        scratch: an empty folder.
        sheet: the name of the sheet; if null, the only one with a table that is not hidden.
        header: whether a line names the columns.

    Raises:
        SourceError: the sheet cannot be read, its columns have no names, or it has no rows.
    """
    cells = pl.scan_parquet(sheet_of(path, name, scratch, sheet), glob=False)
    text = pl.all().str.strip_chars()
    cells = cells.with_columns(pl.when(text != "").then(text))
    line, names = _header(cells, name) if header else (-1, {})
    rows = cells.slice(line + 1)
    filled = [column for column, count in _filled(rows).items() if count]
    nameless = [each for each in filled if header and each not in names]
    if nameless:
        raise SourceError(
            f"{name}: the header names no column for the values in column "
            f"{cells.collect_schema().names().index(nameless[0]) + 1}.",
            "Give each column a name of its own, in one line without merged cells.",
        )
    kept = list(names) or filled
    columns = tuple(names.values()) or numbered(len(kept))
    places = [place(number) for number in range(len(kept))]
    frame = (
        rows.select(pl.col(each).alias(to) for each, to in zip(kept, places, strict=True))
        .with_row_index(ROW, offset=1)
        .filter(pl.any_horizontal(pl.col(places).is_not_null()))
    )
    frame = _without_total(frame).with_columns(digest(columns))
    if frame.head(1).collect().is_empty():
        raise no_rows(name)
    by_name, by_place = zip(columns, places, strict=True), zip(places, columns, strict=True)
    of_1904 = counts_from_1904(path)
    refusal = partial(unreadable, name)
    return Raw(frame, columns, dict(by_name), dict(by_place), refusal, of_1904=of_1904)


def _header(cells: pl.LazyFrame, name: str) -> tuple[int, dict[str, str]]:
    """The line that names the columns, and the names that it gives to columns of ``cells``."""
    width = sum(count > 0 for count in _filled(cells).values())
    top = cells.head(LINES_ABOVE).collect()
    line = header_of(top.rows(), width) or 0
    names = {k: v for k, v in top.row(line, named=True).items() if v} if len(top) else {}
    is_no_text = pl.Series(list(names.values()), dtype=pl.String).str.contains(_IS_NO_TEXT)
    if not names or is_no_text.any():
        raise SourceError(
            f"{name} has no header: no line of texts names its columns.",
            "Put one above the rows, or say header: false.",
        )
    return line, names


def _filled(cells: pl.LazyFrame) -> dict[str, int]:
    """The number of values in each column."""
    return cells.select(pl.all().count()).collect(engine="streaming").row(0, named=True)


def _without_total(rows: pl.LazyFrame) -> pl.LazyFrame:
    last = rows.tail(LINES_BELOW).collect(engine="streaming")
    below = lines_below(last.drop(ROW).rows())
    return rows.filter(pl.col(ROW) < last[ROW][-below]) if below else rows
