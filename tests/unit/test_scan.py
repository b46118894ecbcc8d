# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is planted is found, whatever it is hidden in."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pytest
import typst
from pyarrow import parquet

from tests.scan import Needles, told

SECRET = "Zoë Qachternaam"
NEEDLES = Needles([SECRET], [SECRET])
Plant = Callable[[Path], object]


def as_bytes(blob: bytes) -> Plant:
    return lambda path: path.write_bytes(b"before" + blob + b"after")


def as_zip(path: Path, name: str = "a.xml", text: str = SECRET) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)


def as_workbook(path: Path) -> None:
    pl.DataFrame({"a": [SECRET]}).write_excel(made := path.with_suffix(".xlsx"))
    made.rename(path)


def as_parquet(text: str = SECRET, **how: object) -> Plant:
    return lambda path: parquet.write_table(pa.table({"a": ["x" * 99, text] * 9}), path, **how)


def unused(path: Path) -> None:
    """In the dictionary of a column, where no row refers to it."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["x", SECRET]))
    parquet.write_table(pa.table({"a": column}), path, write_statistics=False)


def in_metadata(path: Path) -> None:
    parquet.write_table(pa.table({"a": [1]}).replace_schema_metadata({"b": SECRET}), path)


def as_table(path: Path, *, is_gone: bool = False) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE t (a)")
        database.execute("INSERT INTO t VALUES (?)", ("x" * 9_000 + SECRET,))
        database.commit()
        if is_gone:
            database.execute("DELETE FROM t")
            database.commit()


def as_blob(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.execute("INSERT INTO t VALUES (?)", (gzip.compress(SECRET.encode()),))
        database.commit()


def on_paper(path: Path, heading: str = "", title: str = "") -> None:
    """As the words of a page, or in what a reader sees beside them, of a PDF that is packed."""
    source = f"#set document(title: {json.dumps(title)})\n{heading}"
    pdf = typst.compile(source.encode(), pdf_standards=["a-2a"], timestamp=0)
    path.write_bytes(pdf)


def in_zip_in_gzip(path: Path) -> None:
    as_zip(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


def digest(name: str = "sha256") -> bytes:
    return hashlib.new(name, SECRET.encode()).digest()


PLANTED: dict[str, Plant] = {
    "text": as_bytes(SECRET.encode()),
    "windows": as_bytes(SECRET.encode("latin-1")),
    "utf-16": as_bytes(SECRET.encode("utf-16")),
    "json": as_bytes(json.dumps(SECRET).encode()),
    "html": as_bytes(SECRET.encode("ascii", "xmlcharrefreplace")),
    "entities": as_bytes(html.escape(SECRET).replace("ë", "&euml;").encode()),
    "url": as_bytes(quote(SECRET).encode()),
    **{
        f"base64, shifted {shift}": as_bytes(base64.b64encode(b"x" * shift + SECRET.encode()))
        for shift in range(3)
    },
    "gzip": lambda path: path.write_bytes(gzip.compress(SECRET.encode())),
    "zip": as_zip,
    "a name in a zip": lambda path: as_zip(path, SECRET, ""),
    "zip in gzip": in_zip_in_gzip,
    "workbook": as_workbook,
    **{
        f"parquet, {codec}, {version}, {encoding}": as_parquet(
            compression=codec, data_page_version=version, use_dictionary=encoding == "dictionary"
        )
        for codec in ("none", "snappy", "gzip", "zstd")
        for version in ("1.0", "2.0")
        for encoding in ("dictionary", "plain")
    },
    "parquet, by prefixes": as_parquet(
        use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"}
    ),
    "parquet of polars": lambda path: pl.DataFrame({"a": [[SECRET]]}).write_parquet(path),
    "parquet, unused": unused,
    "parquet, metadata": in_metadata,
    "sqlite": as_table,
    "sqlite, deleted": lambda path: as_table(path, is_gone=True),
    "sqlite, packed": as_blob,
    "pdf": lambda path: on_paper(path, SECRET),
    "pdf, its title": lambda path: on_paper(path, title=SECRET),
    "pdf, its outline": lambda path: on_paper(path, f"= {SECRET}"),
    "pdf, what a drawing is called": lambda path: on_paper(
        path, f'#figure(rect(), alt: "{SECRET}")'
    ),
    **{
        f"{name} {form.__name__}": as_bytes(b'"' + form(digest(name)) + b'"')
        for name in ("sha256", "sha1", "md5")
        for form in (bytes, base64.b64encode, base64.urlsafe_b64encode, base64.b16encode)
    },
    "hash, hex, cut off": as_bytes(b" " + digest().hex()[:20].encode()),
    "hash, as a number": lambda path: pl.DataFrame(
        {"a": [int.from_bytes(digest()[:8], "little", signed=True)]}
    ).write_parquet(path),
}


@pytest.mark.parametrize("how", PLANTED)
def test_what_is_planted_is_found(how: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    PLANTED[how](path)

    assert {file for file, _ in told(tmp_path, NEEDLES)} == {str(path)}
    assert told(tmp_path, NEEDLES, without=[path]) == set()


def test_a_name_of_a_file_is_read_too(tmp_path: Path) -> None:
    (tmp_path / SECRET).mkdir()

    assert told(tmp_path, NEEDLES) == {(str(tmp_path / SECRET), SECRET)}


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    other = Needles(["Zoë Achternaam"], ["Zoë Achternaam"])
    for number, plant in enumerate(PLANTED.values()):
        plant(tmp_path / str(number))
    (tmp_path / "empty").touch()

    assert told(tmp_path, other) == set()
