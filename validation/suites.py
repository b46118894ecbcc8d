# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules that an event log is judged by, as a suite of Great Expectations.

The ``meta`` of an expectation has its rule, who can mend it and what it asks. A tolerated rule is
two expectations: a warning if any row breaks it, and a critical one if more than a few do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from contracts.rules import Validation
from validation.asked import Asked, Log, of_a_log, of_any_table


def event_log_suite(log: Log, columns: Collection[str]) -> ExpectationSuite:
    """The suite for the candidates of a process.

    Args:
        log: what is known of the log.
        columns: the columns that its table has; if it lacks some, little can be asked.
    """
    asked = list(of_any_table(log))
    if set(log.columns) <= set(columns):
        asked += of_a_log(log)
    expectations = [made for each in asked for made in _made(each, log.settings.validation)]
    return ExpectationSuite("event_log", expectations=expectations)


def rule_of(expectation: Expectation) -> str:
    """The id of the rule that an expectation belongs to."""
    return str((expectation.meta or {})["rule"])


def _made(asked: Asked, validation: Validation) -> Iterator[Expectation]:
    """The expectations of one rule, with the severity that it has in this process."""
    rule = validation.rule(asked.rule)
    what = rule.sentence(asked.names)
    meta = {
        "rule": rule.id,
        "of": rule.of,
        "owner": rule.owner,
        "what": what.model_dump(),
        "names": list(asked.names),
    }
    told: dict[str, Any] = {**asked.about, "meta": meta, "description": what.en}
    yield asked.by(**told, severity=FailureSeverity(rule.severity))
    if rule.tolerated and rule.severity == "warning":
        told["mostly"] = 1 - validation.tolerance
        yield asked.by(**told, severity=FailureSeverity.CRITICAL)
