# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The table of the gate's rules, what a config may change of it, and its page."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts.rules import Limit, Rule, Validation, rule_table
from contracts.verdict import told_counts
from tests.builders import rule_result

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_rules_of_the_domain_are_there() -> None:
    assert {f"DQ{number:02}" for number in range(1, 33)} < rule_table().keys()


@pytest.mark.parametrize("rule", rule_table().values(), ids=lambda rule: rule.id)
def test_its_page_says_what_each_rule_is(rule: Rule) -> None:
    [line] = [
        line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| {rule.id} |")
    ]
    cells = [cell.strip() for cell in line.strip("|").split("|")]

    tolerated = ", tolerated" if rule.tolerated else ""
    limit = f"{rule.limit.value:g}" if rule.limit else ""
    what = rule.sentence().en.replace(": .", ".")
    assert cells[1:5] == [what, rule.of, rule.severity + tolerated, limit]
    assert cells[5] == rule.owner.replace("_", " ")


def test_a_process_may_see_it_otherwise() -> None:
    chosen = Validation.model_validate(
        {"rules": {"DQ13": {"limit": 10}, "DQ08": {"severity": "warning"}}}
    )

    assert chosen.rule("DQ13").sentence().nl.startswith("Geen stap is meer dan 10 dagen later")
    assert (chosen.rule("DQ13").severity, chosen.rule("DQ08").severity) == ("info", "warning")
    assert chosen.rule("DQ05") == rule_table()["DQ05"]


@pytest.mark.parametrize(
    ("unit", "value", "nl", "en"),
    [
        ("days", 1, "1 dag", "1 day"),
        ("days", 2.5, "2,5 dagen", "2.5 days"),
        ("per_cent", 0.5, "0,5 %", "0.5%"),
        ("percentage_points", 1, "1 procentpunt", "1 percentage point"),
        ("hours", 16, "16", "16"),
    ],
)
def test_a_limit_is_told_as_each_language_has_numbers(unit, value, nl, en) -> None:
    told = Limit(value=value, unit=unit).in_words

    assert (told.nl.replace("\u00a0", " "), told.en) == (nl, en)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"DQ99": {}}, r"there is no rule 'DQ99'; 'DQ\d\d' is the nearest"),
        ({"dq13": {}}, "'DQ13' is the nearest"),
        ({"C02": {"limit": 3}}, "C02 has no limit"),
        ({"DQ26": {"severity": "warning"}}, "sets nothing aside"),
        ({"DQ13": {"limit": 0}}, "greater than 0"),
        ({"DQ13": {"limit": 1e12}}, "the limit of DQ13 must be a number from 0 to 36500"),
        ({"DQ05": {"limit": 2.7}}, "the limit of DQ05 must be a whole number from 2 to 1000"),
        ({"C02": {"severity": "info"}}, "C02 cannot be info"),
        ({"DQ13": {"severity": "grave"}}, "'critical', 'warning' or 'info'"),
        ({"DQ13": {"days": 3}}, "not permitted"),
    ],
)
def test_what_cannot_be_chosen_is_refused(rules: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Validation.model_validate({"rules": rules})


def told(counts: dict[str, tuple[int, int]], rows: int, cases: int) -> set[str]:
    rules = [rule_result(name, *broken) for name, broken in counts.items()]
    return {name for name, seen in told_counts(rules, rows, cases, 10).items() if None not in seen}


@pytest.mark.parametrize(
    ("counts", "rows", "cases", "shown"),
    [
        pytest.param({"DQ18": (5, 5)}, None, None, set(), id="few"),
        pytest.param({"DQ18": (50, 5)}, 50, None, set(), id="rows of few cases"),
        pytest.param({"DQ18": (50, 40)}, 50, 40, {"DQ18"}, id="many"),
        pytest.param(
            {"DQ18": (50, 40), "DQ23": (60, 50), "DQ14": (5, 5)}, 115, 95, {"DQ23"}, id="the rest"
        ),
        pytest.param(
            {"DQ18": (50, 40), "DQ23": (8, 8), "DQ14": (5, 5)}, 63, 53, {"DQ18"}, id="two of few"
        ),
        pytest.param(
            {"DQ18": (50, 40), "DQ14": (5, 5)}, 50, 40, {"DQ18"}, id="the same rows as another"
        ),
        pytest.param({"DQ18": (50, 40), "DQ13": (5, 5)}, 50, 40, {"DQ18"}, id="only remarked on"),
    ],
)
def test_what_few_broke_cannot_be_worked_out(
    counts: dict[str, tuple[int, int]], rows: int, cases: int, shown: set[str]
) -> None:
    assert told(counts, rows, cases) == shown
