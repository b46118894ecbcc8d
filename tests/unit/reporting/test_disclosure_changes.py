# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Laws of what may be told of changes: nothing that few cases did, and nothing to work it out."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.disclosure.changes import changes_table, protect_changes
from tests.unit.reporting import sample

K = 10
NAMES = tuple(sample.CHANGES)
IN_CASES = {"removed", "gone_cases", "new_cases"}
IN_EVENTS = {*IN_CASES, "late", "gone_events", "went_on"}
COUNTS = st.sampled_from([0, 0, 1, 3, 9, 10, 12, 40, 400])


@st.composite
def changes(draw):
    """Any changes; each of some cases may have moved the figures."""
    told, p50 = {}, 71.0
    for name in NAMES:
        cases = 0 if name == "definitions" else draw(COUNTS)
        p50 += draw(st.sampled_from([0.0, 1.5])) if cases or name == "definitions" else 0.0
        told[name] = (cases, cases + draw(st.integers(0, 3)) if cases else 0, p50, None)
    return sample.changes(told)


def exact(told):
    return {each.what: each.cases for each in told.counts}


@given(changes())
def test_counts_are_round_and_of_enough_cases(told):
    shown = protect_changes(told, 4120, K)

    for before, after in zip(told.counts, shown.counts, strict=True):
        if after.cases is None:
            assert (after.events, after.suppressed) == (None, True)
        else:
            assert after.cases == 0 if before.cases == 0 else after.cases >= K
            assert after.cases % K == after.events % K == 0


@pytest.mark.parametrize("balance", [IN_CASES, IN_EVENTS])
@given(changes())
def test_what_is_hidden_cannot_be_worked_out_from_two_reports(balance, told):
    shown, cases = protect_changes(told, 4120, K), exact(told)
    hidden = {each.what for each in shown.counts if each.cases is None} & balance

    total = sum(cases[what] for what in hidden)
    assert not hidden or total >= K or hidden == balance


@given(changes())
def test_effects_are_of_enough_cases_and_lead_all_the_way(told):
    shown, cases = protect_changes(told, 4120, K), exact(told)

    assert [what for effect in shown.effects for what in effect.what] == [
        what for effect in told.effects for what in effect.what
    ]
    assert shown.effects[-1].days == told.effects[-1].days
    days = [shown.since.days, *(effect.days for effect in shown.effects)]
    for effect, before, after in zip(shown.effects, days, days[1:], strict=False):
        assert effect.effect_days == after.less(before)
        of = sum(cases.get(what, 0) for what in effect.what)
        is_whole = "definitions" in effect.what and not 0 < cases["removed"] < K
        is_all = len(shown.effects) == 1
        assert of >= K or is_whole or is_all or (of == 0 and effect.effect_days.p50 == 0)


@given(changes())
def test_doing_it_twice_changes_no_change(told):
    once = protect_changes(told, 4120, K)
    twice = protect_changes(once, 4120, K)

    assert twice == once
    assert changes_table(twice).equals(changes_table(once))


def test_names_of_few_cases_are_not_told():
    shown = protect_changes(sample.changes(), 4120, K)

    assert [(pair.to, pair.cases, pair.events) for pair in shown.relabelled] == [
        ("Keuringsverslag binnen", 1190, 1300)
    ]


@pytest.mark.parametrize(
    ("cases", "p50", "p90"), [(None, None, None), (9, 71.0, None), (49, 71.0, None), (50, 71.0, 90)]
)
def test_figures_need_enough_cases_in_both_reports(cases, p50, p90):
    told = dict.fromkeys(NAMES, (0, 0, 71.0, 90.0))

    shown = protect_changes(sample.changes(told), cases, K)

    if cases is None:
        assert shown is None
    else:
        days = {effect.days for effect in shown.effects}
        assert {(each.p50, each.p90) for each in days} == {(p50 if cases >= K else None, p90)}


def test_the_table_has_a_row_a_change_and_one_a_pair_of_names():
    table = changes_table(protect_changes(sample.changes(), 4120, K))

    assert table["what"].to_list() == [
        "definitions", *(name for name in NAMES if name not in ("definitions", "removed")),
        "relabelled",
    ]  # fmt: skip
    few = table.row(by_predicate=pl.col("what") == "gone_events", named=True)
    assert (few["cases"], few["p50_effect_days"]) == (None, None)
    assert changes_table(None).is_empty()
