# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Metrics of the polars engine, and the two ways to say which rows break a rule.

``row_rule`` and ``rows_rule`` register one function a rule. Great Expectations counts with that
function, and ``validation.quarantine`` picks the rows with the same one.

No metric here yields the value of a cell, so none can reach a verdict, a page or a log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.expectations.metrics.metric_provider import (
    MetricProvider,
    metric_partial,
    metric_value,
)

from validation.engine.engine import Kwargs, Measure, PolarsExecutionEngine

TABLE = ("batch_id", "table", "row_condition", "condition_parser")
COLUMN = (*TABLE, "column")
PAIR = (*TABLE, "column_A", "column_B", "ignore_row_if")
COLUMNS = (*TABLE, "column_list", "ignore_row_if")

BrokenRow = Callable[[Kwargs], pl.Expr]
BrokenRows = Callable[[pl.LazyFrame, Kwargs], pl.LazyFrame]

ROW_RULES: dict[str, BrokenRow] = {}
"""By metric name: true where a row breaks the rule, told by that row alone."""

ROWS_RULES: dict[str, BrokenRows] = {}
"""By metric name: the rows that break the rule, told by the rows around them."""


def measure(
    name: str, values: tuple[str, ...] = (), domain: tuple[str, ...] = TABLE
) -> Callable[[Callable[[Kwargs], Measure]], Callable[[Kwargs], Measure]]:
    """Registers a metric that is computed in a bundle, from the kwargs of its domain and value."""

    def register(build: Callable[[Kwargs], Measure]) -> Callable[[Kwargs], Measure]:
        @metric_partial(
            engine=PolarsExecutionEngine,
            partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
            domain_type=MetricDomainTypes.TABLE,
        )
        def partial(
            metric_domain_kwargs: Kwargs, metric_value_kwargs: Kwargs | None, **_: Any
        ) -> tuple[Measure, dict[str, Any], dict[str, Any]]:
            kwargs = {**metric_domain_kwargs, **(metric_value_kwargs or {})}
            table = {key: kwargs[key] for key in TABLE if key in kwargs}
            return build(kwargs), table, {}

        _provide(name, domain, values, partial)
        return build

    return register


def row_rule(
    name: str, domain: tuple[str, ...], values: tuple[str, ...] = ()
) -> Callable[[BrokenRow], BrokenRow]:
    """Registers a rule that a row keeps or breaks by itself."""

    def register(broken: BrokenRow) -> BrokenRow:
        ROW_RULES[name] = broken
        measure(f"{name}.unexpected_count", values, domain)(
            lambda kwargs: Measure(broken(kwargs).sum())
        )
        _no_cell_values(name, domain, values)
        return broken

    return register


def rows_rule(
    name: str, domain: tuple[str, ...], values: tuple[str, ...] = ()
) -> Callable[[BrokenRows], BrokenRows]:
    """Registers a rule that a row breaks because of other rows."""

    def register(broken: BrokenRows) -> BrokenRows:
        ROWS_RULES[name] = broken
        measure(f"{name}.unexpected_count", values, domain)(
            lambda kwargs: Measure(pl.len(), lambda frame: broken(frame, kwargs))
        )
        measure(f"{name}.filtered_row_count", (*values, "result_format"), domain)(
            lambda _: Measure(pl.len())
        )
        _no_cell_values(name, domain, values)
        return broken

    return register


def _no_cell_values(name: str, domain: tuple[str, ...], values: tuple[str, ...]) -> None:
    """Great Expectations asks for examples of what is wrong; it gets none."""

    @metric_value(engine=PolarsExecutionEngine)
    def none(**_: Any) -> None:
        return None

    _provide(f"{name}.unexpected_values", domain, (*values, "result_format"), none)


def _provide(
    name: str, domain: tuple[str, ...], values: tuple[str, ...], function: Callable[..., Any]
) -> None:
    """Great Expectations registers a metric when a class of it is made."""
    members = {
        "metric_name": name,
        "domain_keys": domain,
        "value_keys": values,
        "_polars": staticmethod(function),
    }
    type(f"Polars {name}", (MetricProvider,), members)


@metric_value(engine=PolarsExecutionEngine)
def _columns(
    execution_engine: PolarsExecutionEngine, metric_domain_kwargs: Kwargs, **_: Any
) -> list[str]:
    return execution_engine.domain_parts(metric_domain_kwargs)[0].collect_schema().names()


_provide("table.columns", TABLE, (), _columns)


@measure("table.row_count")
def _row_count(_: Kwargs) -> Measure:
    return Measure(pl.len())


@row_rule("column_values.nonnull", COLUMN)
def _nonnull(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_null()


@row_rule("column_values.between", COLUMN, ("min_value", "max_value", "strict_min", "strict_max"))
def _between(kwargs: Kwargs) -> pl.Expr:
    column, low, high = pl.col(kwargs["column"]), kwargs["min_value"], kwargs["max_value"]
    broken = pl.lit(value=False)
    if low is not None:
        broken |= column <= low if kwargs["strict_min"] else column < low
    if high is not None:
        broken |= column >= high if kwargs["strict_max"] else column > high
    return broken.fill_null(value=False)


@row_rule("column_pair_values.a_greater_than_b", PAIR, ("or_equal",))
def _a_greater_than_b(kwargs: Kwargs) -> pl.Expr:
    a, b = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    holds = a >= b if kwargs["or_equal"] else a > b
    return _judged_pair(kwargs) & ~holds.fill_null(value=False)


@measure(
    "column_pair_values.a_greater_than_b.filtered_row_count", ("or_equal", "result_format"), PAIR
)
def _judged_pairs(kwargs: Kwargs) -> Measure:
    return Measure(_judged_pair(kwargs).sum())


def _judged_pair(kwargs: Kwargs) -> pl.Expr:
    """True where ``ignore_row_if`` does not leave the row out."""
    a_there, b_there = (pl.col(kwargs[key]).is_not_null() for key in ("column_A", "column_B"))
    return {
        "both_values_are_missing": a_there | b_there,
        "either_value_is_missing": a_there & b_there,
        "neither": pl.lit(value=True),
    }[kwargs["ignore_row_if"]]
