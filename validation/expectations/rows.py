# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows that a source says twice, and rows in which only the reader could see what is wrong."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from contracts.events import KEY
from validation.engine.engine import Kwargs
from validation.engine.registry import COLUMNS, row_rule, rows_rule
from validation.expectations.base import EventRowsExpectation


class ExpectRowsToBeSaidOnce(EventRowsExpectation):
    """No row repeats in ``column_list`` what an earlier row, by source and row number, said."""

    map_metric: ClassVar[str] = "rows.said_once"


class ExpectNothingToBeNoticed(EventRowsExpectation):
    """No row breaks the rule ``notice``, as far as its reader noticed."""

    notice: str
    map_metric: ClassVar[str] = "rows.unnoticed"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "notice")


@rows_rule("rows.said_once", COLUMNS)
def said_again(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The second and later rows of those that say the same.

    Only digests of all rows are held; the few rows whose digest occurs twice are compared, so a
    digest that rows of two events share does no harm.
    """
    twice = frame.group_by("digest").len().filter(pl.col("len") > 1).select("digest")
    return (
        frame.join(twice, on="digest", how="semi")
        .sort(*KEY)
        .filter(~pl.struct(kwargs["column_list"]).is_first_distinct())
    )


@row_rule("rows.unnoticed", COLUMNS, ("notice",))
def _noticed(kwargs: Kwargs) -> pl.Expr:
    is_it = pl.element().struct.field("rule") == kwargs["notice"]
    return pl.col("noticed").list.eval(is_it).list.any().fill_null(value=False)
