# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The norm table: terms of the law as dated data, each with its source.

A norm has a version for each period in which its text was the same; the version for a case is that
of the day its term starts. None of it is legal advice: ``confirmed_by_lawyer`` says whether a
lawyer looked at it.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, model_validator

from contracts.models import Model
from contracts.texts import Words

FOLDER = Path(__file__).parents[1] / "configs" / "norms"
_EQUIVALENT, _PENALTIES = "equivalent-days.yaml", "penalties.yaml"

Law = Literal["atw", "eu", "none"]
Unit = Literal["hours", "days", "weeks", "months", "years"]
_UNITS: dict[str, Unit] = {"H": "hours", "D": "days", "W": "weeks", "M": "months", "Y": "years"}
_PERIOD = re.compile(r"P(?:(?=\d+[DWMY])|T(?=\d+H))(?!\d{4}Y)([1-9]\d{0,3})([HDWMY])")


def _is_period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise ValueError(
            f"'{text}' is not a term; write P8W for eight weeks, or D, M or Y (999 at most); "
            f"PT48H is 48 hours"
        )
    return text


Period = Annotated[str, AfterValidator(_is_period)]


def amount_of(period: Period) -> tuple[int, Unit]:
    """The number and the unit of a period: ``P8W`` is eight weeks."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(period)
    return int(match[1]), _UNITS[match[2]]


class Rule(Model):
    """How long a term is: so long, longer by ``extension`` once it is extended.

    One with ``after`` starts on the last day of another term, as long as that, which began before
    it: deciding on an objection does with the period to object (Awb 7:10).

    ``law`` says when a last day moves that is no working day: by the Algemene termijnenwet, by
    Regulation (EEC, Euratom) 1182/71 of the European Union, or never.
    """

    term: Period
    extension: Period | None = None
    after: Period | None = None
    law: Law = "atw"

    @model_validator(mode="after")
    def _extended_by_the_same_unit(self) -> Rule:
        if self.extension and self.extension[-1] != self.term[-1]:
            raise ValueError("term and extension must be in the same unit")
        return self

    @model_validator(mode="after")
    def _hours_are_hours(self) -> Rule:
        """Checks that nothing moves a term in hours (Algemene termijnenwet, article 4)."""
        others = [each for each in (self.extension, self.after) if each]
        if others and any(each.endswith("H") for each in (self.term, *others)):
            raise ValueError("a term in hours has no extension, and starts after no other term")
        return self


class _Dated(Rule):
    """A rule with the period in which its text was this, by the day that a term starts."""

    valid_from: dt.date
    valid_to: dt.date | None = None


class NamedVersion(_Dated):
    """A version that cases must meet; its name tells which version it is."""

    name: str


class Version(_Dated):
    """A version as it is in the table."""

    source: str
    seen_on: dt.date
    confirmed_by_lawyer: bool = False
    note: str = ""


class Norm(Model):
    """One norm of the table.

    ``is_law`` is false for a target that an organisation set itself.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Words
    is_law: bool = True
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_version_at_a_time(self) -> Norm:
        for earlier, later in pairwise(self.versions):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                raise ValueError(f"{self.id}: versions come one after the other, oldest first")
        return self


class EquivalentDay(Model):
    """A day that a decision made equal to a holiday."""

    day: dt.date
    source: str
    seen_on: dt.date


class Rate(Model):
    """A number of days, and the euros per day."""

    days: Annotated[int, Field(ge=1)]
    eur: Annotated[int, Field(ge=1)]


class Penalty(Model):
    """What a late decision costs, by the day that the notice of default was received."""

    valid_from: dt.date
    valid_to: dt.date | None = None
    first_day: Annotated[int, Field(ge=1)]  # counted from the day of the notice
    rates: Annotated[tuple[Rate, ...], Field(min_length=1)]
    source: str
    seen_on: dt.date
    confirmed_by_lawyer: bool = False
    note: str = ""


@functools.cache
def norm_table() -> dict[str, Norm]:
    """All norms of the table, by id."""
    files = sorted(
        path for path in FOLDER.glob("*.yaml") if path.name not in (_EQUIVALENT, _PENALTIES)
    )
    norms = [Norm.model_validate(each) for path in files for each in _read(path)]
    table = {norm.id: norm for norm in norms}
    if len(table) < len(norms):
        raise ValueError("two norms of the table have the same id")
    return table


@functools.cache
def equivalent_days() -> tuple[EquivalentDay, ...]:
    """The days that decisions made equal to holidays, oldest first."""
    return tuple(EquivalentDay.model_validate(each) for each in _read(FOLDER / _EQUIVALENT))


@functools.cache
def penalties() -> tuple[Penalty, ...]:
    """What late decisions cost, oldest first."""
    return tuple(Penalty.model_validate(each) for each in _read(FOLDER / _PENALTIES))


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
