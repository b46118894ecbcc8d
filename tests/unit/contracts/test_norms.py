# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
import re

import pytest
import yaml
from pydantic import ValidationError

from contracts.deadlines import Deadline
from contracts.norms import FOLDER, Norm, Rule, amount_of, equivalent_days, norm_table

VERSION = {"term": "P8W", "source": "a law", "seen_on": "2026-11-01"}
TITLE = {"nl": "Termijn", "en": "Term"}


def test_every_norm_of_the_table_was_read_somewhere() -> None:
    table = norm_table()

    assert {"awb-4-13", "visumcode-23", "twg-12", "rr-103", "wht"} <= table.keys()
    assert all(version.source for norm in table.values() for version in norm.versions)


def test_days_made_equal_to_holidays_are_known_ahead() -> None:
    days = [each.day for each in equivalent_days()]

    assert days == sorted(set(days))
    assert days[-1].year >= dt.datetime.now(dt.UTC).year + 1


def test_a_period_is_so_many_of_a_unit() -> None:
    assert amount_of("P8W") == (8, "weeks")


@pytest.mark.parametrize("term", ["8W", "PT2D", "P0D", "P1Y2M", "P8w", "P1000Y", ""])
def test_what_is_no_term_is_refused(term: str) -> None:
    with pytest.raises(ValidationError, match="is not a term"):
        Rule(term=term)


def test_an_extension_is_in_the_unit_of_the_term() -> None:
    with pytest.raises(ValidationError, match="same unit"):
        Rule(term="P8W", extension="P30D")


@pytest.mark.parametrize(
    "rule",
    [
        {"term": "PT48H", "extension": "PT24H"},
        {"term": "PT48H", "after": "P6W"},
        {"term": "P8W", "after": "PT48H"},
    ],
)
def test_a_term_in_hours_is_alone(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="no extension, and starts after no other term"):
        Rule.model_validate(rule)


def test_one_version_at_a_time() -> None:
    versions = [{**VERSION, "valid_from": day} for day in ("2020-01-01", "2021-01-01")]

    for overlapping in (None, "2021-01-01"):
        versions[0]["valid_to"] = overlapping
        with pytest.raises(ValidationError, match="one after the other"):
            Norm.model_validate({"id": "a", "title": TITLE, "versions": versions})
    versions[0]["valid_to"] = "2020-12-31"
    assert len(Norm.model_validate({"id": "a", "title": TITLE, "versions": versions}).versions) == 2


def test_a_term_after_another_needs_to_know_since_when() -> None:
    with pytest.raises(ValidationError, match="starts when another term ends"):
        Deadline(id="bezwaar", rule="awb-7-10")


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (
            {"term": "P16W", "law": "none"},
            "write that too, as in rule: {term: P8W, extension: P6W}",
        ),
        ("awb-4-13", "the norm table has no extension of awb-4-13; if a law of yours has"),
        ({"term": "PT48H"}, "is in hours, which nothing extends"),
    ],
)
def test_what_extends_a_term_needs_an_extension(rule: object, hint: str) -> None:
    told = {"id": "a", "rule": rule, "start": ["b"], "extended_by": ["c"]}
    with pytest.raises(ValidationError, match=re.escape(hint)):
        Deadline.model_validate(told)

    assert Deadline.model_validate({**told, "extended_by": []}).extended_by == ()
    assert Deadline.model_validate({**told, "rule": "visumcode-23"}).extended_by == ("c",)


def test_a_norm_that_is_not_in_the_table_is_refused_with_one_that_is() -> None:
    with pytest.raises(ValidationError, match="'awb-4-13' is the nearest"):
        Deadline(id="besluit", rule="awb-413")


def test_examples_in_the_docs_name_norms_of_the_table() -> None:
    pages = (FOLDER.parents[1] / "docs").glob("*.md")
    named = {rule for page in pages for rule in re.findall(r"\brule: ([\w-]+)", page.read_text())}

    assert "awb-4-13" in named
    assert named <= norm_table().keys()


def test_deadlines_in_the_docs_are_taken() -> None:
    pages = (FOLDER.parents[1] / "docs").rglob("*.md")
    blocks = [
        block
        for page in pages
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    ]
    told = [
        yaml.safe_load(block) for block in blocks if re.search("^deadlines:", block, re.MULTILINE)
    ]

    deadlines = [Deadline.model_validate(each) for config in told for each in config["deadlines"]]
    assert any(each.extended_by for each in deadlines)
