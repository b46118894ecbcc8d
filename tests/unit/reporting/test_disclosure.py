# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Laws of disclosure control: whatever goes in, nothing about a small group comes out."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise, zip_longest

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.findings import DeadlineResult, Findings, Ledger
from contracts.tables import TABLES
from reporting.disclosure.rules import protect
from reporting.disclosure.steps import protect_steps, steps_apart
from reporting.disclosure.waits import protect_ledger, protect_waits, rounded, told_at_least
from reporting.disclosure.wholes import protect_wholes
from tests.unit.reporting import sample
from tests.unit.reporting.sample import seen

K = 10
STEPS = ["a", "b", "c", "d"]
COUNTS = st.integers(0, 60)
DAYS = st.floats(0, 500).map(lambda days: round(days, 3))
COUNT_KEYS = {
    "cases", "open_cases", "events", "order_undetermined_cases", "quarantined_rows",
    "quarantined_cases", "rows", "within", "late", "open_within", "open_late", "undetermined",
    "noticed", "before", "after", "n", "repeats", "self_loops", "at_risk", "times",
    "cases_looked_at", "fitting_cases",
}  # fmt: skip


LEAVING = st.tuples(
    st.lists(st.integers(0, 15), min_size=1, max_size=12),
    st.lists(st.integers(0, 15), max_size=12),
)


def curve(left, no_longer_watched=()):
    """The curve of cases of which so many left, and were last watched, on each day."""
    both = list(zip_longest(left, no_longer_watched, fillvalue=0))
    at_risk, still, points = sum(map(sum, both)), 1.0, []
    for day, (gone, censored) in enumerate(both, start=1):
        still *= 1 - gone / at_risk if at_risk else 1
        points.append((float(day), still, at_risk))
        at_risk -= gone + censored
    return points


def shown_curve(left, no_longer_watched=()):
    """What is shown of it."""
    base, frames = sample.findings(), sample.tables()
    cases = sum(left) + sum(no_longer_watched)
    log = base.log.model_copy(update={"cases": cases, "open_cases": sum(no_longer_watched)})
    points = pl.DataFrame(curve(left, no_longer_watched), schema=TABLES["survival"], orient="row")
    _, shown = protect(base.model_copy(update={"log": log}), {**frames, "survival": points}, K)
    return shown["survival"]


@st.composite
def conformance(draw):
    """Rows of both tables, of a log of which not every case need have been looked at."""
    cases = draw(COUNTS)
    seen = draw(st.integers(0, cases))
    part = st.integers(0, seen)
    kinds = [(what, step) for what in ("skipped", "extra") for step in STEPS]
    rows = [(*kind, n := draw(part), n + draw(st.integers(0, 15))) for kind in kinds]
    summary = (cases, seen, draw(part), 0.5 if seen else None, seen < cases, False)
    return {
        "conformance": [row for row in rows if row[2]],
        "conformance_summary": [summary] if draw(st.booleans()) else [],
    }


@st.composite
def wholes(draw):
    """Rows of the tables about whole cases; the share of an outcome is of cases that had it."""
    spent = (2.5, 40.5, 90.5)
    months = [dt.date(2025, month, 1) for month in range(1, draw(st.integers(1, 4)))]
    had = [sorted(draw(st.tuples(COUNTS, COUNTS, COUNTS))) for _ in STEPS]
    closed = max(sum(each[-1] for each in had), 1)
    return {
        "clocks": [
            (clock, c := draw(COUNTS), draw(st.integers(0, c)), *spent)
            for clock in ("citizen", "legal", "work")
        ],
        "bases": [
            (month, basis, draw(COUNTS), 40.0, 90.0, None)
            for month in months
            for basis in ("began", "ended", "open")
        ],
        "outcomes": [
            (step, each[-1], days, n / closed)
            for step, each in zip(STEPS, had, strict=True)
            for days, n in zip((7.0, 14.0, 28.0), each, strict=True)
        ],
    }


@st.composite
def tables(draw):
    """Tables of which the waits have no fewer cases than their routes."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([*STEPS, None])),
                          unique=True, max_size=6))  # fmt: skip
    traces = draw(
        st.lists(
            st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), max_size=6, unique_by=str
        )
    )
    routes = [(trace, draw(COUNTS)) for trace in traces]
    went = {p: sum(n for trace, n in routes if p in pairwise(trace)) for p in pairs}
    waited = {p: n + draw(COUNTS) for p, n in went.items()}
    rows = {
        "steps": [(s, draw(COUNTS), draw(COUNTS)) for s in STEPS],
        "waits": [
            (*p, draw(COUNTS), cases, draw(st.integers(0, cases)), 1.0, 2.0, 3.0, 0.1)
            for p, cases in waited.items()
        ],
        "wait_bands": [
            (*p, float(over), over + 1.0, draw(COUNTS), draw(COUNTS))
            for p in pairs
            for over in range(4)
        ],
        "queues": [
            (*p, dt.date(2025, 1, 8) + dt.timedelta(weeks=week), draw(COUNTS))
            for p in pairs
            for week in range(3)
        ],
        "variants": [(trace, cases, 0.1) for trace, cases in routes],
        "rework": [
            (s, c := draw(COUNTS), c + draw(COUNTS), draw(st.integers(0, c))) for s in STEPS
        ],
        "ledger": [
            (owner, 5.0 if (c := draw(COUNTS)) else 0.0, c) for owner in Ledger.model_fields
        ],
        "survival": curve(*draw(LEAVING)),
        **draw(conformance()),
        **draw(wholes()),
        "waiting_causes": [
            (*p, draw(COUNTS), 10.0, 4.0, 3.0, 2.0, 1.0) for p in pairs if p[1] is not None
        ],
        "deadlines": [("x", each, draw(COUNTS)) for each in ("within", "late", "no_rule")],
        "breaches": [("x", *pair, draw(COUNTS)) for pair in pairs],
        "registered_ends": [
            ("x", each, draw(COUNTS)) for each in ("same", "later", "moved", "earlier")
        ],
        "bunching": [("x", draw(COUNTS), draw(COUNTS), 3.2, 0.01)],
        "rescue": [("x", n := draw(COUNTS), draw(st.integers(0, n)), 0.1, 0.2, 0.8)],
        "work_band": [(s, n := draw(COUNTS), draw(st.integers(0, n)), 1.0, 2.0) for s in STEPS],
    }
    return {n: pl.DataFrame(rows.get(n, []), schema=s, orient="row") for n, s in TABLES.items()}


def doubted(kept=(50, 50), touched=(0, 0), lost=0, unnamed=0):
    """What counts cases in the log and the headlines, of so many closed and open ones of a kind."""
    cases, open_cases = sum(kept) + sum(touched), kept[1] + touched[1]
    untrusted = sum(touched) + lost + unnamed
    log = {
        "cases": cases,
        "open_cases": open_cases,
        "quarantined_rows": 2 * untrusted,
        "quarantined_cases": sum(touched) + lost,
    }
    counted = {
        "cases": (cases, sum(kept), cases, cases + lost + unnamed),
        "open_cases": (open_cases, kept[1], kept[1], kept[1] + untrusted),
    }
    return log, tuple(
        sample.headline(each.id, *counted[each.id]) if each.id in counted else each
        for each in sample.HEADLINES
    )


@st.composite
def findings(draw):
    base = sample.findings()
    two = st.tuples(st.integers(0, 30), st.integers(0, 30))
    count = st.sampled_from([0, 0, 3, 9, 10, 40])
    counted, headlines = doubted(draw(two), draw(two), draw(count), draw(count))
    whole = counted["cases"]
    log = base.log.model_copy(
        update={
            **counted,
            "events": draw(COUNTS),
            "order_undetermined_cases": draw(st.integers(0, whole)),
        }
    )
    bottlenecks = tuple(
        b.model_copy(update={"cases": (c := draw(COUNTS)), "open_cases": draw(st.integers(0, c))})
        for b in base.bottlenecks
    )
    names = ("within", "late", "open_within", "open_late", "undetermined")
    deadline = DeadlineResult(id="x", rule_version="1", **{name: draw(COUNTS) for name in names})
    noticed = draw(st.integers(0, (deadline.late or 0) + (deadline.open_late or 0)))
    deadline = deadline.model_copy(update={"noticed": noticed, "penalty_eur": 500 * noticed})
    failed = tuple(
        rule.model_copy(update={"rows": draw(COUNTS), "cases": draw(COUNTS)})
        for rule in base.validation.failed
    )
    return base.model_copy(
        update={
            "log": log,
            "bottlenecks": bottlenecks,
            "deadlines": (deadline,),
            "validation": base.validation.model_copy(
                update={"failed": failed, "headlines": headlines}
            ),
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


@pytest.mark.parametrize(
    ("waited", "on_route"),
    [((95, 40), 25), ((0, 134), 124)],  # 5 of b went no way that is told; 6 did not go to d
)
def test_a_wait_that_is_rounded_down_is_no_few_more_than_its_routes(waited, on_route):
    """Else protecting it again would round it once more."""
    took, way = [("b", 140, 140), ("c", 95, 95), ("d", 160, 160)], (1.0, 2.0, 3.0, 0.1)
    waits = [("b", to, n, n, 0, *way) for to, n in zip("cd", waited, strict=True)]
    rows = {"steps": took, "waits": waits, "variants": [(["b", "d"], on_route, 0.1)]}
    frames = {n: pl.DataFrame(r, schema=TABLES[n], orient="row") for n, r in rows.items()}

    found, once = protect(sample.findings(), {**sample.tables(), **frames}, K)

    [told] = once["waits"].filter(is_between("b", "d"))["cases"]
    assert told <= on_route
    assert protect(found, once, K)[1]["waits"].equals(once["waits"])


@given(tables())
def test_a_number_of_cases_that_is_rounded_down_says_so(frames):
    base = sample.findings()
    _, shown = protect(base, frames, K)
    before = {row[:2]: row[3] for row in frames["waits"].iter_rows()}
    least = told_at_least(shown["waits"], K)

    for from_, to, _, cases, *_ in shown["waits"].iter_rows():
        told = {(from_, to): cases}
        assert cases in (None, before[from_, to]) or told.items() <= least.items()
    assert all(cases <= before[pair] and cases % K == 0 for pair, cases in least.items())


def test_a_bottleneck_and_an_explained_wait_say_that_their_number_is_rounded_down():
    base, frames = sample.findings(), sample.tables()
    few_more = (sample.C, sample.D, 3910, 3911, 0, 1.8, 6.5, 9_800.0, 0.1)
    row = pl.DataFrame([few_more], schema=TABLES["waits"], orient="row")
    waits = pl.concat([frames["waits"].filter(~is_between(sample.C, sample.D)), row])
    first, *others = base.bottlenecks
    named = {"from_": sample.C, "to": sample.D, "cases": 3911, "open_cases": 0}
    found = base.model_copy(update={"bottlenecks": (first.model_copy(update=named), *others)})
    shown, _ = protect(found, {**frames, "waits": waits}, K)

    told = [(each.cases, each.cases_at_least) for each in shown.bottlenecks[:2]]
    assert told == [(3900, True), (base.bottlenecks[1].cases, False)]
    explained = {each.from_: (each.cases, each.cases_at_least) for each in shown.explained_waits}
    assert explained == {sample.J: (640, False), sample.C: (3900, True), sample.G: (240, False)}


def is_between(from_, to):
    return (pl.col("from") == from_) & (pl.col("to") == to)


@given(findings(), tables())
def test_where_waits_are_left_out_that_is_said(found, frames):
    shown, hidden = protect(found, frames, K)

    assert shown.waits_left_out == (hidden["waits"].height < frames["waits"].height)


@given(findings(), tables())
def test_no_outcome_of_a_few_is_told(found, frames):
    outcomes = frames["outcomes"]
    closed = outcomes.unique("outcome")["cases"].sum()
    _, hidden = protect(found, frames, K)
    told = hidden["outcomes"].join(
        outcomes.rename({"share": "exact", "cases": "had"}), on=["outcome", "days"]
    )

    so_far = told["exact"] * closed
    is_few = (so_far > 0.5) & (so_far < K - 0.5) & (told["share"] > 0)
    assert not is_few.any()
    assert (told["cases"] <= told["had"]).all()


@st.composite
def outcomes(draw):
    """Exact shares of outcomes of which more and more cases had each, all of 2,000."""
    ended = draw(st.lists(st.lists(st.integers(0, 120), min_size=5, max_size=5), max_size=4))
    return [
        (name, sum(each), days, sum(each[: n + 1]) / 2_000)
        for name, each in zip(STEPS, ended, strict=False)
        for n, days in enumerate((7.0, 14.0, 28.0, 56.0, 91.0))
    ]


@given(outcomes())
def test_no_share_of_cases_that_have_ended_goes_down(rows):
    exact = pl.DataFrame(rows, schema=TABLES["outcomes"], orient="row")
    shown = protect_wholes({**sample.tables(), "outcomes": exact}, 2_000, K)["outcomes"]
    both = shown.join(exact.rename({"share": "exact"}), on=["outcome", "days"])
    sums = both.group_by("days").agg(pl.col("share", "exact").sum())

    more = shown.select(pl.col("share").diff().over("outcome").fill_null(0))["share"]
    assert (more >= 0).all()
    assert ((both["share"] - both["exact"]).abs() < 0.02).all()
    assert ((sums["share"] - sums["exact"]).abs() <= 0.005 + 1e-9).all()


@given(tables())
def test_months_and_clocks_are_counted_in_round_numbers(frames):
    found = sample.findings()
    _, hidden = protect(found, frames, K)

    for name, counts in (("clocks", ("cases", "open_cases")), ("bases", ("n",))):
        shown = hidden[name]
        assert all((shown[count] % K == 0).all() for count in counts)
        assert (
            shown.filter(pl.col(counts[0]) < 5 * K)["p90_days"].null_count()
            == shown.filter(pl.col(counts[0]) < 5 * K).height
        )


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
    rows = [(*pair, float(over), over + 1.0, n, 0) for over, n in enumerate(counts)]
    bands = pl.DataFrame(rows, schema=TABLES["wait_bands"], orient="row")

    _, protected = protect(sample.findings(), {**frames, "wait_bands": bands}, K)

    assert protected["wait_bands"]["n"].to_list() == shown


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([(20, 10), (30, 20)], [(20, 10), (30, 20)]),
        ([(20, 0), (30, 20), (30, 9), (12, 10)], [(20, 0), (60, 29), (12, 10)]),
        # where that would leave too few, it is not told in bands how many still wait
        ([(20, 4), (30, 20)], [(20, None), (30, None)]),
        ([(20, 10), (30, 4), (12, 4)], [(20, None), (30, None), (12, None)]),
        ([(20, 10), (3, 4), (12, 14)], [(23, 14), (12, 14)]),
        # three bands are left of four: that is worth it; of five it is not
        ([(20, 10), (20, 10), (20, 5), (20, 5)], [(20, 10), (20, 10), (40, 10)]),
        (
            [(20, 10), (20, 10), (20, 5), (20, 2), (20, 3)],
            [(20, None)] * 5,
        ),
    ],
)
def test_bands_join_their_neighbours_until_none_is_of_few_that_wait(counts, shown):
    frames = sample.tables()
    pair = frames["waits"].select("from", "to").row(0)
    rows = [(*pair, float(over), over + 1.0, *both) for over, both in enumerate(counts)]
    bands = pl.DataFrame(rows, schema=TABLES["wait_bands"], orient="row")

    _, protected = protect(sample.findings(), {**frames, "wait_bands": bands}, K)

    assert protected["wait_bands"].select("n", "open_n").rows() == shown


@given(tables())
def test_those_who_wait_are_told_in_bands_only_where_their_number_is(frames):
    _, shown = protect(sample.findings(), frames, K)
    hidden = shown["waits"].filter(pl.col("open_cases").is_null()).select("from", "to")
    told = shown["wait_bands"].join(hidden, on=["from", "to"], nulls_equal=True)

    assert told["open_n"].null_count() == told.height
    assert shown["wait_bands"]["open_n"].drop_nulls().is_between(1, K - 1).sum() == 0


@given(tables())
def test_a_queue_is_told_in_round_numbers_and_of_waits_that_are_shown(frames):
    _, shown = protect(sample.findings(), frames, K)

    assert (shown["queues"]["waiting"] % K).sum() == 0
    assert set(shown["queues"].select("from", "to").iter_rows()) <= set(
        shown["waits"].select("from", "to").iter_rows()
    )


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


@given(LEAVING)
def test_between_two_points_of_the_curve_many_left_and_many_or_none_are_left(both):
    left, gone = both
    shown = shown_curve(left, gone)
    kept = [0, *(int(day) for day in shown["days"]), max(len(left), len(gone))]
    between = [sum(left[one:two]) for one, two in pairwise(kept)]
    there = [sum(left[day:]) + sum(gone[day - 1 :]) for day in kept[1:-1]]

    assert all(n >= K for n in between[:-1])
    assert between[-1] == 0 or between[-1] >= K or len(shown) == 0
    assert all(n == 0 or n >= K for n in there)
    assert all(n % K == 0 for n in shown["at_risk"])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_how_many_left_on_one_day_cannot_be_told_from_how_many_were_watched(left):
    """With no open cases the share still there is a number of cases: those watched is the rest."""
    for row in shown_curve(left).iter_rows(named=True):
        most = row["at_risk"] + K - 1 - round(sum(left) * row["not_done"])

        assert most > 1 or left[int(row["days"]) - 1] >= K


@given(LEAVING)
def test_no_more_cases_are_left_than_the_curve_says(both):
    shown = shown_curve(*both)
    exact = pl.DataFrame(curve(*both), schema=TABLES["survival"], orient="row")
    told = exact.join_asof(shown.rename({"not_done": "told"}), on="days").drop_nulls("told")

    assert (told["not_done"] <= told["told"] + 1e-12).all()


@pytest.mark.parametrize(
    ("left", "open_", "days"),
    [
        ([3] * 20, [], [4, 10]),  # 60 cases, three a day
        ([1, 50], [], [2]),  # all at once, but for one
        ([50, 1], [], []),  # who took longer is one person
        ([30, 30, 4], [0, 0, 30], [1]),  # after the second day few left, and many stay
        ([4], [50], []),
    ],
)
def test_the_curve_keeps_points_of_groups(left, open_, days):
    assert shown_curve(left, open_)["days"].to_list() == days


def one_table(name, *rows):
    return {
        **sample.tables(), name: pl.DataFrame(list(rows), schema=TABLES[name], orient="row")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cases", "shown"), [(100, 100), (95, None), (91, None), (90, 90), (9, "no row")]
)
def test_a_step_does_not_tell_how_few_cases_have_no_such(cases, shown):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": 100, "open_cases": 5})
    tables_ = one_table("steps", ("start", 100, 100), ("end", cases, cases))

    _, protected = protect(base.model_copy(update={"log": log}), tables_, K)
    found = dict(protected["steps"].select("activity", "cases").iter_rows())
    events = dict(protected["steps"].select("activity", "events").iter_rows())

    assert found.get("end", "no row") == shown
    assert (events.get("end") is None) == (shown in (None, "no row"))


def test_the_last_steps_of_cases_do_not_add_up_to_how_few_are_open():
    base = sample.findings()
    log = base.log.model_copy(update={"cases": 100, "open_cases": 5})
    tables_ = one_table("steps", ("start", 100, 100), ("yes", 60, 60), ("no", 35, 35))

    once = protect(base.model_copy(update={"log": log}), tables_, K, ["yes", "no"])
    twice = protect(*once, K, ["yes", "no"])

    assert once[1]["steps"]["cases"].to_list() == [100, 60, None]
    assert twice[1]["steps"].equals(once[1]["steps"])


def test_an_owner_of_few_cases_has_no_days():
    shown, tables_ = protect(sample.findings(), sample.tables(), K)
    row = tables_["ledger"].filter(pl.col("owner") == "outside")

    assert row.rows() == [("outside", None, None)]
    assert [owner for owner, days in shown.ledger if days is None] == ["outside"]
    assert tables_["ledger"].height == len(Ledger.model_fields)


def waits_of(*rows):
    """Waits: from, to, cases, person-days and shares; all of them ended."""
    columns = ("from", "to", "n", "cases", "open_cases", "person_days", "share_of_waiting")
    frame = pl.DataFrame(
        rows, schema={name: TABLES["waits"][name] for name in columns}, orient="row"
    )
    no_days = pl.lit(None, pl.Float64)
    told = frame.with_columns(p50_days=no_days, p90_days=no_days)
    return told.select(TABLES["waits"].names())


NO_ROUTES = pl.DataFrame(schema={"from": pl.String, "to": pl.String, "on_routes": pl.Int64})
NO_STEPS = TABLES["steps"].to_frame()


@pytest.mark.parametrize("days", [3.0, 700.0])
def test_a_wait_of_a_few_takes_no_large_one_with_it(days):
    """Nor can its days be worked out: shares are of what is shown, and the ledger is rounded."""
    total = 1_000 + days
    log = sample.findings().log.model_copy(update={"cases": 420, "open_cases": 0})
    waits = waits_of(
        ("a", "b", 400, 400, 0, 80.0, 80 / total),
        ("b", "c", 395, 395, 0, 920.0, 920 / total),
        ("b", "d", 5, 5, 0, days, days / total),
    )

    shown = protect_waits(waits, NO_STEPS, log, K, NO_ROUTES)
    ledger = pl.DataFrame([("agency_wait", total, 400)], schema=TABLES["ledger"], orient="row")
    [told] = protect_ledger(ledger, shown.unit_days, K)["person_days"]

    assert shown.table["share_of_waiting"].to_list() == pytest.approx([0.08, 0.92])
    assert 2 * days <= shown.unit_days <= 5 * days
    assert told % shown.unit_days == 0
    assert abs(told - total) <= shown.unit_days / 2


def test_shares_are_of_all_the_waiting_that_is_shown():
    """Of 500 days of which the law explains all but 100 too, which are no part of a share."""
    log = sample.findings().log.model_copy(update={"cases": 400, "open_cases": 0})
    waits = waits_of(
        ("a", "b", 400, 400, 0, 500.0, 100 / 1_010),
        ("b", "c", 400, 400, 0, 500.0, 500 / 1_010),
        ("b", "d", 5, 5, 0, 10.0, 10 / 1_010),
    )

    for shown_waits in (waits, waits.head(2).with_columns(pl.col("share_of_waiting") * 1.01)):
        shown = protect_waits(shown_waits, NO_STEPS, log, K, NO_ROUTES)
        assert shown.table["share_of_waiting"].to_list() == pytest.approx([0.1, 0.5])


@pytest.mark.parametrize(
    ("days", "told"), [(0.0, 0.0), (499.0, None), (501.0, 1000.0), (None, None)]
)
def test_days_that_a_unit_swallows_are_hidden_and_are_not_none(days, told):
    assert rounded(days, 1000.0) == told
    assert rounded(days, None) == days


def test_a_wait_of_all_but_a_few_cases_does_not_tell_how_few():
    """Nor do the steps beside it, whose numbers are hidden, nor who had to act."""
    log = sample.findings().log.model_copy(update={"cases": 181, "open_cases": 25})
    waits = waits_of(("b", "c", 176, 176, 0, 80.0, 1.0))
    steps = pl.DataFrame([("b", 176, 176), ("c", 176, 176)], schema=TABLES["steps"], orient="row")
    ledger = pl.DataFrame([("agency_wait", 80.0, 176)], schema=TABLES["ledger"], orient="row")

    [wait] = protect_waits(waits, steps, log, K, NO_ROUTES).table.to_dicts()

    assert (wait["cases"], wait["n"]) == (160, None)
    assert protect_ledger(ledger, None, K)["cases"].to_list() == [170]


def test_two_steps_do_not_tell_of_the_few_who_took_but_one():
    """181 took one step and 176 the next two: the wait of 5, left out, could be worked out."""
    names = ("a", "b", "c", "d")
    took = zip(names, (200, 181, 176, 176), strict=True)
    steps = pl.DataFrame([(name, n, n) for name, n in took], schema=TABLES["steps"], orient="row")
    waits = waits_of(
        ("a", "b", 181, 181, 0, 80.0, 0.3),
        ("a", None, 19, 19, 19, 40.0, 0.1),
        ("b", "c", 176, 176, 0, 80.0, 0.3),
        ("b", None, 5, 5, 5, 40.0, 0.1),
        ("c", "d", 176, 176, 0, 80.0, 0.2),
    )
    log = sample.findings().log.model_copy(update={"cases": 200, "open_cases": None})

    told = protect_steps(steps_apart(steps, waits, K), 200, K, ())
    shown = protect_waits(waits, told, log, K, NO_ROUTES).table

    assert dict(told.select("activity", "cases").iter_rows()) == {
        "a": 200,
        "b": 181,
        "c": 170,
        "d": 170,
    }
    assert told["events"].to_list() == [200, 181, None, None]
    assert shown["cases"].to_list() == [181, 19, 160, 160]


def test_enough_who_took_but_one_step_are_told():
    steps = pl.DataFrame([("b", 181, 181), ("c", 176, 176)], schema=TABLES["steps"], orient="row")
    left_out = [("b", None, 5, 5, 5, 40.0, 0.1), ("b", "x", 7, 7, 7, 40.0, 0.1)]

    assert steps_apart(steps, waits_of(*left_out), K)["cases"].to_list() == [181, 176]


@pytest.mark.parametrize(
    ("cases", "shares", "told"),
    [
        (100, (0.58, 0.38), [0.6, 0.4]),
        (250, (0.58, 0.395), [0.6, 0.4]),
        (2_000, (0.58, 0.395), [0.58, 0.4]),
    ],
)
def test_outcomes_do_not_tell_how_few_cases_have_none(cases, shares, told):
    rows = [(name, cases, 365, share) for name, share in zip("xy", shares, strict=True)]
    outcomes = pl.DataFrame(rows, schema=TABLES["outcomes"], orient="row")

    shown = protect_wholes({**sample.tables(), "outcomes": outcomes}, cases, K)["outcomes"]

    assert shown["share"].to_list() == pytest.approx(told)


@pytest.mark.parametrize(("cases", "rows"), [(40, 0), (99, 0), (100, 1)])
def test_outcomes_are_not_told_in_halves_or_fifths_of_all(cases, rows):
    one = pl.DataFrame([("x", cases, 56, 0.78)], schema=TABLES["outcomes"], orient="row")

    shown = protect_wholes({**sample.tables(), "outcomes": one}, cases, K)["outcomes"]

    assert len(shown) == rows


@pytest.mark.parametrize(("cases", "told"), [(396, 390), (50, 50)])
def test_an_explained_wait_tells_no_more_cases_than_waited_there(cases, told):
    base, frames = sample.findings(), sample.tables()
    wait = base.explained_waits[0].model_copy(update={"from_": "x", "to": "y", "cases": cases})
    row = waits_of(("x", "y", 396, 396, 0, 80.0, 0.01))
    step = pl.DataFrame([("y", 400, 400)], schema=TABLES["steps"], orient="row")
    frames |= {
        "waits": pl.concat([frames["waits"], row]),
        "steps": pl.concat([frames["steps"], step]),
    }

    shown, _ = protect(base.model_copy(update={"explained_waits": (wait,)}), frames, K)

    assert shown.explained_waits[0].cases == told


@given(findings(), tables())
def test_a_wait_and_a_step_beside_it_do_not_tell_of_few(found, frames):
    _, shown = protect(found, frames, K)

    took = dict(shown["steps"].select("activity", "cases").iter_rows())
    for wait in shown["waits"].iter_rows(named=True):
        before, after = took.get(wait["from"]), took.get(wait["to"])
        if None not in (before, wait["cases"]):
            assert not 0 < before - wait["cases"] < K
        if None not in (after, wait["cases"]):
            assert not 0 < abs(after - wait["cases"]) < K


@given(findings(), tables())
def test_those_who_still_wait_do_not_add_up_to_all_but_a_few(found, frames):
    told, shown = protect(found, frames, K)

    if told.log.open_cases is not None:
        known = shown["waits"]["open_cases"].sum()
        assert known == 0 or not 0 < told.log.open_cases - known < K


@pytest.mark.parametrize(("took", "told"), [(100, 30), (36, 20)])
def test_a_wait_for_no_step_that_is_known_does_not_tell_how_many_wait_by_its_cases(took, told):
    """36 of the 40 open cases wait there; those of the other wait are the few that are left."""
    steps = pl.DataFrame([("b", took, took)], schema=TABLES["steps"], orient="row")
    waits = waits_of(
        ("a", "b", 100, 104, 4, 80.0, 0.5),
        ("b", None, 0, 36, 36, 80.0, 0.5),
    )
    log = sample.findings().log.model_copy(update={"cases": 140, "open_cases": 40})

    shown = protect_waits(waits, steps, log, K, NO_ROUTES).table

    assert shown["open_cases"].to_list() == [None, None]
    assert shown["cases"][1] == told
    assert told_at_least(shown, K)["b", None] == told


def test_what_is_hidden_of_a_deadline_is_not_in_its_table():
    base, frames = sample.findings(), sample.tables()
    result = base.deadlines[0].model_copy(update={"open_within": 33, "open_late": 3})
    rows = [(result.id, "open_within", 33), (result.id, "open_late", 3), (result.id, "late", 50)]
    table = pl.DataFrame(rows, schema=TABLES["deadlines"], orient="row")

    found = base.model_copy(update={"deadlines": (result,)})
    told, shown = protect(found, {**frames, "deadlines": table}, K)

    assert (told.deadlines[0].open_within, told.deadlines[0].open_late) == (None, None)
    assert shown["deadlines"].rows() == [(result.id, "late", 50)]


@pytest.mark.parametrize(("cases", "shown"), [(9, 0), (10, 1), (None, 1)])
def test_an_explained_wait_of_few_cases_is_left_out(cases, shown):
    base = sample.findings()
    wait = base.explained_waits[0].model_copy(update={"cases": cases})

    found, _ = protect(base.model_copy(update={"explained_waits": (wait,)}), sample.tables(), K)

    assert len(found.explained_waits) == shown


@pytest.mark.parametrize(
    ("seen", "count", "shown"),
    [
        (100, (9, 9), None),
        (100, (10, 10), (10, 10)),
        (100, (29, 31), (20, 30)),
        (100, (19, 20), (10, 20)),
        (100, (90, 90), (90, 90)),
        (100, (91, 91), (None, None)),
        (99, (99, 99), (99, 99)),
    ],
)
def test_deviations_are_counted_in_tens(seen, count, shown):
    summary = one_table("conformance_summary", (seen, seen, 50, 0.9, False, False))
    rows = one_table("conformance", ("skipped", "a", *count))["conformance"]
    _, protected = protect(sample.findings(), {**summary, "conformance": rows}, K)

    found = protected["conformance"].select("cases", "times").rows()
    assert found == ([] if shown is None else [shown])


@pytest.mark.parametrize(
    ("seen", "fitting", "shown"),
    [
        (100, 100, (100, 0.9)),
        (100, 91, (None, None)),
        (100, 90, (90, 0.9)),
        (99, 89, (80, 0.9)),
        (100, 9, (None, None)),
        (100, 0, (0, 0.9)),
    ],
)
def test_how_many_fit_is_told_where_neither_side_is_small(seen, fitting, shown):
    summary = one_table("conformance_summary", (seen, seen, fitting, 0.9, False, False))
    _, protected = protect(sample.findings(), summary, K)

    columns = protected["conformance_summary"].select("fitting_cases", "mean_fitness")
    assert columns.rows() == [shown]


@pytest.mark.parametrize(
    ("cases", "seen", "is_told"),
    [(100, 100, True), (100, 90, True), (100, 91, False), (9, 9, False), (100, 9, False)],
)
def test_nothing_is_told_where_few_were_or_were_not_looked_at(cases, seen, is_told):
    summary = one_table("conformance_summary", (cases, seen, 0, 0.9, seen < cases, False))
    _, protected = protect(sample.findings(), summary, K)

    heights = [protected[name].height > 0 for name in ("conformance", "conformance_summary")]
    assert heights == [is_told, is_told]


def caused(**changes):
    """What is shown of one bottleneck of 2,000 cases, in a log of 4,120."""
    base = sample.findings()
    values = {"segment": None, "evidence": (), "cases": 2000, **changes}
    one = base.bottlenecks[0].model_copy(update=values)
    return protect(base.model_copy(update={"bottlenecks": (one,)}), sample.tables(), K)[0]


@pytest.mark.parametrize(("rounds", "is_shown"), [(9.4, False), (9.6, True), (400.2, True)])
def test_few_extra_rounds_are_not_told(rounds, is_shown):
    shown = caused(evidence=seen(rounds=rounds, days_a_round=3.0)).bottlenecks

    assert len(shown) == is_shown
    assert [each.evidence[0].value for each in shown] == [round(rounds)] * is_shown


@pytest.mark.parametrize(
    ("k", "share", "is_shown"),
    [(30, 0.01, True), (40, 0.02, True), (50, 0.02, False), (50, 0.98, False), (50, 0.5, True)],
)
def test_a_group_or_a_rest_of_few_is_not_told(k, share, is_shown):
    base = sample.findings()
    group = seen(mean_days_of_group=9.0, mean_days_of_rest=2.0, share_of_cases_in_group=share)
    one = base.bottlenecks[0].model_copy(update={"cases": 2000, "evidence": group})

    shown, _ = protect(base.model_copy(update={"bottlenecks": (one,)}), sample.tables(), k)

    assert len(shown.bottlenecks) == is_shown


@pytest.mark.parametrize(("k", "is_shown"), [(30, True), (31, False)])
def test_a_group_of_unknown_size_is_told_where_it_must_be_large_enough(k, is_shown):
    base = sample.findings()
    one = base.bottlenecks[0].model_copy(
        update={"cases": 2000, "evidence": seen(rounds=400.0, share_of_group=0.4)}
    )

    shown, _ = protect(base.model_copy(update={"bottlenecks": (one,)}), sample.tables(), k)

    assert len(shown.bottlenecks) == is_shown


@pytest.mark.parametrize(
    ("figure", "value", "cases", "shown"),
    [
        ("share_of_longest_hundredth", 0.314, 1000, 0.31),
        ("share_of_longest_hundredth", 0.314, 999, None),
        ("share_of_longest_hundredth", 0.0, 999, 0.0),
        ("share_of_rest", 0.121, 2000, 0.12),
        ("share_of_rest", 0.002, 2000, None),
        ("days_a_round", 3.217, 2000, 3.22),
        ("hands", None, 2000, None),
    ],
)
def test_evidence_does_not_count_few(figure, value, cases, shown):
    (one,) = caused(evidence=seen(**{figure: value}), cases=cases, open_cases=0).bottlenecks

    assert [each.value for each in one.evidence] == [shown]
    assert one.suppressed == (shown is None and value is not None)


@pytest.mark.parametrize(
    ("noticed", "shown"), [(9, (None, None)), (60, (60, 24_000)), (91, (None, None)), (0, (0, 0))]
)
def test_what_few_notices_cost_is_hidden(noticed, shown):
    deadline = DeadlineResult(
        id="x", rule_version="1", within=500, late=80, open_within=40, open_late=20, undetermined=0,
        noticed=noticed, penalty_eur=401 * noticed,
    )  # fmt: skip
    base = sample.findings().model_copy(update={"deadlines": (deadline,)})
    [found] = protect(base, sample.tables(), 10, ends=())[0].deadlines

    assert (found.noticed, found.penalty_eur) == shown


def test_means_do_not_tell_of_how_many_cases_they_are():
    """Of an exact mean the cases times a day's milliseconds are whole, and so they are known."""
    cases = 437
    exact = round(5.4321 * cases * 86_400_000) / cases / 86_400_000
    found = caused(
        mean_days_per_case=exact,
        reference_days=exact,
        interval=(exact / 2, exact),
        evidence=seen(mean_days_of_group=exact),
    )
    (one,) = found.bottlenecks

    told = (one.mean_days_per_case, one.reference_days, *one.interval, one.evidence[0].value)
    assert told == (5.43, 5.43, 2.72, 5.43, 5.43)


def logged(**counts):
    """A log that is told, of 300 cases of which a few did not take a step; and its steps."""
    base, frames = sample.findings(), sample.tables()
    took = [("a", 300, 300), ("b", 295, 295), ("c", 282, 282)]
    steps = pl.DataFrame(took, schema=TABLES["steps"], orient="row")
    told = {"cases": 300, "events": 877, "activities": 3, "open_cases": 18}
    log = base.log.model_copy(update={**told, **counts})
    found, shown = protect(
        base.model_copy(update={"log": log}), {**frames, "steps": steps}, K, ["c"]
    )
    return found, shown["steps"]


def test_what_the_events_of_the_other_steps_leave_is_not_the_number_of_a_hidden_one():
    found, steps = logged()

    assert steps["events"].to_list() == [300, None, 282]
    assert (found.log.events, found.log.events_at_least) == (870, True)


def test_what_they_leave_of_several_steps_is_of_none_of_them():
    found, _ = logged(activities=4)

    assert (found.log.events, found.log.events_at_least) == (877, False)


def test_events_of_which_no_step_is_hidden_are_exact():
    _, frames = sample.findings(), sample.tables()
    took = [("a", 300, 300), ("b", 280, 280)]
    steps = pl.DataFrame(took, schema=TABLES["steps"], orient="row")
    shown, _ = protect(sample.findings(), {**frames, "steps": steps}, K)

    assert (shown.log.events, shown.log.events_at_least) == (33_914, False)


@pytest.mark.parametrize(
    ("cases", "at", "told"),
    [
        (8, "2025-03-28T09:24:07+01:00", "2025-03-29T00:00:00+00:00"),
        (8, "2025-03-28T00:00:00+00:00", "2025-03-28T00:00:00+00:00"),
        (300, "2025-03-28T08:24:07+00:00", "2025-03-28T08:24:07+00:00"),
    ],
)
def test_a_log_of_few_cases_is_counted_up_to_the_begin_of_a_day(cases, at, told):
    base = sample.findings()
    log = base.log.model_copy(update={"cases": cases, "open_cases": 0})
    found = base.model_copy(update={"log": log, "as_of": dt.datetime.fromisoformat(at)})

    assert protect(found, sample.tables(), K)[0].as_of.isoformat() == told


# ---- figures without the cases that lost rows ----------------------------------------------------


def told_of(**doubt):
    """The headlines that are told, and the median without the cases that lost rows."""
    base = sample.findings()
    log, headlines = doubted(**doubt)
    validation = base.validation.model_copy(update={"headlines": headlines})
    ledger = Ledger(**dict.fromkeys(Ledger.model_fields, 100_000.0))
    found = base.model_copy(
        update={
            "log": base.log.model_copy(update=log),
            "validation": validation,
            "ledger": ledger,
        }
    )
    frames = sample.tables()
    enough = frames["ledger"].with_columns(cases=pl.lit(K, pl.Int64))
    shown = protect(found, {**frames, "ledger": enough}, K)[0].validation
    return (
        [each.id for each in shown.headlines if not each.suppressed],
        shown.headline_without_quarantine.p50,
    )


TIMES = ["p50_days", "p90_days"]
COUNTED = ["cases", "open_cases"]
REST = ["person_days", "share_of_first_wait"]


@pytest.mark.parametrize(
    ("doubt", "told"),
    [
        ({"touched": (10, 10)}, [*TIMES, *COUNTED, *REST]),
        ({"touched": (5, 5)}, [*TIMES, "cases", *REST]),  # few of them were open
        ({"touched": (0, 9)}, []),
        ({"touched": (9, 0), "lost": 40}, []),  # those of the log are few
        ({"lost": 9}, []),
        ({"lost": 10}, [*TIMES, *COUNTED, *REST]),
        ({"unnamed": 10}, [*TIMES, *COUNTED, *REST]),
        ({"touched": (10, 10), "lost": 3}, [*TIMES, *REST]),
        ({"touched": (10, 10), "unnamed": 3}, [*TIMES, *REST]),
        ({"touched": (10, 10), "kept": (20, 20)}, ["p50_days", *COUNTED, *REST]),
        ({"touched": (20, 20), "kept": (4, 5)}, []),
    ],
)
def test_figures_without_some_cases_do_not_tell_of_few(doubt, told):
    shown, p50 = told_of(**doubt)

    assert shown == told
    assert (p50 is None) == (not told)


@given(findings(), tables())
def test_nobody_is_what_a_figure_with_and_without_leaves(found, frames):
    shown, _ = protect(found, frames, K)
    headlines = {each.id: each for each in shown.validation.headlines}
    cases, open_ = headlines["cases"], headlines["open_cases"]
    differences = []
    if cases.without is not None:
        touched, absent = cases.value - cases.without, cases.highest - cases.lowest
        lost = (shown.log.quarantined_cases or 0) - touched
        differences += [touched, absent, lost, absent - lost]
    if open_.without is not None:
        was_open = open_.value - open_.without
        differences += [was_open, touched - was_open, open_.without, cases.without - open_.without]

    assert [n for n in differences if 0 < n < K] == []
    assert all(each.without is None for each in headlines.values() if each.suppressed)


def test_one_hidden_owner_of_days_hides_the_days_of_all():
    shown, _ = protect(sample.findings(), sample.tables(), K)

    assert shown.ledger.outside is None
    assert shown.validation.headlines[4] == sample.headline(
        "person_days", None, None, None, None
    ).model_copy(update={"suppressed": True})


def test_a_share_without_some_cases_is_in_whole_percents():
    shown, _ = protect(sample.findings(), sample.tables(), K)

    assert shown.validation.headlines[5].without == 0.31
