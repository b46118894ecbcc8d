# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tells which files of an export lack columns that most have, for example after a renaming."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from contracts.listed import listed

_LIKE = 0.6
_MOST_NAMED = 5
_MOST_TOLD = 3


def drifts(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A sentence per group of files that lack the same columns, with what may be their new names.

    Other names are told only if they are like the missing one: in a file without a header, they are
    values.

    Args:
        columns: file → its columns; of two files, the first is taken to be right.
    """
    usual = _usual(columns)
    alike: dict[tuple[str, ...], list[str]] = {}
    for file, names in columns.items():
        lacks = [_lacking(name, names, usual) for name in usual if name not in names]
        if lacks:
            alike.setdefault(tuple(lacks), []).append(file)
    return tuple(_sentence(files, lacks) for lacks, files in list(alike.items())[:_MOST_TOLD])


def lacked(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The columns that most files have, but not all."""
    return tuple(
        name for name in _usual(columns) if any(name not in names for names in columns.values())
    )


def added(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The columns that some files have beside all those that most have, as later exports may."""
    usual = _usual(columns)
    whole = [names for names in columns.values() if set(usual) <= set(names)]
    return tuple(
        dict.fromkeys(name for names in whole for name in names if name not in {*usual, ""})
    )


def _usual(columns: Mapping[str, Sequence[str]]) -> list[str]:
    count = Counter(name for names in columns.values() for name in dict.fromkeys(names) if name)
    first = next(iter(columns.values()), ())
    return [name for name in count if 2 * count[name] + (name in first) > len(columns)]


def _lacking(name: str, names: Iterable[str], usual: Sequence[str]) -> str:
    """A missing column, and the columns that may be it."""
    others = {other.casefold(): other for other in names if other not in usual}
    near = difflib.get_close_matches(name.casefold(), others, n=1, cutoff=_LIKE)
    return f"'{name}' (perhaps '{others[near[0]]}')" if near else f"'{name}'"


def _sentence(files: Sequence[str], lacks: Sequence[str]) -> str:
    who = f"{min(files)} lacks"
    if len(files) > 1:
        who = f"{min(files)} and {len(files) - 1} more of the files lack"
    return (
        f"{who} {listed(lacks, _MOST_NAMED)}, which the others have: give the columns the same "
        f"names in all files, or make two sources of them."
    )
