# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Small workbooks, for all tests that need one."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | float | bool | dt.datetime | dt.time | dt.timedelta | None
Rows = Sequence[Sequence[Cell]]

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512
_HOUR = dt.timedelta(hours=1)
_FROM = dt.datetime.fromisoformat("1899-12-30")


def xlsx(
    path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = (), *, of_1904: bool = False
) -> Path:
    """A workbook of Excel; ``of_1904``: its days count from 1904."""
    options = {"strings_to_formulas": False, "date_1904": of_1904}
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is None:
                        continue
                    is_time = isinstance(cell, dt.datetime | dt.time)
                    sheet.write(place, column, cell, day if is_time else None)
    return path


def xlsm(path: Path, rows: Rows) -> Path:
    """A workbook of Excel that may have macros, with one sheet."""
    with zipfile.ZipFile(xlsx(path, {"blad": rows})) as made:
        parts = {each: made.read(each) for each in made.namelist()}
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with_macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert plain in parts["[Content_Types].xml"]
    types = parts["[Content_Types].xml"].replace(plain, with_macros)
    macros = compound({"PROJECT": b"macros"})
    with zipfile.ZipFile(path, "w") as book:
        for name, content in {**parts, "[Content_Types].xml": types}.items():
            book.writestr(name, content)
        book.writestr("xl/vbaProject.bin", macros)
    return path


def xlsb(path: Path, rows: Rows, *, of_1904: bool = False) -> Path:
    """A binary workbook of Excel 2007 and later, with one sheet."""
    name, link = _wide("blad"), _wide("rId1")
    properties = (153, struct.pack("<III", of_1904, 0, 0))
    book = [
        (131, b""),
        properties,
        (143, b""),
        (156, struct.pack("<II", 0, 1) + link + name),
        (144, b""),
    ]
    styles = [(617, struct.pack("<I", 2)), *((47, struct.pack("<HH12x", 0, n)) for n in (0, 22))]
    size = struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)
    sheet = [(129, b""), (148, size), (145, b"")]
    for place, row in enumerate(rows):
        sheet.append((0, struct.pack("<I", place)))
        sheet += [_of_xlsb(n, cell) for n, cell in enumerate(row) if cell is not None]
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    of_sheet = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    links = (
        f'<Relationships xmlns="{relations}">'
        f'<Relationship Id="rId1" Type="{of_sheet}" Target="worksheets/sheet1.bin"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/_rels/workbook.bin.rels", links)
        parts.writestr("xl/workbook.bin", _binary([*book, (132, b"")]))
        parts.writestr("xl/styles.bin", _binary([*styles, (618, b"")]))
        parts.writestr("xl/worksheets/sheet1.bin", _binary([*sheet, (146, b""), (130, b"")]))
    return path


def _of_xlsb(column: int, cell: Cell) -> tuple[int, bytes]:
    is_time = isinstance(cell, dt.datetime)
    place = struct.pack("<II", column, int(is_time))
    if isinstance(cell, str):
        return 6, place + _wide(cell)
    value = (cell - _FROM) / dt.timedelta(1) if is_time else float(cell)
    return 5, place + struct.pack("<d", value)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary(records: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(_sevens(kind) + _sevens(len(said)) + said for kind, said in records)


def _sevens(number: int) -> bytes:
    """A number in seven bits per byte; the eighth says that another byte follows."""
    head = b""
    while number > 127:
        head, number = head + bytes([number & 127 | 128]), number >> 7
    return head + bytes([number])


def ods(path: Path, rows: Rows, *, of_1904: bool = False) -> Path:
    """A workbook of LibreOffice, with one sheet."""
    cells = "".join(
        f"<table:table-row>{''.join(map(_of_ods, row))}</table:table-row>" for row in rows
    )
    null_date = '<table:null-date table:date-value="1904-01-01"/>' if of_1904 else ""
    settings = f"<table:calculation-settings>{null_date}</table:calculation-settings>"
    names = {
        each: f"urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"
        for each in ("office", "table", "text")
    }
    spaces = " ".join(f'xmlns:{each}="{name}"' for each, name in names.items())
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        parts.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}"/>')
        parts.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{settings}"
            f'<table:table table:name="blad">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _of_ods(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, dt.datetime):  # a midnight is written as just a day
        said = cell.isoformat().removesuffix("T00:00:00")
        return _ods_cell("date", f'office:date-value="{said}"')
    if isinstance(cell, dt.time):
        return _ods_cell("time", f'office:time-value="{cell:PT%HH%MM%SS}"')
    if isinstance(cell, dt.timedelta):
        sign = "-" * (cell < dt.timedelta())
        return _ods_cell("time", f'office:time-value="{sign}PT{abs(cell) // _HOUR:02}H00M00S"')
    if isinstance(cell, str):
        return _ods_cell("string", "", f"<text:p>{escape(cell)}</text:p>")
    return _ods_cell("float", f'office:value="{cell}"')


def _ods_cell(kind: str, value: str, text: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {value}>{text}</table:table-cell>'


def xls(path: Path, rows: Rows, *, of_1904: bool = False) -> Path:
    """A workbook of Excel 97, with one sheet."""
    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600)
    formats = b"".join(_record(0xE0, struct.pack("<HH16x", 0, each)) for each in (0, 22))
    head = _record(0x809, start) + _record(0x22, struct.pack("<H", of_1904)) + formats
    name = b"blad"
    at = len(head) + 4 + 8 + len(name) + 4
    head += _record(0x85, struct.pack("<IHBB", at, 0, len(name), 0) + name) + _record(0x0A, b"")
    cells = b"".join(
        _of_xls(place, column, cell)
        for place, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell is not None
    )
    sheet = _record(0x809, start[:2] + struct.pack("<H", 0x10) + start[4:]) + cells
    path.write_bytes(compound({"Workbook": head + sheet + _record(0x0A, b"")}))
    return path


def _of_xls(row: int, column: int, cell: Cell) -> bytes:
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        place = struct.pack("<HHHHB", row, column, 0, len(cell), 1)
        return _record(0x204, place + text)
    is_time = isinstance(cell, dt.datetime)
    value = (cell - _FROM) / dt.timedelta(1) if is_time else float(cell)
    return _record(0x203, struct.pack("<HHHd", row, column, int(is_time), value))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with these streams."""
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    table, body, entries = [_FAT, _END], io.BytesIO(), []
    for number, (name, content) in enumerate(padded.items(), start=1):
        sectors = -(-len(content) // _SECTOR)
        first = len(table)
        table += [*range(first + 1, first + sectors), _END]
        body.write(content.ljust(sectors * _SECTOR, b"\0"))
        following = number + 1 if number < len(padded) else _FREE
        entries.append(_entry(name, 2, right=following, first=first, size=len(content)))
    root = _entry("Root Entry", 5, child=1, first=_END)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    return head + fat + b"".join([root, *entries]).ljust(_SECTOR, b"\0") + body.getvalue()


def _entry(
    name: str,
    kind: int,
    *,
    child: int = _FREE,
    right: int = _FREE,
    first: int = _END,
    size: int = 0,
) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    links = struct.pack(
        "<HBBIII16x4x8x8xIQ", len(written), kind, 1, _FREE, right, child, first, size
    )
    return written.ljust(64, b"\0") + links
