# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Expectations about the names of activities, which are not personal."""

from __future__ import annotations

from typing import Any, ClassVar

import polars as pl
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.row_conditions import RowConditionType

from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure


class ExpectActivitiesToOccur(BatchExpectation):
    """At least ``at_least`` of ``activities`` occur; the details name those that do not.

    Where ``completed`` is set, work that was only started does not count.
    """

    activities: list[str]
    at_least: int
    completed: bool = False
    row_condition: RowConditionType = None
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition")
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.occurring",)
    success_keys: ClassVar[tuple[str, ...]] = ("activities", "at_least", "completed")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        occurring = metrics["activities.occurring"]
        absent = [name for name in self.activities if name not in occurring]
        return {
            "success": len(occurring) >= self.at_least,
            "result": {"observed_value": len(occurring), "details": {"absent": absent}},
        }


@measure("activities.occurring", ("activities", "completed"))
def _occurring(kwargs: Kwargs) -> Measure:
    activity = pl.col("activity")
    counts = activity.is_in(kwargs["activities"])
    if kwargs["completed"]:
        counts &= pl.col("lifecycle") == "complete"
    named = activity.filter(counts).unique().implode()
    return Measure(named, merge=lambda parts: set().union(*parts))
