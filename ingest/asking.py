# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Asks a source that is not a file for what it has, and writes that to a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from contracts.errors import SourceError
from contracts.formats import ODBC
from contracts.sources import Source
from ingest.aside import waited
from ingest.source_files import SourceFile
from ingest.sources import Address
from ingest.storage import objects


@dataclass(frozen=True)
class Fetched:
    """What an address gave, as a file that a reader of its format can read.

    ``upto``: the highest watermark that was seen, if ``source`` has one: where to start the next
    time. Whoever keeps it must also keep which ``source`` it is of, and must know rows by their
    digest, as some come twice.
    """

    file: SourceFile
    upto: str | None = None


def fetch(address: Address, source: Source, landing: Path, since: str | None = None) -> Fetched:
    """Writes what ``address`` gives to ``landing``, where a reader of a format can read it.

    Args:
        address: the address that ``source`` means.
        source: how to ask.
        landing: a folder for this address alone; an earlier try that was broken off may have left
            something in it to continue from.
        since: ``upto`` of an earlier time, whose rows are kept; by default all is asked for.

    Raises:
        SourceError: the address does not answer, or not as it should.
        ConfigError: ``source`` asks for something impossible, or names a variable that is not set.
    """
    if address.scheme in objects.SCHEMES:
        path = landing / PurePosixPath(address.url).name
        with _whole(path) as aside:
            bucket, key = objects.opened(address.url)
            bucket.bring(key, aside, address.version)
        return Fetched(SourceFile(path, address.name, address.format))
    match address.format:
        case "zgw":
            from ingest.zgw.api import fetch_zgw

            return Fetched(fetch_zgw(address, source, landing))
        case "sql":
            read_query = _reader_of_queries(address)
            path = landing / "rows.parquet"
            with _whole(path) as aside:
                upto = waited(partial(read_query, address.url, address.name, source, aside, since))
            return Fetched(SourceFile(path, address.name, "sql"), upto)
    raise SourceError(
        f"{address.name}: {address.format} cannot be read by this version yet.",
        "Export it to a file, and give the path of that.",
    )


def _reader_of_queries(address: Address) -> Callable[..., str | None]:
    if address.scheme == ODBC:
        from ingest.databases.odbc import read_odbc

        return read_odbc
    from ingest.databases.postgresql import read_query

    return read_query


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file to write, which is moved to ``path`` once it is whole; only its owner can read it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".bringing-") as folder:
        aside = Path(folder) / path.name
        yield aside
        aside.chmod(0o600)
        aside.replace(path)
