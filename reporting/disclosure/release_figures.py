# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every figure of a run: which one it is, what kind of figure, and of how many cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from contracts.tables import TABLES
from reporting.disclosure.small_groups import in_digits

Kind = Literal["cases", "events", "days", "days_a_case", "share", "mean"]
"""``days`` are those of many cases together; ``days_a_case`` divide these by the log's cases.

A ``mean`` is any other figure that need not be whole: a duration, a chance, a rate.
"""

Place = tuple[object, ...]
"""Which figure it is: the names of the table or objects around it, and its own name."""

_MULTIPLE = 5
_DIGITS_OF_DAYS = 3
_FEW_DIGITS, _DIGITS = 2, 3
_PER_DIGIT = 50  # in so many times k cases, one does too little to show in the third digit
_PERCENTS = (1, 2, 5, 10, 20, 50)

_CASES = {
    *("cases", "open_cases", "variants", "order_undetermined_cases", "quarantined_cases"),
    *("within", "late", "open_within", "open_late", "undetermined", "noticed"),
}
_DAYS = "person_days"
_EVENTS = {"events", "quarantined_rows", "rows"}
_SHARES = {"share", "share_of_waiting", "not_done"}
_PENALTY = "penalty_eur"
_KINDS: dict[Kind, set[str]] = {
    "cases": _CASES,
    "events": _EVENTS,
    "share": _SHARES,
    "days_a_case": {"mean_days_per_case", "interval"},
}
"""The kinds of numbers in ``findings.json``; other whole numbers are no figures."""

_NAMES = ("from", "to", "id", "class", "what")
"""The fields that tell one object of a list from the others."""

_TABLES_OF_DAYS = ("waiting_causes", "work_band")
_BOUNDS = ("over_days", "up_to_days")
_NO_COUNTS = {"watched_days"}

_OF_A_WAIT = {
    **{name: (name,) for name in ("cases", "open_cases", "share_of_waiting")},
    "person_days": ("person_days_lost",),
    **{f"{p}_days": ("wait_days", p) for p in ("p50", "p90")},
}
"""Columns of the waits that are also in a bottleneck, and where: both are one figure."""


def digits_of(cases: int, k: int) -> int:
    """The number of digits for a figure of so many cases."""
    return _DIGITS if cases >= _PER_DIGIT * k else _FEW_DIGITS


@dataclass(frozen=True)
class Figure:
    """A figure that is told, and of how many cases it is."""

    place: Place
    kind: Kind
    value: float
    of: int

    def rounded(self, k: int, value: float | None = None) -> float:
        """Its value, or another value for it, as far as one release alone may tell it."""
        value = self.value if value is None else value
        if self.kind in ("cases", "events"):
            least = math.ceil(k / _MULTIPLE) if value >= k else 0
            return _MULTIPLE * max(round(value / _MULTIPLE), least)
        if self.kind == "share":
            return round(self._percents * round(100 * value / self._percents) / 100, 2)
        return in_digits(value, self._digits(k))

    def unit(self, k: int) -> float:
        """The step of its last digit."""
        if self.kind in ("cases", "events"):
            return _MULTIPLE
        if self.kind == "share":
            return self._percents / 100
        digits_before_point = math.floor(math.log10(abs(self.value))) + 1 if self.value else 0
        return float(10 ** (digits_before_point - self._digits(k)))

    @property
    def _percents(self) -> int:
        """The first percentage that is of five cases or more."""
        return next((each for each in _PERCENTS if each * self.of >= 100 * _MULTIPLE), 100)

    def _digits(self, k: int) -> int:
        return _DIGITS_OF_DAYS if self.kind == "days" else digits_of(self.of, k)


Tell = Callable[[Figure], float]
"""Returns what is told of a figure."""


def in_document(document: Mapping[str, Any], cases: int, tell: Tell) -> Any:
    """``findings.json`` of a log of so many cases, with each figure in it replaced by ``tell``."""
    return _Document(cases, tell).told(document, (), cases)


@dataclass(frozen=True)
class _Document:
    cases: int
    tell: Tell

    def told(self, value: Any, place: Place, of: int) -> Any:
        """``value`` at a place; figures are of ``of`` cases unless an object says otherwise."""
        if isinstance(value, dict):
            inside = (*place, *(str(value[name]) for name in _NAMES if name in value))
            here = value.get("cases", value.get("noticed", of)) or 1
            return {key: self._field(key, value, inside, here) for key in value}
        if isinstance(value, list | tuple):
            return [self.told(each, place, of) for each in value]
        return value

    def _field(self, key: str, owner: Mapping[str, Any], place: Place, of: int) -> Any:
        value, inside = owner[key], (*place, key)
        if key == "cases_at_least":  # a round number may be above the real one
            return False
        kind = _kind_of(key, owner, place)
        if kind is None or value is None:
            return self.told(value, inside, of)
        of = self.cases if key in _SHARES else of
        if isinstance(value, list | tuple):
            each_in = enumerate(value)
            return [self.tell(Figure((*inside, n), kind, each, of)) for n, each in each_in]
        return self.tell(Figure(inside, kind, value, of))


def _kind_of(key: str, owner: Mapping[str, Any], place: Place) -> Kind | None:
    """The kind of figure that a field of an object is; null: none."""
    if key == "value" and "what" in owner:
        return _kind_of_evidence(str(owner["what"]))
    if place[-1:] == ("ledger",) or key.startswith(_DAYS):
        return "days"
    by_name = next((kind for kind, names in _KINDS.items() if key in names), None)
    is_mean = isinstance(owner[key], float) or key == _PENALTY
    return by_name or ("mean" if is_mean else None)


def _kind_of_evidence(what: str) -> Kind:
    if what == "rounds":
        return "cases"
    return "share" if what.startswith("share_") else "mean"


def in_table(name: str, table: pl.DataFrame, cases: int, tell: Tell) -> pl.DataFrame:
    """A table of a log of so many cases, with each figure in it replaced by ``tell``."""
    kinds, keys = _kinds(name), _keys(name)

    def told(row: Mapping[str, Any]) -> dict[str, Any]:
        of_row = row.get("cases", row.get("n", cases)) or 1
        named = [str(row[key]) for key in keys]
        shown = dict(row)
        for column, kind in kinds.items():
            if row[column] is not None:
                of = cases if column in _SHARES else of_row
                place = _place(name, named, column)
                shown[column] = tell(Figure(place, kind, row[column], of))
        return shown

    rows = [told(row) for row in table.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=table.schema, orient="row")


def _place(name: str, named: Sequence[str], column: str) -> Place:
    if name == "waits" and column in _OF_A_WAIT:
        return ("bottlenecks", *named, *_OF_A_WAIT[column])
    return (name, *named, column)


def _keys(name: str) -> list[str]:
    """The columns that identify a row."""
    kinds = (pl.String, pl.Date, pl.List)
    bounds = (*_BOUNDS, "days")
    return [key for key, kind in TABLES[name].items() if kind in kinds or key in bounds]


def _kinds(name: str) -> dict[str, Kind]:
    """The kind of figure of each column that has figures."""
    kinds: dict[str, Kind] = {}
    for column, type_ in TABLES[name].items():
        if type_ == pl.Int64 and column not in _NO_COUNTS:
            kinds[column] = "events" if column in _EVENTS else "cases"
        elif type_ == pl.Float64 and column not in _keys(name):
            kinds[column] = _kind_of_column(name, column)
    return kinds


def _kind_of_column(name: str, column: str) -> Kind:
    if column in _SHARES:
        return "share"
    is_of_days = name in _TABLES_OF_DAYS or column.startswith(_DAYS)
    return "days" if is_of_days else "mean"
