# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a busy queue was longer for a while only because it wandered, as busy queues do.

Stays in one queue depend on each other: a case behind a long queue waits long, and so does the
next. At a desk that is busy nine tenths of the time, the waits of some months are twice those of
others though nothing changed. Counts of stays do not show that; how weeks differ from each other
does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from mining.survival import Floats

_TELLING_WEEKS = 8  # that weeks may depend on each other
_ALIKE = 2.0  # times the variance of independent stays
_CLEAR = 3.0  # standard errors: with more, small queues that grew for a cause are passed over
_PARTS = 6  # of the time in which a group is compared: so few hardly depend on each other


def wanders(excess: Floats, came: Floats, variance: float, among: NDArray[np.bool_]) -> bool:
    """Whether weeks differ, from each other and for long, by more than single stays explain.

    The variance is taken over successive weeks (Newey and West 1987).

    Args:
        excess: ``(B,)`` days by week.
        came: ``(B,)`` how many stays those days are of.
        variance: of a stay.
        among: the weeks to look at.
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
    """Whether a queue grew in a window by more than the chance of who comes and goes.

    As in a random walk, chance is the root of how many came and went.

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
    """The chance of a group as slow if both sides wander, from how parts of the time differ.

    A t-test on the logarithms of how many times as long as the others the group waited in each
    part, with Scheffé's correction for the choice among cuts. It is 1 where it cannot be told, or
    where the group is no slower on the whole.

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
