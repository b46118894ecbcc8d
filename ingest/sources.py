# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds the files that a source of the config means, or the address that is asked for them."""

from __future__ import annotations

import difflib
import glob
import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from contracts.errors import SourceError
from contracts.formats import ENDINGS, Format, format_of_name, is_meant
from contracts.settings import Settings
from contracts.sources import Source, resolve_path
from ingest import objects

READ: tuple[Format, ...] = ("csv", "excel", "parquet", "xes", "ocel", "zgw")
"""The formats of files that this version reads."""

ASKED: tuple[tuple[str, Format], ...] = (
    *(("postgresql", "sql"), ("postgres", "sql")),
    *(("https", "zgw"), ("http", "zgw")),
)
"""The schemes of URLs that this version asks, each with the format of what it gives."""

_FOR_A_FOLDER = (
    f"Looked for files in it that end in {', '.join(ENDINGS)}, or in that and .gz. For another "
    "ending say its format; for pages of a ZGW API format: zgw."
)
_PACKED = (".zip", ".7z", ".rar")
_DATABASES = frozenset(
    [
        *("bigquery", "clickhouse", "databricks", "db2", "duckdb", "firebird", "hana", "informix"),
        *("jdbc", "mariadb", "mongodb", "mssql", "mysql", "odbc", "oracle", "postgres"),
        *("postgresql", "redshift", "snowflake", "sqlite", "sqlserver", "teradata"),
    ]
)
"""What the scheme of a URL begins with that is of a database: others than PostgreSQL, or that by
the way of a program, as ``postgresql+psycopg``."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source; ``name`` is what the user calls it: relative to the config's folder.

    An export of a ZGW API is one, though it is a folder.
    """

    path: Path
    name: str
    format: Format


@dataclass(frozen=True)
class Address:
    """A source that is not a file but is asked; ``url`` and ``name`` hold no secret.

    ``version``: what it holds is the same as long as this is; empty where nobody knows before it is
    asked.
    """

    url: str
    name: str
    format: Format
    version: str = ""

    @property
    def scheme(self) -> str:
        """How it is asked: what the URL begins with."""
        return self.url.partition("://")[0].lower()


Located = SourceFile | Address
"""What a source of the config comes to."""


def name_for_readers(name: str) -> str:
    """What a reader of a report needs of a source's name: of a database, which, and the table.

    The host, its port, who asks it and from which mark on are for whoever runs it.
    """
    scheme, _, rest = name.partition("://")
    if (scheme, "sql") not in ASKED:
        return name
    asked, _, _ = rest.partition(" from ")
    _, _, database = asked.partition("/")
    return database.replace(" ", ", ") or scheme


def find_all(
    settings: Settings, config: Path, kept: Collection[str] = ()
) -> list[tuple[int, Located]]:
    """What every source means, each with its source's position, in order of the config.

    Of the sources in ``kept``, as the config gives them, earlier files are in the store: a pattern
    or a folder may mean no file any more.

    No two have one name: a file that is named again, as when each of two columns of it gives
    events, is called ``name#2``.
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
        SourceError: as ``find_files``; or it is a URL of a kind that this version does not ask.
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
            "Of databases PostgreSQL is read (postgresql://…), and what speaks its protocol. Of "
            "another one export the rows to a file."
            if re.split("[+:]", scheme)[0] in _DATABASES
            else "Download it first and give the path of the file; of a ZGW API say format: zgw.",
        )
    name, _, _ = source.path.partition("?")
    return [Address(source.path, f"{name} {source.table}" if source.table else name, format_)]


def _find_objects(source: Source, key: str, *, may_be_empty: bool) -> list[Address]:
    """The objects that ``source`` means, by the same rules as files."""
    if source.format == "zgw":
        raise SourceError(
            f"{key}: pages of a ZGW API are read from a folder.",
            "Bring them to one, and give its path.",
        )
    if source.format == "sql":
        raise SourceError(
            f"{key}.format: in object storage there is no database.",
            f"It holds one of: {', '.join(READ)}.",
        )
    bucket, wanted = objects.opened(source.path)
    found = [
        (each, source.format or format_of_name(PurePosixPath(each.key)))
        for each in _matching_objects(bucket, wanted, source.format)
    ]
    if not found and not may_be_empty:
        raise SourceError(
            f"{key}.path: there is no {source.path}.",
            "It is the key of an object, a pattern, or a folder with objects of a known format.",
        )
    addresses = []
    for each, format_ in found:
        url = f"{bucket.url}/{each.key}"
        if format_ is None:
            raise _unclear(key, url)
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


def find_files(
    source: Source, config: Path, position: int, *, may_be_empty: bool = False
) -> list[SourceFile]:
    """The files that ``source``, the config's ``sources.<position>``, means, sorted by name.

    Args:
        source: its path is a file, a glob, or a folder whose known formats are all taken.
        config: the config file; relative paths start in its folder.
        position: where the source stands in the config, for errors.
        may_be_empty: whether a pattern, or a folder that is there, may mean no file.

    Raises:
        SourceError: there is no such file, its name is no text, or its format is unknown or not
            read by this version.
    """
    key = f"{config}: sources.{position}"
    try:
        paths = _matches(source, config)
        hint = "" if paths else _hint(source, config)
    except OSError as error:
        raise SourceError(
            f"{key}.path cannot be looked up: {error.strerror}.", "Give the path of a file."
        ) from None
    except (ValueError, RuntimeError, NotImplementedError):  # as pathlib has it: \0, a**, loops
        raise SourceError(
            f"{key}.path: {source.path!r} is no path, nor a pattern of paths.",
            "Write for example exports/*.csv; ** stands alone between slashes.",
        ) from None
    if not paths and not (may_be_empty and _means_files_of_a_folder(source, config)):
        if resolve_path(source.path, config).is_dir():
            raise SourceError(f"{key}.path: the folder {source.path} holds no export.", hint)
        raise SourceError(f"{key}.path: there is no {source.path}.", hint)
    return [_file(path, source.format, config, key) for path in paths]


def _matches(source: Source, config: Path) -> list[Path]:
    path = resolve_path(source.path, config)
    if path.is_file() or (path.is_dir() and source.format == "zgw"):
        return [path]
    if path.is_dir():
        return sorted(
            file
            for file in path.iterdir()
            if _is_export(file, path) and (source.format or format_of_name(file))
        )
    # only what the config says is a pattern: not the name of the folder that the config is in
    folder = Path(glob.escape(str(config.parent.resolve())))
    pattern = resolve_path(source.path, folder / config.name)
    root = Path(pattern.anchor)
    found = root.glob(str(pattern.relative_to(root)))
    return sorted(file for file in found if _is_export(file, path))


def _is_export(path: Path, given: Path) -> bool:
    return (path.is_file() or _leads_nowhere(path)) and is_meant(path, given)


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _means_files_of_a_folder(source: Source, config: Path) -> bool:
    """Whether it is a folder, or a pattern of files in one, that is there."""
    path = resolve_path(source.path, config)
    return path.is_dir() or (glob.has_magic(path.name) and path.parent.is_dir())


def _file(path: Path, format_: Format | None, config: Path, key: str) -> SourceFile:
    check_name(path)
    folder = config.parent.resolve()
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    if _leads_nowhere(path):
        raise SourceError(
            f"{key}: {name} is a link to a file that is not there.",
            "Bring that file back, or take the link away.",
        )
    known = format_ or format_of_name(path)
    if not known:
        raise _unclear(key, name)
    return SourceFile(path, name, known)


def check_name(path: Path) -> None:
    """Refuses a path that is no text: nothing could tell of it, nor keep it.

    Raises:
        SourceError: bytes of its name, or of that of a folder it is in, are not UTF-8.
    """
    written = os.fsencode(path)
    told = written.decode(errors="replace")
    if told.encode() != written:
        raise SourceError(
            f"{told}: bytes of this name are not text in UTF-8.",
            "Rename the file, or the folder whose name that is.",
        )


def _unclear(key: str, name: str) -> SourceError:
    return SourceError(
        f"{key}: the format of {name} is not clear from its name.",
        "Unpack it, and give the path of what is in it."
        if name.lower().endswith(_PACKED)
        else f"Say what it is: format: one of {', '.join(READ)}.",
    )


def _hint(source: Source, config: Path) -> str:
    wanted = Path(source.path)
    if resolve_path(source.path, config).is_dir():
        return _FOR_A_FOLDER if source.format is None else "Folders in it are not looked into."
    folder = resolve_path(str(wanted.parent), config)
    if not folder.is_dir():
        return f"Nor is there a folder {wanted.parent}; a path is relative to the config file."
    there = sorted(file.name for file in folder.iterdir() if file.is_file())
    near = difflib.get_close_matches(wanted.name, there, n=1)
    return (
        f"Did you mean {(wanted.parent / near[0]).as_posix()}?"
        if near
        else "A path is relative to the config file."
    )
