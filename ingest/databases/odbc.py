# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads the rows of a query through the ODBC driver of a database into a Parquet file."""

from __future__ import annotations

import datetime as dt
import os
import re
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa

from contracts.errors import ConfigError
from contracts.sources import Source
from ingest.databases.odbc_faults import connecting, door, reading
from ingest.databases.odbc_query import asked
from ingest.databases.rows import check_names, check_watermark, write
from ingest.databases.watermarks import highest

_BATCH_BYTES = 64 << 20  # the room for one batch; there are two
_LONGEST_TEXT = 100_000  # in characters, for a column without a size
_LONGEST_BINARY = 1_000
_LOGIN_SECONDS = 15
_PLACE = re.compile(r"\[?(.*?)\]?(?::(\w*))?")  # an address with colons is in brackets
_PLAIN = re.compile(r"[\w./:-]+", re.ASCII)  # needs no quotes in a connection string


def read_odbc(
    url: str, name: str, source: Source, path: Path, since: str | None = None
) -> str | None:
    """Writes the rows that ``source`` asks of the database at ``url`` to a Parquet file.

    Nothing is committed. Moments, dates, times of day and fractions keep their types; all else
    becomes the text that the driver makes of it, with all its digits.

    Args:
        url: ``odbc://user@name`` with the name of a data source that the driver manager knows, or
            with ``?Driver=…`` and the name of a host.
        name: what the user calls the database, for errors.
        source: with a ``query`` or a ``table``.
        path: the file to write.
        since: the highest ``watermark`` that was seen; rows from there on are asked for.

    Returns:
        The highest ``watermark`` that was seen now; null if the source has none.

    Raises:
        SourceError: the database, its driver or the query is not as it should be.
        ConfigError: the query cannot be asked; the ``watermark`` is not a column of it, or cannot
            be one; or the variable with the password is not set.
    """
    rows = _rows(url, name, source, asked(source, name, since))
    check_names(rows.schema.names, name)
    if source.watermark:
        _check_type(source.watermark, rows.schema, name)
    write(rows, rows.schema, path, partial(reading, name))
    return source.watermark and highest(path, source.watermark, since, dt.datetime.now(dt.UTC))


def _rows(url: str, name: str, source: Source, query: str) -> Any:
    """The rows of ``query``, of which none is fetched yet."""
    odbc = door(name)
    asks = attributes_of(url) + _password(source)
    with connecting(name):
        connection = odbc.connect(asks, login_timeout_sec=_LOGIN_SECONDS, autocommit=False)
    with reading(name):
        return connection.read_arrow_batches(
            query,
            max_bytes_per_batch=_BATCH_BYTES,
            max_text_size=_LONGEST_TEXT,
            max_binary_size=_LONGEST_BINARY,
            map_schema=partial(_read_as, watermark=source.watermark),
            payload_text_encoding=odbc.TextEncoding.UTF16,  # in every locale
        )


def attributes_of(url: str) -> str:
    """The ODBC connection string for ``url``.

    With a driver, its host is a server; otherwise it is the name of a data source.
    """
    parts = urlsplit(url, allow_fragments=False)  # names in Oracle may have a #
    said = dict(parse_qsl(parts.query))
    user, _, place = parts.netloc.rpartition("@")
    found = _PLACE.fullmatch(place)
    host, port = found.groups("") if found else (place, "")
    has_driver = any(key.lower() == "driver" for key in said)
    told = {"Server" if has_driver else "DSN": host, "Port": port, "Database": parts.path[1:]}
    meant = {key: unquote(value) for key, value in (told | {"UID": user}).items() if value}
    return "".join(_attribute(key, value) for key, value in {**meant, **said}.items())


def _attribute(key: str, value: str) -> str:
    is_plain = _PLAIN.fullmatch(value)
    return f"{key}={value};" if is_plain else f"{key}={{{value.replace('}', '}}')}}};"


def _password(source: Source) -> str:
    """The attribute with the password; empty if the config names no variable for it."""
    if source.password_env is None:
        return ""
    password = os.environ.get(source.password_env)
    if not password:
        raise ConfigError(
            f"The environment variable {source.password_env} is not set.",
            "password_env names the one that holds the password of the database.",
        )
    return _attribute("PWD", password)


def _read_as(schema: pa.Schema, watermark: str | None) -> pa.Schema:
    return pa.schema([(field.name, _type(field, watermark)) for field in schema])


def _type(field: Any, watermark: str | None) -> pa.DataType:
    """The type to read a column as: a driver may cut or wrap values that do not fit its own."""
    type_ = field.type
    if pa.types.is_timestamp(type_):
        return pa.timestamp("us", type_.tz)
    if field.name == watermark and _is_whole(type_):
        return pa.int64()
    if pa.types.is_floating(type_):
        return pa.float64()
    is_kept = pa.types.is_date(type_) or pa.types.is_time(type_)
    return type_ if is_kept else pa.string()


def _is_whole(type_: pa.DataType) -> bool:
    has_no_fraction = pa.types.is_decimal(type_) and type_.scale == 0
    return bool(pa.types.is_integer(type_) or has_no_fraction)


def _check_type(watermark: str, schema: pa.Schema, name: str) -> None:
    check_watermark(watermark, schema.names, name)
    type_ = schema.field(watermark).type
    can_be = (pa.types.is_timestamp, pa.types.is_date, pa.types.is_integer)
    if not any(is_type(type_) for is_type in can_be):
        raise ConfigError(
            f"{name}: the watermark '{watermark}' is a {type_}.",
            "Through ODBC it must be a timestamp, a date or a whole number; cast it in the query.",
        )
