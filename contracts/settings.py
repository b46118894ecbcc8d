# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The config of one process: what a data engineer writes, checked before anything runs.

Every model is frozen and refuses unknown keys. Only ``process``, ``sources`` and ``journey.end``
are required; defaults are chosen to be harmless, and the report names them.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from holidays import list_supported_countries
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from contracts.attributes import CaseAttribute, Name, Variable
from contracts.deadlines import Deadline
from contracts.house_style import HouseStyle
from contracts.journey import Journey
from contracts.models import Model, in_text
from contracts.norms import Period, amount_of
from contracts.opening_hours import OpeningHours
from contracts.rules import Validation
from contracts.schedule import Schedule
from contracts.sources import Source
from contracts.texts import Label, Language

ReportFormat = Literal["html", "xlsx", "ods", "pdf", "parquet"]


def _known_country(code: str) -> str:
    if code not in list_supported_countries(include_aliases=False):
        raise ValueError(f"the holidays of '{code}' are not known; write for example NL")
    return code


def _known_engine(name: str) -> str:
    if name not in ("local", "dask") and not re.fullmatch(r"(tcp|tls|wss?)://\S+:\d+", name):
        raise ValueError("write local, dask, or where a scheduler of Dask is, as tcp://host:8786")
    return name


NamedStyle = Annotated[HouseStyle, WithJsonSchema({"type": "string", "minLength": 1})]
"""In a config, the path of a file of tokens, which is read with it."""
Epoch = Annotated[Name, BeforeValidator(in_text, json_schema_input_type=int | str)]
Country = Annotated[str, AfterValidator(_known_country)]
Engine = Annotated[Name, AfterValidator(_known_engine)]
"""Where the work is done: ``local``, in one process; ``dask``, by workers that are started on this
machine; or by those of a scheduler that is there, by its address."""


class Process(Model):
    """What the process is called."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
    name: Label | None = None

    def title(self, language: Language) -> str:
        """The name that a reader sees."""
        return self.name.get(language) if self.name else self.id


class Definition(Model):
    """What has another meaning in the log from a day on, for one activity or for all."""

    start: dt.date = Field(alias="from")
    activity: Name | None = None
    what: Label


class Calendar(Model):
    """When the organisation is open."""

    country: Country = "NL"
    hours: OpeningHours = "mon-fri 08:30-17:00"
    closed: tuple[dt.date, ...] = ()


class Privacy(Model):
    """What is replaced by a pseudonym, with which key, and the smallest group that is shown.

    In another ``epoch`` the same key makes other pseudonyms; only someone with the key can tell
    which belong together.
    """

    pseudonymise: tuple[Literal["case_id", "resource"], ...] = ("case_id", "resource")
    key_env: Variable | None = None
    epoch: Epoch | None = None
    minimum_group: int = Field(default=10, ge=5)


class Store(Model):
    """How long the store keeps replaced data, and cases that ended.

    Replaced data can be looked at with ``--as-of``. Without ``retention`` no case is removed.
    """

    history: Period = "P90D"
    retention: Period | None = None


def ago(period: Period, now: dt.datetime) -> dt.datetime:
    """The moment that is ``period`` before ``now``."""
    amount, unit = amount_of(period)
    moment: dt.datetime = now - relativedelta(**{unit: amount})
    return moment


class Analysis(Model):
    """Which segments are compared, and what bottlenecks are ranked by."""

    segments: tuple[CaseAttribute, ...] = ()
    rank_by: Literal["person_days_lost", "excess_person_days", "cases"] = "person_days_lost"
    top: int = Field(default=10, ge=1, le=100)


class Report(Model):
    """What is written, in which languages, in whose house style, and whether for the public too."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("nl", "en")
    formats: tuple[ReportFormat, ...] = get_args(ReportFormat)
    style: NamedStyle | None = None
    public: bool = False


class Settings(Model):
    """The config of one process."""

    process: Process
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    journey: Journey
    definitions: tuple[Definition, ...] = ()
    calendar: Calendar = Calendar()
    deadlines: tuple[Deadline, ...] = ()
    validation: Validation = Validation()
    privacy: Privacy = Privacy()
    store: Store = Store()
    analysis: Analysis = Analysis()
    report: Report = Report()
    # no finding depends on these, so they are not part of the identity of a run
    schedule: Schedule | None = Field(default=None, exclude=True)
    engine: Engine = Field(default="local", exclude=True)

    @model_validator(mode="after")
    def _one_zone(self) -> Settings:
        if len({source.timezone for source in self.sources}) > 1:
            raise ValueError("the sources of a process must share one timezone")
        return self

    @field_validator("deadlines")
    @classmethod
    def _told_apart(cls, deadlines: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
        ids = [each.id for each in deadlines]
        if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
            raise ValueError(f"more than one deadline has the id {min(twice)}; give each its own")
        return deadlines

    @model_validator(mode="after")
    def _can_be_watched(self) -> Settings:
        asked = [each.path for each in self.sources if each.is_asked]
        if self.schedule and self.schedule.watch and asked:
            raise ValueError(
                f"schedule.watch can only watch files, and {asked[0]} is a database or an API; "
                f"leave watch out, and say when to run with cron"
            )
        return self

    @model_validator(mode="after")
    def _attributes_are_read(self) -> Settings:
        read = {
            name.removeprefix("case:") for each in self.sources for name in each.case_attributes
        }
        named = {
            "analysis.segments": self.analysis.segments,
            **{f"deadline {each.id}": each.attributes for each in self.deadlines},
        }
        for key, names in named.items():
            unread = [name for name in names if name.removeprefix("case:") not in read]
            if unread:
                raise ValueError(
                    f"{key} names '{unread[0]}', which is not read; add it to the case_attributes "
                    "of a source"
                )
        return self

    @property
    def timezone(self) -> str:
        """The time zone of the calendar dates of the process."""
        return self.sources[0].timezone

    @property
    def registration(self) -> str | None:
        """The name of the moment at which cases were registered: that of its column."""
        return self._called("registration_timestamp")

    @property
    def closing(self) -> str | None:
        """The name of the moment at which cases were closed: that of its column."""
        return self._called("closing_timestamp")

    @property
    def whole_journey(self) -> Journey:
        """``journey``, with the closing of a case as one more end."""
        ends = (*self.journey.end, *filter(None, [self.closing]))
        return self.journey.model_copy(update={"end": ends})

    def _called(self, role: str) -> str | None:
        named = (source.columns.named.get(role) for source in self.sources)
        column = next((name for name in named if name), None)
        return column and column.removeprefix("case:")

    @property
    def zone(self) -> ZoneInfo:
        """``timezone`` as an object."""
        return ZoneInfo(self.timezone)
