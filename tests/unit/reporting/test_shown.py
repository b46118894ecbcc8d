# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Nothing is written but what may be shown, whoever calls and whatever it is given."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from pathlib import Path

import pytest

from contracts.settings import ReportFormat
from reporting import book, files, outputs, pages, paper
from reporting.disclosure import protect
from reporting.shown import Shown
from tests.scan import Needles, told
from tests.unit.reporting import sample

RARE = "Zaak handmatig heropend"  # in four cases
COMMON = "Specialist aangewezen"
FORMS: dict[ReportFormat, set[str]] = {
    "html": {"report.nl.html"},
    "pdf": {"report.nl.pdf"},
    "xlsx": {"findings.xlsx"},
    "ods": {"findings.ods"},
    "parquet": {"waits.parquet", "steps.parquet", "variants.parquet"},
}
WRITERS = (
    outputs.write_outputs,
    files.write_findings,
    files.write_tables,
    pages.write_pages,
    pages.page,
    paper.write_papers,
    book.write_books,
    book.book,
)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_takes_nothing_but_what_may_be_shown(writer):
    first, *others = signature(writer).parameters.values()

    assert first.annotation == "Shown"
    assert {each.annotation for each in others} <= {"Path", "Language"}


def test_it_is_protected_however_it_is_made():
    raw = (sample.findings(), sample.tables())
    rest = (sample.settings(), sample.facts())
    findings, tables = protect(*raw, 10, sample.settings().journey.end)

    made = [Shown(*raw, *rest), replace(Shown(findings, tables, *rest), tables=sample.tables())]

    assert findings != raw[0]
    assert all(each.findings == findings for each in made)
    assert all(each.tables.keys() == tables.keys() for each in made)
    assert all(each.tables[name].equals(tables[name]) for each in made for name in tables)


def test_a_step_of_few_cases_is_in_no_byte_of_any_form(tmp_path: Path):
    asked = sample.settings(report={"languages": ["nl"], "formats": list(FORMS)})
    outputs.write_outputs(sample.shown(settings=asked), tmp_path)

    found = {Path(file).name for file, _ in told(tmp_path, Needles([COMMON]))}
    assert found >= {name for names in FORMS.values() for name in names} | {"findings.json"}
    assert told(tmp_path, Needles([RARE])) == set()
