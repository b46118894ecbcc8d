# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A report in brief says what the report says first, and nothing in it is taken for markup."""

from __future__ import annotations

import re

import polars as pl
import pytest

from contracts.findings import Findings
from reporting.brief import Brief, brief
from reporting.disclosure.rules import protect
from tests.unit.reporting import sample


def told(
    found: tuple[Findings, dict[str, pl.DataFrame]] | None = None, **settings: object
) -> Brief:
    findings, tables = protect(*(found or (sample.findings(), sample.tables())), 10)
    return brief(findings, tables, sample.settings(**settings))


def test_it_begins_with_the_answer_and_ends_with_the_day():
    first, answer, figures, waits, further, last = told().markdown.split("\n\n")

    assert first == "# Waar wachten burgers bij Rijgeschiktheid 75+?"
    assert answer.startswith("Van het wachten dat getoond mag worden, zit ")
    assert figures.splitlines()[0] == "- **10 weken** dan is de helft van de zaken klaar"
    assert [line[:6] for line in waits.splitlines()] == ["1. **T", "2. **T", "3. **T"]
    assert further == "Verderop staan nog 2 van deze plekken."
    assert last == "Gegevens tot en met 2 maart 2026."


def test_it_is_in_the_first_language():
    said = told(report={"languages": ["en", "nl"]})

    assert said.title == "Where do citizens wait in Fitness to drive 75+?"
    assert list(said.waits[0]) == [
        "where",
        "what the log shows",
        "cases",
        "1 in 10 waits at least",
    ]


def test_a_row_is_text_alone_and_what_is_not_known_is_said():
    rows = told().waits

    assert {type(value) for row in rows for value in row.values()} == {str}
    assert rows[0]["zaken"] == "1.190"
    assert rows[0]["1 op de 10 wacht ten minste"] == "nog niet te zeggen"


ODD = '![x](http://x) <img src=x> **b** `c` | ~~d~~ & "e"'


@pytest.mark.parametrize("name", [ODD, "a\n\n# b\n- c"])
def test_a_name_is_text(name: str):
    markdown = told(process={"id": "p", "name": name}).markdown

    assert not re.search(r"(?<!\\)[<>\[\]`|~&]", markdown)
    assert len(markdown.split("\n\n")) == 6
    assert markdown.count("**") == 2 * (3 + 3)  # figures and waits


def test_names_of_steps_are_text():
    assert not re.search(r"(?<!\\)[<>\[\]`|~&]", told(sample.odd_run()).markdown)
