# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Nobody can take one release from another and find out what a few cases did."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tables import TABLES
from reporting.disclosure import protect
from reporting.release import Release, released
from tests.unit.reporting import sample

K = 10


def _run(cases=4120, steps=None):
    """A run as it may be shown inside, of so many cases, with other numbers of steps."""
    base, tables = sample.findings(), sample.tables()
    found = base.model_copy(update={"log": base.log.model_copy(update={"cases": cases})})
    if steps is not None:
        rows = [(name, n, 2 * n) for name, n in zip(sample.STEPS, steps, strict=False)]
        tables |= {"steps": pl.DataFrame(rows, schema=TABLES["steps"], orient="row")}
    return protect(found, tables, K, (sample.L,))


def _released(runs):
    told: list[Release] = []
    for run in runs:
        told.append(released(*run, told, K))
    return told


def _is_count(place):
    return "ledger" not in place and not place[-1].startswith("person_days")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(4000, 4060),
            st.lists(st.integers(0, 130), min_size=6, max_size=6),
        ),
        min_size=2,
        max_size=5,
    )
)
def test_a_count_is_the_same_in_two_releases_or_differs_by_no_small_group(runs):
    counts = [each.counts for each in _released(_run(*run) for run in runs)]

    for one, other in combinations(counts, 2):
        both = one.keys() & other.keys()
        assert both
        assert [p for p in both if 0 < abs(one[p] - other[p]) < K] == []
    assert [n for each in counts for place, n in each.items() if _is_count(place) and n % 5] == []


def test_shares_are_whole_percents():
    """Of an exact share there is but one number of cases that it can be a share of."""
    [release] = _released([_run()])

    for name, column in (
        ("survival", "not_done"),
        ("variants", "share"),
        ("waits", "share_of_waiting"),
    ):
        shares = release.tables[name][column].drop_nulls()
        assert len(shares)
        assert (shares * 100).round(9).to_list() == (shares * 100).round().to_list()


@pytest.mark.parametrize(("events", "told"), [(31_060, 31_000), (31_200, 31_200)])
def test_events_of_a_few_cases_more_are_not_told(events, told):
    def run(number):
        found, tables = _run()
        return found.model_copy(
            update={"log": found.log.model_copy(update={"events": number})}
        ), tables

    assert _released([run(31_000), run(events)])[-1].findings.log.events == told


def test_a_first_release_is_the_run_in_round_numbers():
    found, tables = _run(4123, [104, 23, 98])
    [release] = _released([(found, tables)])

    assert release.findings.log.cases == 4125
    assert release.tables["steps"]["cases"].to_list() == [105, 25, 100]
    assert release.findings.bottlenecks[0].from_ == found.bottlenecks[0].from_


@pytest.mark.parametrize(
    ("earlier", "now", "told"),
    [
        ([4100], 4104, 4100),
        ([4100], 4112, 4110),
        ([4100, 4120], 4113, 4120),
        ([4100, 4150], 4128, 4130),
        ([4100, 4108], 4100, 4100),
    ],
)
def test_a_count_near_to_an_earlier_one_is_told_as_that(earlier, now, told):
    assert _released(_run(cases) for cases in [*earlier, now])[-1].findings.log.cases == told


def test_what_is_hidden_stays_hidden_and_person_days_have_three_digits():
    found, tables = _run()
    [release] = _released([(found, tables)])

    for name, table in release.tables.items():
        if name == "changes":
            continue
        assert table.select(pl.all().is_null()).equals(tables[name].select(pl.all().is_null()))
        assert table.schema == TABLES[name]
    assert release.findings.bottlenecks[0].person_days_lost == 96_400.0
    # of a wait of few cases, which is left out, are 500 days
    assert found.ledger.third_party == release.findings.ledger.third_party == 148_000.0


@pytest.mark.parametrize(("rounds", "told"), [(514.0, 515), (517.0, 515), (540.0, 540)])
def test_rounds_are_counts_too(rounds, told):
    found, tables = _run()
    before = released(found, tables, [], K)
    evidence = tuple(
        each.model_copy(update={"value": rounds}) if each.what == "rounds" else each
        for each in found.bottlenecks[2].evidence
    )
    stalls = list(found.bottlenecks)
    stalls[2] = stalls[2].model_copy(update={"evidence": evidence})

    now = released(found.model_copy(update={"bottlenecks": tuple(stalls)}), tables, [before], K)

    assert {e.what: e.value for e in now.findings.bottlenecks[2].evidence}["rounds"] == told


def test_what_shows_small_numbers_of_cases_is_left_out():
    [release] = _released([_run()])

    assert release.findings.changes is None
    assert release.findings.validation.headlines == ()
    assert release.tables["changes"].is_empty()


@pytest.mark.parametrize(("days", "told"), [(2_600.0, 2_100.0), (2_900.0, 2_900.0)])
def test_person_days_of_a_few_cases_more_are_not_told(days, told):
    """Ten cases have 669 days in that log."""

    def run(outside):
        found, tables = _run()
        ledger = found.ledger.model_copy(update={"outside": outside})
        return found.model_copy(update={"ledger": ledger}), tables

    assert _released([run(2_100.0), run(days)])[-1].findings.ledger.outside == told
