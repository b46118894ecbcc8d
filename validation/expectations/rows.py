# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rows that a source says twice."""

from __future__ import annotations

from typing import ClassVar, Literal

import polars as pl
from great_expectations.expectations.expectation import MulticolumnMapExpectation

from contracts.events import KEY
from validation.engine.engine import Kwargs
from validation.engine.registry import COLUMNS, rows_rule


class ExpectRowsToBeSaidOnce(MulticolumnMapExpectation):
    """No row says in ``column_list`` what an earlier row, by source and row number, said."""

    map_metric: ClassVar[str] = "rows.said_once"
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"


@rows_rule("rows.said_once", COLUMNS)
def said_again(frame: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The second and later rows of those that say the same.

    Only digests are held of all rows; the few rows whose digest occurs twice are compared in full,
    so a digest that two different rows share does no harm.
    """
    said = pl.struct(kwargs["column_list"])
    digested = frame.with_columns(_digest=said.hash())
    twice = digested.group_by("_digest").len().filter(pl.col("len") > 1).select("_digest")
    return (
        digested.join(twice, on="_digest", how="semi")
        .drop("_digest")
        .sort(*KEY)
        .filter(~said.is_first_distinct())
    )
