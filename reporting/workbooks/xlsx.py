# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a workbook for Excel; a text is a text, whatever it begins with."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from reporting.workbooks.workbook import Column, Sheet, Value, ValueKind, Workbook, value_kind

_IN_MEMORY = {"in_memory": True}  # else it leaves files in a folder that all share
_FORMATS: dict[ValueKind, str] = {
    "number": "#,##0",
    "at_least": '"≥ "#,##0',
    "days": "#,##0.00",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
}
_CELL = {"valign": "top", "text_wrap": True}
_TEXT = {**_CELL, "align": "left", "indent": 1}
_HEADER = {**_TEXT, "bold": True, "bottom": 1}
_ANSWER = {**_TEXT, "num_format": "@", "border": 7}
_LINE_HEIGHT = 15
_FIRST_YEAR = 1900  # in Excel
_LANDSCAPE_A4 = 9

Formats = dict[str, Any]


def write(book: Workbook, path: Path) -> None:
    """Writes ``book`` to ``path``: the same book, the same bytes."""
    whole = BytesIO()  # on a full disk, xlsxwriter would leave a file open
    with xlsxwriter.Workbook(whole, _IN_MEMORY) as out:
        created = book.of.astimezone(dt.UTC).replace(tzinfo=None)
        out.set_properties({"title": book.title, "author": book.made_by, "created": created})
        out.set_custom_property("Language", book.language)
        formats: Formats = {
            "header": out.add_format(_HEADER),
            "answer": out.add_format(_ANSWER),
            **{name: out.add_format({**_CELL, "num_format": f}) for name, f in _FORMATS.items()},
            "text": out.add_format(_TEXT),
        }
        for sheet in book.sheets:
            _write(sheet, out.add_worksheet(sheet.name), formats)
        for sheet in book.sheets:
            _offer(sheet, book, out.get_worksheet_by_name(sheet.name))
    path.write_bytes(whole.getvalue())


def _write(sheet: Sheet, out: Any, formats: Formats) -> None:
    for place, column in enumerate(sheet.columns):
        out.set_column(place, place, column.width, formats["answer"] if column.is_answer else None)
    for number, line in enumerate(sheet.lines()):
        out.set_row(number, line.height * _LINE_HEIGHT)
        for place, (column, value) in enumerate(zip(sheet.columns, line.values, strict=True)):
            _put(out, (number, place), value, formats, _style(number, column))
    out.freeze_panes(1, sheet.in_sight)
    out.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    out.repeat_rows(0)
    out.set_landscape()
    out.set_paper(_LANDSCAPE_A4)
    out.fit_to_pages(1, 0)


def _style(number: int, column: Column) -> str | None:
    if number == 0:
        return "header"
    return "answer" if column.is_answer else None


def _put(out: Any, at: tuple[int, int], value: Value, formats: Formats, style: str | None) -> None:
    if value is None:
        out.write_blank(*at, None, formats[style or "text"])
        return
    shown = formats[style or value_kind(value)]
    if isinstance(value, str):
        out.write_string(*at, value, shown)
    elif not isinstance(value, dt.date):
        out.write_number(*at, value, shown)
    elif value.year < _FIRST_YEAR:
        out.write_string(*at, value.isoformat(), shown)
    else:
        out.write_datetime(*at, value, shown)


def _offer(sheet: Sheet, book: Workbook, out: Any) -> None:
    """Offers the choices of columns; another answer may be written as well."""
    for place, column in enumerate(sheet.columns):
        if column.choices and sheet.rows:
            last = len(book.choices(column.choices)) + 1
            source = f"='{column.choices}'!$A$2:$A${last}"
            offered = {"validate": "list", "source": source, "show_error": False}
            out.data_validation(1, place, len(sheet.rows), place, offered)
