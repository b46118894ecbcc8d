# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be published: protected findings in round numbers, that earlier releases do not undo.

Whoever has two releases can take one count from the other. So of one count any two releases say
the same, or differ by at least ``k``. The rules, after those of ``reporting.disclosure``:

1. Counts are multiples of 5, shares whole percents, and person-days have three digits: what is
   exact tells of one case.
2. A count that was within ``k`` of this one in an earlier release is told as it was there; one of
   events, that was within those of ``k`` cases. So are person-days that were within those of ``k``
   cases, at the mean of all.
3. What changed since the last report is left out, and so are the figures without the cases that
   lost rows: both are there to show what small numbers of cases do.

Durations and moments are told as in every report. It cannot tell what somebody else publishes of
the same cases, nor undo a release of another tool.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from contracts.figures import Quantiles
from contracts.findings import Findings, Validation
from contracts.tables import TABLES

_MULTIPLE = 5
_DIGITS = 3
_COUNTS = {
    *("cases", "open_cases", "events", "variants", "order_undetermined_cases"),
    *("quarantined_rows", "quarantined_cases", "rows"),
    *("within", "late", "open_within", "open_late", "undetermined", "noticed"),
}
"""What counts cases or rows in ``findings.json``."""

_NAMES = ("from", "to", "kind", "id", "class", "attribute", "values")
"""What tells one object of a list from the others there."""

_NO_COUNTS = {"watched_days"}
_OF_EVENTS = {"events", "quarantined_rows", "rows"}
_DAYS = "person_days"
_SHARES = {"share", "share_of_waiting", "not_done"}
_BOUNDS = ("over_days", "up_to_days", "days")
"""Columns of numbers that say which row it is."""

Row = Mapping[str, Any]
Place = tuple[object, ...]
"""Which count it is: the names of the table or the objects it stands in, and its own."""


@dataclass(frozen=True)
class Release:
    """What was published of one run."""

    findings: Findings
    tables: Mapping[str, pl.DataFrame]

    @property
    def counts(self) -> dict[Place, float]:
        """Every count in it, and every number of person-days."""
        found = dict(_counts_of(self.findings.model_dump(by_alias=True), ()))
        for name, table in self.tables.items():
            found |= _counts_in(name, table)
        return found


@dataclass
class _Earlier:
    """What earlier releases said of each count; a case has so many events, and takes so long."""

    k: int
    events_a_case: int
    days_a_case: float
    told: dict[Place, set[float]] = field(default_factory=dict)

    def add(self, release: Release) -> None:
        for place, count in release.counts.items():
            self.told.setdefault(place, set()).add(count)

    def held(self, place: Place, count: int) -> int:
        """``count`` in a round number, or what an earlier release said that is too near to it."""
        a_case = self.events_a_case if place[-1] in _OF_EVENTS else 1
        return int(self._held(place, _rounded(count), a_case))

    def held_days(self, place: Place, days: float) -> float:
        """The same of person-days, in so many digits."""
        return self._held(place, _in_digits(days), self.days_a_case)

    def _held(self, place: Place, told: float, a_case: float) -> float:
        near = [each for each in self.told.get(place, ()) if abs(each - told) < self.k * a_case]
        return min(near, key=lambda each: (abs(each - told), each)) if near else told


def released(
    findings: Findings, tables: Mapping[str, pl.DataFrame], earlier: Sequence[Release], k: int
) -> Release:
    """What may be published of a run.

    Args:
        findings: of the run, after ``reporting.disclosure.protect``.
        tables: the same, in the shapes of ``contracts.tables.TABLES``.
        earlier: all that was published of the same process before.
        k: the smallest group that is shown.
    """
    cases = findings.log.cases or 1
    days = sum(each or 0.0 for _, each in findings.ledger)
    before = _Earlier(k, math.ceil((findings.log.events or 1) / cases), days / cases)
    for each in earlier:
        before.add(each)
    alone = findings.model_copy(update={"changes": None, "validation": _validation(findings)})
    document = _held(alone.model_dump(by_alias=True), (), before)
    return Release(
        Findings.model_validate(document),
        {name: _held_table(name, tables[name], before) for name in TABLES},
    )


def _validation(findings: Findings) -> Validation:
    left_out = {"headlines": (), "headline_without_quarantine": Quantiles(p50=None, p90=None)}
    return findings.validation.model_copy(update=left_out)


def _rounded(count: int) -> int:
    return _MULTIPLE * round(count / _MULTIPLE)


def _in_digits(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _held(value: Any, place: Place, before: _Earlier) -> Any:
    """``value`` of a document, with each count in it held against what was said before."""
    if isinstance(value, dict):
        inside = (*place, *_named(value))
        counts, days = _counts_among(value), _days_among(value, place)
        return {
            key: before.held((*inside, key), each)
            if key in counts
            else before.held_days((*inside, key), each)
            if key in days
            else _held_field(key, each, inside, before)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_held(each, place, before) for each in value]
    return value


def _held_field(key: str, value: Any, place: Place, before: _Earlier) -> Any:
    if key in _SHARES and value is not None:
        return round(value, 2)
    if key == "cases_at_least":  # it is in a round number, that may be more
        return False
    return _held(value, (*place, key), before)


def _counts_of(value: Any, place: Place) -> Iterator[tuple[Place, float]]:
    if isinstance(value, dict):
        inside = (*place, *_named(value))
        told = _counts_among(value) | _days_among(value, place)
        for key, each in value.items():
            if key in told:
                yield (*inside, key), each
            else:
                yield from _counts_of(each, (*inside, key))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _counts_of(each, place)


def _counts_among(value: Mapping[str, Any]) -> set[str]:
    """Which of the keys of an object hold a count that is told; of evidence, that of rounds."""
    counts = {"value"} if value.get("what") == "rounds" else _COUNTS
    return {key for key in counts & value.keys() if value[key] is not None}


def _days_among(value: Mapping[str, Any], place: Place) -> set[str]:
    """Which of the keys of an object hold person-days that are told; in the ledger all do."""
    is_ledger = place[-1:] == ("ledger",)
    return {
        key
        for key, each in value.items()
        if each is not None and (is_ledger or key.startswith(_DAYS))
    }


def _named(value: Mapping[str, Any]) -> Place:
    named = [value.get(name) for name in _NAMES if name in value]
    segment = value.get("segment")
    return (*named, *(_named(segment) if segment else ()))


def _keys(name: str) -> list[str]:
    """The columns that say which row it is."""
    kinds = (pl.String, pl.Date, pl.List)
    return [key for key, kind in TABLES[name].items() if kind in kinds or key in _BOUNDS]


def _counted(name: str) -> list[str]:
    schema = TABLES[name]
    return [key for key, kind in schema.items() if kind == pl.Int64 and key not in _NO_COUNTS]


def _with_days(name: str) -> list[str]:
    return [key for key in TABLES[name] if key.startswith(_DAYS)]


def _counts_in(name: str, table: pl.DataFrame) -> dict[Place, float]:
    keys = _keys(name)
    told = [*_counted(name), *_with_days(name)]
    return {
        _place(name, row, keys, column): row[column]
        for row in table.iter_rows(named=True)
        for column in told
        if row[column] is not None
    }


def _held_table(name: str, table: pl.DataFrame, before: _Earlier) -> pl.DataFrame:
    if name == "changes":
        return table.clear()
    keys, counts, days = _keys(name), _counted(name), _with_days(name)

    def held(row: Row, column: str) -> Any:
        if row[column] is None:
            return None
        if column in counts:
            return before.held(_place(name, row, keys, column), row[column])
        if column in days:
            return before.held_days(_place(name, row, keys, column), row[column])
        return round(row[column], 2) if column in _SHARES else row[column]

    rows = [{column: held(row, column) for column in row} for row in table.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=table.schema, orient="row")


def _place(name: str, row: Row, keys: Sequence[str], column: str) -> Place:
    return (name, *(str(row[key]) for key in keys), column)
