# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a busy queue was only longer for a while because it wandered, as every busy queue does.

Stays in one queue tell of each other: who comes behind a long queue waits long, and so does who
comes next. At a desk that is busy nine tenths of the time the waits of months are twice those of
others, though nothing changed. Counts of stays say nothing of that; how weeks differ from each
other does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from mining.survival import Floats

_TELLING_WEEKS = 8  # that weeks may tell of each other
_ALIKE = 2.0  # times the variance of stays that know nothing of each other
_CLEAR = 3.0  # standard errors: with more, small queues that grew for a cause are passed over
_PARTS = 6  # of the time that a group is compared over: so few hardly tell of each other


def wanders(excess: Floats, came: Floats, variance: float, among: NDArray[np.bool_]) -> bool:
    """Whether weeks differ, from each other and for long, by more than single stays explain.

    Their variance is taken over weeks that follow on each other (Newey and West 1987).

    Args:
        excess: ``(B,)`` days by week.
        came: ``(B,)`` how many stays they are of.
        variance: of a stay.
        among: the weeks that are looked at.
    """
    n = float(came[among].sum())
    if n == 0:
        return False
    over = np.where(among, excess - came * excess[among].sum() / n, 0.0)
    long_run = float(over @ over) + sum(
        2 * (1 - lag / (_TELLING_WEEKS + 1)) * float(over[lag:] @ over[:-lag])
        for lag in range(1, min(_TELLING_WEEKS + 1, len(over)))
    )
    return long_run >= _ALIKE * variance * n


def has_grown(present: Floats, came: Floats, span: tuple[int, int]) -> bool:
    """Whether a queue grew in a window by more than comes of who happens to come and go.

    As in a random walk: as many came and went by chance more or fewer as the root of their number.

    Args:
        present: ``(B,)`` how many waited when each week began.
        came: ``(B,)`` how many came in it.
        span: first and last week of the window, as indices.
    """
    first, last = span
    highest = first + int(np.argmax(present[first : last + 1]))
    growth = float(present[highest] - present[first])
    came_then = float(came[first:highest].sum())
    went_then = max(came_then - growth, 0.0)
    return growth > 0 and growth >= _CLEAR * float(np.sqrt(came_then + went_then))


def by_wandering(days: Floats, excess: Floats, cuts: int) -> float:
    """The chance of a group as slow where both sides wander, by how parts of the time differ.

    A t-test on how many times as long a group waited in each part as the others, in logarithms,
    with Scheffé's correction for the choice among cuts. It is 1 where it cannot be told, or
    where the group is on the whole no slower.

    Args:
        days: ``(B,)`` waited by the group, by week.
        excess: ``(B,)`` days beyond the others.
        cuts: how many there were to choose from.
    """
    parts = np.array_split(np.arange(len(days)), _PARTS)
    mine, usual = (np.array([each[p].sum() for p in parts]) for each in (days, days - excess))
    told = (mine > 0) & (usual > 0)
    freedom = int(told.sum()) - 1
    if freedom < 1:
        return 1.0
    times = np.log(mine[told] / usual[told])
    if times.mean() <= 0:
        return 1.0
    square = (freedom + 1) * times.mean() ** 2 / max(float(times.var(ddof=1)), 1e-12)
    return float(fdtrc(cuts, freedom, square / cuts))
