# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Since when a wait is longer, in queues of which that is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from mining.durations import DAY_MS
from mining.waiting import stays
from mining.why.levels import Grid
from mining.why.windows import Course, busy_weeks, course, is_clear, since, told_spans

WEEKS = 100
FIRST = 2818  # week of 4 January 2024
FAR = FIRST + 10_000.0
A_WEEK = 20

Waits = Callable[[np.ndarray], np.ndarray]


def stays_of(came: np.ndarray, days: np.ndarray, end: float) -> pl.DataFrame:
    """Of cases that came at some week and would wait so many days, what is seen by ``end``."""
    room = (end - came) * 7
    seen = pl.DataFrame(
        {
            "week": np.floor(came).astype(np.int32),
            "is_open": days > room,
            "ms": (np.minimum(days, room) * DAY_MS).astype(np.int64),
        }
    ).filter(pl.lit(pl.Series(room > 0)))
    return (
        seen.with_columns(stays.tenth_bin_of("ms"))
        .group_by("week", "is_open", "bin")
        .agg(n=pl.len().cast(pl.Float64), days=pl.col("ms").sum() / DAY_MS)
    )


def arrivals(seed: int) -> np.ndarray:
    return FIRST + np.sort(np.random.default_rng(seed).uniform(0, WEEKS, A_WEEK * WEEKS))


def drawn(
    came: np.ndarray, seed: int, times: Waits, mean: float = 10.0, shape: float = 1.0
) -> np.ndarray:
    """Waits that are so many times as long in some weeks; the lower the shape, the more unlike."""
    rng = np.random.default_rng(seed + 1000)
    return rng.gamma(shape, mean / shape, len(came)) * times(came - FIRST)


def between(first: int, last: float, high: float) -> Waits:
    return lambda week: np.where((week >= first) & (week < last), high, 1.0)


def found_in(seed: int, times: Waits, mean: float = 10.0, shape: float = 1.0) -> Course:
    came, end = arrivals(seed), FIRST + WEEKS
    found = course(stays_of(came, drawn(came, seed, times, mean, shape), end), end)
    assert found is not None
    return found


# ---- windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [1.0, 10.0, 60.0])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_always_the_same_has_no_window(seed: int, mean: float) -> None:
    found = found_in(seed, lambda week: np.ones(len(week)), mean=mean)

    assert not [span for span in found.spans if is_clear(found, span)]


@pytest.mark.parametrize("seed", [383, 479, 1090])
def test_a_window_stands_out_from_all_other_weeks(seed: int) -> None:
    """Five cases a week, all alike: above the lowest weeks by much, above the others by chance."""
    rng = np.random.default_rng(seed)
    came = FIRST + np.sort(rng.uniform(0, WEEKS, 5 * WEEKS))
    found = course(stays_of(came, rng.exponential(14, len(came)), FIRST + WEEKS), FIRST + WEEKS)

    assert found is not None
    first, last = found.spans[0]
    weeks = slice(first, last + 1)
    chance = found.deviation_days * np.sqrt(found.came[weeks].sum())
    assert found.excess[weeks].sum() > 5 * chance
    assert not is_clear(found, (first, last))


@pytest.mark.parametrize("high", [2.0, 3.0])
@pytest.mark.parametrize(("first", "last"), [(40, 60), (20, 40), (60, 80), (30, 70)])
@pytest.mark.parametrize("seed", range(3))
def test_a_step_up_and_down_again(seed: int, first: int, last: int, high: float) -> None:
    found = found_in(seed, between(first, last, high), shape=3)

    [span] = found.spans
    assert abs(span[0] - first) <= 3
    assert abs(span[1] - (last - 1)) <= 3
    assert is_clear(found, span)
    inside = slice(first + 2, last - 2)
    assert np.nanmean(found.level[inside]) == pytest.approx(high, rel=0.15)
    assert found.ordinary_days == pytest.approx(10, rel=0.1)
    assert found.deviation_days == pytest.approx(10 / np.sqrt(3), rel=0.2)


def grows_from_70(week: np.ndarray) -> np.ndarray:
    return 1 + 2 * np.clip((week - 70) / 10, 0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_what_grows_to_the_end_of_the_log(seed: int) -> None:
    found = found_in(seed, grows_from_70)

    [span] = found.spans
    assert 67 <= span[0] <= 78
    assert span[1] >= WEEKS - 10
    assert is_clear(found, span)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [1, 10])
def test_what_still_goes_on_has_not_ended(seed: int, shape: float) -> None:
    found = found_in(seed, grows_from_70, shape=shape)

    assert found.spans[0][1] == len(found.week) - 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ago", [5, 10, 20])
@pytest.mark.parametrize("mean", [3.0, 10.0])
def test_what_can_be_seen_to_have_ended_has(seed: int, ago: int, mean: float) -> None:
    last = WEEKS - ago
    found = found_in(seed, between(60, last, 2.0), mean, shape=3)

    assert abs(found.spans[0][1] - (last - 1)) <= 3


@pytest.mark.parametrize("seed", range(3))
def test_what_rose_twice_began_with_the_first_rise(seed: int) -> None:
    def times(week: np.ndarray) -> np.ndarray:
        return between(40, WEEKS, 3.0)(week) * between(70, WEEKS, 3.0)(week)

    found = found_in(seed, times)

    [span] = found.spans
    assert abs(span[0] - 40) <= 3
    assert span[1] == WEEKS - 1
    assert found.ordinary_days == pytest.approx(10, rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_that_is_still_there_is_no_ordinary_one(seed: int) -> None:
    """The window ends where its height has half gone; what came of it is counted to the end."""

    def times(week: np.ndarray) -> np.ndarray:
        return between(40, 60, 6.0)(week) * between(60, 80, 2.5)(week)

    found = found_in(seed, times, shape=3)

    assert abs(found.spans[0][1] - 59) <= 3
    assert abs(int(np.flatnonzero(busy_weeks(found.level, found.spans))[-1]) - 79) <= 8
    assert found.ordinary_days == pytest.approx(10, rel=0.1)
    assert found.excess[busy_weeks(found.level, found.spans)].sum() == pytest.approx(
        20 * A_WEEK * 10 * (5 + 1.5), rel=0.15
    )


def test_weeks_that_nobody_came_in() -> None:
    """Around them there is no level, and nothing to hold others against."""
    came = arrivals(1)
    came = came[(came < FIRST + 30) | (came >= FIRST + 50)]
    end = FIRST + WEEKS
    found = course(stays_of(came, drawn(came, 1, between(60, 80, 2.5)), end), end)

    assert found is not None
    assert np.isnan(found.level[33:47]).all()
    assert abs(found.spans[0][0] - 60) <= 3


@pytest.mark.parametrize("seed", range(5))
def test_open_waits_are_no_short_waits(seed: int) -> None:
    """Waits of two months, in a log of which the last two months are hardly over."""
    found = found_in(seed, lambda week: np.ones(len(week)), mean=60)

    known = found.level[np.isfinite(found.level)]
    assert np.nanmean(known[-8:]) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("seed", range(3))
def test_a_season_that_comes_back_is_as_many_windows(seed: int) -> None:
    """Twice as long for nine weeks of each year: one is told, what all cost is counted."""

    def times(week: np.ndarray) -> np.ndarray:
        return np.where((week % 52 >= 26) & (week % 52 < 35), 2.0, 1.0)

    came = FIRST + np.sort(np.random.default_rng(seed).uniform(0, 208, 30 * 208))
    found = course(stays_of(came, drawn(came, seed, times, shape=3), FAR), FAR)

    assert found is not None
    spans = told_spans(found)
    assert sorted(round((first - 26) / 52) for first, _ in spans) == [0, 1, 2, 3]
    cost = found.excess[busy_weeks(found.level, spans)].sum()
    assert cost == pytest.approx(30 * 4 * 9 * 10, rel=0.15)


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_a_large_window_does_not_hide_a_smaller_one(seed: int) -> None:
    def times(week: np.ndarray) -> np.ndarray:
        return between(16, 36, 3.0)(week) * between(61, 81, 1.6)(week)

    found = found_in(seed, times)

    one, other = told_spans(found)
    assert abs(one[0] - 16) <= 3
    assert abs(other[0] - 61) <= 3
    assert is_clear(found, other)
    cost = found.excess[busy_weeks(found.level, [one, other])].sum()
    assert cost == pytest.approx(A_WEEK * 10 * 20 * (2 + 0.6), rel=0.15)


def test_what_is_high_by_chance_is_among_the_weeks_that_others_are_held_against() -> None:
    """Two windows in waits that are all alike: neither is clear, so neither is left out."""
    rng = np.random.default_rng(267)
    came = FIRST + np.sort(rng.uniform(0, 208, 6 * 208))
    found = course(stays_of(came, rng.exponential(14, len(came)), FIRST + 208), FIRST + 208)

    assert found is not None
    assert len(found.spans) > 1
    assert not [span for span in found.spans if is_clear(found, span)]


@pytest.mark.parametrize("last", [5, 12, 20, 40])
@pytest.mark.parametrize("seed", range(2))
def test_without_a_before_nothing_is_told(seed: int, last: int) -> None:
    assert found_in(seed, between(0, last, 2.5)).spans == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_few_bad_weeks_are_no_window(seed: int) -> None:
    assert found_in(seed, between(50, 53, 2.0)).spans == ()


@pytest.mark.parametrize("seed", range(3))
def test_two_windows_the_one_with_most_excess_first(seed: int) -> None:
    def times(week: np.ndarray) -> np.ndarray:
        return between(20, 34, 2.0)(week) * between(60, 78, 3.0)(week)

    one, other = found_in(seed, times).spans
    assert abs(one[0] - 60) <= 3
    assert abs(other[0] - 20) <= 3


def test_what_is_long_for_most_of_the_log_is_how_things_are() -> None:
    assert found_in(1, between(12, WEEKS, 2.0)).spans == ()


@pytest.mark.parametrize(("n", "is_told"), [(29, False), (30, True)])
def test_too_few_stays(n: int, is_told: bool) -> None:  # noqa: FBT001
    came = FIRST + np.linspace(0, 50, n)

    assert (course(stays_of(came, np.full(n, 3.0), FAR), FAR) is not None) is is_told


def test_a_few_long_waits_are_not_clear() -> None:
    """The same rise with a tenth of the cases may be chance."""
    came = arrivals(1)[::10]
    found = course(stays_of(came, drawn(came, 1, between(40, 60, 1.6)), FAR), FAR)

    assert found is not None
    assert not [span for span in found.spans if is_clear(found, span)]


@pytest.mark.parametrize(("rise", "expected"), [(1.5, True), (2.5, False)])
def test_a_window_must_rise_enough(rise: float, expected: bool) -> None:  # noqa: FBT001
    found = found_in(1, between(40, 60, 2.0))

    assert bool(is_clear(found, found.spans[0], rise)) is expected


def test_the_weeks_inside_last_until_the_queue_has_gone() -> None:
    found = found_in(
        1, lambda week: 1 + np.clip((week - 30) / 5, 0, 1) * np.clip((70 - week) / 20, 0, 1)
    )
    [(first, last)] = found.spans
    inside = np.flatnonzero(busy_weeks(found.level, found.spans))

    assert inside[0] == first
    assert inside.tolist() == list(range(first, inside[-1] + 1))
    assert last <= inside[-1]
    assert (found.level[last + 1 : inside[-1] + 1] > 1).all()


# ---- what a window costs -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_the_excess_of_whole_days_is_exact(seed: int) -> None:
    came = arrivals(seed)
    week = np.floor(came).astype(int) - FIRST
    days = np.where((week >= 40) & (week < 60), 9.0, 3.0)
    found = course(stays_of(came, days, FAR), FAR)

    assert found is not None
    longer = {w: 6.0 * (week == w).sum() if 40 <= w < 60 else 0.0 for w in range(WEEKS)}
    assert found.excess == pytest.approx(np.array(list(longer.values())), abs=1e-6)
    assert found.days == pytest.approx([days[week == w].sum() for w in range(WEEKS)])
    assert found.came.tolist() == [(week == w).sum() for w in range(WEEKS)]
    assert (found.ordinary_days, found.deviation_days) == pytest.approx((3, 0))
    assert found.lowest_days == pytest.approx(3)
    assert found.over_lowest == pytest.approx(np.maximum(found.excess, 0), abs=1e-6)


def with_the_longest_as_the_tenth(days: np.ndarray) -> np.ndarray:
    bins = np.ceil(np.log(days * 24 + 1) * 10)
    tenth = np.sort(bins)[-10]
    return np.where(bins > tenth, days[bins == tenth].mean(), days)


def test_a_few_forgotten_cases_make_no_window() -> None:
    came = FIRST + np.sort(np.random.default_rng(0).uniform(0, WEEKS, 3 * WEEKS))
    days = drawn(came, 0, between(0, 0, 1.0))
    days[np.flatnonzero(came >= FIRST + 40)[:4]] = 400.0
    found = course(stays_of(came, days, FIRST + WEEKS), FIRST + WEEKS)

    assert found is not None
    assert not [span for span in found.spans if is_clear(found, span)]


@pytest.mark.parametrize("seed", range(3))
def test_the_excess_by_brute_force(seed: int) -> None:
    came = arrivals(seed)
    drawn_days = drawn(came, seed, between(40, 60, 2.0))
    found = course(stays_of(came, drawn_days, FAR), FAR)
    assert found is not None
    [(first, last)] = found.spans
    days = with_the_longest_as_the_tenth(drawn_days)
    week = np.floor(came).astype(int) - FIRST
    is_ordinary = ~busy_weeks(found.level, found.spans)[week]
    excess = [(days[week == w] - days[is_ordinary].mean()).sum() for w in range(WEEKS)]

    # a bin stands for its mean over all weeks: that is not exactly its mean over ordinary ones
    assert found.excess == pytest.approx(np.array(excess), abs=0.01 * days.sum() / WEEKS)
    assert found.excess[first : last + 1].sum() == pytest.approx(
        sum(excess[first : last + 1]), rel=0.01
    )


# ---- what an ordinary wait is so far -------------------------------------------------------------


def kaplan_meier(days: np.ndarray, is_open: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The share still there after ``at`` days; at a tie, those who leave come first."""
    still = np.ones(len(at))
    for day in np.unique(days[~is_open]):
        gone = ((days == day) & ~is_open).sum() / (days >= day).sum()
        still[at >= day] *= 1 - gone
    return still


@pytest.mark.parametrize("seed", range(4))
def test_the_ordinary_wait_so_far_is_the_area_under_the_curve(seed: int) -> None:
    """Whole days have a bin each, up to a fortnight: there the restricted mean is exact."""
    rng = np.random.default_rng(seed)
    days = rng.integers(1, 15, 400).astype(float)
    week = rng.integers(0, 12, 400)
    is_open = rng.random(400) < 0.3
    end = FIRST + 12.5
    seen = pl.DataFrame(
        {
            "week": (FIRST + week).astype(np.int32),
            "is_open": is_open,
            "ms": (days * DAY_MS).astype(np.int64),
        }
    ).with_columns(stays.tenth_bin_of("ms"), n=pl.lit(1.0), days=pl.col("ms") / DAY_MS)
    grid = Grid(seen, end)
    assert len(grid.bin_days) == 14

    fine = (np.arange(14 * 1000) + 0.5) / 1000
    still = kaplan_meier(days, is_open, fine)
    room = (end - grid.week - 0.5) * 7
    expected = [still[fine < min(each, 14)].sum() / 1000 for each in room]
    assert grid.expected(np.ones(len(grid.week), dtype=bool)) == pytest.approx(expected, abs=0.002)
    ordinary = grid.week % 2 == 0
    of_these = np.isin(FIRST + week, grid.week[ordinary])
    still = kaplan_meier(days[of_these], is_open[of_these], fine)
    expected = [still[fine < min(each, 14)].sum() / 1000 for each in room]
    assert grid.expected(ordinary) == pytest.approx(expected, abs=0.002)


# ---- who is present ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_who_is_present_by_counting(seed: int) -> None:
    """Of waits of whole weeks, that began in the middle of one."""
    rng = np.random.default_rng(seed)
    came = FIRST + rng.integers(0, 40, 600) + 0.5
    days = 7.0 * rng.integers(1, 9, 600)
    end = FIRST + 45.0
    found = course(stays_of(came, days, end), end)

    assert found is not None
    left = came + days / 7
    assert found.present.tolist() == [
        ((came < week) & (left > week)).sum() for week in found.week.tolist()
    ]


def test_a_standing_queue_is_present_in_every_week() -> None:
    """Little's law: as many as come in the time that one waits."""
    came = arrivals(1)
    found = course(stays_of(came, np.full(len(came), 35.0), FAR), FAR)

    assert found is not None
    assert found.present[10:].mean() == pytest.approx(5 * A_WEEK, rel=0.02)


# ---- a group since when --------------------------------------------------------------------------


def of_group(
    first: int, last: int, weeks: int = WEEKS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weeks, excess, and days of a group of ten a week, that waits twice as long for a while."""
    week = np.arange(weeks)
    excess = np.where((week >= first) & (week < last), 50.0, 0.0)
    return FIRST + week, excess, 50.0 + excess


@pytest.mark.parametrize(("first", "last"), [(40, 60), (30, 100)])
def test_since_when_a_group_is_slow(first: int, last: int) -> None:
    span = since(*of_group(first, last), length=WEEKS)

    assert span is not None
    assert abs(span[0] - FIRST - first) <= 3
    assert abs(span[1] - FIRST - (last - 1)) <= 3


@pytest.mark.parametrize(("first", "last"), [(0, 100), (0, 50), (0, 0), (50, 54)])
def test_a_group_that_is_slow_all_along_has_no_window(first: int, last: int) -> None:
    assert since(*of_group(first, last), length=WEEKS) is None


def test_the_order_of_entries_changes_nothing() -> None:
    weeks, excess, days = of_group(40, 60)
    halves = (np.concatenate([each[::-1], each]) for each in (weeks, excess / 2, days / 2))

    assert since(*halves, length=WEEKS) == since(weeks, excess, days, length=WEEKS)


def test_a_group_that_was_there_for_a_while_only_has_no_window() -> None:
    assert since(*of_group(20, 30, weeks=45), length=WEEKS) is None
