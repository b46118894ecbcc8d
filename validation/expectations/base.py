# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The base classes of the expectations of event logs: about rows, and about the whole log."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.expectations.expectation import BatchExpectation, MulticolumnMapExpectation
from great_expectations.expectations.row_conditions import RowConditionType

from contracts.events import KEY
from validation.engine.engine import Measure, Plan, Reach

CASE = pl.col("case_id").hash().alias("_case")
"""Stands for a case id at half the cost; two of five million cases share one once in a million."""

MOST_TOLD = 5
"""The most names, files or times of a log that are told if more of them break a rule."""

IS_COMPLETE = pl.col("lifecycle") == "complete"


def rows_at(events: pl.LazyFrame, cases: pl.LazyFrame, instant: str) -> pl.LazyFrame:
    """The rows of ``cases`` (a digest in ``_case``) at the time in their column ``instant``."""
    at = ["_case", instant]
    digested = events.with_columns(CASE)
    return digested.join(cases, left_on=["_case", "at"], right_on=at, how="semi").drop("_case")


Rows = Iterable[Mapping[str, Any]]


def rows_of(on: Plan, merge: Callable[[Rows], Any], reach: Reach = "rows") -> Measure:
    """A metric: what ``merge`` makes of the rows that ``on`` gives for each piece."""
    return Measure(
        pl.struct(pl.all()).implode(),
        on,
        lambda parts: merge(itertools.chain.from_iterable(parts)),
        reach,
    )


Judged = tuple[bool, float | None, dict[str, Any]]
"""Whether it holds, a figure, and details: ``found``, an English sentence, or ``absent`` names.

The figure is null if it may not be told."""


class _AskedOnce:
    """An expectation that keeps its one configuration.

    Great Expectations makes it anew for each key, which takes longer than judging a small log.
    """

    def _get_domain_kwargs(self: Any) -> dict[str, Any]:
        return _asked(self, self.domain_keys)

    def _get_success_kwargs(self: Any) -> dict[str, Any]:
        return _asked(self, (*self.success_keys, *self.domain_keys))


def _asked(expectation: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    said = expectation.configuration.kwargs
    return {key: said.get(key, expectation._get_default_value(key)) for key in keys}  # noqa: SLF001


class EventRowsExpectation(_AskedOnce, MulticolumnMapExpectation):
    """No row breaks the rule of ``map_metric``, which looks at whole rows or whole cases."""

    column_list: list[str] = list(KEY)  # noqa: RUF012 - a field of the model
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"


class LogExpectation(_AskedOnce, BatchExpectation):
    """Judges the log as a whole, by the one metric that it depends on.

    A subclass gives ``(holds, observed value, details)``.
    """

    row_condition: RowConditionType = None
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition")

    @classmethod
    def is_abstract(cls) -> bool:
        """True for a class without a metric."""
        return not cls.metric_dependencies

    def judged(self, metric: Any) -> Judged:
        """Whether it holds, the figure that shows it, and what helps to mend it."""
        raise NotImplementedError

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        holds, figure, details = self.judged(metrics[self.metric_dependencies[0]])
        return {"success": holds, "result": {"observed_value": figure, "details": details}}
