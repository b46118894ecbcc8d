# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Laws of disclosure control: whatever goes in, nothing about a small group comes out."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.findings import TABLES, DeadlineResult, Findings
from reporting.disclosure import protect
from tests.unit.reporting import sample

K = 10
STEPS = ["a", "b", "c", "d"]
COUNTS = st.integers(0, 60)
DAYS = st.floats(0, 500).map(lambda days: round(days, 3))
COUNT_KEYS = {
    "cases", "open_cases", "events", "order_undetermined_cases", "quarantined_rows",
    "quarantined_cases", "rows", "within", "late", "open_within", "open_late", "undetermined",
    "n", "repeats", "self_loops", "at_risk",
}  # fmt: skip


@st.composite
def tables(draw):
    pairs = draw(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([*STEPS, None])),
                          unique=True, max_size=6))  # fmt: skip
    traces = draw(
        st.lists(
            st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), max_size=6, unique_by=str
        )
    )
    rows = {
        "steps": [(s, draw(COUNTS), draw(COUNTS)) for s in STEPS],
        "waits": [
            (*p, draw(COUNTS), (c := draw(COUNTS)), draw(st.integers(0, c)), 1.0, 2.0, 3.0, 0.1)
            for p in pairs
        ],
        "wait_bands": [
            (*p, float(over), over + 1.0, draw(COUNTS)) for p in pairs for over in range(4)
        ],
        "variants": [(trace, draw(COUNTS), 0.1) for trace in traces],
        "rework": [
            (s, c := draw(COUNTS), c + draw(COUNTS), draw(st.integers(0, c))) for s in STEPS
        ],
        "survival": [
            (float(day), 0.5, n)
            for day, n in enumerate(sorted(draw(st.lists(COUNTS, max_size=9)), reverse=True))
        ],
    }
    return {n: pl.DataFrame(rows[n], schema=s, orient="row") for n, s in TABLES.items()}


@st.composite
def findings(draw):
    base = sample.findings()
    whole = draw(COUNTS)
    part = st.integers(0, whole)
    log = base.log.model_copy(
        update={
            "cases": whole,
            "open_cases": draw(part),
            "events": draw(COUNTS),
            "order_undetermined_cases": draw(part),
            "quarantined_rows": draw(COUNTS),
            "quarantined_cases": draw(COUNTS),
        }
    )
    bottlenecks = tuple(
        b.model_copy(update={"cases": (c := draw(COUNTS)), "open_cases": draw(st.integers(0, c))})
        for b in base.bottlenecks
    )
    names = ("within", "late", "open_within", "open_late", "undetermined")
    deadline = DeadlineResult(id="x", rule_version="1", **{name: draw(COUNTS) for name in names})
    failed = tuple(
        rule.model_copy(update={"rows": draw(COUNTS), "cases": draw(COUNTS)})
        for rule in base.validation.failed
    )
    return base.model_copy(
        update={
            "log": log,
            "bottlenecks": bottlenecks,
            "deadlines": (deadline,),
            "validation": base.validation.model_copy(update={"failed": failed}),
        }
    )


def _counts(value):
    """Every count anywhere in a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in COUNT_KEYS:
                yield item
            yield from _counts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _counts(item)


def _document(found: Findings):
    return json.loads(found.model_dump_json(by_alias=True))


@given(findings(), tables())
def test_no_small_count_survives_anywhere(found, frames):
    shown, hidden = protect(found, frames, K)
    in_tables = [
        value
        for frame in hidden.values()
        for column in frame.columns
        if column in COUNT_KEYS - {"events"}
        for value in frame[column]
    ]

    assert [
        n for n in (*_counts(_document(shown)), *in_tables) if n is not None and 0 < n < K
    ] == []


@given(findings(), tables())
def test_doing_it_twice_changes_nothing(found, frames):
    once, tables_once = protect(found, frames, K)
    twice, tables_twice = protect(once, tables_once, K)

    assert twice == once
    assert all(tables_twice[name].equals(tables_once[name]) for name in TABLES)


@given(findings(), tables())
def test_a_hidden_count_says_so(found, frames):
    shown, _ = protect(found, frames, K)

    for before, after in [(found.log, shown.log), (found.deadlines[0], shown.deadlines[0])]:
        hides = any(
            getattr(after, name) is None
            for name in type(after).model_fields
            if getattr(before, name) is not None
        )
        assert after.suppressed == hides


@given(tables())
def test_bands_keep_their_total_or_go(frames):
    _, shown = protect(sample.findings(), frames, K)
    before = frames["wait_bands"].group_by("from", "to").agg(pl.col("n").sum().alias("before"))
    n = pl.col("n")
    after = shown["wait_bands"].group_by("from", "to").agg(n.sum(), hidden=n.is_null().any())
    whole = after.filter(~pl.col("hidden"))
    both = whole.join(before, on=["from", "to"], nulls_equal=True)

    assert both["n"].to_list() == both["before"].to_list()


@given(findings(), tables())
def test_hidden_parts_of_a_deadline_are_together_no_small_group(found, frames):
    shown, _ = protect(found, frames, K)
    names = ("within", "late", "open_within", "open_late", "undetermined")
    before, after = found.deadlines[0], shown.deadlines[0]
    hidden = sum(getattr(before, name) for name in names if getattr(after, name) is None)
    everyone = sum(getattr(before, name) for name in names)

    assert hidden == 0 or hidden >= K or hidden == everyone


@given(tables())
def test_what_the_shown_routes_leave_is_no_small_group(frames):
    _, shown = protect(sample.findings(), frames, K)
    left = frames["variants"]["cases"].sum() - shown["variants"]["cases"].sum()

    assert left == 0 or frames["variants"]["cases"].sum() < K


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((20, 0, 30), [20, 0, 30]),
        ((20, 3, 30), [23, 30]),
        ((20, 30, 9), [20, 39]),
        ((4, 30, 20), [34, 20]),
        ((4, 0, 20), [24]),
        ((3, 3, 3), []),
        ((3, 3, 4), [10]),
        ((0, 0, 12), [0, 0, 12]),
    ],
)
def test_bands_join_their_neighbours(counts, shown):
    frames = sample.tables()
    pair = frames["waits"].select("from", "to").row(0)
    rows = [(*pair, float(over), over + 1.0, n) for over, n in enumerate(counts)]
    bands = pl.DataFrame(rows, schema=TABLES["wait_bands"], orient="row")

    _, protected = protect(sample.findings(), {**frames, "wait_bands": bands}, K)

    assert protected["wait_bands"]["n"].to_list() == shown


@pytest.mark.parametrize(
    ("cases", "p50", "p90"),
    [(9, None, None), (10, 5.0, None), (49, 5.0, None), (50, 5.0, 9.0)],
)
def test_quantiles_need_enough_cases(cases, p50, p90):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": cases, "open_cases": 0})
    throughput = base.throughput_days.model_copy(update={"p50": 5.0, "p90": 9.0})
    found = base.model_copy(update={"log": log, "throughput_days": throughput})

    shown, _ = protect(found, sample.tables(), K)

    assert (shown.throughput_days.p50, shown.throughput_days.p90) == (p50, p90)


@pytest.mark.parametrize(
    ("open_cases", "shown"), [(0, 0), (9, None), (10, 10), (95, None), (100, 100)]
)
def test_closed_cases_cannot_be_worked_out(open_cases, shown):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": 100, "open_cases": open_cases})

    protected, _ = protect(base.model_copy(update={"log": log}), sample.tables(), K)

    assert protected.log.open_cases == shown


def test_few_cases_show_nothing_of_themselves():
    base = sample.findings()
    log = base.log.model_copy(update={"cases": 4, "open_cases": 4})

    shown, _ = protect(base.model_copy(update={"log": log}), sample.tables(), K)

    assert (shown.log.first, shown.log.events, shown.throughput_days.p50) == (None, None, None)
    assert set(shown.ledger.model_dump().values()) == {None}


def test_rare_waits_and_bottlenecks_disappear_and_the_rest_is_numbered_anew():
    shown, tables_ = protect(sample.findings(), sample.tables(), K)

    assert [b.rank for b in shown.bottlenecks] == [1, 2, 3, 4, 5]
    assert sample.M not in {name for row in tables_["waits"].iter_rows() for name in row[:2]}
    assert (sample.L, sample.M) not in {(w.from_, w.to) for w in shown.explained_waits}


def test_what_is_said_of_a_group_of_enough_cases_stays():
    found = sample.findings()
    shown, _ = protect(found, sample.tables(), K)

    assert shown.as_of == dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC)
    assert shown.bottlenecks[0].cases == found.bottlenecks[0].cases


def test_bands_do_not_add_up_to_how_few_still_wait():
    _, tables_ = protect(sample.findings(), sample.tables(), K)
    few_open = pl.col("from") == sample.G, pl.col("to") == sample.L

    assert tables_["waits"].filter(few_open)["n"].to_list() == [None]
    assert tables_["wait_bands"].filter(few_open)["n"].null_count() == 1
