# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The execution engine: a batch is a few lazy parts, a bundle of metrics is one pass over each."""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.id_dict import BatchSpec, IDDict
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.execution_engine import (
    ExecutionEngine,
    MetricComputationConfiguration,
)
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    Condition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)
from great_expectations.validator.metric_configuration import MetricConfigurationID

from validation.engine.table import Each, Table

Plan = Callable[[pl.LazyFrame], pl.LazyFrame]
Kwargs = Mapping[str, Any]
Reach = Literal["rows", "cases", "all"]

_COMPARE: Mapping[Operator, Callable[[pl.Expr, Any], pl.Expr]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS_THAN: operator.lt,
    Operator.LESS_THAN_OR_EQUAL: operator.le,
    Operator.GREATER_THAN: operator.gt,
    Operator.GREATER_THAN_OR_EQUAL: operator.ge,
    Operator.IN: pl.Expr.is_in,
    Operator.NOT_IN: lambda column, values: ~column.is_in(values),
}


def all_rows(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of a part as they are."""
    return frame


def computed(plan: pl.LazyFrame) -> pl.DataFrame:
    """The result of a plan."""
    return plan.collect(engine="streaming")


@dataclass(frozen=True)
class Measure:
    """A metric that is not computed yet: ``of`` over what ``on`` makes of a part.

    ``reach`` says which rows must be seen together: those of any slice (``rows``), those of whole
    ``cases``, or ``all``. With ``all``, if only rows that are equal in the columns of ``alike``
    matter to each other, the batch is cut anew to keep those together. ``merge`` combines the
    answers for the pieces of a batch. Measures with the same ``on`` and reach share one pass.
    """

    of: pl.Expr
    on: Plan = all_rows
    merge: Callable[[list[Any]], Any] = sum
    reach: Reach = "rows"
    alike: tuple[str, ...] = ()


class PolarsBatchData(BatchData):
    """A table as plans."""

    def __init__(self, engine: PolarsExecutionEngine, table: Table) -> None:
        super().__init__(engine)
        self.table = table


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Computes Great Expectations' metrics from plans: memory is bounded by a part of the batch.

    ``each`` may be replaced by a function that does several pieces at once.
    """

    each: Each = staticmethod(map)

    def get_batch_data_and_markers(
        self, batch_spec: BatchSpec
    ) -> tuple[PolarsBatchData, BatchMarkers]:
        """Takes the plans out of ``batch_spec``, which is shown in reports and holds no data."""
        markers = BatchMarkers({"ge_load_time": None})
        return PolarsBatchData(self, batch_spec.pop("table")), markers

    def table(self, domain_kwargs: Kwargs) -> Table:
        """The table of a batch, without regard to the row condition."""
        data = self.batch_manager.batch_data_cache[domain_kwargs["batch_id"]]
        if not isinstance(data, PolarsBatchData):
            raise TypeError(f"{type(data).__name__} is not a batch of this engine.")
        return data.table

    def domain_parts(self, domain_kwargs: Kwargs) -> list[pl.LazyFrame]:
        """The parts of a batch, with only the rows that meet the row condition."""
        return [self._met(domain_kwargs, part) for part in self.table(domain_kwargs).parts]

    def domain_slices(self, domain_kwargs: Kwargs) -> list[pl.LazyFrame]:
        """The slices of a batch, with only the rows that meet the row condition."""
        return [self._met(domain_kwargs, rows) for rows in self.table(domain_kwargs).slices]

    def get_domain_records(self, domain_kwargs: Kwargs) -> pl.LazyFrame:
        """All rows of a domain as one plan."""
        return self._met(domain_kwargs, self.table(domain_kwargs).whole)

    def typed(self, kwargs: Kwargs) -> dict[str, Any]:
        """The kwargs of a metric, with the ``schema`` of its table added."""
        return {**kwargs, "schema": self.table(kwargs).whole.collect_schema()}

    def _met(self, domain_kwargs: Kwargs, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows that meet the row condition."""
        condition = deserialize_row_condition(domain_kwargs.get("row_condition"))
        if not isinstance(condition, Condition):
            return rows
        typed = _with_instants(condition, rows.collect_schema())
        return rows.filter(self.condition_to_filter_clause(typed))

    def get_compute_domain(
        self,
        domain_kwargs: dict[str, Any],
        domain_type: str | MetricDomainTypes,
        accessor_keys: Iterable[str] | None = None,
    ) -> tuple[pl.LazyFrame, dict[str, Any], dict[str, Any]]:
        """The rows of a domain, and its kwargs split as Great Expectations wants them."""
        split = self._partition_domain_kwargs(domain_kwargs, domain_type, accessor_keys)
        return self.get_domain_records(domain_kwargs), split.compute, split.accessor

    def resolve_metric_bundle(
        self, metric_fn_bundle: Iterable[MetricComputationConfiguration]
    ) -> dict[MetricConfigurationID, Any]:
        """Computes the measures of a bundle, in one pass for all that look at the same rows."""
        groups = defaultdict(list)
        for item in metric_fn_bundle:
            domain = IDDict(item.compute_domain_kwargs or {}).to_id()
            measure = _measure(item)
            groups[domain, measure.on, measure.reach, measure.alike].append(item)
        plans = [self._plans(items) for items in groups.values()]
        told = iter(self.each(computed, list(itertools.chain.from_iterable(plans))))
        answers: dict[MetricConfigurationID, Any] = {}
        for items, of_items in zip(groups.values(), plans, strict=True):
            answers |= _answers(items, [next(told).row(0) for _ in of_items])
        return answers

    def _plans(self, items: Sequence[MetricComputationConfiguration]) -> list[pl.LazyFrame]:
        """For each part of a domain, a plan that gives one row with a column for each item."""
        measures = [_measure(item) for item in items]
        wanted = [measure.of.alias(str(n)) for n, measure in enumerate(measures)]
        parts = self._parts_for(measures[0], items[0].compute_domain_kwargs or {})
        return [measures[0].on(part).select(wanted) for part in parts]

    def _parts_for(self, measure: Measure, domain_kwargs: Kwargs) -> list[pl.LazyFrame]:
        """The rows of a domain, in the parts that a measure needs."""
        if measure.reach == "rows":
            return self.domain_slices(domain_kwargs)
        if measure.reach == "cases":
            return self.domain_parts(domain_kwargs)
        whole, count = self.get_domain_records(domain_kwargs), self.table(domain_kwargs).count
        if not measure.alike or count == 1:
            return [whole]
        place = pl.struct(measure.alike).hash() % count
        return [whole.filter(place == number) for number in range(count)]

    def _comparison_condition_to_filter_clause(self, condition: ComparisonCondition) -> pl.Expr:
        compare = _COMPARE[Operator(condition.operator)]
        return compare(pl.col(condition.column.name), condition.parameter)

    def _nullity_condition_to_filter_clause(self, condition: NullityCondition) -> pl.Expr:
        column = pl.col(condition.column.name)
        return column.is_null() if condition.is_null else column.is_not_null()

    def _and_condition_to_filter_clause(self, condition: AndCondition) -> pl.Expr:
        return pl.all_horizontal(self._clauses(condition.conditions))

    def _or_condition_to_filter_clause(self, condition: OrCondition) -> pl.Expr:
        return pl.any_horizontal(self._clauses(condition.conditions))

    def _clauses(self, conditions: Iterable[Condition]) -> list[pl.Expr]:
        return [self.condition_to_filter_clause(condition) for condition in conditions]


def _answers(
    items: Sequence[MetricComputationConfiguration], rows: Sequence[tuple[Any, ...]]
) -> dict[MetricConfigurationID, Any]:
    """The answer for each item, combined from the rows of answers for the parts."""
    columns = zip(*rows, strict=True)
    return {
        item.metric_configuration.id: _measure(item).merge(list(values))
        for item, values in zip(items, columns, strict=True)
    }


def _with_instants(condition: Condition, schema: pl.Schema) -> Condition:
    """``condition`` with instants, of which Great Expectations had made texts."""
    if isinstance(condition, AndCondition | OrCondition):
        inner = [_with_instants(part, schema) for part in condition.conditions]
        return condition.copy(update={"conditions": inner})
    if not isinstance(condition, ComparisonCondition) or not isinstance(condition.parameter, str):
        return condition
    if schema[condition.column.name] != pl.Datetime:
        return condition
    return condition.copy(update={"parameter": dt.datetime.fromisoformat(condition.parameter)})


def _measure(item: MetricComputationConfiguration) -> Measure:
    """The measure of a metric that is not computed yet."""
    return cast("Measure", item.metric_fn)
