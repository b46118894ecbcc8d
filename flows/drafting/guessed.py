# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""All that `hoeksteen init` guessed of an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from ingest.guessing.attributes import Attributes
from ingest.guessing.columns import RoleGuesses
from ingest.guessing.exports import Export
from ingest.guessing.glance import Glance
from ingest.guessing.journey import Journey
from ingest.guessing.time_columns import ZONE
from ingest.privacy.header_names import hold_a_value
from ingest.privacy.looking import is_rounded

if TYPE_CHECKING:
    from validation.profile import Profile


_NAME_THE_SHEET = (
    "The name of a sheet looks like a value, so it is not shown: write it under sheet:."
)
_ROUNDED = (
    "A spreadsheet has rounded the numbers of cases: export them as text, or different cases "
    "become one."
)
_STOPPED = "The gate would stop this log; the config says why."
_MERGED = (
    "'{}' has a value in only some rows, each value once: if its cells are merged, unmerge them "
    "and fill in every row."
)
_NO_END = "?"  # while the last step is not known


@dataclass(frozen=True)
class Guessed:
    """All that was guessed of an export; what could not be looked at is null."""

    process: str
    export: Export
    seen: Glance
    roles: RoleGuesses
    attributes: Attributes = field(default_factory=Attributes)
    journey: Journey | None = None
    judged: Profile | None = None

    @property
    def case_attributes(self) -> list[str]:
        """What cases may be compared by."""
        return [guess.value for guess in self.attributes.kept]

    @property
    def only(self) -> dict[str, list[str]]:
        """By column, the values of the rows to read; of an audit trail, if they are known."""
        trail = self.seen.trail
        return {trail.field: [trail.steps]} if trail and trail.steps else {}

    @property
    def is_trail_open(self) -> bool:
        """Whether it is an audit trail that does not tell which rows are steps."""
        return self.seen.trail is not None and not self.only

    @property
    def more_sheets(self) -> tuple[str, ...]:
        """The other sheets, which are read as the first one is, once it is decided how."""
        return () if self.roles.candidates or self._is_order_open else self.seen.alike

    @property
    def undecided(self) -> tuple[str, ...]:
        """A sentence for each thing that is left to decide before the log can be mined."""
        missing = [f"sources.0.columns.{role}" for role in self.roles.candidates]
        if self._is_order_open:
            missing.append("sources.0.month_first")
        if self.is_trail_open:
            missing.append("sources.0.only")
        if self.journey is None or not self.journey.ends:
            missing.append("journey.end")
        is_stopped = self.judged is not None and not self.judged.verdict.success
        is_nameless = self.roles.milestones and not self.seen.has_header
        nameless = "sources.0.milestones are named by column number, as columns have no names."
        shared = self.seen.shared if self.roles.candidates else ()
        sheets = (self.seen.sheet or "", *self.more_sheets)
        is_hidden = any(hold_a_value(sheets))
        return (
            *self.seen.drift,
            *([_NAME_THE_SHEET] if is_hidden else []),
            *([_ROUNDED] if self._are_rounded else []),
            *(_MERGED.format(name) for name in self._perhaps_merged),
            *(f"Several columns have the name '{name}': give each its own." for name in shared),
            *(f"{key} could not be guessed from the export." for key in missing),
            *([nameless] if is_nameless else []),
            *([_STOPPED] if is_stopped else []),
        )

    @property
    def _is_order_open(self) -> bool:
        """Whether the dates leave open if the month or the day comes first."""
        return self.roles.month_first is not None and not self.roles.month_first.value

    @property
    def _are_rounded(self) -> bool:
        """Whether a spreadsheet has rounded case numbers in a column that was looked at."""
        case_id = self.roles.found.get("case_id")
        if case_id is None:
            return False
        ids = self.seen.frame[case_id.value].cast(pl.String).drop_nulls().unique()
        shows = is_rounded(pl.first(), ids, in_workbook=self.seen.format == "excel")
        return bool(ids.to_frame().select(shows.any()).item())

    @property
    def _perhaps_merged(self) -> list[str]:
        """Columns of a workbook that may hold the case in cells merged over its rows."""
        if self.seen.format != "excel" or "case_id" not in self.roles.candidates:
            return []
        return [
            column.name
            for column in self.seen.frame
            if column.name not in self.seen.times
            and column.null_count()
            and column.first() is not None
            and column.drop_nulls().is_unique().all()
        ]

    @property
    def _is_month_first(self) -> bool:
        """Whether dates are read month first; until that is decided, as seems likeliest."""
        return self.roles.month_first is not None and self.roles.month_first.value != "false"

    def document(self) -> dict[str, Any]:
        """The config, as far as it is needed to read and judge the log."""
        in_two = self.seen.in_two
        columns = {
            role: in_two.get(guess.value, guess.value) for role, guess in self.roles.found.items()
        }
        starts, ends = (self.journey.starts, self.journey.ends) if self.journey else ((), ())
        source: dict[str, Any] = {
            "path": self.export.path,
            "format": self.export.format,
            "case_type": self.seen.case_type,
            "sheet": self.seen.sheet,
            "header": None if self.seen.has_header else False,
            "month_first": self._is_month_first,
            "only": self.only,
            "object_type": self.seen.object_type,
            "columns": columns,
            "milestones": {name: guess.value for name, guess in self.roles.milestones.items()},
            "case_attributes": self.case_attributes,
            "timezone": ZONE,
        }
        journey = {
            "start": [guess.value for guess in starts],
            "end": [guess.value for guess in ends] or [_NO_END],
        }
        sources = [source, *(source | {"sheet": sheet} for sheet in self.more_sheets)]
        return {"process": {"id": self.process}, "sources": sources, "journey": journey}
