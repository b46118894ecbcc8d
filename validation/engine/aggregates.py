# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Figures of a whole column or table. Those of a column leave nulls out."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pandas as pd
import polars as pl
from great_expectations.constants import MAX_DISTINCT_VALUES

from validation.engine.comparable import text, values
from validation.engine.engine import Kwargs, Measure, PolarsExecutionEngine
from validation.engine.registry import COLUMN, measure, type_of, value

Of = Callable[[pl.Expr, Kwargs], pl.Expr]
Merge = Callable[[list[Any]], Any]


def _aggregate(
    name: str,
    *keys: str,
    merge: Merge | None = None,
    shown: Callable[[Any], Any] = lambda figure: figure,
) -> Callable[[Of], None]:
    """Registers a figure of a column.

    Args:
        name: the name of the metric.
        keys: the keys of its value kwargs.
        merge: combines the figures of the parts; without it, all rows are needed at once.
        shown: turns what polars gives into what Great Expectations wants.
    """

    def register(of: Of) -> None:
        @measure(name, keys, COLUMN)
        def _figure(kwargs: Kwargs) -> Measure:
            figure = of(pl.col(kwargs["column"]).drop_nulls(), kwargs)
            if merge is not None:
                return Measure(figure, merge=merge)
            return Measure(figure, merge=lambda parts: shown(parts[0]), reach="all")

    return register


def _of_those_there(choose: Callable[[list[Any]], Any]) -> Merge:
    def merge(parts: list[Any]) -> Any:
        there = [part for part in parts if part is not None]
        return choose(there) if there else None

    return merge


def _number(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    if not (type_of(kwargs).is_numeric() or type_of(kwargs) in (pl.Boolean, pl.Null)):
        raise TypeError(f"Column {kwargs['column']} holds no numbers.")
    return column


@_aggregate("column.max", merge=_of_those_there(max))
def _max(column: pl.Expr, _: Kwargs) -> pl.Expr:
    return column.max()


@_aggregate("column.min", merge=_of_those_there(min))
def _min(column: pl.Expr, _: Kwargs) -> pl.Expr:
    return column.min()


@_aggregate("column.sum", merge=_of_those_there(sum))
def _sum(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    return _number(column, kwargs).sum()


def _moments(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    """The number of values, their mean, and the sum of their squared distances to it."""
    numbers = _number(column, kwargs).cast(pl.Float64)
    squares = numbers.var(ddof=0) * numbers.len()
    return pl.struct(n=numbers.len(), mean=numbers.mean(), squares=squares)


def _merged(parts: list[dict[str, Any]]) -> tuple[int, float, float]:
    """The moments of a whole from those of its parts, by Chan, Golub and LeVeque (1979)."""
    n, mean, squares = 0, 0.0, 0.0
    for part in parts:
        if part["n"]:
            total, apart = n + part["n"], part["mean"] - mean
            squares += part["squares"] + apart**2 * n * part["n"] / total
            mean += apart * part["n"] / total
            n = total
    return n, mean, squares


def _mean_of(parts: list[dict[str, Any]]) -> float | None:
    n, mean, _ = _merged(parts)
    return mean if n else None


def _deviation_of(parts: list[dict[str, Any]]) -> float | None:
    n, _, squares = _merged(parts)
    return math.sqrt(squares / (n - 1)) if n > 1 else None


_aggregate("column.mean", merge=_mean_of)(_moments)
_aggregate("column.standard_deviation", merge=_deviation_of)(_moments)


@_aggregate("column.median")
def _median(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    return _number(column, kwargs).median()


@_aggregate("column.quantile_values", "quantiles", "allow_relative_error", shown=list)
def _quantiles(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    how = kwargs.get("allow_relative_error") or "nearest"
    return pl.concat_list(_quantile(column, each, how) for each in kwargs["quantiles"])


def _quantile(column: pl.Expr, at: float, how: str) -> pl.Expr:
    if how != "nearest":
        return column.quantile(at, how)  # type: ignore[arg-type]
    # of two equally near values, take the one at the even place, as numpy does
    place = (at * (column.len() - 1)).round(0, "half_to_even").cast(pl.Int64)
    return column.sort().get(place, null_on_oob=True)


@_aggregate("column.most_common_value", shown=sorted)
def _most_common(column: pl.Expr, _: Kwargs) -> pl.Expr:
    return column.mode().implode()


@_aggregate("column.distinct_values", shown=set)
def _distinct(column: pl.Expr, _: Kwargs) -> pl.Expr:
    return column.unique().implode()


@measure("column.distinct_values.count", (), COLUMN)
def _distinct_count(kwargs: Kwargs) -> Measure:
    column = kwargs["column"]
    return Measure(pl.col(column).drop_nulls().n_unique(), reach="all", alike=(column,))


@measure("column.unique_proportion", (), COLUMN)
def _unique_proportion(kwargs: Kwargs) -> Measure:
    column = pl.col(kwargs["column"]).drop_nulls()
    counts = pl.struct(distinct=column.n_unique(), n=column.len())

    def share(parts: list[dict[str, int]]) -> float:
        n = sum(part["n"] for part in parts)
        return sum(part["distinct"] for part in parts) / n if n else 0.0

    return Measure(counts, merge=share, reach="all", alike=(kwargs["column"],))


@_aggregate("column.distinct_values.not_in_set", "value_set", "limit")
def _not_in_set(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    return (
        _strange(column, kwargs).sort().head(kwargs.get("limit") or MAX_DISTINCT_VALUES).implode()
    )


@_aggregate("column.distinct_values.not_in_set.count", "value_set")
def _not_in_set_count(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    return _strange(column, kwargs).len()


def _strange(column: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    # filter first: two calls of `unique` may give the values in different orders
    return column.filter(~column.is_in(_wanted(kwargs).implode())).unique()


def _wanted(kwargs: Kwargs) -> pl.Series:
    return values(kwargs["value_set"] or [], type_of(kwargs))


def _missing(name: str, keys: tuple[str, ...], shown: Callable[[list[Any], Kwargs], Any]) -> None:
    """Registers a figure of the values of a set that a column does not have."""

    @measure(name, keys, COLUMN)
    def _those(kwargs: Kwargs) -> Measure:
        typed = {each: values([each], type_of(kwargs)) for each in kwargs["value_set"] or []}
        # values that no column of this type can hold are missing too
        other = [each for each, known in typed.items() if known.is_empty()]
        wanted = [each for each, known in typed.items() if not known.is_empty()]
        column = pl.col(kwargs["column"])
        found = pl.concat_list(
            [
                pl.lit([], pl.List(pl.Boolean)),
                *((column == typed[each][0]).any() for each in wanted),
            ]
        )

        def merge(parts: list[list[bool | None]]) -> Any:
            there = [any(flags) for flags in zip(*parts, strict=True)] or [False] * len(wanted)
            absent = [each for each, is_there in zip(wanted, there, strict=True) if not is_there]
            return shown([*absent, *other], kwargs)

        return Measure(found, merge=merge)


_missing(
    "column.distinct_values.missing_from_column",
    ("value_set", "limit"),
    lambda absent, kwargs: absent[: kwargs.get("limit") or MAX_DISTINCT_VALUES],
)
_missing(
    "column.distinct_values.missing_from_column.count",
    ("value_set",),
    lambda absent, _: len(absent),
)


@measure("column.value_counts", ("sort", "collate"), COLUMN)
def _value_counts(kwargs: Kwargs) -> Measure:
    if kwargs.get("collate") is not None:
        raise ValueError("polars knows no collation")
    counts = pl.col(kwargs["column"]).drop_nulls().value_counts(name="#n").implode()
    order = {"value": 0, "count": 1}.get(kwargs.get("sort") or "value")

    def series(parts: list[list[dict[str, Any]]]) -> pd.Series[int]:
        rows = [tuple(each.values()) for each in parts[0]]
        if order is not None:
            rows.sort(key=lambda row: row[order])
        index = pd.Index([row[0] for row in rows], name="value")
        return pd.Series([row[1] for row in rows], index=index, name="count", dtype="int64")

    return Measure(counts, merge=series, reach="all")


@measure("column.histogram", ("bins",), COLUMN)
def _histogram(kwargs: Kwargs) -> Measure:
    """A histogram as numpy counts it: a bin includes its lower edge, the last also its upper."""
    column, edges = pl.col(kwargs["column"]), list(kwargs["bins"])
    bins = [(column >= low) & (column < high) for low, high in pairwise(edges)]
    bins[-1] |= column == edges[-1]
    counts = pl.concat_list(each.sum() for each in bins)
    return Measure(counts, merge=lambda parts: [sum(each) for each in zip(*parts, strict=True)])


@measure("column.non_null_count", (), COLUMN)
def _non_null_count(kwargs: Kwargs) -> Measure:
    return Measure(pl.col(kwargs["column"]).count())


@measure("column.non_null_proportion", (), COLUMN)
def _non_null_proportion(kwargs: Kwargs) -> Measure:
    there = pl.struct(there=pl.col(kwargs["column"]).count(), rows=pl.len())

    def share(parts: list[dict[str, int]]) -> float:
        rows = sum(part["rows"] for part in parts)
        return sum(part["there"] for part in parts) / rows if rows else 0.0

    return Measure(there, merge=share)


def _length(kwargs: Kwargs) -> pl.Expr:
    return text(kwargs["column"], type_of(kwargs)).str.len_chars()


@measure("column_values.length.max", (), COLUMN)
def _longest(kwargs: Kwargs) -> Measure:
    return Measure(_length(kwargs).max(), merge=_of_those_there(max))


@measure("column_values.length.min", (), COLUMN)
def _shortest(kwargs: Kwargs) -> Measure:
    return Measure(_length(kwargs).min(), merge=_of_those_there(min))


@measure("table.row_count")
def _row_count(_: Kwargs) -> Measure:
    return Measure(pl.len())


def _columns(engine: PolarsExecutionEngine, kwargs: Kwargs) -> list[str]:
    return list(engine.typed(kwargs)["schema"])


def _column_types(engine: PolarsExecutionEngine, kwargs: Kwargs) -> list[dict[str, Any]]:
    return [{"name": name, "type": type_} for name, type_ in engine.typed(kwargs)["schema"].items()]


def _head(engine: PolarsExecutionEngine, kwargs: Kwargs) -> pd.DataFrame:
    rows = engine.get_domain_records(dict(kwargs))
    return (rows if kwargs.get("fetch_all") else rows.head(kwargs["n_rows"])).collect().to_pandas()


value("table.columns")(_columns)
value("table.column_count")(lambda engine, kwargs: len(_columns(engine, kwargs)))
value("table.column_types", ("include_nested",))(_column_types)
value("table.head", ("n_rows", "fetch_all"))(_head)
