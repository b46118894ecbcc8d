# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A verdict as it may be written: without counts of too few rows or cases."""

from __future__ import annotations

from typing import Any

from contracts.verdict import Verdict, told_counts


def shown(verdict: Verdict, k: int) -> dict[str, Any]:
    """The verdict with null for each count below ``k``, or from which one could be worked out."""
    rows, cases = verdict.aside(k)
    counts = told_counts(verdict.rules, rows, cases, k)
    return {
        **verdict.model_dump(mode="json"),
        "rows": None if 0 < verdict.rows < k else verdict.rows,
        "quarantined_rows": rows,
        "quarantined_cases": cases,
        "unnamed_rows": None if 0 < verdict.unnamed_rows < k else verdict.unnamed_rows,
        "rules": [
            {
                **rule.model_dump(mode="json"),
                "rows": counts[rule.id][0],
                "cases": counts[rule.id][1],
            }
            for rule in verdict.rules
        ],
    }


def hides(document: dict[str, Any]) -> bool:
    """Whether a count of ``shown`` is hidden."""
    counts = ("rows", "cases", "quarantined_rows", "quarantined_cases", "unnamed_rows")
    return any(
        each.get(name, 0) is None for each in (document, *document["rules"]) for name in counts
    )
