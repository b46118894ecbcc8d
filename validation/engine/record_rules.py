# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rules about two or more columns of a row, for the rows that ``ignore_row_if`` keeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import polars as pl

from validation.engine.column_rules import repeated
from validation.engine.comparable import values
from validation.engine.engine import Kwargs
from validation.engine.registry import (
    COLUMNS,
    PAIR,
    columns_of,
    judged,
    row_rule,
    rows_rule,
    schema_of,
)

Good = Callable[[Kwargs], pl.Expr]


def record_rule(
    name: str, domain: tuple[str, ...], values: tuple[str, ...] = ()
) -> Callable[[Good], None]:
    """Registers a rule by a function that says what holds for a good row."""

    def register(good: Good) -> None:
        @row_rule(name, domain, values)
        def _broken(kwargs: Kwargs) -> pl.Expr:
            return judged(kwargs) & ~good(kwargs).fill_null(value=False)

    return register


@record_rule("column_pair_values.a_greater_than_b", PAIR, ("or_equal",))
def _a_greater_than_b(kwargs: Kwargs) -> pl.Expr:
    a, b = (pl.col(column) for column in columns_of(kwargs))
    return a >= b if kwargs.get("or_equal") else a > b


@record_rule("column_pair_values.equal", PAIR)
def _equal_pair(kwargs: Kwargs) -> pl.Expr:
    a, b = columns_of(kwargs)
    return pl.col(a) == pl.col(b) if _alike(kwargs, a, b) else pl.lit(value=False)


@record_rule("column_pair_values.in_set", PAIR, ("value_pairs_set",))
def _pair_in_set(kwargs: Kwargs) -> pl.Expr:
    pairs = kwargs["value_pairs_set"]
    if pairs is None:
        return pl.lit(value=True)
    is_one = [
        pl.all_horizontal(
            _is(kwargs, name, each) for name, each in zip(columns_of(kwargs), pair, strict=True)
        )
        for pair in pairs
    ]
    return pl.any_horizontal(pl.lit(value=False), *is_one)


def _is(kwargs: Kwargs, column: str, given: object) -> pl.Expr:
    """Whether a column has a given value, which may be null."""
    if given is None:
        return pl.col(column).is_null()
    known = values([given], schema_of(kwargs)[column])
    return pl.col(column).eq_missing(known[0]) if len(known) else pl.lit(value=False)


@record_rule("multicolumn_sum.equal", COLUMNS, ("sum_total",))
def _sum_equal(kwargs: Kwargs) -> pl.Expr:
    total = pl.sum_horizontal(columns_of(kwargs), ignore_nulls=False)
    return total == pl.lit(kwargs["sum_total"])


@record_rule("multicolumn_values.equal", COLUMNS)
def _all_equal(kwargs: Kwargs) -> pl.Expr:
    first, *others = columns_of(kwargs)
    return pl.all_horizontal(pl.lit(value=True), *(_same(kwargs, first, each) for each in others))


@record_rule("select_column_values.unique.within_record", COLUMNS)
def _unique_within_record(kwargs: Kwargs) -> pl.Expr:
    pairs = itertools.combinations(columns_of(kwargs), 2)
    return ~pl.any_horizontal(pl.lit(value=False), *(_same(kwargs, a, b) for a, b in pairs))


def _same(kwargs: Kwargs, a: str, b: str) -> pl.Expr:
    """Whether two columns have the same value, which may be null."""
    if _alike(kwargs, a, b):
        return pl.col(a).eq_missing(pl.col(b))
    return pl.col(a).is_null() & pl.col(b).is_null()


def _alike(kwargs: Kwargs, a: str, b: str) -> bool:
    """Whether the values of two columns can be compared at all."""
    types = [schema_of(kwargs)[column] for column in (a, b)]
    are_numbers = [each.is_numeric() or each == pl.Boolean for each in types]
    return all(are_numbers) or types[0] == types[1] or pl.Null in types


@rows_rule("compound_columns.unique", COLUMNS, across=True, alike=columns_of)
def _not_unique_together(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    return repeated(frame.filter(judged(kwargs)), columns_of(kwargs))
