# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What PostgreSQL says is wrong, in our words: its own may quote the value of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_manager.dbapi as adbc
import pyarrow as pa

from ingest.databases.faults import LOST, Fault, fail

_ABSENT = Fault(
    "nothing answers there", "Are the host and port right, and may we reach it?", passes=True
)
_BUSY = Fault("it takes no new connections now", "Run again later.", passes=True)
_NO_HOST = Fault("there is no host with that name", "Is the name right, and known in this network?")
_NO_PASSWORD = Fault(
    "it asks for a password", "Set PGPASSWORD, or put it in ~/.pgpass or the file of PGPASSFILE."
)
_REFUSED = Fault(
    "it does not let us in with this role and password",
    "Check PGPASSWORD or ~/.pgpass; its administrator knows who has access, and from where.",
)
_NO_DATABASE = Fault(
    "there is no such database or role",
    "Their names are case-sensitive; its administrator knows them.",
)
_NO_TLS = Fault(
    "no encrypted connection could be made as asked", "Check sslmode and sslrootcert in the path."
)
_BAD_URL = Fault(
    "the path is not a valid PostgreSQL URL", "Write postgresql://role@host:5432/database."
)
_NOT_CONNECTED = Fault("no connection could be made", "Try the same path with psql.")
_NO_TABLE = Fault(
    "there is no such table, view or schema{where}",
    "Write it as the database does, mostly in lower case, with its schema: zaken.stappen.",
)
_NO_COLUMN = Fault("there is no such column{where}", "Put a text between single quotes.")
_DENIED = Fault(
    "this role may not read that", "Ask its administrator to grant SELECT, and no more."
)
_READ_ONLY = Fault("the query would change something", "Give a SELECT that only reads.")
_NOT_ONE_SELECT = Fault(
    "the query is not one SELECT{where}", "Give a single SELECT, without a semicolon."
)
_WRONG = Fault("the query cannot be run as it stands{where}", "Try it in psql first.")
_TIMEOUT = Fault(
    "the query was cancelled: it took too long, or somebody stopped it",
    "Ask for fewer rows, or have statement_timeout raised for this role.",
)
_STANDBY = Fault(
    "the replica that was read changed too much meanwhile",
    "Run again at a quieter time.",
    passes=True,
)
_NO_VALUE = Fault(
    "a value could not be converted or computed{where}",
    "Leave casts out of the query, or guard them.",
)
_UNKNOWN = Fault("it broke off while it was read", "The database's own log says why.")

_OF_STATE = {
    "08": LOST,
    "0A": _NOT_ONE_SELECT,
    "22": _NO_VALUE,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "3D": _NO_DATABASE,
    "3F": _NO_TABLE,
    "40001": _STANDBY,
    "42501": _DENIED,
    "42601": _NOT_ONE_SELECT,
    "42703": _NO_COLUMN,
    "42P01": _NO_TABLE,
    "42": _WRONG,
    "53": _BUSY,
    "57014": _TIMEOUT,
    "57P": LOST,
}
"""By SQLSTATE: its five characters, else its first three, else its class (the first two)."""

_OF_PHRASE = {
    "Connection refused": _ABSENT,
    "timeout expired": _ABSENT,
    "No such file or directory": _ABSENT,
    "No route to host": _ABSENT,
    "could not translate host name": _NO_HOST,
    "no password supplied": _NO_PASSWORD,
    "password authentication failed": _REFUSED,
    "authentication failed": _REFUSED,
    "no pg_hba.conf entry": _REFUSED,
    "not permitted to log in": _REFUSED,
    "too many": _BUSY,
    "remaining connection slots": _BUSY,
    "the database system is": _BUSY,
    "SSL error": _NO_TLS,
    "support SSL": _NO_TLS,
    "certificate": _NO_TLS,
    "URI": _BAD_URL,
    "invalid port number": _BAD_URL,
    "connection option": _BAD_URL,
    "read-only transaction": _READ_ONLY,
    "must be set before any query": _READ_ONLY,
    "permission denied": _DENIED,
    "statement timeout": _TIMEOUT,
    "user request": _TIMEOUT,
    "conflict with recovery": _STANDBY,
    "invalid input syntax": _NO_VALUE,
    "out of range": _NO_VALUE,
    "division by zero": _NO_VALUE,
    "terminating connection": LOST,
    "closed the connection": LOST,
    "could not receive data": LOST,
    "does not exist": _NO_DATABASE,
    "Failed to connect": _NOT_CONNECTED,
}
"""Faults without a SQLSTATE: when connecting, and once rows are coming."""


@contextmanager
def told(name: str, query: str = "") -> Iterator[None]:
    """Turns what goes wrong with the database called ``name`` into a ``SourceError``.

    Args:
        name: what the user calls the database; without a secret.
        query: the query that is sent; the user's own query begins on its second line.
    """
    try:
        yield
    except (adbc.Error, pa.ArrowException, OSError) as error:
        fail(name, _fault_of(error), _where(error, query))


def _fault_of(error: BaseException) -> Fault:
    state = getattr(error, "sqlstate", None)
    if state:
        known = (_OF_STATE[state[:size]] for size in (5, 3, 2) if state[:size] in _OF_STATE)
        return next(known, _UNKNOWN)
    text = str(error)
    return next((fault for phrase, fault in _OF_PHRASE.items() if phrase in text), _UNKNOWN)


def _where(error: BaseException, query: str) -> str:
    """The line in the user's query that the database points at."""
    details = dict(getattr(error, "details", None) or ())
    place = details.get(b"PG_DIAG_STATEMENT_POSITION", b"")
    line = query.count("\n", 0, int(place)) if place.isdigit() else 0
    return f", in line {line} of the query" if line else ""
