# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Any text file as a UTF-8 file, in memory bounded by a block."""

from __future__ import annotations

import codecs
import gzip
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from contracts.errors import SourceError

_BLOCK = 1 << 22
_GZIP_MAGIC = b"\x1f\x8b"


def as_utf8(path: Path, name: str, scratch: Path) -> Path:
    """``path`` itself where it is plain UTF-8, else the path of a copy in ``scratch``.

    Raises:
        SourceError: a damaged gzip file, or text in neither UTF-8, Windows-1252, nor UTF-16 with
            a byte order mark.
    """
    plain = _unzipped(path, name, scratch) if _starts_with(path, _GZIP_MAGIC) else path
    encoding = _encoding(plain, name)
    return plain if encoding == "utf-8" else _transcoded(plain, encoding, name, scratch)


def _starts_with(path: Path, *marks: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(marks)


def _unzipped(path: Path, name: str, scratch: Path) -> Path:
    plain = scratch / "unzipped"
    try:
        with gzip.open(path) as zipped, plain.open("wb") as file:
            shutil.copyfileobj(zipped, file, _BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SourceError(f"{name} is a damaged gzip file.", "Export or copy it again.") from None
    return plain


def _encoding(path: Path, name: str) -> str:
    if _starts_with(path, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        if _is_in(path, encoding):
            return encoding
    raise SourceError(
        f"{name} is text in neither UTF-8 nor Windows-1252.", "Export it as CSV in UTF-8."
    )


def _is_in(path: Path, encoding: str) -> bool:
    """Whether all of the file decodes, and is text: a zero byte is in no text."""
    try:
        return all("\0" not in text for text in _decoded(path, encoding))
    except UnicodeDecodeError:
        return False


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _transcoded(path: Path, encoding: str, name: str, scratch: Path) -> Path:
    copy = scratch / "utf-8"
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_decoded(path, encoding))
    except UnicodeDecodeError:
        raise SourceError(
            f"{name} is not whole UTF-16 text.", "Export it as CSV in UTF-8."
        ) from None
    return copy
