# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Looks for what may not be written, in every byte of a folder and in all that they encode.

A file is searched as it is; as text without the escapes of JSON, HTML and URLs; unpacked, if it is
gzip or zip; and decoded, if it is Parquet (its values, its pages, its statistics), SQLite or PDF.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pikepdf
import pyarrow as pa
from pyarrow import parquet

from tests import papers

_FORMS = ("utf-8", "utf-16-le", "latin-1")
_HASHES = ("sha256", "sha1", "md5")
_SHORTEST = 8  # bytes that identify a text or a hash, even cut off
_HASH_BITS = 20
_ODD = np.uint64(0x9E3779B97F4A7C15)
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")
_PACKED = re.compile(rb"\x1f\x8b|PK\x03\x04|PAR1")
_HEX = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{16,}")
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{11,}")


@dataclass(frozen=True)
class Needles:
    """What to look for: ``texts``, plain or in base64, and hashes of ``hashed``.

    ``hashed`` are whole values, as a hash tells nothing of a part.
    """

    texts: Collection[str]
    hashed: Collection[str] = ()

    def __or__(self, other: Needles) -> Needles:
        return Needles([*self.texts, *other.texts], [*self.hashed, *other.hashed])

    def inside(self, blob: bytes) -> Iterator[str]:
        """The needles that are in these bytes."""
        yield from (text for form, text in self._short if form in blob)
        for at, word in self._known_words_of(blob):
            yield from (
                text for form, text in self._long.get(word, ()) if blob.startswith(form, at)
            )
            if of := self._words.get(word):
                yield _hash_of(*of)
        yield from (_hash_of(*of) for of in self._hashes_written_in(blob))

    @cached_property
    def _literal(self) -> list[tuple[bytes, str]]:
        plain = {(text.encode(form), text) for text in self.texts for form in _FORMS}
        packed = {(part, text) for text in self.texts for part in _in_base64(text.encode())}
        return sorted(plain | packed)

    @cached_property
    def _short(self) -> list[tuple[bytes, str]]:
        return [each for each in self._literal if len(each[0]) < _SHORTEST]

    @cached_property
    def _long(self) -> dict[int, list[tuple[bytes, str]]]:
        """Long needles by their first bytes as a number, to look for all at once."""
        of_word: dict[int, list[tuple[bytes, str]]] = {}
        for form, text in self._literal:
            if len(form) >= _SHORTEST:
                of_word.setdefault(_word(form), []).append((form, text))
        return of_word

    @cached_property
    def _digests(self) -> dict[bytes, tuple[str, str]]:
        return {
            hashlib.new(name, value.encode()).digest(): (value, name)
            for value in self.hashed
            for name in _HASHES
        }

    @cached_property
    def _beginnings(self) -> dict[bytes, tuple[str, str]]:
        """Digests by how they begin in hex and in base64."""
        hexed = {digest.hex()[:16].encode(): of for digest, of in self._digests.items()}
        plain = {base64.b64encode(digest)[:11]: of for digest, of in self._digests.items()}
        urls = {base64.urlsafe_b64encode(digest)[:11]: of for digest, of in self._digests.items()}
        return hexed | plain | urls

    @cached_property
    def _words(self) -> dict[int, tuple[str, str]]:
        """Digests by their first bytes as a number."""
        return {_word(digest): of for digest, of in self._digests.items()}

    @cached_property
    def _known_words(self) -> set[int]:
        return {*self._long, *self._words}

    @cached_property
    def _may_be_known(self) -> np.ndarray:
        """By ``_short_hash`` of a word: false if it cannot be one of ``_known_words``."""
        table = np.zeros(1 << _HASH_BITS, np.bool_)
        table[_short_hash(np.array(list(self._known_words), "<u8"))] = True
        return table

    def _known_words_of(self, blob: bytes) -> Iterator[tuple[int, int]]:
        """The places and values of words with which a needle begins."""
        for offset in range(min(_SHORTEST, len(blob))):
            words = np.frombuffer(blob, "<u8", (len(blob) - offset) // _SHORTEST, offset)
            for place in np.flatnonzero(self._may_be_known[_short_hash(words)]):
                if (word := int(words[place])) in self._known_words:
                    yield offset + _SHORTEST * int(place), word

    def _hashes_written_in(self, blob: bytes) -> Iterator[tuple[str, str]]:
        written = {match[:16].lower() for match in _HEX.findall(blob)}
        written |= {match[:11] for match in _BASE64.findall(blob)}
        yield from (self._beginnings[each] for each in written & self._beginnings.keys())


def _word(form: bytes) -> int:
    return int.from_bytes(form[:_SHORTEST], "little")


def _short_hash(words: np.ndarray) -> np.ndarray:
    return words * _ODD >> np.uint64(64 - _HASH_BITS)


def _hash_of(value: str, name: str) -> str:
    return f"{name} of {value}"


def _in_base64(text: bytes) -> Iterator[bytes]:
    """What must be in base64 if ``text`` is in what was encoded, at each possible shift."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + text)
        # the first and last letters also depend on what is around it
        whole = encoded[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6]
        if len(whole) >= _SHORTEST:
            yield whole


def told(root: Path, needles: Needles, without: Collection[Path] = ()) -> set[tuple[str, str]]:
    """What is found in a folder: each file, and what it has, also in its name."""
    paths = [path for path in root.rglob("*") if path not in without]
    assert root.is_dir()
    found = {(str(p), text) for p in paths for text in needles.inside(str(p).encode())}
    for path in paths:
        if path.is_file() and not path.is_symlink():
            found |= {(str(path), text) for blob in views(path) for text in needles.inside(blob)}
    return found


def views(path: Path) -> Iterator[bytes]:
    """All ways to read a file."""
    blob = path.read_bytes()
    yield from _views(blob)
    if blob.startswith(b"SQLite format 3\0"):
        yield from _of_database(path)


def _views(blob: bytes) -> Iterator[bytes]:
    yield blob
    yield from _without_escapes(blob)
    if blob.startswith(b"\x1f\x8b"):
        yield from _views(gzip.decompress(blob))
    elif blob.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            for member in archive.infolist():
                yield member.filename.encode() + member.comment
                yield from _views(archive.read(member))
    elif blob.startswith(b"PAR1"):
        yield from _of_parquet(blob)
    elif blob.startswith(b"%PDF"):
        yield from _of_pdf(blob)


def _without_escapes(blob: bytes) -> Iterator[bytes]:
    if b"\\u" in blob:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), blob)
    text = blob.decode("utf-8", "surrogateescape")
    for plain in (html.unescape(text), unquote(text, errors="surrogateescape")):
        if plain != text:
            yield plain.encode("utf-8", "replace")


def _of_parquet(blob: bytes) -> Iterator[bytes]:
    """The values, statistics, metadata and unpacked pages of Parquet."""
    file = parquet.ParquetFile(io.BytesIO(blob))
    yield json.dumps(file.read().to_pylist(), default=str, ensure_ascii=False).encode()
    yield repr((file.schema, file.metadata.metadata)).encode()
    for group in range(file.metadata.num_row_groups):
        columns = file.metadata.row_group(group)
        for place in range(columns.num_columns):
            column = columns.column(place)
            yield repr(column.statistics).encode()
            yield from _pages(blob, column)


def _pages(blob: bytes, column: parquet.ColumnChunkMetaData) -> Iterator[bytes]:
    starts = (column.dictionary_page_offset, column.data_page_offset)
    at = min(start for start in starts if start is not None)
    end = at + column.total_compressed_size
    codec = None if column.compression == "UNCOMPRESSED" else pa.Codec(column.compression.lower())
    while at < end:
        header, begin = _thrift(blob, at)
        at = begin + header[3]
        page, size = blob[begin:at], header[2]
        # in a page of version 2, the levels come before what is packed
        levels = header[8].get(5, 0) + header[8].get(6, 0) if 8 in header else 0
        rest = page[levels:]
        is_packed = codec and header.get(8, {}).get(7, True)
        yield page[:levels] + (codec.decompress(rest, size - levels) if is_packed else rest)


def _thrift(blob: bytes, at: int) -> tuple[dict[int, object], int]:
    """A structure in Thrift's compact protocol: its fields by number, and where it ends."""
    fields: dict[int, object] = {}
    number = 0
    while (first := blob[at]) != 0:
        at, kind = at + 1, first & 15
        if first >> 4:
            number += first >> 4
        else:
            number, at = _integer(blob, at)
        fields[number], at = _value(blob, at, kind)
    return fields, at + 1


def _value(blob: bytes, at: int, kind: int) -> tuple[object, int]:
    if kind in (1, 2):  # true and false have no bytes of their own
        return kind == 1, at
    if kind == 8:
        size, at = _varint(blob, at)
        return blob[at : at + size], at + size
    if kind == 12:
        return _thrift(blob, at)
    return _integer(blob, at)


def _varint(blob: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        value |= (blob[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if blob[at - 1] < 128:
            return value, at


def _integer(blob: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(blob, at)
    return value >> 1 ^ -(value & 1), at


def _of_pdf(blob: bytes) -> Iterator[bytes]:
    """The strings and unpacked streams of a PDF, and the words on its pages."""
    with pikepdf.open(io.BytesIO(blob)) as pdf:
        yield "\n".join(string for each in pdf.objects for string in _strings(each)).encode()
        yield from (each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream))
        yield "".join(papers.words_of(page, artifacts=True) for page in pdf.pages).encode()
        yield papers.text(pdf).encode()  # a word that was broken over two lines is whole here


def _strings(of: object) -> Iterator[str]:
    """The texts in an object, without those of objects that it refers to."""
    if isinstance(of, pikepdf.String):
        yield str(of)
    elif isinstance(of, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
        parts = of if isinstance(of, pikepdf.Array) else (part for _, part in of.items())
        for part in parts:
            if not getattr(part, "is_indirect", False):
                yield from _strings(part)


def _of_database(path: Path) -> Iterator[bytes]:
    """All rows of all tables of a database, from a copy that may be written to."""
    with tempfile.TemporaryDirectory() as folder:
        for beside in path.parent.glob(f"{path.name}*"):
            (Path(folder) / beside.name).write_bytes(beside.read_bytes())
        with closing(sqlite3.connect(Path(folder) / path.name)) as database:
            database.text_factory = bytes
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in tables.fetchall():
                rows = database.execute(f'SELECT * FROM "{name.decode()}"')
                values = [
                    value if isinstance(value, bytes) else str(value).encode()
                    for row in rows
                    for value in row
                ]
                yield from _views(b"\n".join(values))
                for packed in filter(_PACKED.match, values):
                    yield from _views(packed)
