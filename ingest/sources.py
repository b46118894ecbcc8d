# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds what the sources of the config mean: files, or addresses to ask."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from contracts.errors import SourceError
from contracts.formats import ODBC, Format, format_of_name, is_meant
from contracts.settings import Settings
from contracts.sources import Source
from ingest.source_files import READ, SourceFile, find_files, unclear
from ingest.storage import objects

ASKED: tuple[tuple[str, Format], ...] = (
    *(("postgresql", "sql"), ("postgres", "sql"), (ODBC, "sql")),
    *(("https", "zgw"), ("http", "zgw")),
)
"""The schemes of URLs that this version can ask, each with the format that it gives."""

_DATABASES = frozenset(
    [
        *("bigquery", "clickhouse", "databricks", "db2", "duckdb", "firebird", "hana", "informix"),
        *("jdbc", "mariadb", "mongodb", "mssql", "mysql", "oracle", "postgres"),
        *("postgresql", "redshift", "snowflake", "sqlite", "sqlserver", "teradata"),
    ]
)
"""What the scheme of a URL begins with that is of a database, and is not asked as it stands; also
by the way of a program, as ``postgresql+psycopg``."""


@dataclass(frozen=True)
class Address:
    """A source that is not a file but is asked; ``url`` and ``name`` hold no secret.

    ``version`` stays the same as long as the content does; empty if that is not known before it is
    asked.
    """

    url: str
    name: str
    format: Format
    version: str = ""

    @property
    def scheme(self) -> str:
        """The scheme of the URL, which says how to ask it."""
        return self.url.partition("://")[0].lower()


Located = SourceFile | Address
"""What a source of the config means."""


def name_for_readers(name: str) -> str:
    """The part of a source's name that a reader of a report needs: the database and the table.

    The host, the port, the user and the watermark are only for those who run it.
    """
    scheme, _, rest = name.partition("://")
    if (scheme.lower(), "sql") not in ASKED:
        return name
    asked, _, _ = rest.partition(" from ")
    place, _, table = asked.partition(" ")
    _, _, database = place.partition("/")
    return ", ".join(filter(None, (database or scheme.lower(), table)))


def find_all(
    settings: Settings, config: Path, kept: Collection[str] = ()
) -> list[tuple[int, Located]]:
    """What every source means, each with the position of its source, in the order of the config.

    For the sources in ``kept``, as the config gives them, the store has earlier files: a pattern or
    a folder may mean no file any more.

    No two have the same name: a file that is named again, for instance because two of its columns
    give events, is called ``name#2``.
    """
    found = [
        (position, file)
        for position, source in enumerate(settings.sources)
        for file in find(source, config, position, may_be_empty=source.path in kept)
    ]
    seen: Counter[str] = Counter()
    distinct: list[tuple[int, Located]] = []
    for position, file in found:
        seen[file.name] += 1
        again = f"#{seen[file.name]}" if seen[file.name] > 1 else ""
        distinct.append((position, replace(file, name=file.name + again)))
    return distinct


def find(
    source: Source, config: Path, position: int, *, may_be_empty: bool = False
) -> Sequence[Located]:
    """What ``source``, the config's ``sources.<position>``, means.

    Raises:
        SourceError: as in ``find_files``; or it is a URL of a kind that this version cannot ask.
    """
    if "://" not in source.path:
        return find_files(source, config, position, may_be_empty=may_be_empty)
    scheme = source.path.partition("://")[0].lower()
    key = f"{config}: sources.{position}"
    if scheme in objects.SCHEMES:
        return _find_objects(source, key, may_be_empty=may_be_empty)
    format_ = source.meant_format
    if format_ is None or (scheme, format_) not in ASKED:
        raise SourceError(
            f"{key}.path is a URL of a kind that this version does not read: {scheme}://.",
            "PostgreSQL can be read (postgresql://…), and any other database with an ODBC driver "
            "(odbc://…)."
            if re.split("[+:]", scheme)[0] in _DATABASES
            else "Download it first and give the path of the file; for a ZGW API, say format: zgw.",
        )
    name = source.path.partition("?")[0].replace(" ", "%20")  # a blank separates the rest
    return [Address(source.path, f"{name} {source.table}" if source.table else name, format_)]


def _find_objects(source: Source, key: str, *, may_be_empty: bool) -> list[Address]:
    """The objects that ``source`` means, by the same rules as files."""
    if source.format == "zgw":
        raise SourceError(
            f"{key}: pages of a ZGW API are read from a folder.",
            "Copy them to a folder, and give its path.",
        )
    if source.format == "sql":
        raise SourceError(
            f"{key}.format: object storage holds no database.",
            f"Say one of: {', '.join(READ)}.",
        )
    bucket, wanted = objects.opened(source.path)
    found = [
        (each, source.format or format_of_name(PurePosixPath(each.key)))
        for each in _matching_objects(bucket, wanted, source.format)
    ]
    if not found and not may_be_empty:
        raise SourceError(
            f"{key}.path: there is no {source.path}.",
            "Give the key of an object, a pattern, or a folder with objects of a known format.",
        )
    addresses = []
    for each, format_ in found:
        url = f"{bucket.url}/{each.key}"
        if format_ is None:
            raise unclear(key, url)
        addresses.append(Address(url, url, format_, each.version))
    return addresses


def _matching_objects(
    bucket: objects.Bucket, wanted: str, format_: Format | None
) -> list[objects.Object]:
    given = PurePosixPath(wanted)
    if glob.has_magic(wanted):
        return [
            each for each in bucket.matching(wanted) if is_meant(PurePosixPath(each.key), given)
        ]
    if wanted and (found := bucket.find(wanted)):
        return [found]
    inside = ((PurePosixPath(each.key), each) for each in bucket.inside(wanted, deep=False))
    return [
        each for path, each in inside if is_meant(path, given) and (format_ or format_of_name(path))
    ]
