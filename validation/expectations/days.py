# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Pairs of times in a row: which may not be before the other, and how soon one must follow."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

import polars as pl
from great_expectations.expectations.expectation import ColumnPairMapExpectation

from contracts.events import day_in
from validation.engine.engine import Kwargs
from validation.engine.record_rules import record_rule
from validation.engine.registry import PAIR


class _TimesExpectation(ColumnPairMapExpectation):
    """Two times of a row, if it has both."""

    ignore_row_if: Literal["either_value_is_missing"] = "either_value_is_missing"


class ExpectDaysInOrder(_TimesExpectation):
    """The local day of ``column_A`` in ``zone`` is not before that of ``column_B``."""

    zone: str
    map_metric: ClassVar[str] = "column_pair_values.days_in_order"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "ignore_row_if", "zone")


class ExpectTimesInOrder(_TimesExpectation):
    """``column_A`` is not before ``column_B``; if only a date is known, local days are compared."""

    zone: str
    map_metric: ClassVar[str] = "column_pair_values.times_in_order"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "ignore_row_if", "zone")


class ExpectToFollowWithin(_TimesExpectation):
    """``column_A`` is at most ``days`` days of 24 hours after ``column_B``."""

    days: float
    map_metric: ClassVar[str] = "column_pair_values.follow_within"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "ignore_row_if", "days")


def _days_in_order(kwargs: Kwargs) -> pl.Expr:
    a, b = (day_in(kwargs[column], kwargs["zone"]) for column in ("column_A", "column_B"))
    return a >= b


record_rule("column_pair_values.days_in_order", PAIR, ("zone",))(_days_in_order)


@record_rule("column_pair_values.times_in_order", PAIR, ("zone",))
def _times_in_order(kwargs: Kwargs) -> pl.Expr:
    a, b = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    return (a >= b) | (pl.col("is_day") & _days_in_order(kwargs))


@record_rule("column_pair_values.follow_within", PAIR, ("days",))
def _follow_within(kwargs: Kwargs) -> pl.Expr:
    a, b = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    return a - b <= dt.timedelta(days=kwargs["days"])
