# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the wait for a step went over the weeks: since when it is longer, and whether queues do it.

The level of a week is the mean wait of those who came in it against the wait of an ordinary week
over the same time: cases that came last week have waited a week at most, so they are held against
the first week of an ordinary wait (restricted mean, Irwin 1949; Royston and Parmar 2013). A window
is a run of weeks well above the ordinary, with ordinary weeks before it: without a before, nobody
can say that something changed. How far the level wanders by itself is measured outside the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.stays import WEEK_DAYS
from mining.survival import Floats, leaving

_SMOOTH_WEEKS = 5
_LEAST_WEEKS = 8  # a window is no shorter
_BEFORE_WEEKS = 8  # ordinary weeks that must come before it
_HIGH = 1.15  # times the ordinary wait, in all weeks of the core of a window ...
_HIGHER = 1.2  # ... and on the mean of the window
_WANDERS = 2.5  # standard deviations of ordinary weeks that a window lies above them
_BEGINS, _ENDS = 0.25, 0.5  # share of the rise at its highest, where a window begins and ends
_LONGEST = 0.75  # of the log: what is longer is how things are
_ORDINARY = 0.5  # share of weeks, the lowest, that are ordinary before a window is known
_LOWEST = 0.1
_SEEN = 0.8  # of an ordinary wait: whoever came later has not shown whether theirs is longer
_CLEAR = 5.0  # standard errors: the window was chosen for being high
CLEAR_RISE = 1.35
"""Times the ordinary wait, from which a window is told of a step where no queue wanders."""
_NOT_SLOW = 1.1  # a group is not slow outside its window
_LEAST_STAYS = 30


@dataclass(frozen=True)
class Course:
    """The wait for a step over ``B`` consecutive weeks.

    Attributes:
        week: ``(B,)`` the weeks; ``came`` how many stays began in each.
        days: ``(B,)`` what they have waited so far, all together.
        present: ``(B,)`` how many waited when the week began.
        level: ``(B,)`` their wait against that of ordinary weeks; NaN where too little is known.
        excess: ``(B,)`` days beyond what as many would have waited in ordinary weeks.
        spans: windows, as index of the first week and of the last; the one with most excess first.
        ordinary_days: mean wait of ordinary weeks; ``deviation_days`` the standard deviation of
            a wait in them.
        over_lowest: as ``excess``, beyond the tenth of the weeks with the shortest wait;
            ``lowest_days``: their mean wait.
    """

    week: NDArray[np.int64]
    came: Floats
    days: Floats
    present: Floats
    level: Floats
    excess: Floats
    spans: tuple[tuple[int, int], ...]
    ordinary_days: float
    deviation_days: float
    over_lowest: Floats
    lowest_days: float


def course(weeks: pl.DataFrame, end_week: float) -> Course | None:
    """The course of one queue; null where too few came.

    Args:
        weeks: ``is_open, week, bin, n, days`` of stays, pauses left out.
        end_week: when the log ends, in weeks.
    """
    if weeks["n"].sum() < _LEAST_STAYS:
        return None
    grid = _Grid(weeks, end_week)
    ordinary = grid.lowest(_ORDINARY)
    spans: tuple[tuple[int, int], ...] = ()
    for _ in range(3):  # what is ordinary depends on the windows, and they on what is ordinary
        level = grid.level(ordinary)
        found = _spans(level)
        if found == spans:
            break
        spans = found
        ordinary = _outside(spans, len(level)) if spans else grid.lowest(_ORDINARY)
    excess = grid.excess(ordinary)
    ranked = sorted(spans, key=lambda span: -excess[span[0] : span[1] + 1].sum())
    lowest = grid.lowest(_LOWEST)
    return Course(
        week=grid.week,
        came=grid.came,
        days=grid.days,
        present=grid.present(),
        level=level,
        excess=excess,
        spans=tuple(ranked),
        ordinary_days=float(grid.expected(ordinary).max()),
        deviation_days=grid.deviation(ordinary),
        over_lowest=np.maximum(grid.excess(lowest), 0.0),
        lowest_days=float(grid.expected(lowest).max()),
    )


def is_clear(course: Course, span: tuple[int, int], rise: float = CLEAR_RISE) -> bool:
    """Whether a window is so much above ordinary weeks, and with so many, that it is no chance."""
    weeks = slice(span[0], span[1] + 1)
    error = course.deviation_days * np.sqrt(course.came[weeks].sum())
    is_high = float(np.nanmean(course.level[weeks])) >= rise
    is_many = float(course.came[weeks].sum()) >= _LEAST_STAYS
    return is_many and is_high and bool(course.excess[weeks].sum() >= _CLEAR * error)


def inside(course: Course) -> NDArray[np.bool_]:
    """The weeks of all windows, and those after each until its queue has gone."""
    weeks = np.zeros(len(course.week), dtype=np.bool_)
    for first, last in course.spans:
        end = last
        while end + 1 < len(weeks) and course.level[end + 1] > 1:
            end += 1
        weeks[first : end + 1] = True
    return weeks


def since(
    weeks: NDArray[np.int64], excess: Floats, days: Floats, length: int
) -> tuple[int, int] | None:
    """The weeks in which a group waited longer than the rest, where there are others.

    Args:
        weeks: of each entry, in any order.
        excess: days beyond the rest, by entry.
        days: all of the group's waiting, by entry.
        length: of the log, in weeks.
    """
    first = int(weeks.min())
    over, usual = np.zeros(int(weeks.max()) - first + 1), np.zeros(int(weeks.max()) - first + 1)
    np.add.at(over, weeks - first, excess)
    np.add.at(usual, weeks - first, days - excess)
    over, usual = summed_around(over), summed_around(usual)
    level = np.where(usual > 0, 1 + over / np.maximum(usual, 1e-12), np.nan)
    found = [
        span
        for span in _spans(level)
        if np.nanmean(level[_outside([span], len(level))]) < _NOT_SLOW
    ]
    if len(found) != 1 or len(level) < length / 2:
        return None
    return first + found[0][0], first + found[0][1]


def summed_around(weekly: Floats, weeks: int = _SMOOTH_WEEKS) -> Floats:
    """``(B,)`` sums over an odd number of weeks around each, as far as there are."""
    sums: Floats = np.convolve(weekly, np.ones(weeks))[weeks // 2 :][: len(weekly)]
    return sums


class _Grid:
    """Counts by week ``B`` and bin ``K``."""

    def __init__(self, weeks: pl.DataFrame, end_week: float) -> None:
        first, last = int(weeks["week"].min()), int(weeks["week"].max())  # type: ignore[arg-type]
        self.week = np.arange(first, last + 1)
        bins = weeks["bin"].unique().sort()
        at = (
            weeks["week"].to_numpy() - first,
            bins.search_sorted(weeks["bin"]).to_numpy(),
        )
        shape = (len(self.week), len(bins))
        self.ended, self.still, self.time = (np.zeros(shape) for _ in range(3))
        is_open = weeks["is_open"].to_numpy()
        np.add.at(self.ended, at, np.where(is_open, 0.0, weeks["n"].to_numpy()))
        np.add.at(self.still, at, np.where(is_open, weeks["n"].to_numpy(), 0.0))
        np.add.at(self.time, at, weeks["days"].to_numpy())
        n = self.ended + self.still
        self.came, self.days = n.sum(axis=1), self.time.sum(axis=1)
        stands_for = self.time.sum(axis=0) / np.maximum(n.sum(axis=0), 1e-12)
        self.bin_days: Floats = np.maximum.accumulate(stands_for)
        self.room_days: Floats = np.maximum(end_week - self.week - 0.5, 0.0) * WEEK_DAYS

    def expected(self, ordinary: NDArray[np.bool_]) -> Floats:
        """``(B,)`` mean wait of each week, had it been an ordinary one."""
        estimate = leaving(
            self.ended[ordinary].sum(axis=0)[:, None], self.still[ordinary].sum(axis=0)
        )
        edges = np.concatenate([[0.0], self.bin_days])
        still = np.concatenate([[1.0], estimate.still])[:-1]
        area = np.concatenate([[0.0], np.cumsum(np.diff(edges) * still)])
        mean: Floats = np.interp(self.room_days, edges, area)
        return mean

    def deviation(self, ordinary: NDArray[np.bool_]) -> float:
        """The standard deviation of the waits that began in ordinary weeks, as far as they went."""
        n = (self.ended + self.still)[ordinary].sum(axis=0)
        if not n.sum():  # the weeks around those that anyone came in
            return np.inf
        mean = np.average(self.bin_days, weights=n)
        return float(np.sqrt(np.average((self.bin_days - mean) ** 2, weights=n)))

    def level(self, ordinary: NDArray[np.bool_]) -> Floats:
        """Smoothed; NaN where hardly anybody came or too little of a wait can be seen yet."""
        expected = self.expected(ordinary)
        days = summed_around(self.days)
        usual = summed_around(self.came * expected)
        told = (summed_around(self.came) >= _SMOOTH_WEEKS) & (expected >= _SEEN * expected.max())
        return np.where(told & (usual > 0), days / np.maximum(usual, 1e-12), np.nan)

    def excess(self, ordinary: NDArray[np.bool_]) -> Floats:
        """Days beyond the ordinary."""
        over: Floats = self.days - self.came * self.expected(ordinary)
        return over

    def lowest(self, share: float) -> NDArray[np.bool_]:
        """The weeks with the shortest waits, a share of those that can be told."""
        level = self.level(np.ones(len(self.week), dtype=np.bool_))
        if not np.isfinite(level).any():
            return np.ones(len(self.week), dtype=np.bool_)
        lowest: NDArray[np.bool_] = np.nan_to_num(level, nan=np.inf) <= np.nanquantile(level, share)
        return lowest

    def present(self) -> Floats:
        """How many waited at the beginning of each week."""
        middle = self.week[:, None] + 0.5 + self.bin_days[None, :] / WEEK_DAYS
        left = np.clip(np.floor(middle) - self.week[0], 0, len(self.week)).astype(np.int64)
        gone = np.zeros(len(self.week) + 1)
        np.add.at(gone, left, self.ended)
        came = np.concatenate([[0.0], np.cumsum(self.came)[:-1]])
        went = np.concatenate([[0.0], np.cumsum(gone[:-1])[:-1]])
        present: Floats = np.maximum(came - went, 0.0)
        return present


def _spans(level: Floats) -> tuple[tuple[int, int], ...]:
    """The windows, in order of time."""
    cores = runs(level >= _HIGH, _LEAST_WEEKS)
    spans = sorted({_widened(level, core) for core in cores})
    outside = level[_outside(spans, len(level)) & np.isfinite(level)]
    if len(outside) < _BEFORE_WEEKS:
        return ()
    usual, wanders = float(np.mean(outside)), float(np.std(outside))
    return tuple(
        span for span in spans if _is_window(level, span) and _rise(level, span, usual) > wanders
    )


def runs(high: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """First and last of every run of at least so many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]]).astype(np.int8)))
    pairs = zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True)
    return [(first, last) for first, last in pairs if last - first + 1 >= least]


def _widened(level: Floats, core: tuple[int, int]) -> tuple[int, int]:
    """From where the rise begins to where it has half gone; to the end where nothing more is known.

    A queue that grew is still there for a while when its cause has gone: hence the half.
    """
    first, last = core
    rise = float(np.nanmax(level[first : last + 1])) - 1.0
    while first > 0 and level[first - 1] >= 1 + _BEGINS * rise:
        first -= 1
    while level[first] < 1 + _BEGINS * rise:
        first += 1
    known = np.flatnonzero(np.isfinite(level))[-1]
    while last > first and level[last] < 1 + _ENDS * rise:
        last -= 1
    while last < known and level[last + 1] >= 1 + _ENDS * rise:
        last += 1
    return first, len(level) - 1 if last >= known - 1 else last


def _is_window(level: Floats, span: tuple[int, int]) -> bool:
    first, last = span
    return (
        first >= _BEFORE_WEEKS
        and last - first + 1 >= _LEAST_WEEKS
        and last - first + 1 <= _LONGEST * len(level)
        and float(np.nanmean(level[first : last + 1])) >= _HIGHER
    )


def _rise(level: Floats, span: tuple[int, int], usual: float) -> float:
    inside = level[span[0] : span[1] + 1]
    return float(np.nanmean(inside) - usual) / _WANDERS


def _outside(
    spans: tuple[tuple[int, int], ...] | list[tuple[int, int]], n: int
) -> NDArray[np.bool_]:
    outside = np.ones(n, dtype=np.bool_)
    for first, last in spans:
        outside[first : last + 1] = False
    return outside
