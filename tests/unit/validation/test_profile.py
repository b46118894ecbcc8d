# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the config of a new source is told of the gate, and which limits are proposed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from contracts.rules import RuleChoice
from contracts.verdict import RuleResult, Verdict
from tests.builders import MONDAY, rule_result
from tests.unit.validation.logs import NOW, SETTINGS, Row, case, row, table, written
from validation.profile import Proposal, profile, proposals


def proposed(rule: RuleResult, rows: list[Row]) -> Proposal:
    verdict = Verdict(
        success=True, rows=len(rows), quarantined_rows=0, quarantined_cases=0, rules=(rule,)
    )
    (proposal,) = proposals(verdict, table(rows).lazy(), SETTINGS)
    return proposal


def late(days: float) -> Row:
    return row("a", "work", recorded_at=MONDAY + dt.timedelta(days=days))


def test_a_log_that_breaks_no_rule_needs_nothing(tmp_path: Path) -> None:
    found = profile([written([*case("a"), *case("b")], tmp_path)], SETTINGS, NOW)

    assert found.verdict.success
    assert found.proposals == ()


def test_each_broken_rule_has_the_line_that_holds_anyway(tmp_path: Path) -> None:
    rows = [*case("a"), row("b", "work"), row("b", "end", 1), row("b", "end", 1)]

    found = profile([written(rows, tmp_path)], SETTINGS, NOW)

    choices = {each.rule.id: (each.choice, each.why) for each in found.proposals}
    assert choices["DQ18"] == (RuleChoice(severity="warning"), "")
    assert choices["DQ21"] == (RuleChoice(severity="info"), "")


@pytest.mark.parametrize(("days", "limit"), [(6, 7), (12, 20), (27, 30), (45, 50), (800, 1000)])
def test_a_limit_that_is_broken_as_a_habit_is_raised_to_a_round_number(
    days: float, limit: float
) -> None:
    rows = [late(0)] * 40 + [late(days)] * 60

    proposal = proposed(rule_result("DQ13", rows=60, cases=1), rows)

    assert proposal.choice == RuleChoice(limit=limit)
    assert proposal.why == f"nearly all of this log is within {limit} days"


def test_a_limit_that_few_rows_break_stays() -> None:
    rows = [late(0)] * 97 + [late(90)] * 3

    proposal = proposed(rule_result("DQ13", rows=3, cases=1), rows)

    assert (proposal.choice, proposal.why) == (RuleChoice(severity="info"), "")


def test_dates_without_hours_are_what_a_system_does() -> None:
    rows = [row("a", "work", is_day=True)] * 45 + [row("a", "work")] * 55

    proposal = proposed(rule_result("DQ04", rows=45, cases=1), rows)

    assert proposal.choice == RuleChoice(limit=50)


def test_a_limit_that_nothing_is_measured_for_stays() -> None:
    proposal = proposed(rule_result("DQ10", cases=20), [row("a", "work")])

    assert proposal.choice == RuleChoice(severity="info")
