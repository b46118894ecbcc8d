# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A formula of which a workbook has no value is found, and one that has one is left in peace."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from ingest.workbooks.formulas import without_value

_NAMES = " ".join(f'xmlns:{name}="urn:x:{name}"' for name in ("office", "table", "text", "calcext"))
_CELL = "<table:table-cell"


def ods(path: Path, *rows: str) -> Path:
    told = "".join(rows)
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr(
            "content.xml",
            f'<office:body {_NAMES}><table:table table:name="Other"><table:table-row>{_CELL}'
            ' table:formula="of:=1"/></table:table-row></table:table>'
            f'<table:table table:name="Places">{told}</table:table></office:body>',
        )
    return path


@pytest.mark.parametrize(
    ("formula", "value", "found"),
    [("=1+1", 2, []), ("=A1", "so", []), ("=so", "#NAME?", ["B3"])],
)
def test_excel_keeps_the_value_of_a_formula(formula, value, found, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("Other").write_formula("A1", "=so", None, "#NAME?")
        sheet = book.add_worksheet("Places")
        sheet.write("A1", "=1+1 is a text")
        sheet.write_formula("B3", formula, None, value)

    assert without_value(tmp_path / "book.xlsx", "Places") == found


def test_a_text_of_nothing_is_a_value(tmp_path):
    part = "xl/worksheets/sheet1.xml"
    with xlsxwriter.Workbook(tmp_path / "zero.xlsx") as book:
        book.add_worksheet("Places").write_formula("B3", '=""', None, "x")
    with (
        zipfile.ZipFile(tmp_path / "zero.xlsx") as old,
        zipfile.ZipFile(tmp_path / "book.xlsx", "w") as new,
    ):
        for name in old.namelist():
            told = old.read(name)
            new.writestr(name, told.replace(b"<v>x</v>", b"<v></v>") if name == part else told)

    assert without_value(tmp_path / "book.xlsx", "Places") == []


def test_a_program_that_does_not_reckon_leaves_no_value(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Places"
    book["Places"]["B7"], book["Places"]["AA8"], book["Places"]["C1"] = "=1+1", "=B7", "so"
    book.save(tmp_path / "book.xlsx")

    assert without_value(tmp_path / "book.xlsx", "Places") == ["B7", "AA8"]


def test_of_opendocument_what_is_repeated_is_counted(tmp_path):
    path = ods(
        tmp_path / "book.ods",
        f'<table:table-row table:number-rows-repeated="3">{_CELL}/></table:table-row>',
        "<table:table-row>",
        f'{_CELL} table:number-columns-repeated="26"/>',
        f'{_CELL} table:formula="of:=1" office:value-type="float" office:value="1"/>',
        f'{_CELL} table:formula="of:=1"/>',
        f'{_CELL} table:formula="of:=so" office:value-type="string" calcext:value-type="error"/>',
        "</table:table-row>",
    )

    assert without_value(path, "Places") == ["AB4", "AC4"]
