# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether people were away, or only less was finished.

A week counts with the one before it and the one after: so a run is a week longer at both ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from mining.why.hands import fewer_hands, seen_in
from mining.why.windows import Course

WEEKS = 60
LONGER = (30, 49)  # weeks in which cases wait twice as long
USUAL = (4, 4, 4, 4, 4)


def course(rise_from: int = LONGER[0]) -> Course:
    weeks, flat = np.arange(WEEKS), np.full(WEEKS, 20.0)
    is_longer = (weeks >= rise_from) & (weeks <= LONGER[1])
    level = np.where(is_longer, 2.0, 1.0)
    return Course(
        week=weeks,
        came=flat,
        days=flat * level,
        present=flat,
        level=level,
        excess=flat * (level - 1),
        spans=(LONGER,),
        ordinary_days=1.0,
        deviation_days=1.0,
        over_lowest=flat * (level - 1),
        lowest_days=1.0,
    )


def hands(few: Sequence[int], first: int, last: int) -> dict[int, Sequence[int]]:
    return {week: few if first <= week <= last else USUAL for week in range(WEEKS)}


@pytest.mark.parametrize(
    ("few", "first", "last", "expected"),
    [
        pytest.param((4, 4), 30, 36, ((29, 37), 24 / 45), id="two who do as much each"),
        pytest.param((10, 10), 30, 36, ((29, 37), 24 / 45), id="two who do the work of five"),
        pytest.param((4, 4), 27, 33, ((26, 34), 24 / 45), id="away before it took longer"),
        pytest.param((1, 1), 30, 36, None, id="only two were finished"),
        pytest.param((1, 1, 1), 30, 36, None, id="so few that most are not seen"),
        pytest.param((4, 4), 40, 48, None, id="away when it took long already"),
        pytest.param((4, 4), 30, 31, None, id="away for two weeks"),
        pytest.param((4, 4), 10, 20, None, id="away when it took no longer"),
        pytest.param(USUAL, 30, 36, None, id="nobody away"),
    ],
)
def test_people_who_were_away(
    few: Sequence[int], first: int, last: int, expected: tuple[tuple[int, int], float] | None
) -> None:
    assert fewer_hands(hands(few, first, last), course(), LONGER) == expected


@pytest.mark.parametrize("n", range(8))
@pytest.mark.parametrize("times", [(1, 2, 3), (5,), (1, 1, 1), (6, 1)])
def test_how_many_are_seen_in_fewer_by_counting(times: tuple[int, ...], n: int) -> None:
    done = [who for who, often in enumerate(times) for _ in range(often)]
    ways = list(combinations(done, min(n, len(done))))

    expected = sum(len(set(way)) for way in ways) / len(ways)
    assert seen_in(times, n) == pytest.approx(expected)
