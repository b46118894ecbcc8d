# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The config of one process: what a data engineer writes, checked before anything runs.

Every model is frozen and refuses keys it does not know. Only ``process``, ``sources`` and
``journey.end`` are required; a default is chosen to be harmless and is said in the report.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dateutil.relativedelta import relativedelta
from holidays import list_supported_countries
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from contracts.attributes import CaseAttribute, Name
from contracts.deadlines import Deadline
from contracts.formats import Format, format_of_path
from contracts.models import Model
from contracts.norms import Period, amount_of
from contracts.opening_hours import OpeningHours
from contracts.rules import Validation

Actor = Literal["agency", "citizen", "third_party"]
Clock = Literal["running", "suspended", "outside"]
Language = Literal["nl", "en"]
ReportFormat = Literal["html", "xlsx", "ods", "pdf", "parquet"]
_SECRETS = ("password", "sslpassword", "sig")
"""What a URL may ask with that nobody else should know."""

_NO_PLACES = {"localtime", "Factory", "posixrules"}


def _known_zone(name: str) -> str:
    if name not in available_timezones() or name in _NO_PLACES:
        raise ValueError(f"'{name}' is not a time zone; write for example Europe/Amsterdam")
    return name


def _both_languages(value: object) -> object:
    return {"nl": value, "en": value} if isinstance(value, str) else value


def _known_country(code: str) -> str:
    if code not in list_supported_countries(include_aliases=False):
        raise ValueError(f"no holidays are known of '{code}'; write for example NL")
    return code


def _without_secret(path: str) -> str:
    """Refuses a URL with a password in it: the config is kept with each run."""
    if "://" not in path:
        return path
    try:
        url = urlsplit(path)
    except ValueError:
        raise ValueError("this is no URL") from None
    _, colon, _ = url.netloc.rpartition("@")[0].partition(":")
    if colon or any(name.lower() in _SECRETS for name, _ in parse_qsl(url.query)):
        raise ValueError(
            "a config is kept with each run, and must hold no password; leave it out of the URL; "
            "it is looked for in PGPASSWORD and ~/.pgpass, or in the variables of the storage"
        )
    return path


def _check_address(url: str) -> None:
    """Refuses the address of an API that a secret would be sent to in the open, or that holds one.

    On one's own machine nobody reads along.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("write an address as in https://openzaak.example/zaken/api/v1")
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("an API is asked by https:// only; what proves who asks is not for others")


def _in_text(value: object) -> object:
    """A year or a date as YAML gives it, in text."""
    is_other = isinstance(value, int | dt.date) and not isinstance(value, bool)
    return str(value) if is_other else value


Epoch = Annotated[Name, BeforeValidator(_in_text, json_schema_input_type=int | str)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Country = Annotated[str, AfterValidator(_known_country)]
Table = Annotated[str, StringConstraints(pattern=r'^[^."\s]+(\.[^."\s]+)?$')]


class Text(Model):
    """A text in the languages of the report; a language left out takes the other's."""

    nl: Name | None = None
    en: Name | None = None

    @model_validator(mode="after")
    def _say_something(self) -> Text:
        if self.nl is None and self.en is None:
            raise ValueError("give a text in nl, en, or both")
        return self

    def get(self, language: Language) -> str:
        """The text in ``language``, or in the other one."""
        return (self.nl or self.en if language == "nl" else self.en or self.nl) or ""


Label = Annotated[Text, BeforeValidator(_both_languages)]


class Process(Model):
    """What the process is called."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
    name: Label | None = None

    def title(self, language: Language) -> str:
        """The name a reader sees."""
        return self.name.get(language) if self.name else self.id


class Columns(Model):
    """Which column of the source plays which role. For XES the standard keys are the default.

    ``registration_timestamp`` and ``closing_timestamp`` are those of the case, as the case system
    keeps them; ``recorded_timestamp`` is when the row was put on record.
    """

    case_id: Name | None = None
    activity: Name | None = None
    timestamp: Name | None = None
    start_timestamp: Name | None = None
    registration_timestamp: Name | None = None
    closing_timestamp: Name | None = None
    recorded_timestamp: Name | None = None
    resource: Name | None = None
    team: Name | None = None
    org: Name | None = None


_OF_AN_EVENT = ("activity", "timestamp", "start_timestamp")
"""The roles that no column has where each milestone has one of its own."""


class Source(Model):
    """Where the events are, and how to read them.

    ``milestones``: of a table with a row a case, each activity with the column that tells when it
    was done. ``sheet``: of a workbook. ``header``: false where no line names the columns; they are
    then called ``column 1`` and so on.

    ``query`` or ``table``: of a database, what to read; ``watermark``: the column of it that grows
    with each row that is added.

    ``case_type``: of a ZGW API, the ``identificatie`` of the ZAAKTYPE to read. Of one that is asked
    itself, ``client_id_env`` and ``client_secret_env`` name the environment variables with who
    asks, ``catalogue`` says where its Catalogi API is, and ``without`` what is not asked of it.

    ``object_type``: of OCEL, the type of the objects that are the cases.
    """

    _OF_FORMATS: ClassVar[dict[str, tuple[Format, ...]]] = {
        "case_type": ("zgw",),
        "query": ("sql",),
        "table": ("sql",),
        "watermark": ("sql",),
        "header": ("csv", "excel"),
        "milestones": ("csv", "excel", "parquet", "sql"),
        "sheet": ("excel",),
        "client_id_env": ("zgw",),
        "client_secret_env": ("zgw",),
        "catalogue": ("zgw",),
        "without": ("zgw",),
        "object_type": ("ocel",),
    }
    """The keys that only some formats know."""

    path: Annotated[Name, AfterValidator(_without_secret)]
    format: Format | None = None
    columns: Columns = Columns()
    milestones: dict[Name, Name] = Field(default_factory=dict)
    case_attributes: tuple[CaseAttribute, ...] = ()
    case_type: Name | None = None
    query: Name | None = None
    table: Table | None = None
    watermark: Name | None = None
    sheet: Name | None = None
    header: bool | None = None
    client_id_env: Name | None = None
    client_secret_env: Name | None = None
    catalogue: Name | None = None
    without: tuple[Literal["audittrail"], ...] = ()
    object_type: Name | None = None
    timezone: TimeZone = "Europe/Amsterdam"

    @model_validator(mode="after")
    def _keys_are_of_its_format(self) -> Source:
        for key, formats in self._OF_FORMATS.items():
            default = type(self).model_fields[key].get_default(call_default_factory=True)
            if getattr(self, key) != default and self.meant_format not in formats:
                among = " or ".join(formats)
                raise ValueError(f"{key} is for some formats only; say format: {among}")
        return self

    @model_validator(mode="after")
    def _asks_a_database_one_thing(self) -> Source:
        if self.meant_format != "sql":
            return self
        if "://" not in self.path:
            raise ValueError("format sql is of a database: write path: postgresql://host/database")
        if (self.query is None) == (self.table is None):
            raise ValueError(
                "of a database is read what query selects, or a table; give one of them"
            )
        return self

    @property
    def meant_format(self) -> Format | None:
        """The format that the config says, or its path tells; null where neither does."""
        return self.format or format_of_path(self.path)

    @model_validator(mode="after")
    def _milestones_are_the_events(self) -> Source:
        told = [role for role in _OF_AN_EVENT if getattr(self.columns, role) is not None]
        if self.milestones and told:
            raise ValueError(f"milestones tell of each event; leave columns.{told[0]} out")
        return self

    @model_validator(mode="after")
    def _says_who_asks(self) -> Source:
        if self.format == "zgw" and self.path.startswith(("https://", "http://")):
            for url in filter(None, (self.path, self.catalogue)):
                _check_address(url)
            for key in ("client_id_env", "client_secret_env"):
                if getattr(self, key) is None:
                    raise ValueError(
                        f"{key} is missing; name the environment variable that holds it"
                    )
        return self


class Step(Model):
    """What is known of the wait before one activity."""

    label: Label | None = None
    actor: Actor = "agency"
    clock: Clock = "running"
    statutory_wait: dt.timedelta | None = Field(default=None, gt=dt.timedelta(0))


class Pause(Model):
    """A window in which the wait before an activity was a decision, not slowness."""

    activity: Name
    start: dt.date = Field(alias="from")
    end: dt.date = Field(alias="to")
    reason: str = ""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Pause:
        if self.end < self.start:
            raise ValueError("the pause ends before it starts")
        return self


class Suspension(Model):
    """Between which events a term of the law stands still: from the day after the first.

    It does until the day of the second; of ``at_most`` so long, without it until then.
    """

    start: Name = Field(alias="from")
    end: Name = Field(alias="to")
    at_most: Period | None = None
    reason: Label | None = None

    @model_validator(mode="after")
    def _two_events(self) -> Suspension:
        if self.start == self.end:
            raise ValueError("a suspension begins with one activity and ends with another")
        return self


class Journey(Model):
    """Where a case begins and ends, what is known of its steps, and how it was meant to go.

    ``path`` is the way that a case should go, ``bpmn`` a drawing of all ways that it may go.
    """

    start: tuple[Name, ...] = ()
    end: Annotated[tuple[Name, ...], Field(min_length=1)]
    steps: dict[str, Step] = Field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    path: tuple[Name, ...] = ()
    bpmn: Name | None = None

    @model_validator(mode="after")
    def _meant_to_go_one_way(self) -> Journey:
        if self.path and self.bpmn is not None:
            raise ValueError("cases are compared with path or with bpmn; leave one of them out")
        return self


class Definition(Model):
    """What means something else in the log since a day, of one activity or of all."""

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

    In another ``epoch`` the same key makes other pseudonyms, of which only who has it can say which
    belong together.
    """

    pseudonymise: tuple[Literal["case_id", "resource"], ...] = ("case_id", "resource")
    key_env: Name | None = None
    epoch: Epoch | None = None
    minimum_group: int = Field(default=10, ge=5)


class Store(Model):
    """How long the store keeps what was replaced, and cases that ended.

    What was replaced can be looked at with ``--as-of``. Without ``retention`` no case is removed.
    """

    history: Period = "P90D"
    retention: Period | None = None


def ago(period: Period, now: dt.datetime) -> dt.datetime:
    """The moment that lies so long before ``now``."""
    amount, unit = amount_of(period)
    moment: dt.datetime = now - relativedelta(**{unit: amount})
    return moment


class Analysis(Model):
    """Which segments are compared, and what bottlenecks are ranked on."""

    segments: tuple[CaseAttribute, ...] = ()
    rank_by: Literal["person_days_lost", "excess_person_days", "cases"] = "person_days_lost"
    top: int = Field(default=10, ge=1, le=100)


class Report(Model):
    """What is written, in which languages."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("nl", "en")
    formats: tuple[ReportFormat, ...] = ("html", "parquet")


class Schedule(Model):
    """When the process runs by itself."""

    cron: Name
    timezone: TimeZone = "Europe/Amsterdam"


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
    schedule: Schedule | None = None

    @model_validator(mode="after")
    def _one_zone(self) -> Settings:
        if len({source.timezone for source in self.sources}) > 1:
            raise ValueError("the sources of one process share one timezone")
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
                    f"{key} names '{unread[0]}', which is not read; "
                    "add it to the case_attributes of a source"
                )
        return self

    @property
    def timezone(self) -> str:
        """The zone whose calendar dates the process lives by."""
        return self.sources[0].timezone

    @property
    def registration(self) -> str | None:
        """What the moment is called at which cases were registered: as its column is."""
        named = (source.columns.registration_timestamp for source in self.sources)
        column = next((name for name in named if name), None)
        return column and column.removeprefix("case:")

    @property
    def zone(self) -> ZoneInfo:
        """``timezone`` as an object."""
        return ZoneInfo(self.timezone)


def resolve_path(path: str, config: Path) -> Path:
    """A source's path, relative to the config file that names it."""
    return (config.parent / path).resolve()
