# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a workbook as OpenDocument 1.3; a text is a text, whatever it begins with."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reporting.workbooks.workbook import Column, Sheet, Value, Workbook, value_kind

_PARTS = Path(__file__).parent / "ods_parts"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_WRITTEN = ("content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest time in a zip
_COUNTRY = {"nl": "NL", "en": "GB"}
_SPACES = re.compile(r"^ | {2,}| $")


def write(book: Workbook, path: Path) -> None:
    """Writes ``book`` to ``path``: the same book, the same bytes."""
    environment = _environment()
    told = {
        "book": book,
        "country": _COUNTRY[book.language],
        "created": book.of.astimezone(dt.UTC).replace(tzinfo=None).isoformat(),
        "mimetype": _MIMETYPE,
        "offered": sorted({c.choices for sheet in book.sheets for c in sheet.columns if c.choices}),
        "heights": sorted({line.height for sheet in book.sheets for line in sheet.lines()}),
        "widths": sorted({column.width for sheet in book.sheets for column in sheet.columns}),
    }
    with zipfile.ZipFile(path, "w") as parts:
        # the first part says what the file is, where any program can read it
        parts.writestr(zipfile.ZipInfo("mimetype", _EARLIEST), _MIMETYPE)
        for name in _WRITTEN:
            part = zipfile.ZipInfo(name, _EARLIEST)
            part.compress_type = zipfile.ZIP_DEFLATED
            parts.writestr(part, environment.get_template(Path(name).name).render(told))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(cells=_cells, corner=_corner)
    return environment


def _cells(values: tuple[Value, ...], columns: tuple[Column, ...], *, is_header: bool) -> Markup:
    """The cells of a row."""
    cells = (
        _cell(value, _begin(value, column, is_header=is_header))
        for value, column in zip(values, columns, strict=True)
    )
    return Markup("".join(cells))  # noqa: S704 - each was escaped


def _begin(value: Value, column: Column, *, is_header: bool) -> str:
    """The begin of the element of a cell, with its style and the choices for it."""
    style = "text" if value is None else value_kind(value)
    if is_header:
        return '<table:table-cell table:style-name="header"'
    if not column.is_answer:
        return f'<table:table-cell table:style-name="{style}"'
    offered = f' table:content-validation-name="{escape(column.choices)}"' if column.choices else ""
    return f'<table:table-cell table:style-name="answer"{offered}'


def _cell(value: Value, begin: str) -> str:
    if value is None:
        return f"{begin}/>"
    if isinstance(value, str):
        typed, shown = 'office:value-type="string"', _paragraphs(value)
    elif isinstance(value, dt.date):
        typed = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        shown = f"<text:p>{value.isoformat()}</text:p>"
    else:
        name = "percentage" if value_kind(value) == "share" else "float"
        typed = f'office:value-type="{name}" office:value="{float(value)!r}"'
        shown = f"<text:p>{float(value)!r}</text:p>"
    return f"{begin} {typed}>{shown}</table:table-cell>"


def _paragraphs(text: str) -> str:
    """A paragraph per line; XML reads several spaces as one, so they are counted."""
    lines = (_SPACES.sub(_space, str(escape(line))) for line in text.split("\n"))
    return "".join(f"<text:p>{line}</text:p>" for line in lines)


def _space(spaces: re.Match[str]) -> str:
    return f'<text:s text:c="{len(spaces[0])}"/>'


def _corner(sheet: Sheet) -> str:
    """The last cell of a sheet, such as I12."""
    letters, number = "", len(sheet.columns)
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{len(sheet.rows) + 1}"
