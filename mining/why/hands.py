# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether fewer people than usual finished a step while cases waited longer for it.

When less is finished, fewer people are seen to finish something, even if nobody is away and all
cases just take longer. So people are compared with how many would have been seen in an ordinary
week if as little had been finished in it (rarefaction; Hurlbert 1971, "The nonconcept of species
diversity", *Ecology* 52). Fewer than that shows that people were away
(``docs/methods/capacity.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from mining.survival import Floats
from mining.why import windows
from mining.why.levels import summed_around
from mining.why.windows import Course

Hands = Mapping[int, Sequence[int]]
"""How often each person finished a step, by week."""

_FEWER = 0.95  # of the people in ordinary weeks
_CLEAR = 4.0  # standard errors
_LEAST_WEEKS = 13
_LEAST_RUN = 4  # weeks with fewer people in a row
_EARLIER = 4  # weeks: cases that came before people were away waited for them too
_RISEN = 0.5  # of the highest rise: a rise from before people were away is not for lack of them


def fewer_hands(
    hands: Hands, course: Course, span: tuple[int, int]
) -> tuple[tuple[int, int], float] | None:
    """The weeks around a window with fewer people, and which share of the usual; null: as many.

    Cases still wait long for a week or two after people came back. The weeks without them are the
    cause, so those are told.
    """
    count = np.array([len(hands.get(int(week), ())) for week in course.week], dtype=float)
    ordinary = _ordinary(course)
    if ordinary.sum() < _LEAST_WEEKS or not count[ordinary].mean():
        return None
    usual = float(count[ordinary].mean())
    run = _longest_run(count, usual, course, span)
    if run is None or course.came[run[0] : run[1] + 1].sum() < windows.LEAST_STAYS:
        return None
    few = count[run[0] : run[1] + 1]
    error = np.sqrt(count[ordinary].var() / ordinary.sum() + few.var() / len(few))
    at_most = _as_little_done(hands, course, ordinary, run)
    if few.mean() > _FEWER * at_most or at_most - few.mean() < _CLEAR * error:
        return None
    return run, float(few.mean() / usual)


def _ordinary(course: Course) -> NDArray[np.bool_]:
    """The weeks to compare with: none in a window, just before one or just after."""
    ordinary = np.ones(len(course.week), dtype=np.bool_)
    for first, last in course.spans:
        ordinary[max(first - _EARLIER, 0) : last + _EARLIER + 1] = False
    ordinary[:2] = ordinary[-2:] = False
    return ordinary


def _longest_run(
    count: Floats, usual: float, course: Course, span: tuple[int, int]
) -> tuple[int, int] | None:
    """The longest run of weeks with fewer people that began before most of the rise was there."""
    first, last = span
    smooth = summed_around(count, 3) / summed_around(np.ones(len(count)), 3)
    low = smooth <= _FEWER * usual
    low[: max(first - _EARLIER, 0)] = low[last + 1 :] = False
    rise = course.level[first : last + 1] - 1
    risen = first + int(np.argmax(np.nan_to_num(rise) >= _RISEN * np.nanmax(rise)))
    runs = [run for run in windows.runs(low, _LEAST_RUN) if run[0] <= risen]
    return max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=None)


def _as_little_done(
    hands: Hands, course: Course, ordinary: NDArray[np.bool_], run: tuple[int, int]
) -> float:
    """How many people a week would have been seen in a run had nobody been away."""
    usual = [hands.get(int(week), ()) for week in course.week[ordinary]]
    done = [sum(hands.get(int(week), ())) for week in course.week[run[0] : run[1] + 1]]
    return float(np.mean([seen_in(each, n) for n in done for each in usual]))


def seen_in(times: Sequence[int], n: int) -> float:
    """How many people are seen, on average, in ``n`` of all completions.

    Args:
        times: how often each person finished something.
        n: how many completions are looked at; all, if there are fewer.
    """
    each = np.array(times, dtype=float)
    all_ = each.sum()
    if n >= all_:
        return float(len(each))
    others = all_ - each
    unseen = np.exp(_log_ways(others, n) - _log_ways(all_, n), where=others >= n, out=0 * each)
    return float((1 - unseen).sum())


def _log_ways(of: Floats | float, n: int) -> Floats:
    """The logarithm of the number of ways to take ``n`` out of ``of``."""
    rest = np.maximum(np.asarray(of) - n, 0.0)
    ways: Floats = gammaln(np.asarray(of) + 1) - gammaln(n + 1) - gammaln(rest + 1)
    return ways
