# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Nothing is written but what may be shown, whoever calls and whatever it is given."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from inspect import signature
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.settings import ReportFormat
from contracts.tables import TABLES
from reporting import files, outputs
from reporting.disclosure.rules import protect
from reporting.page import pages, paper
from reporting.shown import Shown
from reporting.workbooks import book
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


@given(st.integers(0, 365 * 86_400))
def test_a_copy_for_the_public_tells_no_moment_but_its_day(seconds):
    moment = dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    base, zone = sample.findings(), sample.settings().zone
    log = base.log.model_copy(update={"first": moment, "last": moment})
    found = base.model_copy(update={"as_of": moment, "log": log})
    public = replace(sample.facts(), is_public=True)

    told = Shown(found, sample.tables(), sample.settings(), public).findings

    for each in (told.as_of, told.log.first, told.log.last):
        here = each.astimezone(zone)
        assert (here.date(), here.time()) == (moment.astimezone(zone).date(), dt.time())


def test_it_is_protected_however_it_is_made():
    raw = (sample.findings(), sample.tables())
    rest = (sample.settings(), sample.facts())
    findings, tables = protect(*raw, 10, sample.settings().journey.end)

    made = [Shown(*raw, *rest), replace(Shown(findings, tables, *rest), tables=sample.tables())]

    assert findings != raw[0]
    assert all(each.findings == findings for each in made)
    assert all(each.tables.keys() == tables.keys() for each in made)
    assert all(each.tables[name].equals(tables[name]) for each in made for name in tables)


def three_waits_of(cases):
    """After a step that 509 took: all of them went on, and none still waits."""
    pairs = zip("bcd", cases, strict=True)
    rows = {
        "steps": [("a", 509, 509), *((to, n, n) for to, n in zip("bcd", cases, strict=True))],
        "waits": [("a", to, n, n, 0, 1.0, 2.0, 3.0, 0.1) for to, n in pairs],
    }
    frames = {n: pl.DataFrame(r, schema=TABLES[n], orient="row") for n, r in rows.items()}
    return {**sample.tables(), **frames}


def test_round_numbers_that_seem_to_leave_few_are_not_hidden_again():
    """205, 205 and 105 are five more than 510; the cases that they are of are 509."""
    tables, public = three_waits_of((203, 203, 103)), replace(sample.facts(), is_public=True)
    inside = sample.shown(tables=tables)

    for made in (sample.shown(tables=tables, facts=public), replace(inside, facts=public)):
        assert made.tables["waits"]["cases"].to_list() == [205, 205, 105]
        assert made.tables["steps"]["cases"].to_list() == [510, 205, 205, 105]


def test_no_round_number_is_of_fewer_than_may_be_told():
    shown = sample.shown(
        tables=three_waits_of((212, 290, 7)),
        settings=sample.settings(privacy={"minimum_group": 7}),
        facts=replace(sample.facts(), is_public=True),
    )

    assert shown.tables["waits"]["cases"].to_list() == [210, 290, 10]


def test_a_step_of_few_cases_is_in_no_byte_of_any_form(tmp_path: Path):
    asked = sample.settings(report={"languages": ["nl"], "formats": list(FORMS)})
    outputs.write_outputs(sample.shown(settings=asked), tmp_path)

    found = {Path(file).name for file, _ in told(tmp_path, Needles([COMMON]))}
    assert found >= {name for names in FORMS.values() for name in names} | {"findings.json"}
    assert told(tmp_path, Needles([RARE])) == set()
