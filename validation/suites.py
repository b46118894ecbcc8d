# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules that an event log is judged by, as a suite of Great Expectations.

An expectation names its rule in ``meta["rule"]``. A rule with a tolerance is two expectations: a
warning that no row breaks it, and a critical one that few rows do.
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
from great_expectations.expectations.row_conditions import AndCondition, Column, Condition

from contracts.events import CANDIDATES, attribute_column
from contracts.findings import Severity
from contracts.settings import Settings
from validation.expectations.activities import ExpectActivitiesToOccur
from validation.expectations.cases import ExpectCaseOrderToBeKnown, ExpectCasesToBeginWith
from validation.expectations.rows import ExpectRowsToBeSaidOnce

TOLERANCE = 0.05
"""The share of rows that may break a tolerated rule; beyond it the log itself is in doubt."""

_NOT_SAID = {"source", "row", "slot", "is_day", "at_problem"}
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
    happened = _has_happened(as_of or now)
    columns = candidate_columns(settings)
    said = [name for name in columns if name not in _NOT_SAID]
    return ExpectationSuite(
        "event_log",
        expectations=[
            *_shape(columns),
            *_rows(said, now),
            *_activities(settings, happened),
            *_cases(settings, said, happened),
        ],
    )


def candidate_columns(settings: Settings) -> list[str]:
    """The columns that the candidates of a process have."""
    names = (name for source in settings.sources for name in source.case_attributes)
    return [*CANDIDATES.names(), *dict.fromkeys(map(attribute_column, names))]


def rule_of(expectation: Expectation) -> str:
    """The id of the rule that an expectation belongs to."""
    return str((expectation.meta or {})["rule"])


def _told(rule: str, severity: Severity, what: str) -> dict[str, Any]:
    return {"meta": {"rule": rule}, "severity": severity, "description": what}


def _shape(columns: list[str]) -> list[Expectation]:
    what = "The table has the columns of an event log and the case attributes asked for, no others."
    return [
        ExpectTableColumnsToMatchSet(
            column_set=columns, exact_match=True, **_told("C01", "critical", what)
        ),
        ExpectTableRowCountToBeBetween(
            min_value=1, **_told("R01", "critical", "The log holds at least one row.")
        ),
    ]


def _rows(said: list[str], now: datetime) -> list[Expectation]:
    return [
        *_there("C02", "case_id", "a case id"),
        *_there("C03", "activity", "an activity"),
        *_there("C04", "at", "a time that can be read"),
        ExpectColumnValuesToBeBetween(
            column="at",
            max_value=now,
            **_told("DQ03", "warning", "Nothing happened after the moment of this run."),
        ),
        ExpectRowsToBeSaidOnce(
            column_list=said,
            row_condition=_is_event(),
            **_told("DQ18", "warning", "No row repeats an earlier row exactly."),
        ),
        ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="at",
            column_B="started_at",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            **_told("DQ23", "warning", "No activity was completed before it was started."),
        ),
    ]


def _there(rule: str, column: str, thing: str) -> list[Expectation]:
    most = 1 - TOLERANCE
    return [
        ExpectColumnValuesToNotBeNull(
            column=column, **_told(rule, "warning", f"Every row has {thing}.")
        ),
        ExpectColumnValuesToNotBeNull(
            column=column,
            mostly=most,
            **_told(rule, "critical", f"At least {most:.0%} of the rows have {thing}."),
        ),
    ]


def _activities(settings: Settings, happened: AndCondition) -> list[Expectation]:
    journey = settings.journey
    pauses = (pause.activity for pause in journey.pauses)
    pairs = (activity for pair in journey.suspensions for activity in (pair.start, pair.end))
    steps = (activity for activity in journey.steps if activity != settings.registration)
    terms = (activity for deadline in settings.deadlines for activity in deadline.activities)
    named = list(dict.fromkeys((*journey.start, *journey.end, *steps, *pauses, *pairs, *terms)))
    ends = list(dict.fromkeys(journey.end))
    one_end = "At least one of the activities that end a case was completed"
    return [
        ExpectActivitiesToOccur(
            activities=ends,
            at_least=1,
            completed=True,
            row_condition=happened,
            **_told("E01", "critical", f"{one_end}: {_listed(ends)}."),
        ),
        ExpectActivitiesToOccur(
            activities=named,
            at_least=len(named),
            row_condition=happened,
            **_told("E02", "warning", "Every activity that the config names occurs in the log."),
        ),
    ]


def _cases(settings: Settings, said: list[str], happened: AndCondition) -> list[Expectation]:
    starts = list(dict.fromkeys(settings.journey.start))
    order = ExpectCaseOrderToBeKnown(
        zone=settings.timezone,
        column_list=said,
        row_condition=happened,
        **_told("O01", "info", "The order of the events of every case is known."),
    )
    begin = ExpectCasesToBeginWith(
        activities=starts,
        row_condition=happened,
        **_told("E03", "warning", f"Every case begins with {_listed(starts, 'or')}."),
    )
    return [begin, order] if starts else [order]


def _is_event() -> AndCondition:
    """Rows that C02, C03 and C04 leave: the others cannot be compared with anything."""
    there: list[Condition] = [Column(name).is_not_null() for name in ("case_id", "activity", "at")]
    return AndCondition(conditions=there)


def _has_happened(as_of: datetime) -> AndCondition:
    """Rows that C02, C03 and C04 leave, of what had happened by then."""
    return AndCondition(conditions=[*_is_event().conditions, Column("at") <= as_of])


def _listed(names: Sequence[str], word: str = "and") -> str:
    *most, last = [f"'{name}'" for name in names] or [""]
    return f"{', '.join(most)} {word} {last}" if most else last
