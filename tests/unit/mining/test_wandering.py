# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Weeks that tell of each other, and queues that grow by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from mining.why.wandering import by_wandering, has_grown, wanders

CAME = np.full(60, 20.0)
ALL = np.ones(60, dtype=np.bool_)


@given(st.integers(0, 2**32 - 1))
def test_the_long_run_variance_by_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    excess, among = rng.normal(0, 10, 60), rng.random(60) < 0.8
    mean = sum(excess[among]) / sum(CAME[among])
    over = [e - c * mean if a else 0.0 for e, c, a in zip(excess, CAME, among, strict=True)]
    long_run = sum(
        over[a] * over[b] * max(0.0, 1 - abs(a - b) / 9) for a in range(60) for b in range(60)
    )
    variance = long_run / 2 / sum(CAME[among])

    assert wanders(excess, CAME, variance * 0.999, among)
    assert not wanders(excess, CAME, variance * 1.001, among)


def test_weeks_of_single_stays_do_not_wander() -> None:
    """But for the few that do by chance."""
    drawn = [np.random.default_rng(seed).normal(0, np.sqrt(20), 60) for seed in range(100)]

    assert sum(wanders(excess, CAME, 1.0, ALL) for excess in drawn) <= 3


def test_no_weeks_do_not_wander() -> None:
    assert not wanders(np.zeros(60), CAME, 1.0, ~ALL)
    assert wanders(np.array([1.0, -1.0]), CAME[:2], 0.001, ALL[:2])


@pytest.mark.parametrize(("growth", "expected"), [(0, False), (55, False), (56, True)])
def test_a_queue_grows_by_chance_as_a_random_walk(growth: int, expected: bool) -> None:  # noqa: FBT001
    """In ten weeks 200 came, and 56 fewer went: 56 ÷ √344 is over three standard errors."""
    present = np.interp(np.arange(60), [20, 30, 40], [5.0, 5.0 + growth, 5.0])

    assert has_grown(present, CAME, (20, 40)) is expected


@pytest.mark.parametrize("span", [(20, 20), (0, 59)])
def test_a_queue_that_does_not_grow(span: tuple[int, int]) -> None:
    assert not has_grown(np.full(60, 100.0), CAME, span)


@given(st.lists(st.floats(0.2, 5), min_size=6, max_size=6))
def test_of_one_cut_it_is_the_t_test(times: list[float]) -> None:
    """The others waited a day a week; the group so many times as long in each sixth."""
    days = np.repeat(times, 10)

    found = by_wandering(days, days - 1.0, cuts=1)

    if np.log(times).mean() <= 0:
        assert found == 1.0
    elif np.ptp(times) > 0.01:
        assert found == pytest.approx(ttest_1samp(np.log(times), 0.0).pvalue, rel=1e-6)


def test_more_cuts_more_chance() -> None:
    days = np.repeat([1.2, 1.3, 1.5, 1.1, 1.4, 1.2], 10)

    chances = [by_wandering(days, days - 1.0, cuts) for cuts in (1, 2, 5)]

    assert chances == sorted(chances)
    assert chances[0] < 0.01


@pytest.mark.parametrize("days", [np.zeros(60), np.eye(1, 60)[0]])
def test_what_was_waited_in_one_part_only_tells_nothing(days: np.ndarray) -> None:
    assert by_wandering(days, days / 2, cuts=1) == 1.0


@pytest.mark.parametrize(("times", "is_clear"), [(2.0, True), (0.5, False)])
def test_only_a_group_that_waits_longer_is_slow(times: float, is_clear: bool) -> None:  # noqa: FBT001
    """All along twice as long as others, or half as long, but for a little in each part."""
    usual = np.full(60, 100.0)
    days = usual * times * np.repeat([1.0, 1.01, 0.99, 1.02, 0.98, 1.0], 10)

    assert (by_wandering(days, days - usual, 1) <= 0.05) is is_clear
