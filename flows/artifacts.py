# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate's verdict as Prefect shows it: a table beside the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from prefect.artifacts import create_table_artifact
from prefect.logging import get_run_logger

from flows.job import Job

_NOT_SHOWN = "not shown"


def tell_verdict(job: Job, run_folder: Path) -> None:
    """Shows the verdict in ``run_folder``, as it was written: without small counts.

    It only tells: where Prefect does not take it, that is logged and the run goes on.
    """
    text = (run_folder / "validation" / "verdict.json").read_text("utf-8")
    verdict = json.loads(text)
    passed = "passed" if verdict["success"] else "was stopped at"
    try:
        create_table_artifact(
            key=f"gate-{job.settings.process.id}",
            table=verdict_table(verdict),
            description=f"The log {passed} the gate. Run {job.run_id}.",
        )
    except Exception as error:
        get_run_logger().warning(
            "The verdict is not shown in Prefect (%s); it stands in %s.",
            type(error).__name__,
            job.folder / "validation",
        )


def verdict_table(verdict: dict[str, Any]) -> list[dict[str, str]]:
    """The whole verdict in one row, and a row for each rule that was not met.

    Args:
        verdict: as it is written; a count that may not be told is null.
    """
    rules, broken = verdict["rules"], [rule for rule in verdict["rules"] if not rule["success"]]
    aside = {"rows": verdict["quarantined_rows"], "cases": verdict["quarantined_cases"]}
    whole = f"all {len(rules)} rules, {len(broken)} not met"
    return [
        _row(whole, "set aside", aside),
        *(
            _row(f"{rule['id']}: {rule['what']['en']} {rule['found']}", rule["severity"], rule)
            for rule in broken
        ),
    ]


def _row(rule: str, severity: str, counts: dict[str, Any]) -> dict[str, str]:
    """A row in text alone: Prefect would show a number as it comes."""
    told = {
        name: _NOT_SHOWN if counts[name] is None else f"{counts[name]:,}"
        for name in ("rows", "cases")
    }
    return {"rule": rule.strip(), "severity": severity, **told}
