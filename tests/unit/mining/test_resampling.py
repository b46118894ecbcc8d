# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ranges: the same every time, around the value, and as wide as they say."""

from __future__ import annotations

import numpy as np
import pytest

from mining.why.resampling import REPLICATES, Blocks, doubted, rank_ranges, spread
from tests.processes import printed_by_processes

WEEKS = 104


def weekly(seed: int, n: int = WEEKS) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 5.0, n)  # mean 10


def replicates(amounts: np.ndarray, first: int = 2800) -> np.ndarray:
    weeks = first + np.arange(len(amounts))
    blocks = Blocks(first, first + len(amounts) - 1)
    return blocks.replicates(weeks, amounts, np.ones(len(amounts)))


_PRINT = """
from tests.unit.mining.test_resampling import replicates, weekly
print(replicates(weekly(1)).tolist())
"""


def test_the_same_every_time() -> None:
    found = replicates(weekly(1)).tolist()

    assert printed_by_processes(_PRINT) == {str(found)}
    assert len(found) == REPLICATES


def test_it_depends_on_the_place_in_the_log_only() -> None:
    assert replicates(weekly(1), 2800).tolist() == replicates(weekly(1), 0).tolist()


def test_the_order_of_entries_changes_nothing() -> None:
    amounts, blocks = weekly(1), Blocks(0, WEEKS - 1)
    order = np.random.default_rng(1).permutation(WEEKS)
    weeks, came = np.arange(WEEKS), weekly(2)

    shuffled = blocks.replicates(weeks[order], amounts[order], came[order])
    assert shuffled == pytest.approx(blocks.replicates(weeks, amounts, came))


@pytest.mark.parametrize("seed", range(5))
def test_replicates_lie_around_the_value(seed: int) -> None:
    amounts = weekly(seed)
    found = replicates(amounts)

    assert found.mean() == pytest.approx(amounts.sum(), rel=0.02)
    # the error of a sum of so many that differ so much
    assert found.std() == pytest.approx(amounts.std() * np.sqrt(WEEKS), rel=0.5)


def test_amounts_in_proportion_to_who_came_are_certain() -> None:
    came = weekly(1)
    found = Blocks(0, WEEKS - 1).replicates(np.arange(WEEKS), 3 * came, came)

    assert found == pytest.approx(np.full(REPLICATES, 3 * came.sum()))


def test_the_range_of_the_mean_covers_it_nine_times_in_ten() -> None:
    hits = 0
    for seed in range(200):
        amounts = weekly(seed)
        low, high = spread(replicates(amounts), amounts.sum())
        hits += low <= 10 * WEEKS <= high

    assert 0.8 <= hits / 200 <= 0.97


def test_weeks_that_are_alike_for_a_month_widen_the_range() -> None:
    alone = np.random.default_rng(1).gamma(2, 5, 400)
    alike = np.repeat(np.random.default_rng(1).gamma(2, 5, 100), 4)

    assert replicates(alike).std() > 1.5 * replicates(alone).std()


@pytest.mark.parametrize("weeks", [1, 2, 19, 20, 81])
def test_short_logs(weeks: int) -> None:
    amounts = weekly(1, weeks)
    found = replicates(amounts)

    assert np.isfinite(found).all()
    assert spread(found, amounts.sum())[0] <= amounts.sum() <= spread(found, amounts.sum())[1]


@pytest.mark.parametrize("came", [[], [0.0, 0.0]])
def test_nobody_came(came: list[float]) -> None:
    none = np.array(came)
    found = Blocks(0, 9).replicates(np.arange(len(none)), none, none)

    assert found.tolist() == [0] * REPLICATES


@pytest.mark.parametrize(("value", "expected"), [(50, (5, 95)), (2, (2, 95)), (99, (5, 99))])
def test_the_spread_holds_nine_tenths_and_the_value(
    value: float, expected: tuple[float, float]
) -> None:
    assert spread(np.arange(101.0), value) == expected


def test_doubt_widens() -> None:
    certain = np.full(REPLICATES, 100.0)

    assert doubted(certain, 0.0).tolist() == certain.tolist()
    assert doubted(certain, 0.2).std() == pytest.approx(20, rel=0.1)
    assert doubted(certain, 0.2).mean() == pytest.approx(100, rel=0.02)


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([], []),
        ([5], [(1, 1)]),
        ([300, 200, 100], [(1, 1), (2, 2), (3, 3)]),
        ([100, 300, 200], [(3, 3), (1, 1), (2, 2)]),
        ([300, 100, 100.1], [(1, 1), (2, 3), (2, 3)]),
    ],
)
def test_ranks(means: list[float], expected: list[tuple[int, int]]) -> None:
    items = [
        mean + np.random.default_rng(n).standard_normal(REPLICATES) for n, mean in enumerate(means)
    ]

    assert rank_ranges(items) == expected
