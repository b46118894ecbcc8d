# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads the rows of a query of a PostgreSQL database into a Parquet file, in bounded memory."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa

from contracts.errors import ConfigError
from contracts.sources import Source
from ingest.databases.postgresql_faults import told
from ingest.databases.rows import check_names, check_watermark, write
from ingest.databases.watermarks import CONDITIONS, SETTING, highest

_ONLY_READ = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_PLAIN = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_string,
    pa.types.is_time,
)
_NOT_PLAIN = (b"bpchar", b"money")
"""Types that arrive as something else: padded with blanks, or as a whole number of cents."""


def read_query(
    url: str, name: str, source: Source, path: Path, since: str | None = None
) -> str | None:
    """Writes the rows that ``source`` asks of the database at ``url`` to a Parquet file.

    They are read in one read-only transaction, so all as of one moment. A value without a plain
    type (``numeric``, an enum, an array) becomes the text that PostgreSQL writes for it;
    ``infinity`` and times outside the years 1 to 9999 become null.

    Args:
        url: the database.
        name: what the user calls it, for errors.
        source: a source with a ``query`` or a ``table``.
        path: the file to write.
        since: the highest ``watermark`` that was seen; rows from there on are asked for.

    Returns:
        The highest ``watermark`` that was seen now; null if the source has none.

    Raises:
        SourceError: the database or the query is not as it should be.
        ConfigError: the ``watermark`` is not a column of the query, or cannot be one.
    """
    with told(name):
        connection = postgresql.connect(_with_manners(url))
    with connection, connection.cursor() as cursor:
        rows = _asked(cursor, source, name, since)
        write(rows, rows.schema, path, partial(told, name))
    now = dt.datetime.now(dt.UTC)
    return source.watermark and highest(path, source.watermark, since, now)


def _with_manners(url: str) -> str:
    """``url`` with options to notice a host that does not answer, or a broken connection."""
    manners = {
        "connect_timeout": os.environ.get("PGCONNECT_TIMEOUT", "15"),
        "fallback_application_name": "hoeksteen",
        "keepalives_idle": "60",
    }
    said = parse_qs(urlsplit(url).query)
    added = "&".join(f"{key}={value}" for key, value in manners.items() if key not in said)
    return f"{url}{'&' if '?' in url else '?'}{added}"


def _asked(
    cursor: postgresql.Cursor, source: Source, name: str, since: str | None
) -> pa.RecordBatchReader:
    """The rows that ``source`` asks for, of which none is fetched yet.

    The query is put in parentheses, where only a SELECT can be.
    """
    between = f"(\n{_query(source)}\n) AS asked"
    whole = f"SELECT * FROM {between}"  # noqa: S608 - what the user asks is the point
    with told(name, whole if source.query else ""):
        cursor.execute(_ONLY_READ)
        fields = list(cursor.adbc_execute_schema(whole))
    check_names([field.name for field in fields], name)
    asked = f"SELECT {', '.join(map(_column, fields))} FROM {between}"  # noqa: S608
    if source.watermark:
        condition = _condition(source.watermark, fields, name)
        asked += f" WHERE {condition}" if since is not None else ""
    with told(name):
        if since is not None:
            cursor.execute(f"SELECT set_config('{SETTING}', $1, true)", (since,))
            cursor.fetchall()
        cursor.execute(asked)
        return cursor.fetch_record_batch()


def _condition(watermark: str, fields: Sequence[Any], name: str) -> str:
    """The condition for new rows; see ``watermarks``."""
    types = {field.name: field.metadata[b"POSTGRESQL:type"].decode() for field in fields}
    check_watermark(watermark, types, name)
    if types[watermark] not in CONDITIONS:
        raise ConfigError(
            f"{name}: the watermark '{watermark}' is of type {types[watermark]}.",
            "It must be a timestamp, a date, a whole number or a text; cast it in the query.",
        )
    column = f"asked.{_quoted(watermark)}"
    return f"({CONDITIONS[types[watermark]].format(column=column)} OR {column} IS NULL)"


def _query(source: Source) -> str:
    if source.table is not None:
        return f"TABLE {'.'.join(map(_quoted, source.table.split('.')))}"
    return (source.query or "").rstrip("; \n")


def _column(field: Any) -> str:
    """A column of the query, cast to a type that a reader of Parquet understands."""
    name = _quoted(field.name)
    value = f"asked.{name}"
    if pa.types.is_timestamp(field.type) or pa.types.is_date(field.type):
        known = f"{value} >= '0001-01-01' AND {value} < '10000-01-01'"
        return f"CASE WHEN {known} THEN {value} END AS {name}"
    is_plain = any(is_type(field.type) for is_type in _PLAIN)
    if is_plain and field.metadata.get(b"POSTGRESQL:type") not in _NOT_PLAIN:
        return f"{value} AS {name}"
    return f"{value}::text AS {name}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
