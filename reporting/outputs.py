# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""All outputs of a run, in every form that its config asks for."""

from __future__ import annotations

from pathlib import Path

from reporting.files import write_findings, write_tables
from reporting.page.pages import write_pages
from reporting.page.paper import write_papers
from reporting.shown import Shown
from reporting.workbooks.book import write_books


def write_outputs(shown: Shown, out: Path) -> None:
    """Writes what may be shown of a run, for programs and for people, into an existing folder."""
    write_findings(shown, out)
    write_tables(shown, out)
    write_pages(shown, out)
    write_papers(shown, out)
    write_books(shown, out)
