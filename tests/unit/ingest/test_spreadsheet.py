# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is read of workbooks, and which are refused."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from pathlib import Path

import pytest

from contracts.errors import SourceError
from ingest.raw import DIGEST
from ingest.workbooks.date_system import counts_from_1904
from ingest.workbooks.spreadsheet import read_spreadsheet
from ingest.workbooks.workbook import sheet_of, tables_in
from tests.workbooks import compound, ods, xls, xlsb, xlsm, xlsx

NINE, GAP, DAY = map(
    dt.datetime.fromisoformat, ("2026-03-01T09:05:07", "2026-03-29T02:30:00", "2026-03-01")
)
HEADER = ("zaak", "stap", "tijdstip")
ROW = (46930483.0, "Toets", NINE)
TOLD = ("46930483", "Toets", "2026-03-01 09:05:07")


def rows_of(path, tmp_path, sheet=None, *, header=True):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    raw = read_spreadsheet(path, path.name, scratch, sheet, header=header)
    return raw.columns, raw.frame.drop(DIGEST).collect().rows()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda path, rows: xlsx(path, {"a": rows}), "a.xlsx"),
        (xlsm, "a.xlsm"),
        (xlsb, "a.xlsb"),
        (xls, "a.xls"),
        (ods, "a.ods"),
    ],
)
def test_every_kind_of_workbook(tmp_path, make, name):
    path = make(tmp_path / name, [HEADER, ROW, (123, "é & zo", "n.v.t.")])

    columns, [first, second] = rows_of(path, tmp_path)

    assert (columns, second) == (HEADER, (2, "123", "é & zo", "n.v.t."))
    assert first in [(1, *TOLD), (1, *TOLD[:2], TOLD[2].replace(" ", "T"))]


SAVED = Path(__file__).parent / "libreoffice"
"""One log, as LibreOffice 7.4 saved it: days count from 1904, and every fifth case is filtered."""


@pytest.mark.parametrize("name", ["log.ods", "log.xlsx", "log.xls"])
def test_what_libreoffice_saved(tmp_path, name):
    columns, rows = rows_of(SAVED / name, tmp_path, "Zaken")

    assert counts_from_1904(SAVED / name)
    # one other sheet is hidden, and one has no table
    assert tables_in(SAVED / name, name) == {"Zaken": 11}
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6, 8, 9, 10]  # the seventh is empty
    first = dict(zip(columns, rows[0][1:], strict=True))
    moments = {each: first.pop(each) for each in ("tijdstip", "datum", "tijd", "duur")}
    assert first == {
        "zaaknummer": "46930483",
        "stap": "Aanvraag ontvangen",
        "regio": "Noord",
        "formule": "NOORD",
        "procent": "0.25",
        "waar": "false",
        "fout": None,
        "bedrag": "12.5",
        "nummer": "0000",
    }
    assert moments["tijdstip"].replace("T", " ") == "2026-01-05 08:30:15"
    assert moments["datum"].removesuffix(" 00:00:00") == "2026-01-05"
    assert moments["tijd"].endswith(" 08:30:15")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda path, rows, **of: xlsx(path, {"a": rows}, **of), "a.xlsx"),
        (xlsb, "a.xlsb"),
        (xls, "a.xls"),
        (ods, "a.ods"),
    ],
)
@pytest.mark.parametrize("of_1904", [True, False])
def test_a_workbook_says_from_when_its_days_count(tmp_path, make, name, *, of_1904):
    rows = [HEADER, (46930483.0, "Toets", 44630.5)]
    path = make(tmp_path / name, rows, of_1904=of_1904)

    raw = read_spreadsheet(path, name, tmp_path)

    assert raw.of_1904 is of_1904
    assert raw.frame.select("c2").collect().item() == "44630.5"


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_workbook_that_breaks_off_says_nothing_of_its_days(tmp_path, cut):
    whole = xls(tmp_path / "a.xls", [HEADER, ROW]).read_bytes()
    begin = whole.index(b"\x09\x08")
    (tmp_path / "a.xls").write_bytes(whole[: begin + cut])
    book = zipfile.ZipFile(xlsb(tmp_path / "a.xlsb", [HEADER, ROW])).read("xl/workbook.bin")
    with zipfile.ZipFile(tmp_path / "b.xlsb", "w") as parts:
        parts.writestr("xl/workbook.bin", book[:cut])

    assert not counts_from_1904(tmp_path / "a.xls")
    assert not counts_from_1904(tmp_path / "b.xlsb")


def test_what_stands_in_the_current_folder_reads_no_workbook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fastexcel.py").write_text("raise SystemExit(1)")

    columns, _ = rows_of(xlsx(tmp_path / "a.xlsx", {"a": [HEADER, ROW]}), tmp_path)

    assert columns == HEADER


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (dt.time(16, 53), "1899-12-31 16:53:00"),
        (dt.time(0), "1899-12-31 00:00:00"),
        (dt.time(23, 59, 59), "1899-12-31 23:59:59"),
        (dt.timedelta(hours=26), None),
        (-dt.timedelta(hours=1), None),
        ("16:53", "16:53"),
        (0.5, "0.5"),
    ],
)
def test_a_time_of_day_of_libreoffice_is_as_one_of_excel(tmp_path, time, text):
    lines = [(None, *HEADER, "tijd"), (None, "007", "Toets", None, time), (None, "008", "x", DAY)]

    columns, rows = rows_of(ods(tmp_path / "a.ods", lines), tmp_path)

    assert columns == (*HEADER, "tijd")
    assert rows == [(1, "007", "Toets", None, text), (2, "008", "x", "2026-03-01", None)]


@pytest.mark.parametrize("name", ["a.xls", "a.dat", "a.ods"])
def test_a_workbook_may_be_called_otherwise(tmp_path, name):
    path = xlsx(tmp_path / name, {"a": [HEADER, ROW]})

    assert rows_of(path, tmp_path) == (HEADER, [(1, *TOLD)])


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        pytest.param((1.0, 1.5, 0.1 + 0.2), ("1", "1.5", "0.3"), id="numbers"),
        pytest.param((123456789012345.0, -5, 0), ("123456789012345", "-5", "0"), id="ids"),
        pytest.param((NINE, "n.v.t.", 123), ("2026-03-01 09:05:07", "n.v.t.", "123"), id="mixed"),
        pytest.param(
            (NINE, "13-03-2026", "1"), ("2026-03-01 09:05:07", "13-03-2026", "1"), id="texts"
        ),
        pytest.param((True, False, "ja"), ("true", "false", "ja"), id="truths"),
        pytest.param(("007", " x ", "  "), ("007", "x", None), id="text is text"),
        pytest.param(("=NA()", "x", None), ("=NA()", "x", None), id="no formula"),
        pytest.param((GAP, "x", "x"), ("2026-03-29 02:30:00", "x", "x"), id="gap"),
        pytest.param((DAY, "x", "x"), ("2026-03-01 00:00:00", "x", "x"), id="day"),
    ],
)
def test_every_value_keeps_its_meaning(tmp_path, cells, texts):
    path = xlsx(tmp_path / "a.xlsx", {"a": [HEADER, cells, ("x", "x", "x")]})

    assert rows_of(path, tmp_path)[1][0] == (1, *texts)


def test_every_second_of_a_serial_number_is_found(tmp_path):
    times = [DAY + dt.timedelta(seconds=7 * n) for n in range(12_400)]
    path = xlsx(tmp_path / "a.xlsx", {"a": [("t", "u"), *((time, "x") for time in times)]})

    assert [row[1] for row in rows_of(path, tmp_path)[1]] == list(map(str, times))


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        pytest.param([HEADER, ROW, (None,), ROW], [(1, *TOLD), (3, *TOLD)], id="empty line"),
        pytest.param([(None,), HEADER, ROW], [(1, *TOLD)], id="lower"),
        pytest.param([("Rapport 2026",), (None,), HEADER, ROW], [(1, *TOLD)], id="title"),
        pytest.param([("Zaak",), HEADER, ROW], [(1, *TOLD)], id="merged cells above the header"),
        pytest.param([HEADER, ROW, ("Totaal", 1)], [(1, *TOLD)], id="total"),
        pytest.param(
            [HEADER, ROW, ("Totaal", 1), (None,), ("Bron: x",)], [(1, *TOLD)], id="source"
        ),
        pytest.param([HEADER, ROW, (None, "Eindtotaal:", 1)], [(1, *TOLD)], id="grand total"),
        pytest.param(
            [HEADER, ("Totaalbeeld", "a", NINE)],
            [(1, "Totaalbeeld", *("a", TOLD[2]))],
            id="no total",
        ),
        pytest.param([(*HEADER, "leeg"), ROW], [(1, *TOLD, None)], id="empty column"),
        pytest.param(
            [HEADER, ROW, (1, None, None)], [(1, *TOLD), (2, "1", None, None)], id="short"
        ),
    ],
)
def test_what_is_a_row(tmp_path, lines, rows):
    path = xlsx(tmp_path / "a.xlsx", {"a": lines})

    assert rows_of(path, tmp_path)[1] == rows


@pytest.mark.parametrize("moment", [NINE, DAY, dt.time(9)])
def test_a_moment_in_a_workbook_of_libreoffice_names_no_column(tmp_path, moment):
    path = ods(tmp_path / "a.ods", [("Z-1", "Toets", moment)] * 2)

    with pytest.raises(SourceError, match=r"a\.ods has no header"):
        rows_of(path, tmp_path)


def test_without_a_header_columns_are_numbered(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"a": [ROW, ROW]})

    columns, rows = rows_of(path, tmp_path, header=False)

    assert columns == ("column 1", "column 2", "column 3")
    assert rows == [(1, *TOLD), (2, *TOLD)]


@pytest.mark.parametrize(
    ("sheets", "hidden", "sheet"),
    [
        ({"a": [HEADER, ROW], "leeg": [], "uitleg": [("Geheim",)]}, (), None),
        ({"a": [HEADER, ROW], "b": [HEADER]}, ("b",), None),
        ({"b": [HEADER], "a": [HEADER, ROW]}, ("a",), "a"),
    ],
)
def test_the_only_sheet_with_a_table_is_meant(tmp_path, sheets, hidden, sheet):
    path = xlsx(tmp_path / "a.xlsx", sheets, hidden)

    assert rows_of(path, tmp_path, sheet)[1] == [(1, *TOLD)]


@pytest.mark.parametrize(
    ("sheets", "sheet", "says"),
    [
        ({"a": [HEADER, ROW], "b": [HEADER, ROW]}, None, "sheet: a. They are: a, b"),
        ({"a": [HEADER, ROW], "b": [HEADER, ROW]}, "c", "no sheet 'c'. It has: a, b"),
        ({"a": []}, None, "no sheet that holds a table"),
        ({"a": [HEADER]}, None, "no rows. Export it again, with rows; or remove it"),
        ({"a": [HEADER, ("Totaal", 0)]}, None, "has no rows"),
        ({"a": [(" ", " ")]}, None, "has no header"),
        ({"a": [("Geheim", *HEADER, None), (1, 2, 3, 4, 5)]}, None, "the values in column 5"),
        ({"a": [("Zaak", None, "Datums"), HEADER, ROW]}, None, "the values in column 2"),
        ({"a": [ROW, ROW]}, None, "has no header"),
        ({"a": [("Geheim",), ROW, ROW]}, None, "has no header"),
    ],
)
def test_refuses_what_is_not_clear(tmp_path, sheets, sheet, says):
    path = xlsx(tmp_path / "a.xlsx", sheets)

    with pytest.raises(SourceError) as refused:
        rows_of(path, tmp_path, sheet)

    assert says in str(refused.value)
    assert not [value for value in ("Geheim", "46930483", "Toets") if value in str(refused.value)]


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (None, "as in sheet: Zaken. They are: Zaken, 2024, 3 called after a value."),
        ("b", "It has: Zaken, 2024, 3 called after a value."),
    ],
)
def test_a_sheet_that_is_called_after_a_person_is_not_told(tmp_path, sheet, says):
    names = ("Mevr. Canary-Jansen", "Zaken", "123456782", "canary@x.nl", "2024")
    path = xlsx(tmp_path / "a.xlsx", {name: [HEADER, ROW] for name in names})

    with pytest.raises(SourceError) as refused:
        rows_of(path, tmp_path, sheet)

    assert says in str(refused.value)
    assert "anary" not in str(refused.value)


def test_a_sheet_that_is_called_after_a_person_can_be_named(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"Zaken": [HEADER], "Mevr. Jansen": [HEADER, ROW]})

    assert rows_of(path, tmp_path, "Mevr. Jansen")[1] == [(1, *TOLD)]


def bomb(path):
    """A workbook with a part that says nothing, a hundred million times."""
    xlsx(path, {"a": [HEADER, ROW]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/comments.xml", bytes(100_000_000))


def with_rows(path, rows):
    """A workbook with more rows, as XML."""
    xlsx(path, {"a": [HEADER, ROW]})
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = parts.pop("xl/worksheets/sheet1.xml").replace(b"</sheetData>", rows + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part, content in parts.items():
            out.writestr(part, content)
        out.writestr("xl/worksheets/sheet1.xml", sheet)


def lying(path):
    """A bomb whose directory says that it is small."""
    cell = b'<c t="str"><v>' + b"x" * 100 + b"</v></c>"
    with_rows(path, (b"<row>" + cell * 10 + b"</row>") * 60_000)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 9)
    path.write_bytes(content)


def far(path):
    with_rows(path, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def cut(path):
    path.write_bytes(xlsx(path, {"a": [HEADER, ROW]}).read_bytes()[:-30])


def holed(path):
    content = bytearray(xlsx(path, {"a": [HEADER, ROW]}).read_bytes())
    content[1000:4000] = bytes(3000)
    path.write_bytes(content)


def zipped(path):
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("a.csv", "zaak;stap\n1;geheim\n")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (zipped, "is a zip file, not a workbook. Unpack it"),
        (lambda path: path.write_text("zaak;stap\n1;geheim\n"), "is not a workbook. If it is text"),
        (lambda path: path.write_bytes(b"PK\x03\x04 geheim"), "is not a whole workbook"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0 geheim"), "is not a whole workbook"),
        (
            lambda path: path.write_bytes(compound({"EncryptedPackage": b""})),
            "protected by a password",
        ),
        (cut, "is not a whole workbook"),
        (holed, "is not a whole workbook"),
        (bomb, "times larger if it were unzipped"),
        (lying, "is not a whole workbook"),
        (far, "takes more than 4 GB of memory"),
    ],
)
def test_refuses_what_cannot_be_read(tmp_path, make, says):
    path = tmp_path / "a.xlsx"
    make(path)

    with pytest.raises(SourceError) as refused:
        rows_of(path, tmp_path)

    assert says in str(refused.value)
    assert str(refused.value).startswith("a.xlsx")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("disk", "said"),
    [
        ("/dev/full", "No space left on device"),
        ("/nowhere/sheet.parquet", "No such file or directory"),
    ],
)
def test_a_disk_that_is_full_is_no_fault_of_the_workbook(tmp_path, disk, said):
    path = xlsx(tmp_path / "a.xlsx", {"a": [HEADER, ROW]})
    (tmp_path / "sheet.parquet").symlink_to(disk)

    with pytest.raises(OSError, match=said) as failed:
        sheet_of(path, path.name, tmp_path)

    assert failed.value.strerror == said
