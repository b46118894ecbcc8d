# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules that an event log is judged by, as a suite of Great Expectations.

An expectation names its rule, who can mend it and what it asks in ``meta``. A rule that is
tolerated is two expectations: a warning that no row breaks it, and a critical one that few do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from great_expectations import ExpectationSuite
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.core.expect_table_columns_to_match_set import (
    ExpectTableColumnsToMatchSet,
)
from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
    ExpectTableRowCountToBeBetween,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import AndCondition, Column, Condition

from contracts.events import CANDIDATES, attribute_column
from contracts.rules import Validation
from contracts.settings import Settings
from validation.expectations.activities import ExpectActivitiesToOccur
from validation.expectations.cases import ExpectCaseOrderToBeKnown, ExpectCasesToBeginWith
from validation.expectations.rows import ExpectRowsToBeSaidOnce

_NOT_SAID = {"source", "row", "slot", "is_day", "at_problem", "noticed"}
"""Columns that are ours or follow from others: what a row says is the rest."""


def event_log_suite(
    settings: Settings, now: datetime, as_of: datetime | None = None
) -> ExpectationSuite:
    """The suite for the candidates of a process.

    Args:
        settings: which case attributes were asked for, and which activities matter.
        now: the instant after which nothing can have happened yet.
        as_of: the rules about cases and activities look at nothing later; ``now`` by default.
    """
    asked = _Asked(settings.validation)
    happened = _has_happened(as_of or now)
    columns = candidate_columns(settings)
    said = [name for name in columns if name not in _NOT_SAID]
    return ExpectationSuite(
        "event_log",
        expectations=[
            *_shape(asked, columns),
            *_rows(asked, said, now),
            *_activities(asked, settings, happened),
            *_cases(asked, settings, said, happened),
        ],
    )


def candidate_columns(settings: Settings) -> list[str]:
    """The columns that the candidates of a process have."""
    names = (name for source in settings.sources for name in source.case_attributes)
    return [*CANDIDATES.names(), *dict.fromkeys(map(attribute_column, names))]


def rule_of(expectation: Expectation) -> str:
    """The id of the rule that an expectation belongs to."""
    return str((expectation.meta or {})["rule"])


class _Asked:
    """Expectations as this process asks them: how grave each is, and what it says of itself."""

    def __init__(self, chosen: Validation) -> None:
        self._chosen = chosen

    def __call__(
        self, of: type[Expectation], name: str, names: Sequence[str] = (), **about: Any
    ) -> list[Expectation]:
        """Those of one rule: two where it is tolerated."""
        rule = self._chosen.rule(name)
        what = rule.sentence(names)
        meta = {"rule": name, "owner": rule.owner, "what": what.model_dump()}
        told: dict[str, Any] = {**about, "meta": meta, "description": what.en}
        asked = [of(**told, severity=FailureSeverity(rule.severity))]
        if rule.tolerated and rule.severity == "warning":
            told["mostly"] = 1 - self._chosen.tolerance
            asked.append(of(**told, severity=FailureSeverity.CRITICAL))
        return asked


def _shape(asked: _Asked, columns: list[str]) -> list[Expectation]:
    return [
        *asked(ExpectTableColumnsToMatchSet, "C01", column_set=columns, exact_match=True),
        *asked(ExpectTableRowCountToBeBetween, "R01", min_value=1),
    ]


def _rows(asked: _Asked, said: list[str], now: datetime) -> list[Expectation]:
    return [
        *asked(ExpectColumnValuesToNotBeNull, "C02", column="case_id"),
        *asked(ExpectColumnValuesToNotBeNull, "C03", column="activity"),
        *asked(ExpectColumnValuesToNotBeNull, "C04", column="at"),
        *asked(ExpectColumnValuesToBeBetween, "DQ03", column="at", max_value=now),
        *asked(ExpectRowsToBeSaidOnce, "DQ18", column_list=said, row_condition=_is_event()),
        *asked(
            ExpectColumnPairValuesAToBeGreaterThanB,
            "DQ23",
            column_A="at",
            column_B="started_at",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
    ]


def _activities(asked: _Asked, settings: Settings, happened: AndCondition) -> list[Expectation]:
    journey = settings.journey
    pauses = (pause.activity for pause in journey.pauses)
    pairs = (activity for pair in journey.suspensions for activity in (pair.start, pair.end))
    steps = (activity for activity in journey.steps if activity != settings.registration)
    terms = (activity for deadline in settings.deadlines for activity in deadline.activities)
    named = list(dict.fromkeys((*journey.start, *journey.end, *steps, *pauses, *pairs, *terms)))
    ends = list(dict.fromkeys(journey.end))
    return [
        *asked(
            ExpectActivitiesToOccur,
            "E01",
            names=ends,
            activities=ends,
            at_least=1,
            completed=True,
            row_condition=happened,
        ),
        *asked(
            ExpectActivitiesToOccur,
            "E02",
            activities=named,
            at_least=len(named),
            row_condition=happened,
        ),
    ]


def _cases(
    asked: _Asked, settings: Settings, said: list[str], happened: AndCondition
) -> list[Expectation]:
    starts = list(dict.fromkeys(settings.journey.start))
    order = asked(
        ExpectCaseOrderToBeKnown,
        "O01",
        zone=settings.timezone,
        column_list=said,
        row_condition=happened,
    )
    if not starts:
        return order
    begin = asked(
        ExpectCasesToBeginWith, "DQ21", names=starts, activities=starts, row_condition=happened
    )
    return [*begin, *order]


def _is_event() -> AndCondition:
    """Rows that C02, C03 and C04 leave: the others cannot be compared with anything."""
    there: list[Condition] = [Column(name).is_not_null() for name in ("case_id", "activity", "at")]
    return AndCondition(conditions=there)


def _has_happened(as_of: datetime) -> AndCondition:
    """Rows that C02, C03 and C04 leave, of what had happened by then."""
    return AndCondition(conditions=[*_is_event().conditions, Column("at") <= as_of])
