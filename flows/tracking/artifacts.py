# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What Prefect shows beside a run: the verdict of the gate, and the report in brief."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from contracts.findings import Findings
from flows.files import read_json
from flows.job import Job
from flows.tracking.told import told_of

_NOT_SHOWN = "not shown"


def tell_progress(stage: str, share: float, shown: UUID | None) -> UUID | None:
    """Shows how far a stage is, in the artifact ``shown`` if there is one; gives the artifact."""
    with told_of("all progress"):
        if shown is None:
            told: Any = create_progress_artifact(100 * share, description=f"How far {stage} is.")
            return told  # type: ignore[no-any-return]
        update_progress_artifact(shown, 100 * share)
    return shown


def tell_verdict(job: Job, run_folder: Path) -> None:
    """Shows the verdict in ``run_folder``, as it was written: without small counts."""
    verdict = read_json(run_folder / "validation" / "verdict.json")
    passed = "passed" if verdict["success"] else "was stopped at"
    with told_of("the verdict", job.folder / "validation"):
        create_table_artifact(
            key=f"gate-{job.settings.process.id}",
            table=verdict_table(verdict),
            description=f"The log {passed} the gate. Run {job.run_id}.",
        )


def tell_report(job: Job) -> None:
    """Shows what the report of a finished run says first, its waits, and a link to it."""
    from reporting.brief import TABLES_READ, brief

    process, settings = job.settings.process.id, job.settings
    page = job.folder / f"report.{settings.report.languages[0]}.html"
    with told_of("the report", page):
        told = brief(
            Findings.model_validate_json((job.folder / "findings.json").read_bytes()),
            {
                name: pl.read_parquet(job.folder / "tables" / f"{name}.parquet")
                for name in TABLES_READ
            },
            settings,
        )
        create_markdown_artifact(
            key=f"report-{process}", markdown=told.markdown, description=told.title
        )
        create_table_artifact(key=f"waits-{process}", table=told.waits, description=told.title)
        create_link_artifact(
            key=f"page-{process}",
            link=_link(page),
            link_text=told.link,
            description=told.title,
        )


def _link(page: Path) -> str:
    """The address of a file, escaped so that Markdown takes all of it."""
    return page.as_uri().replace("(", "%28").replace(")", "%29")


def verdict_table(verdict: dict[str, Any]) -> list[dict[str, str]]:
    """A row for the whole verdict, and one for each rule that was not met.

    Args:
        verdict: as it is written: a count that may not be told is null.
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
    """A row of texts: Prefect would not format a number."""
    told = {
        name: _NOT_SHOWN if counts[name] is None else f"{counts[name]:,}"
        for name in ("rows", "cases")
    }
    return {"rule": rule.strip(), "severity": severity, **told}
