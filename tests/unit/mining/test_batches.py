# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A board that meets, and steps that only look like one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mining.why.batches import Batches, batches

MONDAY = 19723  # days since 1970
WORKING = [MONDAY + day for day in range(364) if day % 7 < 5]


def finished(done: dict[int, int], came: dict[int, int] | None = None) -> pl.DataFrame:
    """Days; unless it is told when they came, as many come on each."""
    if came is None:
        came = dict.fromkeys(range(min(done, default=0) - 1, max(done, default=0)), 1)
    rows = [(day, came.get(day, 0), done.get(day, 0)) for day in {*came, *done}]
    schema = {"day": pl.Int32, "came": pl.Int64, "finished": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sample(fraction=1, shuffle=True, seed=1)


def every(days: int, n: int = 10, times: int = 26) -> dict[int, int]:
    return {MONDAY + days * time: n for time in range(times)}


def found_in(counts: dict[int, int]) -> Batches:
    found = batches(finished(counts))
    assert found is not None
    return found


@pytest.mark.parametrize("gap", [7, 14, 28])
def test_a_board_that_meets(gap: int) -> None:
    found = found_in(every(gap))

    assert (found.gap_days, found.share) == (gap, 1)
    assert found.came.tolist() == [10] * 26
    assert found.excess.tolist() == [10 * gap / 2] * 26  # half of the time since the one before
    assert found.weeks.tolist() == [(MONDAY + gap * time) // 7 for time in range(26)]


def test_a_meeting_that_was_left_out_is_waited_for_twice_as_long() -> None:
    counts = every(14)
    del counts[MONDAY + 14 * 10]
    found = found_in(counts)

    assert found.gap_days == 14
    assert found.excess.tolist() == [70] * 10 + [140] + [70] * 14


def test_a_few_that_were_decided_in_between_change_little() -> None:
    between = dict.fromkeys(WORKING[3::13], 1)  # 20 of 280
    found = found_in({**between, **every(14)})

    assert found.gap_days == 14
    assert 0.9 <= found.share <= 0.95
    assert found.excess.sum() == pytest.approx(260 * 7, rel=0.1)


def ready_at_any_moment(seed: int, cases: int = 2000) -> tuple[Batches, float]:
    """What is found, and what cases really waited for their day."""
    ready = np.random.default_rng(seed).uniform(0, 52 * 7, cases)
    day = np.ceil(ready / 14) * 14
    counts = {
        MONDAY + int(d): int(n) for d, n in zip(*np.unique(day, return_counts=True), strict=True)
    }
    return found_in(counts), float((day - ready).sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_excess_is_the_wait_for_the_day(seed: int) -> None:
    found, waited = ready_at_any_moment(seed)

    assert found.excess.sum() == pytest.approx(waited, rel=0.05)


def test_the_doubt_is_how_far_off_it_may_be() -> None:
    off = [
        waited / found.excess.sum() - 1 for found, waited in map(ready_at_any_moment, range(200))
    ]

    assert ready_at_any_moment(0)[0].doubt == pytest.approx(np.std(off), rel=0.15)


@pytest.mark.parametrize("run", [2, 3, 5])
def test_a_round_may_take_some_days(run: int) -> None:
    days = [MONDAY + 28 * month + day for month in range(13) for day in range(run)]

    found = found_in(dict.fromkeys(days, 10))

    assert (found.gap_days, found.share) == (28, 1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("days", [(20, 21, 22), (5, 6), (0, 14)])
def test_who_does_not_fit_in_a_day_waits_for_the_next(days: tuple[int, ...], seed: int) -> None:
    """First come first served, on some days in four weeks, just as many as there is room for."""
    ready = np.sort(np.random.default_rng(seed).uniform(0, 52 * 7, 1500))
    room = int(1500 / 13 / len(days) * 1.05)
    done: dict[int, int] = {}
    waited, first = 0.0, 0
    for day in (28 * month + day for month in range(14) for day in days):
        served = ready[first : first + room]
        served = served[served < day]
        first += len(served)
        waited += float((day - served).sum())
        done[MONDAY + day] = len(served)

    found = found_in({day: n for day, n in done.items() if n})

    assert found.excess.sum() == pytest.approx(waited, rel=0.15)
    assert found.excess.sum() <= found.most_days


def spread_over(days: list[int], seed: int, n: int) -> dict[int, int]:
    chosen = np.random.default_rng(seed).choice(days, n)
    return {int(d): int(k) for d, k in zip(*np.unique(chosen, return_counts=True), strict=True)}


NOT = {
    "every working day": dict.fromkeys(WORKING, 5),
    "every working day, by chance": spread_over(WORKING, 1, 1000),
    "three days a week": {day: 5 for day in WORKING if (day - MONDAY) % 7 in (0, 2, 4)},
    "every working day of two summers": {
        day + year: 5 for year in (0, 364) for day in WORKING if 150 <= day - MONDAY < 240
    },
    "too few": {MONDAY + 14 * time: 1 for time in range(29)},
    "on three days": {MONDAY + 14 * time: 50 for time in range(3)},
    "now and then": spread_over(WORKING, 2, 40),
    "all on one day": {MONDAY: 1000},
    "nothing": {},
    "a tenth of the cases weekly": {
        day: 9 + (5 if day % 7 == WORKING[4] % 7 else 0) for day in WORKING
    },
}


@pytest.mark.parametrize("counts", NOT.values(), ids=NOT)
def test_what_is_no_batch(counts: dict[int, int]) -> None:
    assert batches(finished(counts)) is None


def test_what_came_in_rounds_is_done_in_rounds_anyhow() -> None:
    came = every(7)
    done = {day + 2: n for day, n in came.items()}

    assert batches(finished(done)) is not None
    assert batches(finished(done, came)) is None


def test_rounds_for_those_who_came_in_more_rounds() -> None:
    found = batches(finished(every(28, 40, 13), every(7, 10, 52)))

    assert found is not None
    assert found.gap_days == 28
