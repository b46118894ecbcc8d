# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Looks through all that a file says for what is personal and should not be there.

A row is told by the column in which it stands; what stands there goes no further.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import polars as pl

from ingest import citizen_numbers, personal
from ingest.notices import Sign, notices
from ingest.raw import Raw

_SAMPLE = 100_000
_NO_TEXT = (pl.Binary, pl.Boolean, pl.Null)


class Looked(NamedTuple):
    """``rows`` rows with ``NOTICED``, and by their place the values that columns of ids have."""

    frame: pl.LazyFrame
    rows: int
    ids: dict[str, pl.Series]


def looked_through(raw: Raw, kept: Collection[str], of_ids: Collection[str] = ()) -> Looked:
    """The rows of ``raw`` with what its reader noticed, and then what is found here.

    Of a text that is kept and holds a citizen's number the digits are hidden; of one that tells who
    somebody is, unless it is an id, all letters and digits.

    One quick look at all columns says where anything may stand; only those are looked at again.

    Args:
        raw: the rows, and the columns to look through.
        kept: the places of the columns whose values are kept as they are.
        of_ids: the places of the columns whose values are asked for.
    """
    texts = _texts(raw)
    rows, numbered, telling, ids = _likely(
        raw.frame, texts, [each for each in texts if each in kept], of_ids
    )
    signs = []
    for each in numbered:
        name, text = raw.texts[each], texts[each]
        is_whole = citizen_numbers.says_so(name) or _is_of_citizens(raw.frame, text, rows)
        find = citizen_numbers.stand_in if is_whole else citizen_numbers.are_called_so
        signs.append(Sign("DQ14", name, find(text)))
    masked = {
        each: _masked(texts[each], sign.is_broken, "[0-9]")
        for each, sign in zip(numbered, signs, strict=True)
        if each in kept
    }
    for each in telling:
        is_telling = personal.stand_in(texts[each])
        signs.append(Sign("DQ15", raw.texts[each], is_telling))
        if each not in of_ids:
            masked[each] = _masked(masked.get(each, texts[each]), is_telling, r"[\p{L}\p{N}]")
    frame = raw.frame.with_columns(notices([*raw.signs, *signs]), **masked)
    return Looked(frame, rows, ids)


def _masked(text: pl.Expr, is_hidden: pl.Expr, what: str) -> pl.Expr:
    """A column without ``what`` stands in its texts that are to be hidden."""
    return pl.when(is_hidden).then(text.str.replace_all(what, "#")).otherwise(text)


def _texts(raw: Raw) -> dict[str, pl.Expr]:
    """The columns to look through as text, by their place; times, truths and bytes are none."""
    schema = raw.frame.collect_schema()
    return {
        place: _text(place, schema[place])
        for place in raw.texts
        if not schema[place].is_temporal() and schema[place] not in _NO_TEXT
    }


def _text(place: str, kind: pl.DataType) -> pl.Expr:
    if kind.is_nested():
        return pl.struct(_for_json(pl.col(place), kind)).struct.json_encode()
    return pl.col(place).cast(pl.String, strict=False)


def _for_json(value: pl.Expr, kind: Any) -> pl.Expr:
    """A value without bytes and dates, of which polars cannot write all as JSON."""
    match kind:
        case pl.Struct():
            return pl.struct(
                _for_json(value.struct.field(each.name), each.dtype).alias(each.name)
                for each in kind.fields
            )
        case pl.List():
            return value.list.eval(_for_json(pl.element(), kind.inner))
        case pl.Array():
            return value.arr.to_list().list.eval(_for_json(pl.element(), kind.inner))
        case pl.Binary():
            return value.is_null()
        case pl.Date():
            return value.cast(pl.Int32)
    return value


def _likely(
    frame: pl.LazyFrame,
    texts: dict[str, pl.Expr],
    kept: Collection[str],
    of_ids: Collection[str],
) -> tuple[int, list[str], list[str], dict[str, pl.Series]]:
    """How many rows there are, the places where a number, or a person, may stand, and all ids."""
    found = (
        frame.select(
            pl.len().alias("rows"),
            *(
                text.str.contains(citizen_numbers.LIKELY).any().alias(f"number {place}")
                for place, text in texts.items()
            ),
            *(
                texts[place].str.contains(personal.LIKELY).any().alias(f"person {place}")
                for place in kept
            ),
            *(
                pl.col(place).cast(pl.String).drop_nulls().unique().implode().alias(f"id {place}")
                for place in of_ids
            ),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    numbered = [place for place in texts if found[f"number {place}"]]
    ids = {place: pl.Series(found[f"id {place}"], dtype=pl.String) for place in of_ids}
    return found["rows"], numbered, [place for place in kept if found[f"person {place}"]], ids


def _is_of_citizens(frame: pl.LazyFrame, text: pl.Expr, rows: int) -> bool:
    """Whether the numbers in a column are of citizens, by its first rows that may have any."""
    likely = (
        frame.select(text.alias("text"))
        .filter(pl.col("text").str.contains(citizen_numbers.LIKELY))
        .head(_SAMPLE)
        .select(citizen_numbers.numbers_in(pl.col("text")))
        .collect(engine="streaming")
        .to_series()
    )
    among = rows if len(likely) < _SAMPLE else _SAMPLE
    return citizen_numbers.are_of_citizens(likely.explode(), among)
