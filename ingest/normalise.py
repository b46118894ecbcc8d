# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Makes candidates of the rows of a file: one for each row, with nothing dropped."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.events import attribute_column
from ingest.guarded import unguarded
from ingest.lifecycle import COMPLETE, START, as_starts, transition
from ingest.nothing import is_nothing, names_no_case
from ingest.notices import NOTICED
from ingest.raw import DESTROY_ON, DIGEST, ROW
from ingest.roles import ID_ROLES, Roles
from ingest.times.instants import PARSED, parsed, typed
from ingest.times.notations import Notation

_INSTANTS = {
    "timestamp": "at",
    "start_timestamp": "started_at",
    "registration_timestamp": "registered_at",
    "closing_timestamp": "closed_at",
    "recorded_timestamp": "recorded_at",
}
TIME_ROLES = tuple(_INSTANTS)
_OF_THE_READER = {"noticed": NOTICED, "destroy_on": DESTROY_ON}
# XML cannot hold them; a byte order mark inside a file shows that another file was appended
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
    """The rows with the columns of ``CANDIDATES`` that the file has, and their ``case:*`` columns.

    ``slot`` is not among them yet. Control characters become spaces and texts are stripped; a value
    that is empty or means "none" becomes null. Ids stay as they are written: they are cleaned once
    for all rows that have them.

    Args:
        rows: rows with ``ROW``, ``DIGEST``, ``NOTICED`` and ``DESTROY_ON`` if there, and the
            columns that ``roles`` names.
        roles: which column of ``rows`` has which role.
        notations: by time column that is ``String``, its notation.
        source: the name of the file.
        zone: the time zone of times without an offset.
    """
    schema = rows.collect_schema()
    column = roles.columns
    # each is parsed once, and then taken apart
    times = {
        _INSTANTS[role]: time_of(column[role], schema, notations, zone).alias(f"#{_INSTANTS[role]}")
        for role in TIME_ROLES
        if role in column
    }
    field = {name: pl.col(f"#{name}").struct.field for name in times}
    is_day = field["at"]("is_day")
    if "started_at" in field:
        is_day |= field["started_at"]("is_day").fill_null(value=False)
    told = {
        "source": source,
        "row": pl.col(ROW).cast(pl.Int64),
        "digest": pl.col(DIGEST).reinterpret(signed=True),
        "lifecycle": _lifecycle(column.get("lifecycle")),
        "at_problem": field["at"]("problem"),
        "is_day": is_day,
        **{name: of_time("at") for name, of_time in field.items()},
        **{role: _text(column[role]) for role in _TEXT_ROLES if role in column},
        **{role: _written(column[role]) for role in ID_ROLES if role in column},
        **{attribute_column(name): _text(place) for name, place in roles.case_attributes.items()},
        **{name: pl.col(found) for name, found in _OF_THE_READER.items() if found in schema},
    }
    candidates = rows.with_columns(times.values()).select(**told)
    if "started_at" not in field:
        return candidates
    return _with_starts(candidates, in_two_rows="lifecycle" in column)


def _lifecycle(column: str | None) -> pl.Expr:
    """The transition of each row; COMPLETE if the row does not tell."""
    if column is None:
        return pl.lit(COMPLETE)
    return transition(_text(column)).fill_null(COMPLETE)


def _with_starts(candidates: pl.LazyFrame, *, in_two_rows: bool) -> pl.LazyFrame:
    """The candidates, with a START for each step that was begun but not done.

    A START in a row of its own has only one time, and is paired with its COMPLETE later.
    """
    if not in_two_rows:
        return as_starts(candidates, COMPLETE)
    is_start = pl.col("lifecycle") == START
    own = pl.when(~is_start).then("started_at").alias("started_at")
    return as_starts(candidates, START).with_columns(own)


def cleaned_ids(written: pl.Series, role: str) -> pl.Series:
    """The text of each id in a candidate; a case id that stands for none is null."""
    cleaned = case_id_of(pl.first()) if role == "case_id" else _id_of(pl.first())
    return written.to_frame().select(cleaned).to_series()


def case_id_of(written: pl.Expr) -> pl.Expr:
    """A case id, or a part of one, as text; null if what stands there is no id."""
    cleaned = _id_of(written)
    return pl.when(~names_no_case(cleaned)).then(cleaned)


def _id_of(written: pl.Expr) -> pl.Expr:
    return _cleaned(unguarded(written.cast(pl.String, strict=False)))


def _written(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String, strict=False)


def _text(column: str) -> pl.Expr:
    return _cleaned(_written(column))


def _cleaned(text: pl.Expr) -> pl.Expr:
    stripped = text.str.replace_many(_CONTROLS, [" "]).str.strip_chars()
    return pl.when(~is_nothing(stripped)).then(stripped)


def time_of(
    column: str, schema: pl.Schema, notations: Mapping[str, Notation], zone: str
) -> pl.Expr:
    """A column of times as ``PARSED``, which it may be already."""
    if schema[column] == PARSED:
        return pl.col(column)
    if schema[column].is_temporal():
        return typed(pl.col(column), zone)
    return parsed(pl.col(column).cast(pl.String), notations[column], zone)
