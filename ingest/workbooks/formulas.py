# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds formulas in a workbook for which the file has no value: a reader of values sees nothing.

Some programs write formulas without working them out. A program that cannot work one out, such as a
text that begins with "=", stores an error for it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from xml.parsers import expat

_OF_OPENDOCUMENT = "content.xml"
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
Attributes = Mapping[str, str]


def without_value(path: Path, sheet: str) -> list[str]:
    """The cells, such as B7, in a sheet of an .xlsx or .ods with a formula without a value.

    Args:
        path: a whole workbook, which ``ingest.workbooks.workbook.sheet_of`` could read.
        sheet: the name of one of its sheets.
    """
    with zipfile.ZipFile(path) as parts:
        if _OF_OPENDOCUMENT in parts.namelist():
            of_ods = _OpenDocument(sheet)
            _parse(parts.read(_OF_OPENDOCUMENT), of_ods.begin, of_ods.end)
            return of_ods.found
        of_excel = _Excel()
        _parse(parts.read(_part(parts, sheet)), of_excel.begin, of_excel.end, of_excel.text)
        return of_excel.found


def _parse(
    document: bytes,
    begin: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parses a part; ``begin`` and ``end`` get names of elements without their namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: begin(_local(name), attributes)
    parser.EndElementHandler = lambda name: end(_local(name)) if end else None
    parser.CharacterDataHandler = text
    parser.Parse(document, True)  # noqa: FBT003 - expat takes no names


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _part(parts: zipfile.ZipFile, sheet: str) -> str:
    """The part of an Excel workbook that holds a sheet."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def in_book(name: str, told: Attributes) -> None:
        if name == "sheet":
            ids[told["name"]] = next(told[key] for key in told if key.endswith(" id"))

    def in_links(name: str, told: Attributes) -> None:
        if name == "Relationship":
            targets[told["Id"]] = told["Target"]

    _parse(parts.read(_BOOK), in_book)
    _parse(parts.read(_LINKS), in_links)
    # the target is relative to the folder of the book, or to the root
    return str(PurePosixPath("/xl") / targets[ids[sheet]]).removeprefix("/")


class _Excel:
    """Looks through the cells of an Excel sheet."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._cell: Attributes = {}
        self._inside = ""
        self._has_formula = False
        self._value = ""

    def begin(self, name: str, told: Attributes) -> None:
        if name == "c":
            self._cell, self._has_formula, self._value = told, False, ""
        self._inside = name
        self._has_formula = self._has_formula or name == "f"

    def text(self, text: str) -> None:
        if self._inside == "v":
            self._value += text

    def end(self, name: str) -> None:
        self._inside = ""
        kind = self._cell.get("t")
        # a formula may give an empty text
        if (
            name == "c"
            and self._has_formula
            and (kind == "e" or not (self._value or kind == "str"))
        ):
            self.found.append(self._cell["r"])


class _OpenDocument:
    """Looks through the cells of one sheet of an OpenDocument workbook."""

    def __init__(self, sheet: str) -> None:
        self.found: list[str] = []
        self._sheet = sheet
        self._is_here = False
        self._row = self._column = 0
        self._rows = 1

    def begin(self, name: str, told: Attributes) -> None:
        by_name = {_local(key): value for key, value in told.items() if "calcext" not in key}
        if name == "table":
            self._is_here, self._row = by_name.get("name") == self._sheet, 0
        elif name == "table-row":
            self._rows, self._column = int(by_name.get("number-rows-repeated", 1)), 0
        elif name in ("table-cell", "covered-table-cell"):
            is_error = any(value == "error" for key, value in told.items() if "calcext" in key)
            if self._is_here and "formula" in by_name and (is_error or "value-type" not in by_name):
                self.found.append(f"{_letters(self._column)}{self._row + 1}")
            self._column += int(by_name.get("number-columns-repeated", 1))

    def end(self, name: str) -> None:
        if name == "table-row":
            self._row += self._rows


def _letters(column: int) -> str:
    """The letters of a column in spreadsheet programs: 0 is A, 26 is AA."""
    letters, number = "", column + 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
