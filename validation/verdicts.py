# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From what Great Expectations found to the verdict that the other rooms know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import polars as pl
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from contracts.rules import Words
from contracts.verdict import RuleResult, Verdict
from validation.names import alike
from validation.quarantine import Count, SetAside


def verdict_of(
    result: ExpectationSuiteValidationResult,
    aside: SetAside,
    parts: Sequence[pl.LazyFrame],
    minimum_group: int,
) -> Verdict:
    """The verdict.

    Args:
        result: what Great Expectations found.
        aside: what is in the quarantine.
        parts: the log, to look up what an activity that does not occur may be called there.
        minimum_group: the fewest cases that such a name must have.
    """

    def alike_to(absent: Sequence[str]) -> str:
        return alike(absent, parts, minimum_group)

    by_rule = defaultdict(list)
    for each in result.results:
        by_rule[_config(each).meta["rule"]].append(each)
    rules = [_rule(rule, by_rule[rule], aside, alike_to) for rule in sorted(by_rule)]
    return Verdict(
        success=result.get_max_severity_failure() != FailureSeverity.CRITICAL,
        rows=by_rule["R01"][0].result["observed_value"],
        quarantined_rows=aside.total.rows,
        quarantined_cases=aside.total.cases,
        rules=tuple(rules),
    )


def _rule(
    rule: str,
    found: Sequence[ExpectationValidationResult],
    aside: SetAside,
    alike_to: Callable[[Sequence[str]], str],
) -> RuleResult:
    """One rule: told by the gravest expectation not met, or by the one that claims most."""
    ranked = sorted(found, key=lambda each: _config(each).severity)
    failed = [each for each in ranked if not each.success]
    told = failed[-1] if failed else ranked[0]
    details, meta = told.result.get("details") or {}, _config(told).meta
    count = aside.by_rule.get(rule, Count(cases=details.get("cases", 0)))
    return RuleResult(
        id=rule,
        what=Words(**meta["what"]),
        found=" ".join([*_beyond(told), *_explained(details, alike_to)]),
        severity=_config((failed or ranked)[-1]).severity.value,
        owner=meta["owner"],
        success=not failed,
        rows=count.rows,
        cases=count.cases,
    )


def _beyond(told: ExpectationValidationResult) -> list[str]:
    """That more rows break a rule than are tolerated."""
    most = _config(told).kwargs.get("mostly", 1)
    return [] if told.success or most == 1 else [f"At least {most:.0%} of the rows must."]


def _explained(details: Mapping[str, Any], alike_to: Callable[[Sequence[str]], str]) -> list[str]:
    """What helps to mend it: names of columns, and of activities of many cases."""
    mismatched = details.get("mismatched", {})
    columns = [f"{how} columns: {', '.join(names)}." for how, names in mismatched.items()]
    absent = details.get("absent")
    return [
        *(column.capitalize() for column in columns),
        *([alike_to(absent)] if absent else []),
    ]


def _config(found: ExpectationValidationResult) -> ExpectationConfiguration:
    return cast("ExpectationConfiguration", found.expectation_config)
