# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Puts the id of a case together from several columns, such as a year and a number in that year.

None of them identifies a case by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from contracts.columns import name_of_all
from ingest.normalise import case_id_of
from ingest.raw import Raw

BETWEEN = "-"
_PLACE = "#case"


def with_joint_id(raw: Raw, parts: Sequence[str]) -> Raw:
    """``raw`` with an extra column, named after its ``parts``, if there are any.

    It holds their values joined by hyphens, and is empty where one of them is.
    """
    if not parts or not raw.places.keys() >= set(parts):
        return raw
    name = name_of_all(*parts)
    joint = joined(raw.frame.collect_schema(), [raw.places[part] for part in parts])
    return replace(
        raw,
        frame=raw.frame.with_columns(joint.alias(_PLACE)),
        columns=(*raw.columns, name),
        places={**raw.places, name: _PLACE},
        texts={**raw.texts, _PLACE: name},
    )


def joined(schema: pl.Schema, columns: Sequence[str]) -> pl.Expr:
    """The values of ``columns`` as one id; null where one of them is empty."""
    return pl.concat_str([_part(pl.col(each), schema[each]) for each in columns], separator=BETWEEN)


def _part(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    return case_id_of(as_whole(column) if kind.is_float() else column)


def as_whole(number: pl.Expr) -> pl.Expr:
    """A number as text, with 1003.0 as 1003.

    Python turns the numbers of a column with gaps into fractions.
    """
    integer = number.cast(pl.Int64, strict=False)
    is_whole = number == integer
    return pl.when(is_whole).then(integer.cast(pl.String)).otherwise(number.cast(pl.String))
