# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A verdict as it may be written: without counts of fewer rows or cases than may be shown."""

from __future__ import annotations

from typing import Any

from contracts.verdict import RuleResult, Verdict


def shown(verdict: Verdict, k: int) -> dict[str, Any]:
    """The verdict with null for a count of 1 … ``k - 1``, and for the rows of so few cases."""
    rows, cases = _hidden(verdict.quarantined_rows, verdict.quarantined_cases, k)
    return {
        **verdict.model_dump(mode="json"),
        "rows": None if 0 < verdict.rows < k else verdict.rows,
        "quarantined_rows": rows,
        "quarantined_cases": cases,
        "unnamed_rows": None if 0 < verdict.unnamed_rows < k else verdict.unnamed_rows,
        "rules": [_rule(rule, k) for rule in verdict.rules],
    }


def hides(document: dict[str, Any]) -> bool:
    """Whether a count of ``shown`` is hidden."""
    counts = ("rows", "cases", "quarantined_rows", "quarantined_cases", "unnamed_rows")
    return any(
        each.get(name, 0) is None for each in (document, *document["rules"]) for name in counts
    )


def _rule(rule: RuleResult, k: int) -> dict[str, Any]:
    rows, cases = _hidden(rule.rows, rule.cases, k)
    return {**rule.model_dump(mode="json"), "rows": rows, "cases": cases}


def _hidden(rows: int, cases: int, k: int) -> tuple[int | None, int | None]:
    few = 0 < cases < k
    return (None if few or 0 < rows < k else rows), (None if few else cases)
