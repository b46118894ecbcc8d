# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which column of a file plays which role."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import ConfigError
from contracts.events import CASE_PREFIX
from contracts.settings import Source

_STANDARD = {
    "case_id": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "lifecycle": "lifecycle:transition",
    "instance": "concept:instance",
    "resource": "org:resource",
    "team": "org:group",
}
"""The columns that play a role where the config does not say so: the names that XES fixes."""

_REQUIRED = ("case_id", "activity", "timestamp")
_MOST_NAMED = 20


@dataclass(frozen=True)
class Roles:
    """``columns``: role → column; ``case_attributes``: attribute → column."""

    columns: Mapping[str, str]
    case_attributes: Mapping[str, str]


def wanted_columns(source: Source) -> list[str]:
    """Every column that could play a role for ``source``, whether or not the file has it."""
    configured = source.columns.model_dump(exclude_none=True)
    names = [
        *(name for role in configured for name in _spellings(role, configured[role])),
        *_STANDARD.values(),
        *(name for attribute in source.case_attributes for name in _of_case(attribute)),
    ]
    return list(dict.fromkeys(names))


def roles_of(source: Source, columns: Collection[str], config: Path, position: int) -> Roles:
    """Settles the roles of a file that has ``columns``.

    Raises:
        ConfigError: a configured column is not in the file, or a required role has none; it names
            the config file, the key and the nearest column.
    """
    configured: dict[str, str] = source.columns.model_dump(exclude_none=True)
    key = f"{config}: 'sources.{position}."
    found = {role: column for role, column in _STANDARD.items() if column in columns}
    for role, name in configured.items():
        found[role] = _pick(name, _spellings(role, name), columns, f"{key}columns.{role}'")
    for role in _REQUIRED:
        if role not in found:
            raise ConfigError(
                f"{key}columns.{role}' is missing: the file has no {_STANDARD[role]}.",
                f"Name one of its columns: {_listed(columns)}.",
            )
    attributes = {
        name: _pick(name, _of_case(name), columns, f"{key}case_attributes.{number}'")
        for number, name in enumerate(source.case_attributes)
    }
    return Roles(found, attributes)


def _spellings(role: str, name: str) -> tuple[str, str]:
    """What ``name`` can be called in a file: an attribute of an XES trace has a prefix."""
    return _of_case(name) if role == "case_id" else (name, CASE_PREFIX + name)


def _of_case(name: str) -> tuple[str, str]:
    return (CASE_PREFIX + name.removeprefix(CASE_PREFIX), name)


def _pick(name: str, spellings: Iterable[str], columns: Collection[str], key: str) -> str:
    found = next((spelling for spelling in spellings if spelling in columns), None)
    if found is None:
        near = difflib.get_close_matches(name, sorted(columns), n=1, cutoff=0.5)
        raise ConfigError(
            f"{key}: the file has no column '{name}'.",
            f"Did you mean '{near[0]}'?" if near else f"It has: {_listed(columns)}.",
        )
    return found


def _listed(columns: Collection[str]) -> str:
    names = sorted(columns)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
