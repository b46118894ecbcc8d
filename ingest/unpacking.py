# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads a file, plain or gzipped, in blocks; refuses one that unpacks to far too much."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from contracts.errors import SourceError

BLOCK = 1 << 22
_MAGIC = b"\x1f\x8b"

_PACKED = {
    _MAGIC: "in gzip twice",
    b"PK\x03\x04": "a zip file",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip file",
    b"Rar!\x1a\x07": "a RAR file",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard",
    b"\xfd7zXZ\0": "packed by xz",
}
"""How files begin that must be unpacked before they can be read as text."""
_LONGEST_MAGIC = max(map(len, _PACKED))

# Rows of a log differ at least in their case or time, which costs some bytes per row however well
# the rest packs: real logs are 10 to 50 times as large unpacked. Deflate can reach 1000.
_MOST_TIMES = 200
_HARMLESS = 1 << 28  # any file may unpack to this


def is_zipped(path: Path) -> bool:
    """Whether a file begins like gzip, whatever its name."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def blocks(path: Path, name: str, size: int = BLOCK, harmless: int = _HARMLESS) -> Iterator[bytes]:
    """The content of a file, in blocks of at most ``size`` bytes.

    Args:
        path: the file.
        name: what errors call it.
        size: the size of a block.
        harmless: the bytes to which any gzip file may unpack, however small it is.

    Raises:
        SourceError: a gzip file is damaged, or unpacks to more than a log can.
    """
    with path.open("rb") as packed:
        zipped = packed.read(len(_MAGIC)) == _MAGIC
        packed.seek(0)
        if not zipped:
            while block := packed.read(size):
                yield block
            return
        unpacked = 0
        try:
            with gzip.GzipFile(fileobj=packed) as stream:
                while block := stream.read(size):
                    unpacked += len(block)
                    if unpacked > harmless and unpacked > _MOST_TIMES * packed.tell():
                        raise _swollen(name)
                    yield block
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise SourceError(
                f"{name} is a damaged gzip file.", "Export or copy it again."
            ) from None


def refuse_packed(path: Path, name: str) -> None:
    """Refuses what should be text (after unpacking gzip), but must be unpacked again.

    Raises:
        SourceError: it begins like such a file; ``name`` is that of the source.
    """
    with path.open("rb") as file:
        head = file.read(_LONGEST_MAGIC)
    kind = next((kind for magic, kind in _PACKED.items() if head.startswith(magic)), None)
    if kind:
        raise SourceError(
            f"{name} is {kind}, not text.",
            "Unpack it, and give the path of what was in it; for a workbook, say format: excel.",
        )


def _swollen(name: str) -> SourceError:
    return SourceError(
        f"{name} unpacks to more than {_MOST_TIMES} times its size, as no event log does; it was "
        f"not read further.",
        "If it is what it should be, unpack it first and give the path of the unpacked file.",
    )


def unpack(path: Path, name: str, to: Path) -> None:
    """Writes the content of a gzip file to ``to``.

    Raises:
        SourceError: as in ``blocks``; or it takes more than half of the free space on that disk,
            which must also have room for what is made of it.
    """
    room = shutil.disk_usage(to.parent).free // 2
    with to.open("wb") as file:
        for block in blocks(path, name):
            room -= len(block)
            if room < 0:
                raise SourceError(
                    f"{name} unpacks to more than half of the free space on the disk.",
                    "Make room, or give an --out on a larger disk.",
                )
            file.write(block)
