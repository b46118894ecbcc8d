# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ways that lead back, and ways that only look so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest

from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.summaries import bucket_of, summarise
from mining.waiting import stays, step_queues
from mining.waiting.step_queues import Queue
from mining.why.loops import Key, Loop, Rate, loops, rates
from tests.builders import MONDAY, NOBODY, event_log

KIND = "case:kind"
AGENCY = dict.fromkeys("abcdefwxyz", True)
ENDS = ("z", "w")
STRAIGHT = ["a 1d b 5d z"] * 70


def queues(
    traces: Sequence[str], orgs: dict[str, str] | None = None, kinds: Sequence[str] = ()
) -> dict[Key, Queue]:
    """The queues of a log; ``orgs`` by activity, o else; ``kinds`` by case, in turn."""
    log = event_log(*traces).with_columns(
        org=pl.col("activity").replace_strict(orgs or {}, default="o", return_dtype=pl.String)
    )
    if kinds:
        number = pl.col("case_id").str.slice(1).cast(pl.Int64) - 1
        log = log.with_columns(pl.lit(pl.Series(kinds)).gather(number).alias(KIND))
    look = Lens(
        MONDAY + dt.timedelta(days=100),
        "UTC",
        Journey(end=ENDS),
        segments=(KIND,) if kinds else (),
    )
    merged = summarise(bucket_of(log, NOBODY, look), stays.SUMMARIES)
    return {(queue.to, queue.is_again): queue for queue in step_queues.queues(merged)}


def found_in(
    traces: Sequence[str], orgs: dict[str, str] | None = None, citizens: str = ""
) -> list[Loop]:
    is_agency = AGENCY | dict.fromkeys(citizens, False)
    return loops(queues(traces, orgs), len(traces), is_agency, ENDS)


# ---- back to a step ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        ([*STRAIGHT, *["a 1d b 2d c 3d b 5d z"] * 30], [("c", False), ("b", True)]),
        ([*STRAIGHT, *["a 1d b 2d c 1d d 3d b z"] * 30], [("c", False), ("d", False), ("b", True)]),
        ([*STRAIGHT, *["a 1d b 2d b z"] * 30], [("b", True)]),
        (
            [*STRAIGHT, *["a b 2d c 3d b 2d c 3d b z"] * 30],
            [("c", False), ("c", True), ("b", True)],
        ),
        # some are still out there
        (
            [*STRAIGHT, *["a 1d b 2d c 3d b 5d z", "90d a 1d b 2d c"] * 30],
            [("c", False), ("b", True)],
        ),
        # the log begins when some were already on the way back: they have not been at b before
        (
            [*STRAIGHT, *["a 1d b 2d c 3d b 5d z"] * 36, *["c 3d b 5d z"] * 4],
            [("c", False), ("b", True)],
        ),
        # one was opened again after its end: that says nothing of where an end leads
        (
            [*STRAIGHT, *["a 1d b 2d c 3d b 5d z"] * 30, "a 1d b 5d z 7d b 7d z"],
            [("c", False), ("b", True)],
        ),
        # nearly all who came to d wait there still: one who went back says nothing of the others
        (
            [*["a 1d b 2d c 3d b 5d z"] * 30, *["40d a 1d b 5d d"] * 600, "a b 5d d b z"],
            [("c", False), ("b", True)],
        ),
    ],
)
def test_work_that_is_done_again(traces: list[str], expected: list[Key]) -> None:
    assert found_in(traces) == [Loop(tuple(expected), is_detour=False)]


@pytest.mark.parametrize(
    "traces",
    [
        ["a 1d b 2d c 3d d 5d z"] * 100,
        [*STRAIGHT, *["a 1d b 2d c 3d d z"] * 50],  # another way to the end
        [*STRAIGHT, *["a 1d b 2d c 3d b 5d z"] * 29],  # too few
        [*STRAIGHT, *["a 1d b z 5d b"] * 50],  # after the end
        ["a 1d b"] * 100,
        ["a"] * 100,
    ],
)
def test_no_way_back(traces: list[str]) -> None:
    assert found_in(traces) == []


def test_no_log() -> None:
    assert loops({}, 0, {}, ENDS) == []


def test_who_mostly_goes_on_is_not_on_the_way_back() -> None:
    """Most who leave c go on to d: only b again is waited for in the loop."""
    traces = ["a 1d b 2d c 3d d z"] * 70 + ["a 1d b 2d c 3d b 1d d z"] * 30

    assert found_in(traces) == [Loop((("b", True),), is_detour=False)]


def test_what_the_rounds_wait() -> None:
    traces = [*STRAIGHT, *["a 1d b 2d c 3d b 5d z"] * 30]
    found = queues(traces)
    [loop] = loops(found, 100, AGENCY, ENDS)

    assert sum(found[key].days for key in loop.queues) == 30 * (2 + 3)


def test_who_never_had_a_step_does_not_wait_to_have_it_again() -> None:
    """Sixty go round, and sixty wait for a step that they never had."""
    traces = [
        *["a 1d c 5d d 1d z"] * 300,
        *["a 1d c 2d d 3d c 4d d 1d z"] * 60,
        *["80d a 1d c"] * 60,
    ]
    found = queues(traces)

    again, first = (found["d", is_again] for is_again in (True, False))
    assert (again.n, again.days) == (60, 60 * 4)
    assert first.n == pytest.approx(420)
    assert first.days == pytest.approx(300 * 5 + 60 * 2 + 60 * 19)
    assert [loop.queues for loop in loops(found, len(traces), AGENCY, ENDS)] == [
        (("c", True),),
        (("d", True),),
    ]


def test_nothing_is_done_again_that_nobody_was_seen_to_do_again() -> None:
    """All who left b went to c; those who came back to b after it still wait there."""
    traces = [*["a 1d b 1d c 1d z"] * 70, *["a 1d b 1d c 1d b"] * 40]
    found = queues(traces)

    assert found["c", True].n == 40
    assert [loop.queues[-1] for loop in loops(found, len(traces), AGENCY, ENDS)] == [("b", True)]


# ---- over another organisation -------------------------------------------------------------------

PING_PONG = [*STRAIGHT, *["a 2d x 3d y 1d b 5d z"] * 30]


def test_a_detour_over_another_organisation() -> None:
    assert found_in(PING_PONG, {"x": "p"}) == [Loop((("x", False), ("y", False)), is_detour=True)]


def test_a_detour_that_comes_back_to_the_same_step() -> None:
    traces = [*STRAIGHT, *["a 1d b 2d x 3d b z"] * 30]

    assert found_in(traces, {"x": "p"}) == [Loop((("x", False), ("b", True)), is_detour=True)]
    # what the citizen sends is no detour of an agency
    assert found_in(traces, {"x": "p"}, citizens="x")[0].is_detour is False


@pytest.mark.parametrize(
    ("traces", "orgs", "citizens"),
    [
        (PING_PONG, {}, ""),  # never left the house
        (PING_PONG, {"x": "p", "y": "p"}, ""),  # y too is theirs
        (PING_PONG, {"x": "p", "y": "p", "b": "p", "z": "p"}, ""),  # went, and did not come back
        (PING_PONG, {"x": "p"}, "x"),
        (PING_PONG, {"x": "p"}, "y"),
        ([*STRAIGHT, *["a 2d x 3d y 1d b 5d z"] * 29], {"x": "p"}, ""),  # too few
        (["a 2d x 3d y 1d b 5d z"] * 70 + STRAIGHT[:40], {"x": "p"}, ""),  # most: the way it goes
        ([*PING_PONG, *["a 2d x 3d z"] * 20], {"x": "p"}, ""),  # many never come back
        # z is the end, but for one who was opened again
        ([*STRAIGHT, *["a 1d b 5d w"] * 70, "a 1d b 5d z 2d y 9d z"], {"z": "p"}, ""),
    ],
)
def test_no_detour(traces: list[str], orgs: dict[str, str], citizens: str) -> None:
    assert found_in(traces, orgs, citizens) == []


# ---- who goes round ------------------------------------------------------------------------------


def shares(
    around: str, counts: dict[str, tuple[int, int]], orgs: dict[str, str] | None = None
) -> list[Rate]:
    """Of each kind so many go round, of so many."""
    traces, kinds = [], []
    for kind, (rounds, cases) in counts.items():
        traces += [around] * rounds + ["a 1d b 5d z"] * (cases - rounds)
        kinds += [kind] * cases
    found = queues(traces, orgs, kinds)
    [loop] = loops(found, len(traces), AGENCY, ENDS)
    return rates(loop, found, ENDS)


def test_a_kind_that_goes_round_more_often() -> None:
    counts = {"p": (60, 100), "q": (15, 150), "r": (15, 150)}
    [rate] = shares("a 2d x 3d y 1d b 5d z", counts, {"x": "p"})

    assert (rate.attribute, rate.values) == (KIND, ("p",))
    assert (rate.share, rate.rest) == pytest.approx((0.6, 0.1))
    assert rate.ratio == pytest.approx(6)
    assert rate.of_all == pytest.approx(50 / 90)  # 60 would be 10, of 90
    assert rate.p < 1e-6


def test_two_kinds_that_go_round_more_often() -> None:
    counts = {"p": (60, 100), "q": (5, 100), "r": (60, 100), "s": (5, 100)}
    [rate] = shares("a 2d x 3d y 1d b 5d z", counts, {"x": "p"})

    assert rate.values == ("p", "r")
    assert rate.of_all == pytest.approx((120 - 200 * 0.05) / 130)


def test_kinds_that_go_round_as_often() -> None:
    counts = {"p": (40, 200), "q": (38, 200)}
    [rate] = shares("a 2d x 3d y 1d b 5d z", counts, {"x": "p"})

    assert rate.p > 0.05


def test_the_chance_is_that_of_two_shares() -> None:
    from scipy import stats

    counts = {"p": (60, 200), "q": (40, 200)}
    [rate] = shares("a 2d x 3d y 1d b 5d z", counts, {"x": "p"})
    table = [[60, 140], [40, 160]]

    assert rate.p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


@pytest.mark.parametrize(
    "counts",
    [
        {"p": (35, 100)},  # one kind only
        {"p": (35, 100), "q": (0, 29)},  # too few to be one
        {"p": (35, 100), "q": (0, 100)},  # that is how the kind was called
        {"p": (100, 100), "q": (2, 200)},
    ],
)
def test_shares_that_say_nothing(counts: dict[str, tuple[int, int]]) -> None:
    assert shares("a 2d x 3d y 1d b 5d z", counts, {"x": "p"}) == []


def test_without_attributes_there_are_no_rates() -> None:
    found = queues(PING_PONG, {"x": "p"})
    [loop] = loops(found, 100, AGENCY, ENDS)

    assert rates(loop, found, ENDS) == []


def test_of_those_who_left_the_step() -> None:
    """Whoever still waits there says nothing."""
    waiting = ["99d a"] * 40
    traces = ["a 2d x 3d y 1d b 5d z"] * 40 + ["a 1d b 5d z"] * 40 + waiting
    traces += ["a 2d x 3d y 1d b 5d z"] * 10 + ["a 1d b 5d z"] * 90
    found = queues(traces, {"x": "p"}, ["p"] * 120 + ["q"] * 100)
    [loop] = loops(found, len(traces), AGENCY, ENDS)
    [rate] = rates(loop, found, ENDS)

    assert (rate.share, rate.rest) == pytest.approx((0.5, 0.1))


def test_a_kind_that_is_done_again_more_often() -> None:
    counts = {"p": (60, 100), "q": (15, 150), "r": (15, 150)}
    [rate] = shares("a 1d b 2d c 3d b 5d z", counts)

    assert rate.values == ("p",)
    # who left b twice counts once
    assert (rate.share, rate.rest) == pytest.approx((60 / 100, 30 / 300))


def test_of_those_who_left_an_end_nothing_is_said() -> None:
    """All who end at z stay there but for some: of those, and not of all, many more p go round."""
    counts = {"p": (40, 100), "q": (10, 100)}
    traces, kinds = [*["a 1d b 5d z"] * 300], ["p"] * 150 + ["q"] * 150
    for kind, (rounds, opened) in counts.items():
        traces += ["a 1d b 5d z 2d x 1d b 1d z"] * rounds
        traces += ["a 1d b 5d z 2d y 1d z"] * (opened - rounds)
        kinds += [kind] * opened
    found = queues(traces, kinds=kinds)
    around = next(loop for loop in loops(found, len(traces), AGENCY, ENDS) if len(loop.queues) > 1)

    assert around.queues == (("x", False), ("b", True))
    assert rates(around, found, ENDS) == []


@pytest.mark.parametrize(
    "ways",
    [
        ["a 1d b 2d c 3d b 5d z", "a 1d b 2d d 3d b 5d z"],  # two, as often
        [*["a 1d b 2d c 3d b 5d z"] * 4, "a 1d b 2d d 1d c 3d b 5d z"],  # some over another step
    ],
)
def test_who_goes_round_counts_whichever_way(ways: list[str]) -> None:
    straight = "a 1d b 5d z"
    of_p, of_q = ways * (60 // len(ways)), ways * (30 // len(ways))
    traces = [*of_p, *[straight] * 40, *of_q, *[straight] * 270]
    found = queues(traces, kinds=["p"] * 100 + ["q"] * 300)
    [loop] = loops(found, len(traces), AGENCY, ENDS)
    [rate] = rates(loop, found, ENDS)

    assert rate.values == ("p",)
    assert (rate.share, rate.rest) == pytest.approx((0.6, 0.1))
