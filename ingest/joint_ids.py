# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The number of a case of which the parts stand in several columns, as a year and a number in it.

Apart, none of them tells one case from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from contracts.sources import name_of_all
from ingest.nothing import is_nothing, names_no_case
from ingest.raw import Raw

BETWEEN = "-"
_PLACE = "#case"


def with_joint_id(raw: Raw, parts: Sequence[str]) -> Raw:
    """``raw`` with one column more, called after all its ``parts``, where there are such.

    It holds their values with a hyphen between them, and is empty where one of them is.
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
    """The values of ``columns`` as one id; null where one of them names nothing."""
    return pl.concat_str([_part(pl.col(each), schema[each]) for each in columns], separator=BETWEEN)


def _part(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    text = (as_whole(column) if kind.is_float() else column.cast(pl.String, strict=False)).str
    bare = text.strip_chars()
    return pl.when(~is_nothing(bare) & ~names_no_case(bare)).then(bare)


def as_whole(number: pl.Expr) -> pl.Expr:
    """A number that is a fraction to polars, as Python makes of a column with gaps, as text.

    1003.0 is 1003.
    """
    integer = number.cast(pl.Int64, strict=False)
    is_whole = number == integer
    return pl.when(is_whole).then(integer.cast(pl.String)).otherwise(number.cast(pl.String))
