# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which column of a file has which role."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.errors import ConfigError
from contracts.events import CASE_PREFIX, attribute_column
from contracts.listed import listed
from contracts.sources import Source
from ingest.lifecycle import COLUMN
from ingest.raw import Raw

STANDARD = {
    "case_id": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "lifecycle": COLUMN,
    "instance": "concept:instance",
    "resource": "org:resource",
    "team": "org:group",
}
"""The columns of roles that the config does not name: the names that XES fixes."""

REQUIRED = ("case_id", "activity", "timestamp")
ID_ROLES = ("case_id", "resource")
_MOST_NAMED = 20


@dataclass(frozen=True)
class Roles:
    """What the columns of a source are for.

    ``milestones``: activity → column, if each has its own. ``only``: column → the values of the
    rows that are read.
    """

    columns: Mapping[str, str]
    case_attributes: Mapping[str, str]
    milestones: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def moved(self, places: Mapping[str, str]) -> Roles:
        """The same roles, with the columns under the names that ``places`` gives them."""
        return Roles(
            {role: places[name] for role, name in self.columns.items()},
            {attribute: places[name] for attribute, name in self.case_attributes.items()},
            {activity: places[name] for activity, name in self.milestones.items()},
            {places[name]: values for name, values in self.only.items()},
        )


def wanted_columns(source: Source) -> list[str]:
    """Every column that could have a role for ``source``, whether or not the file has it."""
    configured = source.columns.named
    names = [
        *(part for parts in source.columns.in_two.values() for part in parts),
        *source.columns.of_case,
        *(name for role in configured for name in _spellings(role, configured[role])),
        *source.milestones.values(),
        *source.only,
        *STANDARD.values(),
        *(name for attribute in source.case_attributes for name in _of_case(attribute)),
    ]
    return list(dict.fromkeys(names))


@dataclass(frozen=True)
class _Columns:
    """The columns of the file called ``file``; ``untold`` of them had values for names."""

    file: str
    names: Sequence[str]
    untold: int

    def pick(self, name: str, spellings: Iterable[str], key: str) -> str:
        """How the file spells ``name``, from ``key`` of the config; the file must have it once."""
        found = next((spelling for spelling in spellings if spelling in self.names), None)
        if found is None:
            raise self.error(f"{key}: {self.file} has no column '{name}'", name)
        self.check_single(found, key)
        return found

    def check_single(self, column: str, key: str) -> None:
        """Refuses a column that the file has twice."""
        if Counter(self.names)[column] > 1:
            raise ConfigError(
                f"{key}: {self.file} has more than one column '{column}'.",
                "Export it with a name of its own for each.",
            )

    def error(self, message: str, name: str = "") -> ConfigError:
        """An error with the nearest name or all names as a hint; with none if some are values."""
        if self.untold:
            return ConfigError(
                f"{message}; the line that should name its columns seems to be a row.",
                "Say header: false, and name them column 1, column 2 and so on; or add a header.",
            )
        near = difflib.get_close_matches(name, sorted(self.names), n=1, cutoff=0.5)
        there = listed(sorted({*self.names} - {""}), _MOST_NAMED)
        hint = f"Did you mean '{near[0]}'?" if near else f"It has: {there}."
        return ConfigError(f"{message}.", hint)


def roles_of(source: Source, raw: Raw, file: str, config: Path, position: int) -> Roles:
    """Settles the roles of the columns of ``raw``, the file called ``file``.

    Raises:
        ConfigError: a configured column is not in the file, or is there twice; a required role has
            none; or a case attribute is the case id or the resource, which would put the id itself
            beside its pseudonym. The error names the config file, the key, the file and the nearest
            column.
    """
    configured = source.columns.named
    key = f"{config}: 'sources.{position}."
    columns = _Columns(file, raw.columns, raw.untold)
    _check_parts(source, columns, key)
    standard = {"case_id": STANDARD["case_id"]} if source.milestones else STANDARD
    found = {role: column for role, column in standard.items() if column in raw.columns}
    for role, name in configured.items():
        found[role] = columns.pick(name, _spellings(role, name), f"{key}columns.{role}'")
    milestones = {
        activity: columns.pick(name, (name,), f"{key}milestones.{activity}'")
        for activity, name in source.milestones.items()
    }
    for role in REQUIRED[:1] if milestones else REQUIRED:
        if role not in found:
            raise columns.error(f"{key}columns.{role}' is missing: {file} has no {STANDARD[role]}")
    attributes = {
        name: columns.pick(name, _of_case(name), f"{key}case_attributes.{number}'")
        for number, name in enumerate(source.case_attributes)
    }
    only = {
        columns.pick(name, (name,), f"{key}only.{name}'"): values
        for name, values in source.only.items()
    }
    for role, column in found.items():
        columns.check_single(column, f"{key}columns.{role}'")
    ids = [found[role] for role in ID_ROLES if role in found]
    _check_no_ids(attributes, [*ids, *source.columns.of_case], key)
    return Roles(found, attributes, milestones, only)


def _check_no_ids(attributes: Mapping[str, str], ids: Collection[str], key: str) -> None:
    """Refuses a column of ids as a case attribute, which would be kept as it is."""
    for number, (name, column) in enumerate(attributes.items()):
        if column in ids:
            raise ConfigError(
                f"{key}case_attributes.{number}': '{name}' is the column of case ids or resources, "
                "and would be kept as it is.",
                "Leave it out; ids become pseudonyms.",
            )


def _check_parts(source: Source, columns: _Columns, key: str) -> None:
    """Refuses several columns for one role if one is not in the file, or is there twice."""
    for role, name in source.columns.named.items():
        of_case = source.columns.of_case if role == "case_id" else ()
        for part in source.columns.in_two.get(name, of_case):
            columns.pick(part, (part,), f"{key}columns.{role}'")


def _spellings(role: str, name: str) -> tuple[str, str]:
    """The spellings of ``name`` in a file: an attribute of an XES trace has a prefix."""
    return _of_case(name) if role == "case_id" else (name, CASE_PREFIX + name)


def _of_case(name: str) -> tuple[str, str]:
    return (attribute_column(name), name)
