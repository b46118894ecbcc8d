# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The terms that cases of a process must meet: of the law, of the config, or of the case itself."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from contracts.attributes import CaseAttribute, Name
from contracts.models import Model
from contracts.norms import NamedVersion, Rule, norm_table


def _of_the_table(name: str) -> str:
    table = norm_table()
    if name not in table:
        near = difflib.get_close_matches(name, table, n=1)
        hint = f"'{near[0]}' is the nearest" if near else f"it has {', '.join(table)}"
        raise ValueError(f"the norm table has no '{name}'; {hint}")
    return name


class OwnDate(Model):
    """The last day is a date of the case itself, such as the day that a licence expires."""

    date: CaseAttribute


def _kind(rule: object) -> str:
    if isinstance(rule, str):
        return "as-id"
    has_date = "date" in rule if isinstance(rule, dict) else isinstance(rule, OwnDate)
    return "as-date" if has_date else "as-rule"


_Values = Annotated[tuple[Name, ...], Field(min_length=1)]


class Deadline(Model):
    """A term that cases must meet, from the norm table or written out here.

    It starts with the first of the activities in ``start`` (else: with the first event on the legal
    clock), and is met by the first of those in ``stop`` (else: of ``journey.end``). The first of
    those in ``notice`` is the notice of default, from which a penalty may follow (Awb 4:17).

    It applies only to cases that have one of the values given for each attribute in ``where``.
    ``registered`` is the attribute in which the agency keeps the last day as it sees it;
    ``moved_by`` are the activities that say that this day was moved without a recorded extension.
    """

    id: Name
    rule: Annotated[
        Annotated[Name, AfterValidator(_of_the_table), Tag("as-id")]
        | Annotated[Rule, Tag("as-rule")]
        | Annotated[OwnDate, Tag("as-date")],
        Discriminator(_kind),
    ]
    where: dict[CaseAttribute, _Values] = Field(default_factory=dict)
    start: tuple[Name, ...] = ()
    stop: tuple[Name, ...] = ()
    extended_by: tuple[Name, ...] = ()
    notice: tuple[Name, ...] = ()
    registered: CaseAttribute | None = None
    moved_by: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _known_since_when(self) -> Deadline:
        if not self.start and any(version.after for version in self.versions):
            raise ValueError(
                f"the term of {self.id} starts when another term ends; name in start what starts "
                f"that other term, such as the decision that is objected to"
            )
        return self

    @model_validator(mode="after")
    def _known_at_what_hour(self) -> Deadline:
        if not self.start and any(version.term.endswith("H") for version in self.versions):
            raise ValueError(
                f"the term of {self.id} is in hours; name in start what it begins with"
            )
        return self

    @model_validator(mode="after")
    def _an_own_date_is_not_counted(self) -> Deadline:
        if isinstance(self.rule, OwnDate) and (self.extended_by or self.notice or self.registered):
            raise ValueError(
                f"{self.id} is a date of the case itself, which nothing extends; "
                "leave out extended_by, notice and registered"
            )
        return self

    @model_validator(mode="after")
    def _what_extends_says_how_long(self) -> Deadline:
        versions = self.versions
        if not self.extended_by or not versions or any(each.extension for each in versions):
            return self
        if any(each.term.endswith("H") for each in versions):
            raise ValueError(
                f"the term of {self.id} is in hours, which nothing extends; leave out extended_by"
            )
        known = (
            f"the norm table has no extension of {self.rule}; if a law of yours has one, write "
            f"it out"
        )
        how = known if isinstance(self.rule, str) else "write that too"
        raise ValueError(
            f"extended_by of {self.id} names an extension, but its rule does not say how long "
            f"that is; {how}, as in rule: {{term: P8W, extension: P6W}}, or leave out extended_by"
        )

    @model_validator(mode="after")
    def _what_moved_is_registered(self) -> Deadline:
        if self.moved_by and not self.registered:
            raise ValueError(
                f"moved_by of {self.id} says what moved the registered last day; name the "
                f"attribute that holds it in registered"
            )
        return self

    @property
    def activities(self) -> tuple[str, ...]:
        """The activities that it names."""
        return (*self.start, *self.stop, *self.extended_by, *self.notice, *self.moved_by)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The case attributes that it needs."""
        own = self.rule.date if isinstance(self.rule, OwnDate) else None
        return (*self.where, *(name for name in (own, self.registered) if name))

    @property
    def can_stand_still(self) -> bool:
        """Whether it is suspended where the journey says so: hours and dates of a case are not."""
        return any(not version.term.endswith("H") for version in self.versions)

    @property
    def versions(self) -> tuple[NamedVersion, ...]:
        """The versions of its rule, oldest first; none of a date of the case itself."""
        if isinstance(self.rule, OwnDate):
            return ()
        if isinstance(self.rule, Rule):
            always = {"name": "config", "valid_from": dt.date.min}
            return (NamedVersion(**always, **self.rule.model_dump()),)
        versions = norm_table()[self.rule].versions
        return tuple(
            NamedVersion(
                name=f"{self.rule} {each.valid_from}",
                **each.model_dump(include=set(NamedVersion.model_fields) - {"name"}),
            )
            for each in versions
        )
