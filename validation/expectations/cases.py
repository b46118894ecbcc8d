# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Expectations that look at whole cases; what they count is cases."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import polars as pl
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.row_conditions import RowConditionType

from contracts.events import KEY, day_in
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure

_CASE = pl.col("case_id").hash()
"""Stands for a case id at half the cost; of five million cases two share one once in a million."""


class CaseExpectation(BatchExpectation):
    """No case breaks the rule; the observed value is how many do."""

    row_condition: RowConditionType = None
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition")

    @classmethod
    def is_abstract(cls) -> bool:
        """True: this is what its two subclasses share."""
        return not cls.metric_dependencies

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        cases = metrics[self.metric_dependencies[0]]
        found = {"observed_value": cases, "details": {"cases": cases}}
        return {"success": cases == 0, "result": found}


class ExpectCasesToBeginWith(CaseExpectation):
    """Each case begins with one of ``activities``.

    At the first instant of a case several may be known; one of them is enough.
    """

    activities: list[str]
    metric_dependencies: ClassVar[tuple[str, ...]] = ("cases.not_beginning_with",)
    success_keys: ClassVar[tuple[str, ...]] = ("activities",)


class ExpectCaseOrderToBeKnown(CaseExpectation):
    """The times of a case's events put them in order, or the rows of one source do.

    Rows that say the same in ``column_list`` are one event. Two events tie where they have the
    same instant, or the same date in ``zone`` and of one of them only the date is known.
    """

    zone: str
    column_list: list[str]
    metric_dependencies: ClassVar[tuple[str, ...]] = ("cases.order_unknown",)
    success_keys: ClassVar[tuple[str, ...]] = ("zone", "column_list")


@measure("cases.not_beginning_with", ("activities",))
def _not_beginning_with(kwargs: Kwargs) -> Measure:
    return Measure(pl.len(), functools.partial(begun_otherwise, activities=kwargs["activities"]))


@measure("cases.order_unknown", ("zone", "column_list"))
def _order_unknown(kwargs: Kwargs) -> Measure:
    unknown = functools.partial(order_unknown, zone=kwargs["zone"], columns=kwargs["column_list"])
    return Measure(pl.len(), unknown)


def begun_otherwise(events: pl.LazyFrame, activities: list[str]) -> pl.LazyFrame:
    """The cases that have none of ``activities`` at their first instant."""
    proper = pl.when(pl.col("activity").is_in(activities)).then(pl.col("at"))
    return (
        events.group_by("case_id")
        .agg(first=pl.col("at").min(), begun=proper.min())
        .filter(pl.col("begun").is_null() | (pl.col("begun") > pl.col("first")))
    )


def order_unknown(events: pl.LazyFrame, zone: str, columns: list[str]) -> pl.LazyFrame:
    """The cases that hold a tie which no source puts in order.

    A tie within one source has the order of its rows, where the case's rows of that source stand in
    order of time; between two sources nothing tells.
    """
    digested = events.with_columns(_case=_CASE)
    tied = digested.join(_tied(digested, zone, columns), on="_case", how="semi")
    # most cases are left by now: comparing rows in full is for the others
    at, source = pl.col("at"), pl.col("source")
    doubtful = (
        tied.select("_case", *KEY, "at")
        .sort(*KEY)
        .group_by("_case", maintain_order=True)
        .agg(doubt=(at < at.shift()).any() | (source.min() != source.max()))
        .filter("doubt")
    )
    return (
        digested.join(doubtful, on="_case", how="semi")
        .sort(*KEY)
        .unique(columns, keep="first", maintain_order=True)
        .group_by("case_id", "source", maintain_order=True)
        .agg("at", "is_day", back=(at < at.shift()).any())
        .explode("at", "is_day")
        .group_by("case_id", day_in("at", zone).alias("day"))
        .agg(unknown=_holds_unknown_tie())
        .group_by("case_id")
        .agg(pl.col("unknown").any())
        .filter("unknown")
    )


def _holds_unknown_tie() -> pl.Expr:
    """Whether two events of one case and day tie, in two sources or in one that is not in order."""
    source, at, is_day, back = (pl.col(name) for name in ("source", "at", "is_day", "back"))
    several = source.n_unique() > 1
    same_instant = pl.struct("source", "at")
    return (
        (is_day.any() & several)
        | (same_instant.n_unique() > at.n_unique())
        | (is_day.any() & ((pl.len() > 1) & back.any() & ~several))
        | pl.struct(source.filter(back), at.filter(back)).is_duplicated().any()
    )


def _tied(events: pl.LazyFrame, zone: str, columns: list[str]) -> pl.LazyFrame:
    """The digests of the cases in which the times of two events do not tell which came first."""
    digest = pl.struct(columns).hash()
    instants = events.group_by("_case", "at").agg(
        several=digest.min() != digest.max(), is_day=pl.col("is_day").any()
    )
    shared_day = pl.col("is_day").any() & (pl.len() > 1)
    return (
        instants.group_by("_case", day=day_in("at", zone))
        .agg(tie=pl.col("several").any() | shared_day)
        .filter("tie")
    )
