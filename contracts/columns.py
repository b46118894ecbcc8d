# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which columns of a source play which role, and roles that several columns play together."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from contracts.attributes import Name
from contracts.models import Model


def _how_many(columns: object) -> str:
    return "as-many" if isinstance(columns, list | tuple) else "as-one"


def _of_two(columns: object) -> object:
    match columns:
        case [_, _]:
            return columns
    raise ValueError("name one column, or one for the date and one for the time of day")


Moment = Annotated[
    Annotated[Name, Tag("as-one")]
    | Annotated[tuple[Name, Name], BeforeValidator(_of_two), Tag("as-many")],
    Discriminator(_how_many),
]
"""A column of moments, or two columns: one of dates and one of times of day."""


def _of_several(columns: object) -> object:
    match columns:
        case [_, _, *_] if len(set(map(str, columns))) == len(columns):
            return columns
    raise ValueError(
        "name one column, or all columns that only together tell one case from another"
    )


CaseId = Annotated[
    Annotated[Name, Tag("as-one")]
    | Annotated[
        tuple[Name, ...], Field(min_length=2), BeforeValidator(_of_several), Tag("as-many")
    ],
    Discriminator(_how_many),
]
"""A column that identifies cases, or several columns that do so together."""


class Columns(Model):
    """Which column of the source plays which role. For XES the standard keys are the default.

    ``registration_timestamp`` and ``closing_timestamp`` are those of the case, as the case system
    keeps them; ``recorded_timestamp`` is when the row was recorded. A row with a
    ``start_timestamp`` and no ``timestamp`` is work in progress. ``lifecycle`` says whether a row
    is the start or the completion of a step. If the date and the time of day are in two columns,
    name both: ``timestamp: [Datum, Tijd]``. If only several columns together tell one case from
    another, name them all: ``case_id: [Jaar, Volgnummer]``.
    """

    case_id: CaseId | None = None
    activity: Name | None = None
    timestamp: Moment | None = None
    start_timestamp: Moment | None = None
    registration_timestamp: Moment | None = None
    closing_timestamp: Moment | None = None
    recorded_timestamp: Moment | None = None
    lifecycle: Name | None = None
    resource: Name | None = None
    team: Name | None = None
    org: Name | None = None

    @property
    def named(self) -> dict[str, str]:
        """By role, the name of its column; of several columns, their joint name."""
        told = self.model_dump(exclude_none=True)
        return {
            role: name if isinstance(name, str) else name_of_all(*name)
            for role, name in told.items()
        }

    @property
    def in_two(self) -> dict[str, tuple[str, str]]:
        """By joint name, the two columns of each moment that is in two."""
        told = self.model_dump(exclude_none=True, exclude={"case_id"}).values()
        return {name_of_all(*name): name for name in told if not isinstance(name, str)}

    @property
    def of_case(self) -> tuple[str, ...]:
        """The columns that identify a case only together; none if one column does."""
        return self.case_id if isinstance(self.case_id, tuple) else ()


def name_of_all(*columns: str) -> str:
    """The joint name of columns that are read as one."""
    return " + ".join(columns)
