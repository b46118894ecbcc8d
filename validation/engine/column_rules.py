# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rules about the values of one column; all leave nulls out, except those about nulls."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import jsonschema
import polars as pl
from dateutil.parser import parse

from validation.engine.comparable import bound, matches, text, values
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import COLUMN, ROW_RULES, measure, row_rule, rows_rule, type_of

Good = Callable[[Kwargs], pl.Expr]
_JSON = "column_values.json_parseable"  # a value that is not text is not JSON, but no error either


def _column_rule(name: str, values: tuple[str, ...] = ()) -> Callable[[Good], Good]:
    """Registers a rule by a function that says what holds for a good value."""

    def register(good: Good) -> Good:
        @row_rule(name, COLUMN, values)
        def _broken(kwargs: Kwargs) -> pl.Expr:
            is_there = pl.col(kwargs["column"]).is_not_null()
            return is_there & ~good(kwargs).fill_null(value=False)

        return good

    return register


@row_rule("column_values.nonnull", COLUMN)
def _nonnull(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_null()


@row_rule("column_values.null", COLUMN)
def _null(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_not_null()


_BOUNDS = ("min_value", "max_value", "strict_min", "strict_max")


@_column_rule("column_values.between", _BOUNDS)
def _between(kwargs: Kwargs) -> pl.Expr:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is None and high is None:
        raise ValueError("min_value and max_value cannot both be None")
    if low is not None and high is not None and low > high:
        raise ValueError("min_value cannot be greater than max_value")
    return _within(pl.col(kwargs["column"]), type_of(kwargs), kwargs)


def _within(column: pl.Expr, dtype: pl.DataType, kwargs: Kwargs) -> pl.Expr:
    within = pl.lit(value=True)
    if kwargs.get("min_value") is not None:
        low = bound(kwargs["min_value"], dtype)
        within &= column > low if kwargs.get("strict_min") else column >= low
    if kwargs.get("max_value") is not None:
        high = bound(kwargs["max_value"], dtype)
        within &= column < high if kwargs.get("strict_max") else column <= high
    return within


@_column_rule("column_values.in_set", ("value_set",))
def _in_set(kwargs: Kwargs) -> pl.Expr:
    if kwargs["value_set"] is None:
        return pl.lit(value=True)
    return pl.col(kwargs["column"]).is_in(values(kwargs["value_set"], type_of(kwargs)).implode())


@_column_rule("column_values.not_in_set", ("value_set",))
def _not_in_set(kwargs: Kwargs) -> pl.Expr:
    return ~pl.col(kwargs["column"]).is_in(values(kwargs["value_set"], type_of(kwargs)).implode())


@_column_rule("column_values.match_regex", ("regex",))
def _match_regex(kwargs: Kwargs) -> pl.Expr:
    return matches(text(kwargs["column"], type_of(kwargs)), kwargs["regex"])


@_column_rule("column_values.not_match_regex", ("regex",))
def _not_match_regex(kwargs: Kwargs) -> pl.Expr:
    return ~matches(text(kwargs["column"], type_of(kwargs)), kwargs["regex"])


@_column_rule("column_values.match_regex_list", ("regex_list", "match_on"))
def _match_regex_list(kwargs: Kwargs) -> pl.Expr:
    each = _each_regex(kwargs)
    return pl.all_horizontal(each) if kwargs.get("match_on") == "all" else pl.any_horizontal(each)


@_column_rule("column_values.not_match_regex_list", ("regex_list",))
def _not_match_regex_list(kwargs: Kwargs) -> pl.Expr:
    return ~pl.any_horizontal(_each_regex(kwargs))


def _each_regex(kwargs: Kwargs) -> list[pl.Expr]:
    column = text(kwargs["column"], type_of(kwargs))
    return [matches(column, regex) for regex in kwargs["regex_list"]]


@_column_rule("column_values.value_length.between", _BOUNDS)
def _length_between(kwargs: Kwargs) -> pl.Expr:
    length = text(kwargs["column"], type_of(kwargs)).str.len_chars()
    return _within(length, pl.UInt32(), kwargs)


@_column_rule("column_values.value_length.equals", ("value",))
def _length_equals(kwargs: Kwargs) -> pl.Expr:
    return text(kwargs["column"], type_of(kwargs)).str.len_chars().eq(kwargs["value"])


def _told_by(name: str, holds: Callable[[Kwargs], Callable[[str], bool]], *keys: str) -> None:
    """Registers a rule that Python checks text by text."""

    @_column_rule(name, keys)
    def _good(kwargs: Kwargs) -> pl.Expr:
        if type_of(kwargs) != pl.String:
            if name == _JSON:
                return pl.lit(value=False)
            raise TypeError(f"Values passed to {name} must be of type string.")
        return pl.col(kwargs["column"]).map_elements(holds(kwargs), return_dtype=pl.Boolean)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        parse(text)
    except (ValueError, OverflowError):
        return False
    return True


def _is_of_schema(kwargs: Kwargs) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            jsonschema.validate(json.loads(text), kwargs["json_schema"])
        except jsonschema.ValidationError:
            return False
        return True

    return holds


def _is_written_as(kwargs: Kwargs) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            dt.datetime.strptime(text, kwargs["strftime_format"])  # noqa: DTZ007 - not kept
        except ValueError:
            return False
        return True

    return holds


_told_by(_JSON, lambda _: _is_json)
_told_by("column_values.dateutil_parseable", lambda _: _is_time)
_told_by("column_values.match_json_schema", _is_of_schema, "json_schema")
_told_by("column_values.match_strftime_format", _is_written_as, "strftime_format")


@rows_rule("column_values.unique", COLUMN, across=True, alike=lambda kwargs: [kwargs["column"]])
def _not_unique(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    return repeated(frame.filter(pl.col(kwargs["column"]).is_not_null()), [kwargs["column"]])


def repeated(frame: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    """The rows whose values in some columns occur more than once; nulls count as equal."""
    twice = frame.group_by(columns).len("#n").filter(pl.col("#n") > 1).drop("#n")
    return frame.join(twice, on=columns, how="semi", nulls_equal=True, maintain_order="left")


@rows_rule("column_values.increasing", COLUMN, ("strictly",), across=True)
def _not_increasing(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    return _out_of_order(frame, kwargs, pl.Expr.lt, pl.Expr.le)


@rows_rule("column_values.decreasing", COLUMN, ("strictly",), across=True)
def _not_decreasing(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    return _out_of_order(frame, kwargs, pl.Expr.gt, pl.Expr.ge)


Compare = Callable[[pl.Expr, pl.Expr], pl.Expr]


def _out_of_order(
    frame: pl.LazyFrame, kwargs: Kwargs, wrong: Compare, wrong_or_same: Compare
) -> pl.LazyFrame:
    if type_of(kwargs) == pl.String:
        raise TypeError("Texts have no difference, so that none is more than another.")
    column = pl.col(kwargs["column"])
    compare = wrong_or_same if kwargs.get("strictly") else wrong
    return frame.filter(column.is_not_null()).filter(compare(column, column.shift()))


@rows_rule(
    "column_values.z_score.under_threshold", COLUMN, ("double_sided", "threshold"), across=True
)
def _far_from_the_mean(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    if not type_of(kwargs).is_numeric():
        raise TypeError("Cannot complete Z-score calculations on a non-numerical column.")
    column, threshold = pl.col(kwargs["column"]), kwargs["threshold"]
    score = (column - column.mean()) / column.std()
    is_far = score.abs() >= abs(threshold) if kwargs["double_sided"] else score >= threshold
    return frame.filter(column.is_not_null()).filter(column.std() > 0, is_far)


def _counted(name: str, rule: str, values: tuple[str, ...] = ()) -> None:
    """Registers how many rows break ``rule``, under a name that says what such rows are."""
    measure(name, values, COLUMN)(lambda kwargs: Measure(ROW_RULES[rule](kwargs).sum()))


_counted("column_values.nonnull.count", "column_values.null")
_counted("column_values.null.count", "column_values.nonnull")
_counted("column_values.match_regex.count", "column_values.not_match_regex", ("regex",))
_counted("column_values.not_match_regex.count", "column_values.match_regex", ("regex",))


@measure("column_values.between.count", _BOUNDS, COLUMN)
def _between_count(kwargs: Kwargs) -> Measure:
    return Measure(_between(kwargs).sum())
