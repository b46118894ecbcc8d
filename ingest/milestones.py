# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns a table with a row per case and a column per milestone into one with a row per event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ingest.raw import DIGEST
from ingest.times.instants import PARSED

SOURCE, ACTIVITY, TIME = "#source", "#activity", "#time"
"""The columns that a row gets: the source of its milestone, its name, and when it was."""

_NUMBER, _NONE = "#milestone", "#none"
_FIELDS = tuple(PARSED.to_schema())


def as_events(
    rows: pl.LazyFrame, case: str, times: Mapping[str, pl.Expr], name: str
) -> pl.LazyFrame:
    """A row for each milestone that a row has reached; all its other values are repeated.

    The digest of each is of its case, milestone and time: a later row of the case, with more
    milestones, does not tell the earlier ones anew.

    A row without any is kept as one without a time, for the gate to report. The events of the
    second milestone have the source ``name@2``, so that source and row identify each, and ties are
    in the order of ``times``.

    Args:
        rows: rows with ``DIGEST``.
        case: the column of ``rows`` with the ids of cases.
        times: milestone → when it was reached, as ``PARSED``.
        name: the name of the file.
    """
    places = [f"{_NUMBER} {number}" for number in range(len(times))]
    parsed = [time.alias(place) for place, time in zip(places, times.values(), strict=True)]
    # a list for each field: lists of records take ten times as long
    every = {
        f"#{field}": pl.concat_list(pl.col(place).struct.field(field) for place in places)
        for field in _FIELDS
    }
    numbers = pl.concat_list(pl.lit(number, pl.UInt16) for number in range(len(times)))
    number, is_missing = pl.col(_NUMBER), _is_missing(pl.col("#problem"))
    none = pl.all_horizontal(_is_missing(pl.col(place).struct.field("problem")) for place in places)
    return (
        rows.with_columns(parsed)
        .with_columns(numbers.alias(_NUMBER), none.alias(_NONE), **every)
        .drop(places)
        .explode(_NUMBER, *every)
        .filter(~is_missing | (pl.col(_NONE) & (number == 0)))
        .with_columns(
            pl.struct(pl.col(f"#{field}").alias(field) for field in _FIELDS).alias(TIME),
            _named(number, _sources(name, len(times))).alias(SOURCE),
            _named(number, list(times)).alias(ACTIVITY),
        )
        .with_columns(pl.struct(case, ACTIVITY, "#at").hash().alias(DIGEST))
    )


def _is_missing(problem: pl.Expr) -> pl.Expr:
    return problem.eq_missing(pl.lit("missing"))


def _sources(name: str, count: int) -> list[str]:
    """The sources of milestones, also in alphabetical order, which decides ties."""
    digits = len(str(count))
    return [name, *(f"{name}@{number:0{digits}}" for number in range(2, count + 1))]


def _named(number: pl.Expr, names: Sequence[str]) -> pl.Expr:
    return number.replace_strict(
        pl.int_range(len(names), dtype=pl.UInt16, eager=True),
        pl.Series(names, dtype=pl.String),
        return_dtype=pl.String,
    )
