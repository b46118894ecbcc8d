# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Nobody can take one release from another and find out what a few cases did."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.findings import Evidence, Segment
from contracts.tables import TABLES
from reporting.disclosure.release import Release, released
from reporting.disclosure.rules import protect
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


def _told(release, kind):
    """The figures of a kind, by what they are of; those of several bottlenecks at one place."""
    told = {}
    for figure in release.figures:
        if figure.kind == kind:
            told.setdefault(figure.place, set()).add(figure.value)
    return told


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
    counts = [_told(each, "cases") for each in _released(_run(*run) for run in runs)]

    for one, other in combinations(counts, 2):
        both = one.keys() & other.keys()
        assert both
        differences = [abs(a - b) for place in both for a in one[place] for b in other[place]]
        assert [n for n in differences if 0 < n < K] == []
    assert [n for each in counts for told in each.values() for n in told if n % 5] == []


def test_a_deadline_has_the_same_numbers_in_the_findings_and_in_the_table():
    """178 of both 180 and of 170 or more would be 178 or 179."""
    found, tables = sample.findings(), sample.tables()
    term = found.deadlines[0].model_copy(update={"late": 178})
    rows = pl.DataFrame([(term.id, "late", 178)], schema=TABLES["deadlines"], orient="row")
    run = protect(found.model_copy(update={"deadlines": (term,)}), tables | {"deadlines": rows}, K)
    [release] = _released([run])

    assert release.findings.deadlines[0].late == 180
    assert release.tables["deadlines"].rows() == [(term.id, "late", 180)]


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


def test_how_many_are_open_is_left_out_where_it_may_be_far_more():
    found, tables = _run()
    log = found.log.model_copy(update={"open_cases": 40, "open_cases_at_least": True})

    told = released(found.model_copy(update={"log": log}), tables, [], K).findings.log

    assert (told.open_cases, told.open_cases_at_least, told.suppressed) == (None, False, True)


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


# ---- figures that are no counts ------------------------------------------------------------------

EXACT = 5.789287123842593  # 2315.71 days of 400 cases


def _of_first(cases, **changes):
    """A run of which the first bottleneck is of so many cases."""
    found, tables = _run()
    first = found.bottlenecks[0].model_copy(update={"cases": cases, **changes})
    rest = found.bottlenecks[1:]
    return found.model_copy(update={"bottlenecks": (first, *rest)}), tables


def _first(release):
    return release.findings.bottlenecks[0]


@pytest.mark.parametrize(("cases", "told"), [(160, 5.8), (499, 5.8), (500, 5.79)])
def test_a_mean_has_so_few_digits_that_it_is_of_many_numbers_of_cases(cases, told):
    run = _of_first(
        cases,
        mean_days_per_case=EXACT,
        interval=(EXACT, 10 * EXACT),
        reference_days=EXACT,
        evidence=(Evidence(what="days_a_round", value=EXACT),),
    )
    first = _first(_released([run])[0])

    assert first.mean_days_per_case == first.reference_days == first.evidence[0].value == told
    assert first.interval == (told, pytest.approx(10 * told, abs=0.11))


def test_no_figure_of_any_kind_is_exact():
    [release] = _released([_run(4123, [104, 23, 98])])

    for figure in release.figures:
        assert figure.value == pytest.approx(figure.rounded(K), abs=1e-12)
        if figure.kind not in ("cases", "events", "share"):
            assert float(f"{figure.value:.3g}") == figure.value


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (12.0, 12.9, 12.0),  # of 160 cases ten make a difference of 0.8 days, and the unit is 1
        (12.0, 13.1, 13.0),
        (12.4, 12.6, 12.0),  # just beyond the middle
        (55.0, 58.4, 55.0),
        (55.0, 58.9, 59.0),
    ],
)
def test_a_duration_that_a_few_cases_could_have_moved_is_told_as_before(before, now, told):
    runs = (_of_first(160, reference_days=days) for days in (before, now))

    assert _first(_released(runs)[-1]).reference_days == told


def test_an_exact_figure_of_an_older_copy_is_not_told_again():
    old = Release(*_of_first(160, reference_days=EXACT))
    run = _of_first(160, reference_days=EXACT)

    assert _first(released(*run, [old], K)).reference_days == 5.8


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "rework", "segment": None},
        {"kind": None, "segment": Segment(attribute="team", values=("x",))},
    ],
)
def test_those_who_wait_at_a_place_are_one_number_whatever_is_said_of_why(change):
    runs = [_of_first(400, kind=None, segment=None), _of_first(405, **change)]

    assert [_first(each).cases for each in _released(runs)] == [400, 400]


def test_a_place_is_told_of_as_in_the_table_of_waits():
    """Though it was no bottleneck before: there it was in the table."""
    found, tables = _of_first(405)
    wait = (pl.col("from") == found.bottlenecks[0].from_) & (
        pl.col("to") == found.bottlenecks[0].to
    )

    def of(cases, days):
        told = {"cases": pl.lit(cases, pl.Int64), "person_days": pl.lit(days)}
        columns = {name: pl.when(wait).then(each).otherwise(name) for name, each in told.items()}
        return {**tables, "waits": tables["waits"].with_columns(**columns)}

    lost = found.bottlenecks[0].model_copy(update={"person_days_lost": 258.0})
    before = found.model_copy(update={"bottlenecks": found.bottlenecks[1:]}), of(400, 248.0)
    now = found.model_copy(update={"bottlenecks": (lost, *found.bottlenecks[1:])}), of(405, 258.0)
    last = _released([before, now])[-1]

    assert (_first(last).cases, _first(last).person_days_lost) == (400, 248.0)
    columns = last.tables["waits"].filter(wait).select("cases", "person_days")
    assert columns.rows() == [(400, 248.0)]


@pytest.mark.parametrize(("cases", "told"), [(50, 0.3), (400, 0.34), (4000, 0.34)])
def test_a_share_is_in_percents_of_five_cases_or_more(cases, told):
    found, tables = _run(cases)
    routes = pl.DataFrame([(["a"], 20, 0.34)], schema=TABLES["variants"], orient="row")
    [release] = _released([(found, {**tables, "variants": routes})])

    assert release.tables["variants"]["share"].to_list() == [told]


def test_the_curve_has_few_digits_and_does_not_rise():
    found, tables = _run()
    points = [(9.98765, 0.9, 4000), (10.012, 0.8, 3600), (50.1234, 0.5, 2000)]

    def of(left):
        rows = [*points, (60.0, left, 1500)]
        curve = pl.DataFrame(rows, schema=TABLES["survival"], orient="row")
        return found, {**tables, "survival": curve}

    first, last = (each.tables["survival"] for each in _released([of(0.4), of(0.401)]))

    assert first.select("days", "not_done").rows() == [
        (9.99, 0.9), (10.0, 0.8), (50.1, 0.5), (60.0, 0.4)
    ]  # fmt: skip
    assert last["not_done"].is_sorted(descending=True)


def test_what_is_owed_does_not_tell_how_many_gave_notice():
    found, tables = _run()
    term = found.deadlines[0].model_copy(update={"noticed": 97, "penalty_eur": 139_874})
    run = found.model_copy(update={"deadlines": (term,)}), tables

    assert _released([run])[0].findings.deadlines[0].penalty_eur == 140_000
