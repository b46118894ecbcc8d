# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The formats of sources, and how to tell them from a name or a URL."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Literal

Format = Literal["csv", "excel", "parquet", "xes", "ocel", "zgw", "sql"]

_OF_ENDING: dict[str, Format] = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), "excel"),
    ".parquet": "parquet",
    ".xes": "xes",
    **dict.fromkeys((".jsonocel", ".xmlocel", ".sqlite"), "ocel"),
}
ENDINGS = tuple(_OF_ENDING)
"""The endings of file names that tell a format; ``.gz`` may follow."""
_HIDDEN = ("~$", ".")
ODBC = "odbc"
"""The scheme of what is read through ODBC."""
_OF_SCHEME: dict[str, Format] = {"postgresql": "sql", "postgres": "sql", ODBC: "sql"}


def is_meant(path: PurePath, given: PurePath) -> bool:
    """Whether ``given``, a file, a folder or a pattern of files, means the file at ``path``.

    Hidden files are meant only by a name or pattern that begins like them: spreadsheet programs,
    editors, macOS and rsync leave such files beside others.
    """
    named = [each for each in given.parts if each.startswith(_HIDDEN)]
    hidden = (part for part in path.parts if part.startswith(_HIDDEN))
    return all(part in named or any(fnmatchcase(part, each) for each in named) for part in hidden)


def format_of_name(path: PurePath) -> Format | None:
    """The format by the ending of a name; null if it tells none."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return _OF_ENDING.get(suffixes[-1]) if suffixes else None


def format_of_path(path: str) -> Format | None:
    """The format by a path or URL of the config; null if it tells none."""
    scheme, is_url, _ = path.partition("://")
    of_scheme = _OF_SCHEME.get(scheme.lower()) if is_url else None
    return of_scheme or format_of_name(PurePath(path))
