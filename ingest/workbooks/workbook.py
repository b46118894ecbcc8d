# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Takes one sheet out of a workbook, in a process of its own with limited memory.

The size of a sheet in a small file is not known until it is read: one cell in the last corner makes
a table of 17 billion cells. If that does not fit, only the other process ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from contracts.errors import SourceError
from ingest.privacy.header_names import names_to_tell, that_may_be_told

MOST_MEMORY = 4 << 30
"""The most bytes of memory that reading a workbook may take."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OPENDOCUMENT = "mimetype"
_IN_A_BOOK = (_OPENDOCUMENT, "[Content_Types].xml", "xl/")
_NO_DAY, _AS_OF_EXCEL = pl.lit(dt.datetime(1899, 12, 31)), "%Y-%m-%d %H:%M:%S%.f"  # noqa: DTZ001
_FEWEST_COLUMNS = 2
_MOST_UNZIPPED, _MANY_UNZIPPED, _MOST_TIMES_LARGER = 8 << 30, 64 << 20, 200

_SAVE_AGAIN = "Open it in a spreadsheet program, and save it again as .xlsx."
_REFUSED = {
    "password": ("{name} is protected by a password.", "Save it without one."),
    "damaged": ("{name} is not a whole workbook.", _SAVE_AGAIN),
    "large": (
        "{name} takes more than {most} GB of memory to read.",
        "Are there cells far from the table? If not, export it as CSV.",
    ),
    "empty": (
        "{name} has no sheet that holds a table.",
        "A table has rows, and two columns or more; name a hidden sheet under sheet: to read it.",
    ),
    "absent": ("{name} has no sheet '{sheet}'.", "It has: {sheets}."),
    "several": (
        "{name} has more than one sheet that holds a table.",
        "Say which is meant, as in sheet: {first}. They are: {sheets}.",
    ),
}


def sheet_of(path: Path, name: str, scratch: Path, sheet: str | None = None) -> Path:
    """Writes the cells of one sheet, as texts, to a Parquet file in ``scratch``; gives its path.

    A number is written as short as possible, a moment in ISO 8601, an error as nothing.

    Args:
        path: the workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), whatever its name ends in.
        name: what errors call it.
        scratch: an empty folder.
        sheet: the name of the sheet; if null, the only one with a table that is not hidden.

    Raises:
        SourceError: the file is not a workbook, is damaged, locked or too large, or it is not clear
            which sheet is meant.
        OSError: the file in ``scratch`` cannot be written.
    """
    out = scratch / "sheet.parquet"
    _ask(path, name, out, sheet)
    return out


def tables_in(path: Path, name: str) -> dict[str, int]:
    """The sheets of a workbook with a table that are not hidden, each with its number of lines.

    Raises:
        SourceError: the file is not a workbook, or is damaged, locked or too large.
    """
    tables: dict[str, int] = _ask(path, name, None, None)["tables"]
    return tables


def _ask(path: Path, name: str, out: Path | None, sheet: str | None) -> dict[str, Any]:
    """The answer of the other process, which writes a sheet to ``out`` or names all sheets."""
    _check_size(path, name)
    done = subprocess.run(  # noqa: S603 - ourselves
        # -P: import no module from the current folder
        [sys.executable, "-P", "-m", __name__, json.dumps([str(path), out and str(out), sheet])],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        check=False,
    )
    if done.returncode > 0:
        raise RuntimeError("a workbook could not be read in a process of its own")
    # out of memory, it is ended by a signal
    told: dict[str, Any] = {"refused": "large"} if done.returncode else json.loads(done.stdout)
    if "unwritten" in told:
        raise OSError(told["unwritten"], os.strerror(told["unwritten"]))
    if "refused" in told:
        raise _refusal(told["refused"], name, told.get("sheets", []), sheet)
    return told


def _check_size(path: Path, name: str) -> None:
    """Refuses what is not a workbook, or would be far too large unzipped."""
    size = path.stat().st_size
    if not size:
        raise SourceError(f"{name} is empty.", "Export it again.")
    with path.open("rb") as file:
        head = file.read(len(_ZIP))
    if head not in (_ZIP, _OLE):
        raise SourceError(
            f"{name} is not a workbook.", "If it is text with another name, say format: csv."
        )
    if head == _OLE:
        return
    try:
        with zipfile.ZipFile(path) as parts:
            if not any(each.startswith(_IN_A_BOOK) for each in parts.namelist()):
                raise SourceError(
                    f"{name} is a zip file, not a workbook.",
                    "Unpack it, and give the path of what is in it.",
                )
            unzipped = sum(part.file_size for part in parts.infolist())
            if unzipped > min(_MOST_UNZIPPED, max(_MANY_UNZIPPED, _MOST_TIMES_LARGER * size)):
                raise SourceError(
                    f"{name} would be {unzipped / size:,.0f} times larger if it were unzipped, "
                    "as no table is.",
                    _SAVE_AGAIN,
                )
            is_whole = parts.testzip() is None  # no part is larger than it claims
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        is_whole = False
    if not is_whole:
        raise _refusal("damaged", name)


def _refusal(
    kind: str, name: str, sheets: Sequence[str] = (), sheet: str | None = None
) -> SourceError:
    first = next(iter(that_may_be_told(sheets)), "…")
    words = {"name": name, "sheet": sheet, "sheets": names_to_tell(sheets), "first": first}
    message, hint = (text.format(**words, most=MOST_MEMORY >> 30) for text in _REFUSED[kind])
    return SourceError(message, hint)


def _take(path: Path, out: Path | None, sheet: str | None) -> dict[str, Any]:
    """The work of the other process; it tells what went wrong by a key of ``_REFUSED``."""
    import fastexcel

    # from a path, the library would judge a workbook by its name
    whole = path.read_bytes()
    given = path if path.suffix.lower() == ".xls" and whole.startswith(_OLE) else whole
    try:
        book = fastexcel.read_excel(given)
        if sheet is not None and sheet not in book.sheet_names:
            return {"refused": "absent", "sheets": book.sheet_names}
        if out is None:
            return {"tables": _tables(book)}
        tables = [sheet] if sheet is not None else list(_tables(book))
        if len(tables) != 1:
            return {"refused": "several" if tables else "empty", "sheets": tables}
        table = _as_parquet(_texts(book, tables[0], whole))
    except MemoryError:
        return {"refused": "large"}
    except BaseException as error:  # a panic of the library is not an Exception
        is_locked = "password" in str(error).lower() or _ENCRYPTED in whole
        return {"refused": "password" if is_locked else "damaged"}
    return _written(table, out)


def _texts(book: Any, sheet: str, whole: bytes) -> pl.DataFrame:
    """The cells of a sheet; times of day in an .ods are written as in Excel.

    When asked for texts, the library leaves those out; when asked for durations, it gives only
    those.
    """
    cells = _cells(book, sheet)
    texts: pl.DataFrame = cells.to_polars()
    told = zip(cells.selected_columns, texts, strict=True)
    gaps = [each.absolute_index for each, column in told if column.null_count()]
    if not gaps or not _is_opendocument(whole):
        return texts
    times: pl.DataFrame = _cells(book, sheet, "duration", gaps).to_polars()
    clocks = times.select((pl.all() + _NO_DAY).dt.to_string(_AS_OF_EXCEL))
    return texts.with_columns(texts[clock.name].fill_null(clock) for clock in clocks)


def _is_opendocument(whole: bytes) -> bool:
    """Whether a workbook is an .ods, whatever its name."""
    if not whole.startswith(_ZIP):
        return False
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        return _OPENDOCUMENT in parts.namelist()


def _as_parquet(frame: pl.DataFrame) -> bytes:
    frame.columns = [f"c{number}" for number in range(frame.width)]
    frame.write_parquet(whole := io.BytesIO())
    return whole.getvalue()


def _written(table: bytes, out: Path) -> dict[str, Any]:
    """Writes the table; a full disk is not a fault of the workbook."""
    try:
        out.write_bytes(table)
    except OSError as error:
        return {"unwritten": error.errno}
    return {}


def _tables(book: Any) -> dict[str, int]:
    sheets = ((name, _cells(book, name)) for name in book.sheet_names)
    return {
        name: cells.total_height
        for name, cells in sheets
        if cells.visible == "visible" and cells.width >= _FEWEST_COLUMNS
    }


def _cells(book: Any, sheet: str, kind: str = "string", columns: list[int] | None = None) -> Any:
    return book.load_sheet(sheet, header_row=None, dtypes=kind, use_columns=columns)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # a system without such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_memory()
    path, out, sheet = json.loads(sys.argv[1])
    json.dump(_take(Path(path), out and Path(out), sheet), sys.stdout)
