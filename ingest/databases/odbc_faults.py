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
from ingest.databases.faults import LOST, Fault, fail

_BUSY = Fault("it is too busy to be read now", "Run again later.", passes=True)
_NO_TABLE = Fault("there is no such table or view", "Give its schema too: zaken.stappen.")
_NO_COLUMN = Fault("there is no such column", "Put a text between single quotes.")
_TRY = "Try it as this user in a client, such as isql of unixODBC."

_OF_CONNECTING = {
    "01000": Fault(
        "its ODBC driver is not installed here", "odbcinst -q -d lists the drivers that are."
    ),
    "IM002": Fault(
        "ODBC knows no data source or driver of that name",
        "odbcinst -q -s and odbcinst -q -d list those it knows; see docs/databases.md.",
    ),
    "IM": Fault("its ODBC driver does not work here", _TRY),
    "28": Fault(
        "it does not let us in with this user and password",
        "password_env names the variable with the password; ask its administrator who has access.",
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
    "08": LOST,
    "40": _BUSY,
    "HYT": Fault("the query took too long", "Ask for fewer rows, or have its time limit raised."),
    "": Fault("it broke off while it was read", "The database's own log says why."),
}
_TOO_LONG = Fault(
    "a text is longer than it can be here", "Write a query that selects only the columns you need."
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
            f"{name}: there is no ODBC driver manager here.",
            "Install unixODBC (unixodbc on Debian and Ubuntu), and the driver of the database.",
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
