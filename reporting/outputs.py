# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Everything that a run says, in every form that its config asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from contracts.findings import Findings
from contracts.settings import Settings
from reporting.book import write_books
from reporting.facts import Facts
from reporting.files import write_findings, write_tables
from reporting.pages import write_pages
from reporting.paper import write_papers


def write_outputs(
    findings: Findings,
    tables: Mapping[str, pl.DataFrame],
    settings: Settings,
    facts: Facts,
    out: Path,
) -> None:
    """Writes the findings and the tables for programs, and the report for people.

    Args:
        findings: what may be shown of what a run found.
        tables: the same, in the shapes of ``contracts.findings.TABLES``.
        settings: the config of the process.
        facts: how the findings came about.
        out: an existing folder.
    """
    write_findings(findings, out)
    write_tables(tables, out)
    write_pages(findings, tables, settings, facts, out)
    if "pdf" in settings.report.formats:
        write_papers(findings, tables, settings, facts, out)
    write_books(findings, tables, settings, facts, out)
