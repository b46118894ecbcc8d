# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Makes the verdict that the other rooms know from what Great Expectations found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from contracts.rules import HAS_ROWS, Validation
from contracts.texts import Words
from contracts.verdict import RuleResult, Verdict
from validation.lookup import Lookup
from validation.quarantine import Count, Marked


def verdict_of(
    result: ExpectationSuiteValidationResult,
    aside: Marked,
    remarked: Marked,
    lookup: Lookup,
    validation: Validation,
) -> Verdict:
    """The verdict.

    Args:
        result: what Great Expectations found.
        aside: what is in the quarantine.
        remarked: what is only told.
        lookup: looks up what a broken rule does not tell by itself.
        validation: how much may be set aside.
    """
    by_rule = defaultdict(list)
    for each in result.results:
        by_rule[rule_id(each)].append(each)
    counts = remarked.by_rule | aside.by_rule
    rules = [
        _rule(rule, by_rule[rule], counts.get(rule, Count()), lookup) for rule in sorted(by_rule)
    ]
    rows = by_rule[HAS_ROWS][0].result["observed_value"]
    said_once, lost = (each - aside.repeated_rows for each in (rows, aside.total.rows))
    rules.append(_enough_left(said_once, lost, validation))
    return Verdict(
        success=not any(rule.severity == "critical" for rule in rules if not rule.success),
        rows=rows,
        quarantined_rows=aside.total.rows,
        quarantined_cases=aside.total.cases,
        unnamed_rows=aside.unnamed_rows,
        rules=tuple(rules),
    )


def _enough_left(rows: int, aside: int, validation: Validation) -> RuleResult:
    """Whether most of the log can be used, which is known once all is judged.

    Exact repeats count neither as rows nor as set aside: in a folder of overlapping exports, most
    rows are repeats.
    """
    rule = validation.rule("Q01")
    share = aside / rows if rows else 0.0
    most = rule.limit.value / 100 if rule.limit else 1.0
    return RuleResult(
        id=rule.id,
        what=rule.sentence(),
        found=f"It is {share:.0%}." if share > most else "",
        of=rule.of,
        severity=rule.severity,
        owner=rule.owner,
        success=share <= most,
        rows=0,
        cases=0,
    )


def _rule(
    rule: str,
    found: Sequence[ExpectationValidationResult],
    count: Count,
    lookup: Lookup,
) -> RuleResult:
    """The result of one rule: by the gravest expectation that failed, or else the strictest one."""
    ranked = sorted(found, key=lambda each: _config(each).severity)
    failed = [each for each in ranked if not each.success]
    told = failed[-1] if failed else ranked[0]
    meta = _config(told).meta
    return RuleResult(
        id=rule,
        what=Words(**meta["what"]),
        names=meta["names"],
        about=(told.result.get("details") or {}).get("activities", ()),
        found=_explained(told, lookup),
        of=meta["of"],
        severity=_config(told).severity.value,
        owner=meta["owner"],
        success=not failed,
        rows=count.rows,
        cases=count.cases,
    )


def rule_id(found: ExpectationValidationResult) -> str:
    """The id of the rule that a result belongs to."""
    return str(_config(found).meta["rule"])


def _explained(told: ExpectationValidationResult, lookup: Lookup) -> str:
    """What helps to mend it: names of columns, and of activities of many cases."""
    details, asked = told.result.get("details") or {}, _config(told).kwargs
    most, absent, notice = asked.get("mostly", 1), details.get("absent"), asked.get("notice")
    mismatched = details.get("mismatched", {})
    columns = lookup.columns(notice) if notice and not told.success else []
    said = [
        *(
            []
            if told.success or most == 1
            else [f"That must be so in at least {most:.0%} of the rows."]
        ),
        *(f"{how.capitalize()} columns: {', '.join(names)}." for how, names in mismatched.items()),
        *([f"Look in {', '.join(columns)}."] if columns else []),
        *([lookup.alike(absent)] if absent else []),
        details.get("found", ""),
    ]
    return " ".join(filter(None, said))


def _config(found: ExpectationValidationResult) -> ExpectationConfiguration:
    return cast("ExpectationConfiguration", found.expectation_config)
