# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds the files of what somebody calls an export, and their format."""

from __future__ import annotations

import difflib
import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import SourceError, UsageError
from contracts.formats import Format, format_of_name, is_meant
from contracts.sources import Source
from ingest.source_files import SourceFile, check_name, find_files, no_file
from ingest.unpacking import blocks

_HEAD = 4096
_MAGIC: dict[bytes, Format] = {
    b"PAR1": "parquet",
    b"PK\x03\x04": "excel",
    b"\xd0\xcf\x11\xe0": "excel",
    b"SQLite format 3": "ocel",
}
_OBJECTS = (
    *(b"ocel:", b"objectTypes", b"eventTypes", b"object-types"),
    *(b'"objectId"', b"object-id="),
)
_IS_A_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table)\b", re.IGNORECASE)
_OLD_SHEETS = re.compile(
    rb"ID;P\w+;N;E\s|\x09\x00\x04\x00|\x09[\x02\x04]\x06\x00"  # SYLK, and Excel 2 to 4
    # the XML of Excel 2003
    rb"|(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*(?:<\?mso[^>]*>\s*)?<(?:\w+:)?Workbook\b"
)
# `detail`: an error of the API, which is told when it is read
_IS_OF_ZGW = re.compile(rb'"(?:results|url|hoofdObject|detail)"')


@dataclass(frozen=True)
class Export:
    """The files of an export, all in one ``format``; ``path`` is how a config names them."""

    path: str
    format: Format
    files: tuple[SourceFile, ...]


def open_export(given: str, config: Path) -> Export:
    """Finds the files of an export, and tells their format by how they begin.

    Args:
        given: a file, a folder or a pattern, relative to the current folder.
        config: the config that will name it; nothing is written.

    Raises:
        SourceError: there is no such file, its name is not text, its format cannot be read yet, or
            we may not look through it.
        UsageError: the files are of several formats.
    """
    if "://" in given:
        raise SourceError(
            f"init looks only at files, and {given.partition('://')[0]}:// is not a file.",
            "Give it part of the export as a file, and then change path and query by hand.",
        )
    check_name(Path(given))
    try:
        return _open(given, config)
    except OSError as error:
        raise SourceError(
            f"{given} cannot be read: {error.strerror}.",
            "Make it readable for the user that runs this.",
        ) from None


def _open(given: str, config: Path) -> Export:
    named = _pattern(Path(given)) if Path(given).is_dir() else given
    format_ = _one_format(named, given)
    path = named if Path(named).is_absolute() else _relative(named, config)
    return Export(path, format_, tuple(find_files(Source(path=path, format=format_), config, 0)))


def _pattern(folder: Path) -> str:
    """A pattern for the files that a folder means: those with one ending, or pages of a ZGW API."""
    files = [
        file
        for file in folder.iterdir()
        if file.is_file() and is_meant(file, folder) and format_of_name(file)
    ]
    endings = {"".join(file.suffixes[-2 if file.suffix == ".gz" else -1 :]) for file in files}
    if len(endings) > 1:
        raise UsageError(
            f"{folder} holds files that end in {', '.join(sorted(endings))}.",
            f"Say which of them are the export: '{folder / ('*' + min(endings))}'.",
        )
    if endings:
        return f"{glob.escape(folder.as_posix())}/*{endings.pop()}"
    return folder.as_posix()


def _one_format(named: str, given: str) -> Format:
    """The format of all files that ``named`` means."""
    path = Path(named)
    if path.is_dir():
        page = next((page for page in path.rglob("*.json") if is_meant(page, path)), None)
        if page:
            return "ocel" if _format_of(page) == "ocel" else "zgw"
        paths = [file for file in path.iterdir() if file.is_file()]
    else:
        paths = [path] if path.is_file() else _matching(named)
    there = [file for file in sorted(paths) if file.is_file() and is_meant(file, path)]
    for file in there:
        check_name(file)
    formats = {_format_of(file) for file in there}
    if not formats and path.is_dir():
        raise SourceError(
            f"The folder {given} holds no export.", "Folders inside it are not searched."
        )
    if not formats:
        raise no_file(path, given) or SourceError(f"There is no export {given}.", _near(path))
    if len(formats) > 1:
        raise UsageError(
            f"{given} matches files of several formats: {', '.join(sorted(formats))}.",
            "A source has one format; choose the files of one, as in 'exports/*.csv'.",
        )
    return formats.pop()


def _matching(pattern: str) -> list[Path]:
    return [Path(each) for each in glob.glob(pattern, recursive=True)]  # noqa: PTH207 - or absolute


def _format_of(path: Path) -> Format:
    """The format of a file by how it begins; delimited text if it begins like no other."""
    try:
        head = _head(path)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.",
            "Make it readable for the user that runs this.",
        ) from None
    for magic, format_ in _MAGIC.items():
        if head.startswith(magic):
            return format_
    _refuse_old_sheets(path, head)
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text[:1] not in (b"<", b"{", b"["):
        return "csv"
    if any(each in head for each in _OBJECTS):
        return "ocel"
    if _IS_A_PAGE.match(text):
        raise SourceError(
            f"{path} is a web page, whatever its name says.",
            "Save it as .xlsx from a spreadsheet program; or check whether it is a login page.",
        )
    if text[:1] in (b"{", b"[") and b'"' in text and not _IS_OF_ZGW.search(text):
        raise SourceError(
            f"{path} is JSON, but neither OCEL nor an answer of a ZGW API.",
            "Export it as a table: as CSV, Parquet or a workbook.",
        )
    return "xes" if text[:1] == b"<" else "zgw"


def _refuse_old_sheets(path: Path, head: bytes) -> None:
    if _OLD_SHEETS.match(head):
        raise SourceError(
            f"{path} is in an old spreadsheet format that cannot be read: SYLK, Excel 2003 XML, "
            f"or from before Excel 5.",
            "Open it in a spreadsheet program, and save it as .xlsx.",
        )


def _head(path: Path) -> bytes:
    return next(blocks(path, str(path), _HEAD), b"")


def _relative(path: str, config: Path) -> str:
    return Path(os.path.relpath(path, config.parent)).as_posix()


def _near(path: Path) -> str:
    beside = path.parent.iterdir() if path.parent.is_dir() else []
    there = [file.name for file in beside if file != path]
    near = difflib.get_close_matches(path.name, sorted(there), n=1)
    return (
        f"Did you mean {path.parent / near[0]}?" if near else "Give the path of a file or folder."
    )
