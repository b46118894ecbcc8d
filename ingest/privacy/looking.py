# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Looks through a whole file for personal data that should not be there.

Ids that a spreadsheet has rounded are found here too, as ids are not written out any further on.

A finding names only the row and the column; the value goes no further.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from contracts.column_words import says_citizen_number
from ingest.notices import Sign, notices
from ingest.privacy import citizen_numbers, personal
from ingest.raw import Raw

_SAMPLE = 100_000
_POWER_OF_TEN = r"^\s*\d(?:[.,]\d+)?E\+\d+\s*$"
# a spreadsheet keeps 15 digits of a number; its reader does not tell whether a cell is a number
_LONG, _WITHOUT_ITS_END = r"^\s*\d{16,}\s*$", r"^\s*\d{15,}0\s*$"
_MOSTLY = 0.9
_NO_TEXT = (pl.Binary, pl.Boolean, pl.Null)


Question = tuple[str, str]
"""What is asked, and the place of the column that it is asked of."""


class Looked(NamedTuple):
    """``rows`` rows, with ``NOTICED`` if anything can be noticed.

    ``ids``: by place, the values in columns of ids. ``shown``: the questions to which any row says
    yes.
    """

    frame: pl.LazyFrame
    rows: int
    ids: dict[str, pl.Series]
    shown: set[Question]


def looked_through(
    raw: Raw,
    kept: Collection[str],
    of_ids: Collection[str] = (),
    asked: Mapping[Question, pl.Expr] | None = None,
    *,
    in_workbook: bool = False,
) -> Looked:
    """The rows of ``raw`` with what its reader noticed, followed by what is found here.

    In a text that is kept, digits are hidden if it holds a citizen's number; all letters and digits
    are hidden if it tells who somebody is, unless it is an id.

    One quick look at all columns finds those that may hold something; only those are examined.

    Args:
        raw: the rows, and the columns to look through.
        kept: the places of the columns whose values are kept as they are.
        of_ids: the places of the columns whose values are asked for.
        asked: further questions for the quick look: whether any row shows something.
        in_workbook: whether the rows are from a spreadsheet.
    """
    texts = _texts(raw)
    rows, ids, shown = _seen(raw.frame, of_ids, {**_likely(texts, kept), **(asked or {})})
    numbered = {
        each: _has_number(raw, text, each, rows)
        for each, text in texts.items()
        if ("number", each) in shown
    }
    telling = {
        each: personal.stand_in(text) for each, text in texts.items() if ("person", each) in shown
    }
    rounded = {
        each: is_rounded(texts[each], ids[each], in_workbook=in_workbook)
        for each in texts
        if each in ids
    }
    found = [
        (rule, each, is_broken)
        for rule, columns in (("DQ14", numbered), ("DQ15", telling), ("DQ31", rounded))
        for each, is_broken in columns.items()
        # all values of ids are at hand: if none says yes, the rows need not be asked
        if each not in ids or _any_shows(ids[each], each, is_broken)
    ]
    signs = [*raw.signs, *(Sign(rule, raw.texts[each], is_so) for rule, each, is_so in found)]
    noticed = [notices(signs)] if signs else []
    hidden = _hidden(found, texts, kept, of_ids)
    return Looked(raw.frame.with_columns(*noticed, **hidden), rows, ids, shown)


def _hidden(
    found: Sequence[tuple[str, str, pl.Expr]],
    texts: Mapping[str, pl.Expr],
    kept: Collection[str],
    of_ids: Collection[str],
) -> dict[str, pl.Expr]:
    """The columns in which something was found, with what may not be kept masked."""
    masked: dict[str, pl.Expr] = {}
    for rule, each, is_so in found:
        text = masked.get(each, texts[each])
        if rule == "DQ14" and each in kept:
            masked[each] = _masked(text, is_so, "[0-9]")
        if rule == "DQ15" and each not in of_ids:
            masked[each] = _masked(text, is_so, r"[\p{L}\p{N}]")
    return masked


def is_rounded(text: pl.Expr, ids: pl.Series, *, in_workbook: bool) -> pl.Expr:
    """Whether a spreadsheet has rounded an id; ``ids`` are all values in its column.

    In a workbook, ids of 16 digits or more that end in a zero also count, if nearly all do.
    """
    long = ids.filter(ids.str.contains(_LONG))
    ends = long.str.contains(_WITHOUT_ITS_END).sum()
    is_cut = in_workbook and len(long) > 0 and ends >= _MOSTLY * len(long)
    return text.str.contains(f"{_POWER_OF_TEN}|{_WITHOUT_ITS_END}" if is_cut else _POWER_OF_TEN)


def _likely(texts: Mapping[str, pl.Expr], kept: Collection[str]) -> dict[Question, pl.Expr]:
    """Asks whether a row may hold a citizen's number or, in a text that is kept, name a person."""
    numbers = {
        ("number", each): text.str.contains(citizen_numbers.LIKELY) for each, text in texts.items()
    }
    persons = {
        ("person", each): text.str.contains(personal.LIKELY)
        for each, text in texts.items()
        if each in kept
    }
    return {**numbers, **persons}


def _has_number(raw: Raw, text: pl.Expr, place: str, rows: int) -> pl.Expr:
    """Whether a row has a citizen's number in a column, after judging the column as a whole."""
    is_whole = says_citizen_number(raw.texts[place]) or _is_of_citizens(raw.frame, text, rows)
    find = citizen_numbers.stand_in if is_whole else citizen_numbers.are_called_so
    return find(text)


def _masked(text: pl.Expr, is_hidden: pl.Expr, what: str) -> pl.Expr:
    """A column with ``what`` masked in the texts to hide."""
    return pl.when(is_hidden).then(text.str.replace_all(what, "#")).otherwise(text)


def _texts(raw: Raw) -> dict[str, pl.Expr]:
    """The columns to look through as text, by place; without times, booleans and bytes."""
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
    """A value without bytes and dates, some of which polars cannot write as JSON."""
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


def _seen(
    frame: pl.LazyFrame, of_ids: Collection[str], asked: Mapping[Question, pl.Expr]
) -> tuple[int, dict[str, pl.Series], set[Question]]:
    """The number of rows, all ids, and the questions to which any row says yes.

    Each id is asked once, however many rows have it.
    """
    of_rows = {question: shows for question, shows in asked.items() if question[1] not in of_ids}
    found = (
        frame.select(
            pl.len().alias("rows"),
            *(
                pl.col(place).cast(pl.String).drop_nulls().unique().implode().alias(f"id:{place}")
                for place in of_ids
            ),
            *(shows.any().alias(":".join(question)) for question, shows in of_rows.items()),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    ids = {place: pl.Series(found[f"id:{place}"], dtype=pl.String) for place in of_ids}
    shown = {question for question in of_rows if found[":".join(question)]}
    for question in asked.keys() - of_rows.keys():
        place = question[1]
        if _any_shows(ids[place], place, asked[question]):
            shown.add(question)
    return found["rows"], ids, shown


def _any_shows(values: pl.Series, place: str, shows: pl.Expr) -> bool:
    """Whether any value of a column says yes to a question about its rows."""
    return bool(values.to_frame(place).select(shows.any()).item())


def _is_of_citizens(frame: pl.LazyFrame, text: pl.Expr, rows: int) -> bool:
    """Whether the numbers in a column are of citizens, by the first rows that may have any."""
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
