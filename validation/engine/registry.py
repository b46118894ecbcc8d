# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Registers the metrics of the polars engine with Great Expectations.

``row_rule`` and ``rows_rule`` register one function per rule, in the two ways to say which rows
break it. Great Expectations uses that function to count and to find examples, and
``validation.quarantine`` uses the same one to pick the rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import polars as pl
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.expectations.metrics.metric_provider import (
    MetricProvider,
    metric_partial,
    metric_value,
)

from validation.engine.engine import (
    Kwargs,
    Measure,
    Plan,
    PolarsExecutionEngine,
    Reach,
    all_rows,
)

TABLE = ("batch_id", "table", "row_condition", "condition_parser")
COLUMN = (*TABLE, "column")
PAIR = (*TABLE, "column_A", "column_B", "ignore_row_if")
COLUMNS = (*TABLE, "column_list", "ignore_row_if")

BrokenRow = Callable[[Kwargs], pl.Expr]
BrokenRows = Callable[[pl.LazyFrame, Kwargs], pl.LazyFrame]
Build = Callable[[Kwargs], Measure]

ROW_RULES: dict[str, BrokenRow] = {}
"""By metric name: whether a row breaks the rule, judged by that row alone."""

ROWS_RULES: dict[str, BrokenRows] = {}
"""By metric name: the rows that break the rule, judged with the rows around them."""

ACROSS: set[str] = set()
"""The metrics of ``ROWS_RULES`` that look at all rows of a batch, not at those of one case."""


def measure(
    name: str, values: tuple[str, ...] = (), domain: tuple[str, ...] = TABLE
) -> Callable[[Build], Build]:
    """Registers a metric that is computed in a bundle, from its domain and value kwargs.

    Those kwargs also hold the ``schema`` of the table.
    """

    def register(build: Build) -> Build:
        @metric_partial(
            engine=PolarsExecutionEngine,
            partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
            domain_type=MetricDomainTypes.TABLE,
        )
        def partial(
            execution_engine: PolarsExecutionEngine,
            metric_domain_kwargs: Kwargs,
            metric_value_kwargs: Kwargs | None,
            **_: Any,
        ) -> tuple[Measure, dict[str, Any], dict[str, Any]]:
            kwargs = {**metric_domain_kwargs, **(metric_value_kwargs or {})}
            table = {key: kwargs[key] for key in TABLE if key in kwargs}
            return build(execution_engine.typed(kwargs)), table, {}

        _provide(name, domain, values, partial)
        return build

    return register


def value(
    name: str, values: tuple[str, ...] = (), domain: tuple[str, ...] = TABLE
) -> Callable[[Callable[[PolarsExecutionEngine, Kwargs], Any]], None]:
    """Registers a metric that is computed on its own, from the engine and the kwargs."""

    def register(compute: Callable[[PolarsExecutionEngine, Kwargs], Any]) -> None:
        @metric_value(engine=PolarsExecutionEngine)
        def whole(
            execution_engine: PolarsExecutionEngine,
            metric_domain_kwargs: Kwargs,
            metric_value_kwargs: Kwargs | None,
            **_: Any,
        ) -> Any:
            return compute(
                execution_engine, {**metric_domain_kwargs, **(metric_value_kwargs or {})}
            )

        _provide(name, domain, values, whole)

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
        _examples(name, domain, values, lambda kwargs: _Found(broken(kwargs)))
        _count_judged(name, domain, values)
        return broken

    return register


def rows_rule(
    name: str,
    domain: tuple[str, ...],
    values: tuple[str, ...] = (),
    *,
    across: bool = False,
    alike: Callable[[Kwargs], Sequence[str]] | None = None,
) -> Callable[[BrokenRows], BrokenRows]:
    """Registers a rule that a row breaks because of other rows.

    Those are rows of the same case or, with ``across``, any rows of the batch; with ``alike``, the
    rows that are equal in those columns.
    """

    def register(broken: BrokenRows) -> BrokenRows:
        ROWS_RULES[name] = broken
        if across:
            ACROSS.add(name)

        def found(kwargs: Kwargs) -> _Found:
            asked = {key: kwargs[key] for key in (*domain, *values) if key in kwargs}
            on = _BrokenBy(name, json.dumps(asked, sort_keys=True, default=str), kwargs)
            columns = tuple(alike(kwargs)) if alike else ()
            return _Found(pl.lit(value=True), on, "all" if across else "cases", columns)

        @measure(f"{name}.unexpected_count", values, domain)
        def _count(kwargs: Kwargs) -> Measure:
            where = found(kwargs)
            return Measure(pl.len(), where.on, reach=where.reach, alike=where.alike)

        _examples(name, domain, values, found)
        _count_judged(name, domain, values)
        return broken

    return register


def columns_of(kwargs: Kwargs) -> list[str]:
    """The columns of a rule about two or more columns."""
    return list(kwargs.get("column_list") or (kwargs["column_A"], kwargs["column_B"]))


def judged(kwargs: Kwargs) -> pl.Expr:
    """Whether a rule about two or more columns judges a row: if ``ignore_row_if`` keeps it."""
    there = [pl.col(column).is_not_null() for column in columns_of(kwargs)]
    match kwargs.get("ignore_row_if"):
        case "both_values_are_missing" | "all_values_are_missing":
            return pl.any_horizontal(there)
        case "either_value_is_missing" | "any_value_is_missing":
            return pl.all_horizontal(there)
    return pl.repeat(True, pl.len(), dtype=pl.Boolean)  # noqa: FBT003 - the value is the flag


def _count_judged(name: str, domain: tuple[str, ...], values: tuple[str, ...]) -> None:
    if domain != COLUMN:
        measure(f"{name}.filtered_row_count", (*values, "result_format"), domain)(
            lambda kwargs: Measure(judged(kwargs).sum())
        )


@dataclass(frozen=True)
class _BrokenBy:
    """Keeps the rows of a table that break a rule; equal if the rule and ``asked`` are."""

    rule: str
    asked: str
    kwargs: Kwargs = field(compare=False)

    def __call__(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return ROWS_RULES[self.rule](frame, self.kwargs)


@dataclass(frozen=True)
class _Found:
    """The rows that break a rule: those of ``on`` for which ``broken`` is true."""

    broken: pl.Expr
    on: Plan = all_rows
    reach: Reach = "rows"
    alike: tuple[str, ...] = ()

    def first(self, columns: pl.Expr, most: int, show: Callable[[Any], Any]) -> Measure:
        """The first ``most`` of them, each passed through ``show``."""
        if most == 0:  # nothing to look for
            return Measure(pl.len(), merge=lambda _: [])

        def merge(parts: list[list[Any]]) -> list[Any]:
            return [show(each) for part in parts for each in part][:most]

        rows = columns.filter(self.broken).head(most).implode()
        return Measure(rows, self.on, merge, self.reach, self.alike)


def _examples(
    name: str, domain: tuple[str, ...], values: tuple[str, ...], found: Callable[[Kwargs], _Found]
) -> None:
    """Registers the metrics by which Great Expectations asks for rows that break a rule."""
    asked = (*values, "result_format")
    told = _domain_columns(domain)

    @measure(f"{name}.unexpected_values", asked, domain)
    def _values(kwargs: Kwargs) -> Measure:
        # named by place: a pair may name one column twice
        row = pl.struct(pl.col(name).alias(str(n)) for n, name in enumerate(told(kwargs)))

        names, show = told(kwargs), _SHOWN[domain]
        return found(kwargs).first(
            row, _most(kwargs), lambda values: show(names, list(values.values()))
        )

    @measure(f"{name}.unexpected_index_list", asked, domain)
    def _index(kwargs: Kwargs) -> Measure:
        index = kwargs["result_format"].get("unexpected_index_column_names")
        if not index:
            return Measure(pl.len(), merge=lambda _: None)
        shown = pl.struct(list(dict.fromkeys([*told(kwargs), *index])))
        return found(kwargs).first(shown, _most(kwargs), dict)

    @measure(f"{name}.unexpected_rows", asked, domain)
    def _rows(kwargs: Kwargs) -> Measure:
        return found(kwargs).first(pl.struct(pl.all()), _most(kwargs), dict)

    @value(f"{name}.unexpected_index_query", asked, domain)
    def _query(_: PolarsExecutionEngine, __: Kwargs) -> None:
        return None  # a plan cannot be written down as a query


def _most(kwargs: Kwargs) -> int:
    shape = kwargs["result_format"]
    if shape["result_format"] == "COMPLETE":
        return MAX_RESULT_RECORDS
    return int(min(shape["partial_unexpected_count"], MAX_RESULT_RECORDS))


def _domain_columns(domain: tuple[str, ...]) -> Callable[[Kwargs], list[str]]:
    """A function that gives the columns that a rule of this domain is about."""
    return {
        COLUMN: lambda kwargs: [kwargs["column"]],
        PAIR: columns_of,
        COLUMNS: columns_of,
    }[domain]


_SHOWN: dict[tuple[str, ...], Callable[[list[str], list[Any]], Any]] = {
    COLUMN: lambda _, values: values[0],
    PAIR: lambda _, values: tuple(values),
    COLUMNS: lambda names, values: dict(zip(names, values, strict=True)),
}
"""By domain, how Great Expectations wants the values of a row that breaks a rule."""


def _provide(
    name: str, domain: tuple[str, ...], values: tuple[str, ...], function: Callable[..., Any]
) -> None:
    """Makes the class of a metric, by which Great Expectations registers it."""
    members = {
        "metric_name": name,
        "domain_keys": domain,
        "value_keys": values,
        "_polars": staticmethod(function),
    }
    type(f"Polars {name}", (MetricProvider,), members)


def schema_of(kwargs: Kwargs) -> pl.Schema:
    """The schema of the table that a metric is about."""
    return cast("pl.Schema", kwargs["schema"])


def type_of(kwargs: Kwargs) -> pl.DataType:
    """The type of the column that a metric is about."""
    return schema_of(kwargs)[kwargs["column"]]
