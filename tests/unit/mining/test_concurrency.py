# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What goes on side by side, on logs made by hand; and what a case then waits for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from contracts.journey import Journey, Step
from mining.cases.journeys import Lens, traces
from mining.cases.moves import moves
from mining.cases.relations import IN_SEQUENCE, Relations
from mining.durations import DAY_MS
from mining.model import concurrency
from mining.summaries import bucket_of, summarise
from tests.builders import MONDAY, NOBODY, event_log

LENS = Lens(MONDAY + dt.timedelta(days=100), "Europe/Amsterdam", Journey(end=("z",)))


def both_ways(*pairs: str) -> frozenset[tuple[str, str]]:
    return frozenset((a, b) for pair in pairs for a, b in (pair, pair[::-1]))


def relations(*log: str) -> Relations:
    return concurrency.conclude(
        summarise(bucket_of(event_log(*log), NOBODY, LENS), concurrency.SUMMARIES)
    )


def waits(trace: str, known: Relations, *columns: str, **lens: Any) -> list[tuple[Any, ...]]:
    look = replace(LENS, relations=known, **lens)
    found = moves(traces(event_log(trace), look), look)
    return found.select("from", "to", pl.col("wait_ms") / DAY_MS, *columns).collect().rows()


# ---- in both orders ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "pairs"),
    [
        (["a b c z"] * 20 + ["a c b z"] * 20, ["bc"]),
        (["a b c z"] * 20 + ["a c b z"] * 10, ["bc"]),
        (["a b c z"] * 20 + ["a c b z"] * 9, []),  # too few
        (["a b c z"] * 9997 + ["a c b z"] * 3, []),  # swapped stamps
        (["a b c z"] * 400 + ["a c b z"] * 15, []),  # as good as always b first
        (["a b c b c z"] * 100, []),  # c sends back to b
        (["a b b z"] * 50, []),
        (["a z b c"] * 20 + ["a z c b"] * 20, []),  # after the end
    ],
)
def test_two_that_come_in_both_orders(log: list[str], pairs: list[str]) -> None:
    assert relations(*log).concurrent == both_ways(*pairs)


# ---- overlapping work ----------------------------------------------------------------------------


def overlapping(cases: int, others: int) -> pl.LazyFrame:
    """Of so many cases b is begun while a is worked on; of others, after."""
    log = event_log(*["a[5h] b[3h] z"] * cases, *["a[5h] b[2h] z"] * others).collect()
    is_first = pl.col("case_id").str.slice(1).cast(pl.Int64) <= cases
    earlier = pl.col("started_at") - dt.timedelta(hours=1)
    return log.with_columns(
        started_at=pl.when(is_first & (pl.col("activity") == "b"))
        .then(earlier)
        .otherwise("started_at")
    ).lazy()


@pytest.mark.parametrize(
    ("cases", "others", "pairs"), [(10, 10, ["ab"]), (10, 11, []), (9, 0, []), (20, 0, ["ab"])]
)
def test_two_that_are_worked_on_at_once(cases: int, others: int, pairs: list[str]) -> None:
    bucket = bucket_of(overlapping(cases, others), NOBODY, LENS)
    found = concurrency.conclude(summarise(bucket, concurrency.SUMMARIES))

    assert found.concurrent == both_ways(*pairs)


# ---- off the path --------------------------------------------------------------------------------

DIRECT = ["a 10d d z"] * 20 + ["a 12d d z"] * 20


@pytest.mark.parametrize(
    ("others", "pairs"),
    [
        # others are asked: d comes as soon as without them
        (["a 6d b 5d d z", "a 8d b 3d d z"] * 15, [("b", "d")]),
        (["a 6d b 5d d z", "a 8d b 3d d z"] * 14, []),  # too few
        (["a 6d b 11d d z", "a 8d b 11d d z"] * 20, []),  # b comes first, then the way to d begins
        # b comes instead of a part of the way: it takes what it takes, and d follows it
        (["a 8d b 1d d z", "a 12d b 1d d z"] * 20, []),
        (["a 10m b 11d d z", "a 20m b 11d d z"] * 20, []),  # nothing that could delay
        (["a 20h b 10d d z", "a 22h b 10d d z"] * 20, []),  # little that could delay
    ],
)
def test_what_does_not_hold_up_the_next(others: list[str], pairs: list[tuple[str, str]]) -> None:
    assert relations(*DIRECT, *others).aside == frozenset(pairs)


def test_most_cases_must_pass_it_by() -> None:
    passing = ["a 6d b 5d d z", "a 8d b 3d d z"] * 15
    held = ["a e 6d b 11d d z", "a e 8d b 11d d z"] * 15

    assert relations(*DIRECT, *passing, *held[:-2]).aside == {("b", "d")}
    assert not relations(*DIRECT, *passing, *held).aside


def test_an_activity_that_leads_nowhere_is_a_side_activity() -> None:
    found = relations(*["a b c z"] * 20, *["a c b z"] * 20, *["a b c c z"] * 5)

    # after b: c 25 times, z 20 times; after c: b 20, c 5, z 25
    assert found.side == {"b"}


@pytest.mark.parametrize(("times", "aside"), [(2, {("b", "d")}), (3, set())])
def test_a_side_activity_does_not_enable_what_rarely_follows(
    times: int, aside: set[tuple[str, str]]
) -> None:
    # b moves on to c, which is beside it, 48 or 47 times of 50; else to d
    log = ["a b c d z"] * (50 - times) + ["a c b"] * 12 + ["a c b d z"] * times
    found = relations(*log)

    assert found.side == {"b"}
    assert found.aside == aside


# ---- what a case waits for -----------------------------------------------------------------------

SIDE = Relations(concurrent=both_ways("bc"), side=frozenset("b"))


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (  # b is a branch: c waits since a, z since c
            "a 2d b 3d c 1d z",
            [("a", "b", 2, True), ("a", "c", 5, False), ("c", "z", 1, False)],
        ),
        (  # b is last of the branches: c is not what z waits for
            "a 2d c 3d b 1d z",
            [("a", "c", 2, True), ("a", "b", 5, False), ("b", "z", 1, False)],
        ),
        (  # nothing enables c but the begin
            "b 2d c 1d z",
            [("b", "c", 2, False), ("c", "z", 1, False)],
        ),
        (  # an open case waits since a, which leads on
            "a 2d b",
            [("a", "b", 2, True), ("a", None, 100, False)],
        ),
        ("b 2d b", [("b", "b", 2, False), ("b", None, 98, False)]),
        ("a 2d ~b", [("a", "b", 2, False), (None, "b", 0, False)]),
        ("a 1d z 2d b 2d c", [("a", "z", 1, False), ("z", "b", 2, False), ("z", "c", 4, False)]),
    ],
)
def test_a_branch_is_no_wait(trace: str, expected: list[tuple[Any, ...]]) -> None:
    assert waits(trace, SIDE, "is_parallel") == expected


def test_what_stands_aside_is_no_wait() -> None:
    known = Relations(aside=frozenset({("b", "d")}))

    assert waits("a 2d b 3d d z", known, "is_parallel") == [
        ("a", "b", 2, True),
        ("a", "d", 5, False),
        ("d", "z", 0, False),
    ]
    # b that comes after d is enabled by it
    assert waits("a 2d d 3d b z", known)[1] == ("d", "b", 3)


def test_the_work_on_a_first_activity_that_leads_nowhere_is_parallel() -> None:
    assert waits("b[48h] 1d c z", SIDE, "work_ms", "is_parallel") == [
        (None, "b", 0, 2 * DAY_MS, True),
        ("b", "c", 3, 0, False),
        ("c", "z", 0, 0, False),
    ]


def test_work_that_began_before_its_enabler_was_done_did_not_wait() -> None:
    [_, (_, _, wait, work, is_parallel), _] = waits(
        "a 2d b c[72h] z", SIDE, "work_ms", "is_parallel"
    )

    assert (wait, work, is_parallel) == (2, 3 * DAY_MS, False)


# ---- what a move carries along -------------------------------------------------------------------


def test_who_had_the_case_and_who_took_it() -> None:
    log = event_log("a 1d b 1d c 1d b").with_columns(
        org=pl.Series(["x", None, "y", "x"]),
        team=pl.Series([None, "t", None, "u"]),
        resource=pl.Series(["p", "q", None, None]),
        **{"case:kind": pl.lit("k")},
    )
    columns = ("to", "visit", "resource", "team", "org", "from_team", "from_org", "case:kind")

    assert moves(traces(log, LENS), LENS).select(columns).collect().rows() == [
        ("b", 1, "q", "t", None, None, "x", "k"),
        ("c", 1, None, None, "y", "t", "x", "k"),
        ("b", 2, None, "u", "x", "t", "y", "k"),
        (None, None, None, None, None, "u", "x", "k"),
    ]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("p q c z", [True, False, False]),  # with c the clock begins
        ("a q z", [False, False]),  # it began with a
        ("s q z", [False, False]),  # a suspended clock has begun
        ("p q", [True, False]),
    ],
)
def test_before_the_legal_clock(trace: str, expected: list[bool]) -> None:
    steps = {name: Step(clock="outside") for name in "pqz"} | {"s": Step(clock="suspended")}
    journey = Journey(end=("z",), steps=steps)
    found = waits(trace, IN_SEQUENCE, "is_before_clock", journey=journey)

    assert [is_before for *_, is_before in found] == expected


def test_a_branch_that_runs_on_the_clock_does_not_start_that_of_the_path() -> None:
    journey = Journey(end=("z",), steps={name: Step(clock="outside") for name in "acz"})
    [b, c, _] = waits("a b c z", SIDE, "is_before_clock", journey=journey)

    assert (b[-1], c[-1]) == (False, True)


def test_parts_sum_up_whatever_is_known() -> None:
    look = replace(LENS, relations=SIDE)
    log = event_log("a[3h] 2d b 3d c[5h] 1d z 1d b", "b 1d c", "c 2d b")
    bucket = bucket_of(log, NOBODY, look)
    inside = bucket.moves.filter(~pl.col("is_outside"), ~pl.col("is_parallel"))
    parts = inside.group_by("case_id").agg(pl.sum("wait_ms") + pl.sum("work_ms")).sort("case_id")

    assert parts.collect()["wait_ms"].to_list() == bucket.cases.collect()["elapsed_ms"].to_list()


def test_relations_are_read_as_they_were_written() -> None:
    known = replace(SIDE, aside=frozenset({("é", "b"), ("b", "d")}))

    assert Relations.from_json(known.to_json()) == known
    assert Relations.from_json(IN_SEQUENCE.to_json()) == IN_SEQUENCE
