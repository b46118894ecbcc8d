# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the events of a process are, and how to read them: ``sources`` in its config."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.attributes import CaseAttribute, Name, Variable
from contracts.columns import Columns
from contracts.formats import ODBC, Format, format_of_path
from contracts.models import Model

_SECRET = re.compile(r"(password|passwd|pwd|secret|token)\w*\s*=|\bsig\s*=", re.IGNORECASE)
"""The parameters in a URL or an ODBC connection string that hold a secret."""

_USER_AND_PASSWORD = re.compile(r"://[^/?#]*:[^@]*@")
"""Also if the user holds an @, or the password / ? or #, which end the host of a URL."""

_PARAMETERS = re.compile(r"://([^?]*\?)?[\w %]+=")
"""In these, an @ belongs to a value: ``server:5432/db?user=a@b``."""

_NO_PLACES = {"localtime", "Factory", "posixrules"}


def _known_zone(name: str) -> str:
    if name not in available_timezones() or name in _NO_PLACES:
        raise ValueError(f"'{name}' is not a time zone; write for example Europe/Amsterdam")
    return name


def _without_secret(path: str) -> str:
    """Refuses a URL with a password in it, as the config is kept with each run."""
    if "://" not in path:
        return path
    try:
        url = urlsplit(path)
    except ValueError:
        raise ValueError("this is not a URL") from None
    _, colon, _ = url.netloc.rpartition("@")[0].partition(":")
    names_user = _USER_AND_PASSWORD.search(path) and not _PARAMETERS.search(path)
    asked_with = path if url.scheme == ODBC else url.query
    if colon or names_user or _SECRET.search(unquote(asked_with)):
        raise ValueError(
            "a config is kept with each run, so it must not hold a password; leave it out of the "
            "URL; hoeksteen looks in PGPASSWORD and ~/.pgpass, in the variable that password_env "
            "names (odbc://), or in the variables of the storage"
        )
    return path


def _check_address(url: str) -> None:
    """Refuses the address of an API that holds a secret, or to which one would be sent in the open.

    On the same machine, that is safe.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("write an address as in https://openzaak.example/zaken/api/v1")
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(
            "an API is asked over https:// only, so that nobody else sees the credentials"
        )


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Table = Annotated[str, StringConstraints(pattern=r'^[^."\s]+(\.[^."\s]+)?$')]


_OF_AN_EVENT = ("activity", "timestamp", "start_timestamp", "lifecycle")
"""The roles that no column has if each milestone has a column of its own."""


class Source(Model):
    """Where the events are, and how to read them.

    ``milestones``: for a table with a row per case, each activity with the column that tells when
    it was done. ``sheet``: for a workbook. ``header``: false if no line names the columns; they are
    then called ``column 1`` and so on. ``month_first``: true if numeric dates are month first, and
    no day over 12 shows it. ``only``: by column, the values of the rows that are read; in an audit
    trail, those of one field.

    ``query`` or ``table``: for a database, what to read; ``watermark``: its column that grows with
    each row that is added; ``password_env``: for one that is read through ODBC, the environment
    variable with the password.

    ``case_type``: for a ZGW API, the ``identificatie`` of the ZAAKTYPE to read. If the API itself
    is asked, ``client_id_env`` and ``client_secret_env`` name the environment variables with the
    client id and secret, ``catalogue`` says where its Catalogi API is, and ``without`` what is not
    asked of it.

    ``object_type``: for OCEL, the type of the objects that are the cases.
    """

    _OF_FORMATS: ClassVar[dict[str, tuple[Format, ...]]] = {
        "case_type": ("zgw",),
        "query": ("sql",),
        "table": ("sql",),
        "watermark": ("sql",),
        "password_env": ("sql",),
        "header": ("csv", "excel"),
        "milestones": ("csv", "excel", "parquet", "sql"),
        "sheet": ("excel",),
        "month_first": ("csv", "excel", "parquet", "sql"),
        "only": ("csv", "excel", "parquet"),
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
    password_env: Variable | None = None
    sheet: Name | None = None
    header: bool | None = None
    month_first: bool = False
    only: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(default_factory=dict)
    client_id_env: Variable | None = None
    client_secret_env: Variable | None = None
    catalogue: Name | None = None
    without: tuple[Literal["audittrail"], ...] = ()
    object_type: Name | None = None
    timezone: TimeZone = "Europe/Amsterdam"

    @model_validator(mode="after")
    def _keys_are_of_its_format(self) -> Source:
        for key, formats in self._OF_FORMATS.items():
            default = type(self).model_fields[key].get_default(call_default_factory=True)
            if getattr(self, key) != default and self.meant_format not in formats:
                if formats == ("sql",):
                    raise ValueError(
                        f"{key} is for a database; write path: postgresql://host/database, or "
                        "odbc://name of another one"
                    )
                among = " or ".join(formats)
                raise ValueError(f"{key} is for some formats only; say format: {among}")
        return self

    @model_validator(mode="after")
    def _asks_a_database_one_thing(self) -> Source:
        if self.meant_format != "sql":
            return self
        if "://" not in self.path:
            raise ValueError(
                "format sql is for a database; write path: postgresql://host/database, or "
                "odbc://name of another one"
            )
        if (self.query is None) == (self.table is None):
            raise ValueError(
                "give either a query or a table, to say what to read from the database"
            )
        if self.password_env and not self.path.lower().startswith(f"{ODBC}://"):
            raise ValueError(
                "password_env is for odbc://; PostgreSQL looks in PGPASSWORD and ~/.pgpass"
            )
        return self

    @property
    def meant_format(self) -> Format | None:
        """The format in the config, else by its path; null if neither tells."""
        return self.format or format_of_path(self.path)

    @property
    def is_asked(self) -> bool:
        """Whether it is a database or an API: what it has is not known before it is asked."""
        return self.meant_format == "sql" or is_web_address(self.path)

    @model_validator(mode="after")
    def _milestones_are_the_events(self) -> Source:
        told = [role for role in _OF_AN_EVENT if getattr(self.columns, role) is not None]
        if self.milestones and told:
            raise ValueError(
                f"milestones already tell this of each event; leave columns.{told[0]} out"
            )
        return self

    @model_validator(mode="after")
    def _says_who_asks(self) -> Source:
        if self.format == "zgw" and is_web_address(self.path):
            for url in filter(None, (self.path, self.catalogue)):
                _check_address(url)
            for key in ("client_id_env", "client_secret_env"):
                if getattr(self, key) is None:
                    raise ValueError(
                        f"{key} is missing; name the environment variable that holds it"
                    )
        return self


def is_web_address(path: str) -> bool:
    """Whether a source is asked over the web, like an API."""
    return path.startswith(("https://", "http://"))


def resolve_path(path: str, config: Path) -> Path:
    """A path of the config, relative to that file; links are not followed.

    A link may lead to another file tomorrow, while its name stays the same.
    """
    return Path(os.path.normpath(config.parent.resolve() / path))
