# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the days of a workbook count from 1904, as those of Excel for the Mac once did.

The reader of workbooks handles cells that are formatted as dates. It does not know that a plain
number is a day, so whoever reads it as one must know what it counts from.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

_ZIP = b"PK"
_MOST = 1 << 24
"""The most bytes to search: the setting comes before the cells, or near the start of a part."""
_SAID_IN = {
    "xl/workbook.xml": rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']",
    "content.xml": rb"<table:null-date\b[^>]*\btable:date-value\s*=\s*[\"']1904-01-01",
}
_BINARY = "xl/workbook.bin"
_PROPERTIES_OF_BINARY = 153  # BrtWbProp, whose first bit says it
_BEGIN_OF_BOOK = re.compile(rb"\x09\x08..\x00[\x05\x06]\x05\x00", re.DOTALL)
_DATE_MODE, _END, _SECTOR = 0x0022, 0x000A, 512  # of records of Excel 97, and of its files


def counts_from_1904(path: Path) -> bool:
    """Whether a workbook, which was read as one, says that its days count from 1904."""
    with path.open("rb") as file:
        is_zip = file.read(len(_ZIP)) == _ZIP
    return _zipped_does(path) if is_zip else _old_does(path)


def _zipped_does(path: Path) -> bool:
    with zipfile.ZipFile(path) as parts:
        names = set(parts.namelist())
        if _BINARY in names:
            return _binary_does(_head(parts, _BINARY))
        return any(
            re.search(says, _head(parts, name)) is not None
            for name, says in _SAID_IN.items()
            if name in names
        )


def _head(parts: zipfile.ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(_MOST)


def _binary_does(book: bytes) -> bool:
    """Whether an .xlsb says so; the kind and size of its records are in seven bits per byte."""
    at = 0
    while at < len(book):
        kind, at = _number(book, at)
        size, at = _number(book, at)
        if kind == _PROPERTIES_OF_BINARY:
            return bool(book[at : at + 1] and book[at] & 1)
        at += size
    return False


def _number(book: bytes, at: int) -> tuple[int, int]:
    """The number at ``at``, and the place after it."""
    value = shift = 0
    while at < len(book):
        byte, at = book[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:  # noqa: PLR2004 - the eighth bit says that another one follows
            break
    return value, at


def _old_does(path: Path) -> bool:
    """Whether an .xls says so; its sectors are in order up to this record, one of the first."""
    with path.open("rb") as file:
        whole = file.read(_MOST)
    return any(
        kind == _DATE_MODE and said[:1] == b"\1"
        for start in range(0, len(whole), _SECTOR)
        if _BEGIN_OF_BOOK.match(whole, start)
        for kind, said in _records(whole, start)
    )


def _records(whole: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from ``at`` up to the last one."""
    while at + 4 <= len(whole):
        kind, size = struct.unpack_from("<HH", whole, at)
        yield kind, whole[at + 4 : at + 4 + size]
        if kind == _END:
            return
        at += 4 + size
