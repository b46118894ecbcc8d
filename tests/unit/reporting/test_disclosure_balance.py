# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a step leaves of the waits beside it, of the events of the log, of its cases and routes."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tables import TABLES
from reporting.disclosure.rules import protect
from reporting.disclosure.waits import passed_on
from tests.unit.reporting import sample

K = 10
ROUTES = st.dictionaries(
    st.lists(st.sampled_from("bcd"), max_size=4).map(lambda middle: ("a", *middle, "z")),
    st.integers(1, 60),
    min_size=1,
    max_size=8,
)


def told_of(routes, open_after=(), ends=()):
    """What is told of a log of cases that took these routes; of some the last step is to come."""
    cases, events = Counter(), Counter()
    moved, moves, still = Counter(), Counter(), Counter(dict(open_after))
    for route, n in routes.items():
        cases.update(dict.fromkeys(set(route), n))
        moved.update(dict.fromkeys(set(pairwise(route)), n))
        for step in route:
            events[step] += n
        for move in pairwise(route):
            moves[move] += n
    whole = sum(routes.values())
    log = {"cases": whole, "open_cases": sum(still.values()), "events": sum(events.values())}
    found = sample.findings()
    found = found.model_copy(
        update={"log": found.log.model_copy(update={**log, "activities": len(cases)})}
    )
    frames = {
        **sample.tables(),
        "steps": frame("steps", [(step, cases[step], events[step]) for step in sorted(cases)]),
        "waits": frame(
            "waits",
            [
                (*move, moves[move] - still[move], moved[move], still[move], 1.0, 2.0, 3.0, 0.1)
                for move in sorted(moves)
            ],
        ),
        "rework": frame("rework", list(again(routes))),
        "variants": frame("variants", [(list(way), n, n / whole) for way, n in routes.items()]),
    }
    shown, hidden = protect(found, frames, K, ends)
    return shown.log, hidden


def frame(name, rows):
    return pl.DataFrame(rows, schema=TABLES[name], orient="row")


def again(routes):
    for step in "abcdz":
        who = {route: n for route, n in routes.items() if route.count(step) > 1}
        if who:
            times = sum((route.count(step) - 1) * n for route, n in who.items())
            yield step, sum(who.values()), times, 0


def row(table, **where):
    return table.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in where.items()),
                     named=True)  # fmt: skip


def is_few(n):
    return 0 < n < K


@given(ROUTES)
def test_no_step_leaves_few_of_the_waits_beside_it(routes):
    _, hidden = told_of(routes)

    for step, cases, events in hidden["steps"].iter_rows():
        for side in ("from", "to"):
            waits = hidden["waits"].filter(pl.col(side) == step)
            vague = waits["n"].is_null() & (waits["cases"].is_null() | (waits["cases"] % K == 0))
            if vague.any() or waits.is_empty():
                continue
            times = waits["n"].fill_null(waits["cases"])
            assert cases is None or not is_few(abs(cases - waits["cases"].sum()))
            assert events is None or not is_few(events - times.sum())


@given(ROUTES)
def test_no_step_tells_of_few_who_did_it_again(routes):
    _, hidden = told_of(routes)
    few = {step for step, cases, *_ in again(routes) if is_few(cases)}

    for step, _, events in hidden["steps"].iter_rows():
        assert events is None or step not in few


@given(ROUTES)
def test_the_events_of_a_log_leave_none_of_a_few(routes):
    log, hidden = told_of(routes)
    repeats = dict(hidden["rework"].select("activity", "repeats").iter_rows())
    told = sum(
        events if events is not None else (cases or 0) + (repeats.get(step) or 0)
        for step, cases, events in hidden["steps"].iter_rows()
    )

    assert log.events is None or log.events_at_least or not is_few(log.events - told)


@given(ROUTES)
def test_the_routes_that_are_told_leave_of_a_step_no_few(routes):
    _, hidden = told_of(routes)
    rare = [n for trace, n, _ in hidden["variants"].iter_rows() if trace is None]
    told = [(trace, n) for trace, n, _ in hidden["variants"].iter_rows() if trace is not None]

    assert sum(n for _, n in told) + sum(rare) in (sum(routes.values()), 0)
    for step, cases, _ in hidden["steps"].drop_nulls("cases").iter_rows():
        on_rare = cases - sum(n for trace, n in told if step in trace)
        assert not is_few(on_rare) or not told
        assert not is_few(sum(rare) - on_rare) or all(step in trace for trace, _ in told)
    took = dict(hidden["steps"].select("activity", "cases").iter_rows())
    for step, cases, *_ in hidden["rework"].drop_nulls("cases").iter_rows():
        on_rare = cases - sum(n for trace, n in told if trace.count(step) > 1)
        assert not is_few(on_rare)
        once = [n for trace, n in told if trace.count(step) == 1]
        assert not once or took[step] is None or not is_few(took[step] - cases - sum(once))


def test_one_case_of_a_step_that_took_a_rare_route():
    """134 of the 135 that took c are on a route that is told: so it goes with the rare ones."""
    ways = {("a", "b", "z"): 500, ("a", "c", "z"): 134, ("a", "c", "b", "z"): 1, ("a", "z"): 300}

    rare = {("a", "d", "z"): 8, ("a", "d", "b", "z"): 7, ("a", "d", "d", "b", "z"): 9}

    _, hidden = told_of({**ways, **rare})

    told = hidden["variants"].drop_nulls("trace")["trace"].to_list()
    assert ["a", "c", "z"] not in told
    assert ["a", "b", "z"] in told
    assert hidden["variants"]["cases"].sum() == 959


def test_two_cases_on_rare_routes_that_did_a_step_once():
    """Of the 92 with b that are on no route that is told, 90 did it again: told elsewhere."""
    ways = {("a", "z"): 300, ("a", "c", "b", "z"): 104, ("a", "b", "d", "b", "z"): 81}
    rare = {("a", "b", "d", "d", "b", "z"): 9, ("a", "b", "z"): 2}

    _, hidden = told_of({**ways, **rare})

    assert row(hidden["rework"], activity="b")["cases"] == 90
    told = hidden["variants"].drop_nulls("trace")["trace"].to_list()
    assert ["a", "c", "b", "z"] not in told


@pytest.mark.parametrize(("few", "told", "open_cases"), [(2, 10, 20), (10, 18, 40)])
def test_those_who_are_done_do_not_tell_how_few_took_but_another_step(few, told, open_cases):
    """Where 20 took b and the 18 that are done took the last step, two that took b are open."""
    ways = {("a",): 30, ("a", "b", "d", "z"): 18, ("a", "d", "b"): few}
    still = {("a", None): 30, ("b", None): few}

    log, hidden = told_of(ways, still, ends=("z",))

    assert row(hidden["steps"], activity="z")["cases"] == told
    assert (log.open_cases, log.open_cases_at_least) == (open_cases, few < K)


def test_how_many_are_open_at_least_is_the_same_however_few_took_but_another_step():
    """Of 200 who took b all but a few are done: what is told could be of 1 and of 9."""
    told = set()
    for few in range(1, K):
        ways = {("a",): 300, ("a", "b", "d", "z"): 200 - few, ("a", "d", "b"): few}
        log, _ = told_of(ways, {("a", None): 300, ("b", None): few}, ends=("z",))
        told.add((log.open_cases, log.open_cases_at_least))

    assert told == {(290, True)}


@pytest.mark.parametrize("done", [60, 198])  # the latter are told apart from the 200 of b
def test_how_many_are_open_does_not_tell_how_few_ended_otherwise(done):
    """Of 800 cases so many took z: those that are done are so many, and a few that took y."""
    told = set()
    for few in range(1, K):
        ways = {("a", "b", "z"): done, ("a", "b", "c"): 200 - done, ("a", "y"): few}
        ways |= {("a",): 800 - few - 200}
        still = {("a", None): ways["a",], ("c", None): 200 - done}
        log, _ = told_of(ways, still, ends=("y", "z"))
        told.add((log.open_cases, log.open_cases_at_least))

    assert len(told) == 1
    assert told.pop()[1]


@given(st.lists(st.integers(0, 3 * K), min_size=3, max_size=3), st.integers(K, 9 * K))
def test_those_who_are_done_leave_no_few_of_the_steps_that_end_cases(taken, still):
    ways = {("a", end): n for end, n in zip("bcd", taken, strict=True) if n} | {("a",): still}

    log, hidden = told_of(ways, {("a", None): still}, "bcd")

    told = hidden["steps"].filter(pl.col("activity").is_in(["b", "c", "d"]))["cases"].sum()
    if log.open_cases_at_least:
        assert log.open_cases % K == 0
        assert K <= log.open_cases <= still
    else:
        assert log.open_cases is None or not is_few(log.cases - log.open_cases - told)


def test_those_who_took_one_last_step_after_another_are_done_once():
    """300 are done: 290 took z and then y, of which 270 are told, and 5 only c, which is not."""
    ways = {("a", "z", "y"): 290, ("a", "z"): 5, ("a", "c"): 5, ("a",): 600}

    log, _ = told_of(ways, {("a", None): 600}, ends=("c", "y", "z"))

    assert (log.open_cases, log.open_cases_at_least) == (560, True)


@given(ROUTES, st.sampled_from(["bcd", "bd", "cb"]))
def test_no_more_are_open_than_is_told_however_many_last_steps_they_took(routes, ends):
    still = sum(n for route, n in routes.items() if not {*route} & {*ends})

    log, _ = told_of(routes, {("z", None): still}, ends)

    assert log.open_cases is None or log.open_cases <= still
    assert log.open_cases_at_least or log.open_cases in (None, still)


def test_ways_that_close_a_circle_are_not_counted():
    ways = [("z", "y", 70), ("y", "z", 40), ("y", "x", 50), ("x", "z", 60), ("a", "z", 90)]
    rows = [(*way, n, n, 0, 1.0, 2.0, 3.0, 0.1) for *way, n in ways]

    assert passed_on(frame("waits", rows), "xyz") == 70 + 60


def test_so_few_are_open_at_least_that_it_is_not_told():
    ways = {("a", "b", "d", "z"): 18, ("a", "d", "b"): 2, ("a",): 5}
    log, _ = told_of(ways, {("a", None): 5, ("b", None): 2}, ends=("z",))

    assert (log.open_cases, log.open_cases_at_least) == (None, False)


def test_two_cases_on_rare_routes_that_are_open():
    """Of 32 that are open 30 are on one route: it is not told, though it is a frequent one."""
    ways = {("a",): 30, ("a", "b", "d", "z"): 18, ("a", "d", "b"): 2}

    _, hidden = told_of(ways, {("a", None): 30, ("b", None): 2}, ends=("z",))

    assert hidden["variants"].select("trace", "cases").rows() == [(None, 50)]


def test_what_the_others_leave_of_a_step_is_no_five():
    ways = {("a", "b", "z"): 140, ("a", "z"): 95, ("a", "c", "z"): 60, ("a", "d", "z"): 5}

    _, hidden = told_of(ways)

    smallest = row(hidden["waits"], **{"from": "a", "to": "c"})
    assert (smallest["n"], smallest["cases"]) == (None, 50)
    others = hidden["waits"].filter(pl.col("from") == "a", pl.col("to") != "c")
    assert others["n"].to_list() == [140, 95]


def test_few_who_still_wait_are_no_difference_of_two_tables():
    """Of 405 times that an answer came, 403 were looked at: two are there still."""
    ways = {("a", "b", "a", "z"): 300, ("a", "b", "a", "b", "a", "z"): 50, ("a", "z"): 100}

    _, hidden = told_of(ways, {("b", "a"): 2})

    wait = row(hidden["waits"], **{"from": "b", "to": "a"})
    assert (wait["n"], wait["open_cases"]) == (None, None)


@pytest.mark.parametrize(("again_", "events"), [(0, 130), (1, None), (9, None), (10, 140)])
def test_one_case_that_did_a_step_twice(again_, events):
    ways = {("a", "b", "z"): 130 - again_, ("a", "b", "b", "z"): again_, ("a", "z"): 100}

    _, hidden = told_of({way: n for way, n in ways.items() if n})

    assert row(hidden["steps"], activity="b")["events"] == events


@pytest.mark.parametrize(("once", "cases"), [(0, 26), (1, None), (9, None), (10, 26)])
def test_few_who_did_a_step_but_once_are_no_difference_of_two_tables(once, cases):
    ways = {("a", "b", "b", "z"): 26, ("a", "b", "z"): once, ("a", "z"): 100}

    _, hidden = told_of({way: n for way, n in ways.items() if n})

    assert hidden["rework"].rows() == [("b", cases, 26, 0)]


def test_the_events_of_a_rare_step_are_not_what_rework_leaves_of_the_log():
    round_trip = ("a", "c", "b", "c", "z")
    ways = {("a", "b", "z"): 140, ("a", "z"): 95, ("a", "c", "z"): 40, round_trip: 20}

    log, _ = told_of({**ways, ("a", "d", "z"): 5})

    assert (log.events, log.events_at_least) == (840, True)


def test_a_wait_that_few_more_have_than_its_route_is_round_and_the_route_is_told():
    """One case still waits where 228 went on: that hides nothing of what most cases do."""
    ways = {("a", "b", "z"): 228, ("a", "c", "z"): 108}
    rare = {("a", "b"): 1, ("a", "z"): 9, ("a", "d", "z"): 9, ("a", "c", "b", "z"): 9}

    _, hidden = told_of({**ways, **rare, ("a", "c", "d", "b", "z"): 9})

    told = hidden["variants"].drop_nulls("trace")["trace"].to_list()
    assert told == [["a", "b", "z"], ["a", "c", "z"]]
    wait = row(hidden["waits"], **{"from": "a", "to": "b"})
    assert (wait["cases"], wait["n"]) == (210, None)
