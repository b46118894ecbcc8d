# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From the rows of a file to candidates: a row for a row, nothing dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from contracts.events import CANDIDATES, attribute_column
from ingest.notations import Notation
from ingest.notices import NOTICED
from ingest.raw import DESTROY_ON, DIGEST, ROW
from ingest.roles import Roles
from ingest.times import PARSED, parsed, typed

TIME_ROLES = (
    *("timestamp", "start_timestamp"),
    *("registration_timestamp", "closing_timestamp", "recorded_timestamp"),
)
ID_ROLES = ("case_id", "resource")
# XML cannot carry them; a byte order mark amid a file is where another was put after it
_CONTROLS = [*map(chr, range(0x20)), "\x7f", "\ufffe", "\uffff", "\ufeff"]
_TEXT_ROLES = ("activity", "team", "org", "instance")


def normalise(
    rows: pl.LazyFrame,
    roles: Roles,
    notations: Mapping[str, Notation],
    *,
    source: pl.Expr,
    zone: str,
) -> pl.LazyFrame:
    """Rows in the shape of ``CANDIDATES`` but for ``slot``, and their ``case:*`` columns.

    Control characters become spaces, texts are stripped; an empty value is null. Ids stay as they
    are written: they are ``cleaned`` once for all rows that have them.

    Args:
        rows: ``ROW``, ``DIGEST``, ``NOTICED``, ``DESTROY_ON`` if it is there, and the columns that
            ``roles`` names.
        roles: which column of ``rows`` plays which role.
        notations: by time column that is ``String``, how it is written.
        source: what names the file.
        zone: where times without an offset are local.
    """
    schema = rows.collect_schema()
    column = roles.columns
    text = {role: _text(column.get(role)) for role in _TEXT_ROLES}
    ids = {role: _written(column.get(role)) for role in ID_ROLES}
    time = {role: time_of(column.get(role), schema, notations, zone) for role in TIME_ROLES}
    at = pl.col("#time").struct.field("at")
    started_at = time["start_timestamp"].struct.field("at")
    attributes = {attribute_column(name): place for name, place in roles.case_attributes.items()}
    candidates = {
        "source": source,
        "row": pl.col(ROW).cast(pl.Int64),
        "digest": pl.col(DIGEST).reinterpret(signed=True),
        "started_at": started_at,
        "at": at,
        "registered_at": time["registration_timestamp"].struct.field("at"),
        "closed_at": time["closing_timestamp"].struct.field("at"),
        "recorded_at": time["recorded_timestamp"].struct.field("at"),
        "destroy_on": pl.col(DESTROY_ON) if DESTROY_ON in schema else pl.lit(None, pl.Date),
        "noticed": pl.col(NOTICED),
        "is_day": _is_midnight(at, zone) | _is_midnight(started_at, zone).fill_null(value=False),
        "lifecycle": _text(column.get("lifecycle")).str.to_lowercase().fill_null("complete"),
        "at_problem": pl.col("#time").struct.field("problem"),
        **text,
        **ids,
    }
    return rows.with_columns(time["timestamp"].alias("#time")).select(
        *(candidates[name].alias(name) for name in CANDIDATES if name != "slot"),
        *(_text(place).alias(name) for name, place in attributes.items()),
    )


def cleaned(written: pl.Series) -> pl.Series:
    """The text that each value becomes in a candidate."""
    return written.alias("text").to_frame().select(_text("text")).to_series()


def _written(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, dtype=pl.String)
    return pl.col(column).cast(pl.String, strict=False)


def _text(column: str | None) -> pl.Expr:
    if column is None:
        return pl.lit(None, dtype=pl.String)
    stripped = _written(column).str.replace_many(_CONTROLS, [" "]).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _is_midnight(instant: pl.Expr, zone: str) -> pl.Expr:
    return instant.dt.convert_time_zone(zone).dt.time() == dt.time()


def time_of(
    column: str | None, schema: pl.Schema, notations: Mapping[str, Notation], zone: str
) -> pl.Expr:
    """A column of times as ``PARSED``, which it may be already."""
    if column is None:
        return pl.lit(None, dtype=PARSED)
    if schema[column] == PARSED:
        return pl.col(column)
    if schema[column].is_temporal():
        return typed(pl.col(column), zone)
    return parsed(pl.col(column).cast(pl.String), notations[column], zone)
