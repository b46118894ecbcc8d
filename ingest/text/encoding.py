# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns any text file into a UTF-8 file with lines, in memory bounded by a block."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from contracts.errors import SourceError
from ingest.unpacking import BLOCK, is_zipped, refuse_packed, unpack

LARGEST_LINE = 1 << 26
"""The most bytes of a line; also of a cell, if quotation marks keep it open over lines."""

_MOSTLY_UTF_8 = "mostly utf-8"
_HEAD = 4096
_OF_DOS = re.compile(rb"[a-z][\x81\x82\x84\x87-\x8b\x8d][a-z]")
_NOT_OF_DOS = re.compile(rb"[a-z][\x8e\x8f\x91\x92\xc0-\xff][a-z]")
_ZEROS_IN_UTF_16 = 0.25  # in Latin text, every second byte is zero


def as_utf8(path: Path, name: str, scratch: Path) -> Path:
    """``path`` itself if it is plain UTF-8, else the path of a copy in ``scratch``.

    Text that is UTF-8 except for some bytes, fewer than it has characters beyond ASCII, is read as
    UTF-8, and those bytes as Windows-1252. Text is of DOS (code page 850) if a letter inside a word
    would be a sign in Windows-1252, and no letter shows otherwise. Lines that end in just a
    carriage return get a newline.

    Raises:
        SourceError: the file is a damaged gzip file, unpacks to far too much, is a zip file, has
            text in none of these encodings nor in UTF-16, or has no lines.
    """
    plain = path
    if is_zipped(path):
        plain = scratch / "unzipped"
        unpack(path, name, plain)
    refuse_packed(plain, name)
    encoding = _encoding(plain, name)
    if encoding == "utf-8" and not _ends_in_returns(plain, encoding):
        return plain
    return _transcoded(plain, encoding, name, scratch)


def _encoding(path: Path, name: str) -> str:
    with path.open("rb") as file:
        utf_16 = _utf_16(file.read(_HEAD))
    if utf_16:
        return utf_16
    bad_bytes, beyond_ascii = _counted(path, name)
    if not bad_bytes:
        return "utf-8"
    if bad_bytes <= beyond_ascii:
        return _MOSTLY_UTF_8
    if _is_of_dos(path):
        return "cp850"
    if _is_in(path, "cp1252"):
        return "cp1252"
    raise SourceError(
        f"{name} is text in neither UTF-8 nor Windows-1252.", "Export it as CSV in UTF-8."
    )


def _utf_16(head: bytes) -> str | None:
    """The kind of UTF-16 of a file by how it begins; null if it does not look like that."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = head[::2].count(0), head[1::2].count(0)
    if min(zeros) or max(zeros) <= _ZEROS_IN_UTF_16 * len(head):
        return None
    return "utf-16-le" if zeros[1] else "utf-16-be"


def _counted(path: Path, name: str) -> tuple[int, int]:
    """The number of bytes that are not UTF-8, and of characters that are UTF-8 but not ASCII."""
    bad_bytes, beyond_ascii, line = 0, 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    for block in itertools.chain(_blocks(path), [b""]):
        if not block.isascii() or decoder.getstate()[0]:
            text = decoder.decode(block, final=not block)
            bad_bytes += len(block) - len(text.encode())
            beyond_ascii += len(text) - len(text.encode("ascii", "ignore"))
        line = _unfinished(line, block)
        _check(block, line, name)
    return bad_bytes, beyond_ascii


def _unfinished(line: int, block: bytes) -> int:
    """The length so far of the last line of ``block``, of which ``line`` bytes came before."""
    end = max(block.rfind(b"\n"), block.rfind(b"\r"))
    return line + len(block) if end < 0 else len(block) - end - 1


def _check(block: bytes, line: int, name: str) -> None:
    if b"\0" in block:
        raise SourceError(
            f"{name} holds zero bytes, so it is not text: it is not a CSV file, or it is damaged.",
            "Say its format, or export it again.",
        )
    if line > LARGEST_LINE:
        raise SourceError(
            f"{name} has a line of more than {LARGEST_LINE >> 20} MB.",
            "Export it with a line for each row.",
        )


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _is_of_dos(path: Path) -> bool:
    """Whether small letters have between them signs that are letters only in DOS, and no others."""
    is_so = False
    for block in _blocks(path):
        if _NOT_OF_DOS.search(block):
            return False
        is_so = is_so or _OF_DOS.search(block) is not None
    return is_so


def _is_in(path: Path, encoding: str) -> bool:
    try:
        return sum(1 for _ in _decoded(path, encoding)) > 0
    except UnicodeDecodeError:
        return False


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    known, errors = ("utf-8", _AS_CP1252) if encoding == _MOSTLY_UTF_8 else (encoding, "strict")
    decoder = codecs.getincrementaldecoder(known)(errors)
    for block in _blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Reads the bytes that are not UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


_AS_CP1252 = "hoeksteen.as-cp1252"
codecs.register_error(_AS_CP1252, _as_cp1252)


def _ends_in_returns(path: Path, encoding: str) -> bool:
    """Whether the lines of a file end in just a carriage return, by the first ones."""
    try:
        head = next(_decoded(path, encoding), "")
    except UnicodeDecodeError:  # reported when it is read
        return False
    return "\r" in head and "\n" not in head


def _transcoded(path: Path, encoding: str, name: str, scratch: Path) -> Path:
    copy = scratch / "utf-8"
    returns = _ends_in_returns(path, encoding)
    try:
        with copy.open("w", encoding="utf-8", newline="") as file:
            for text in _decoded(path, encoding):
                file.write(text.replace("\r", "\n") if returns else text)
    except UnicodeDecodeError:
        raise SourceError(
            f"{name} is not whole UTF-16 text.", "Export it as CSV in UTF-8."
        ) from None
    return copy
