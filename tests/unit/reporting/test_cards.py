# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Beside each figure stands what it says, of which cases, by which calendar and which rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from reporting.page.cards import Basis, card, with_cards
from reporting.words.bottlenecks import waits
from reporting.words.counts import followed
from reporting.words.names import Names
from reporting.words.speech import Speech
from reporting.words.story import Measure
from tests.unit.reporting import sample

EN = Speech("en", ZoneInfo("Europe/Amsterdam"))
METHODS = Path(__file__).parents[3]


def _rows(measure, basis=None):
    told = basis or Basis.of(sample.findings())
    return {row["term"]: row["words"] for row in card(measure, told, "2 March 2026", "0.1.0", EN)}


@pytest.mark.parametrize("measure", get_args(Measure))
def test_each_figure_has_a_card_with_a_page_that_is_there(measure):
    rows = _rows(measure)
    page, version = rows["Rule"].split(", ")

    assert list(rows) == ["What", "Counted", "Calendar", "Cases", "Rule"]
    assert all(rows.values())
    assert (METHODS / page).is_file()
    assert version == "hoeksteen 0.1.0"


def test_a_number_of_cases_is_of_a_day_and_a_duration_in_calendar_days():
    assert _rows("waiting")["Calendar"] == "On 2 March 2026."
    assert _rows("wait_half")["Calendar"] == "Calendar days, up to 2 March 2026."


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis(400, 100), "400 cases, of which 25% are still open"),
        (Basis(400, None), "400 cases"),
        (Basis(400, 0, of_place=True), "400 cases, of which 0% still wait here"),
        (Basis(0, 0), "0 cases"),
        (
            Basis(1350, 50, at_least=True, only_begun=True),
            (
                "at least 1,350 cases, of which 4% are still open;"
                " only cases whose begin is in the log"
            ),
        ),
        (Basis(None, None), "not shown"),
    ],
)
def test_what_is_not_shown_is_not_told_by_a_share(basis, words):
    assert _rows("half_done", basis)["Cases"] == words


@pytest.mark.parametrize(
    ("still_open", "of_all", "told"), [(50, 60, 50), (4, 40, None), (0, 40, None), (0, 0, 0)]
)
def test_that_none_is_open_is_told_where_it_is_certain(still_open, of_all, told):
    whole, base = sample.tables(), sample.findings()
    clock = whole["clocks"].filter(clock="citizen").head(1)
    clocks = clock.with_columns(cases=pl.lit(1357), open_cases=pl.lit(still_open))
    log = base.log.model_copy(update={"open_cases": of_all})
    shown = sample.shown(
        findings=base.model_copy(update={"log": log}),
        tables={**whole, "clocks": clocks.cast(whole["clocks"].schema)},
    )

    assert followed(shown) == Basis(1350, told, at_least=True, only_begun=True)


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize(("n", "is_told"), [(905, True), (None, False)])
def test_of_cases_that_may_be_more_no_share_is_told(n, is_told, is_public):
    frames = sample.tables()
    first = (pl.col("from") == sample.H) & (pl.col("to") == sample.I)
    rows = frames["waits"].with_columns(n=pl.when(first).then(pl.lit(n)).otherwise("n"))
    facts = replace(sample.facts(), is_public=is_public)
    shown = sample.shown(tables={**frames, "waits": rows}, facts=facts)
    wait = next(
        each
        for each in waits(shown.findings, Names(shown.settings, EN))
        if (each.source.from_, each.source.to) == (sample.H, sample.I)
    )

    told = with_cards(wait.figures, wait.source, shown, EN)

    cases = [row["words"] for each in told for row in each.card if row["term"] == "Cases"]
    assert {("still wait here" in words) for words in cases} == {is_told}
