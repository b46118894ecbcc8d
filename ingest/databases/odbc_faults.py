# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an ODBC driver says is wrong, by its SQLSTATE, which all drivers share.

Besides, each database has its own numbers and texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from contracts.errors import SourceError
from ingest.databases.faults import Fault, fail

_LOST = Fault("the connection was lost", "Run again; if it stays so, ask its manager.", passes=True)
_BUSY = Fault("it is too busy to be read now", "Run again later.", passes=True)
_NO_TABLE = Fault("there is no such table or view", "Name it with its schema: zaken.stappen.")
_NO_COLUMN = Fault("there is no such column", "A text stands between single quotes.")
_TRY = "Try the same with a client, as isql of unixODBC, as this user."

_OF_CONNECTING = {
    "01000": Fault(
        "its ODBC driver is not installed here", "odbcinst -q -d lists the names of those that are."
    ),
    "IM002": Fault(
        "ODBC knows no data source or driver of that name",
        "odbcinst -q -s and odbcinst -q -d list those that it does; see docs/databases.md.",
    ),
    "IM": Fault("its ODBC driver does not work here", _TRY),
    "28": Fault(
        "it does not let us in with this user and password",
        "password_env names the variable with the password; its manager knows who may come in.",
    ),
    "3D": Fault("there is no such database", _TRY),
    "42": Fault("there is no such database, or this user may not read it", _TRY),
    "": Fault(
        "no connection could be made",
        "Are host, port, database, user and password right, and may we reach it? " + _TRY,
        passes=True,
    ),
}
_OF_READING = {
    **dict.fromkeys(("42S02", "42P01"), _NO_TABLE),  # most databases; PostgreSQL
    **dict.fromkeys(("42S22", "42703"), _NO_COLUMN),
    "42": Fault("the query cannot be run as it stands, or this user may not read that", _TRY),
    "22": Fault(
        "a value could not be converted or computed", "Leave casts out of the query, or guard them."
    ),
    "08": _LOST,
    "40": _BUSY,
    "HYT": Fault("the query took too long", "Ask for fewer rows, or have its time raised."),
    "": Fault("it broke off while it was read", "Its own log says why."),
}
_TOO_LONG = Fault(
    "a text is longer than it can be here", "Name the columns that are needed in a query."
)
_STATE = re.compile(r"State: (\w{5})")


def door(name: str) -> Any:
    """The library that speaks ODBC, which needs the driver manager of the system.

    Raises:
        SourceError: there is no driver manager; ``name`` is the source that needs it.
    """
    try:
        import arrow_odbc
    except (ImportError, OSError):
        raise SourceError(
            f"{name}: there is no driver manager of ODBC here.",
            "Install unixODBC (unixodbc of Debian and Ubuntu), and the driver of the database.",
        ) from None
    return arrow_odbc


@contextmanager
def connecting(name: str) -> Iterator[None]:
    """Turns a failure to connect to the database called ``name`` into a ``SourceError``."""
    with _told(name, _OF_CONNECTING):
        yield


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns a failure while ``name`` is read into a ``SourceError``."""
    with _told(name, _OF_READING):
        yield


@contextmanager
def _told(name: str, faults: Mapping[str, Fault]) -> Iterator[None]:
    error_type = door(name).Error
    try:
        yield
    except error_type as error:
        fail(name, _fault_of(str(error), faults))


def _fault_of(said: str, faults: Mapping[str, Fault]) -> Fault:
    """The fault of a SQLSTATE: by all five characters, else the first three, else the first two."""
    if "without truncation" in said:
        return _TOO_LONG
    found = _STATE.search(said)
    state = found[1] if found else ""
    return next(faults[state[:size]] for size in (5, 3, 2, 0) if state[:size] in faults)
