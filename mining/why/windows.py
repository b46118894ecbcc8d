# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the wait for a step went over the weeks, and since when it is longer.

A window is a run of weeks whose level (``mining.why.levels``) is well above the ordinary, with
ordinary weeks before it: without a before, nobody can say that something changed. How far the level
wanders by itself is measured outside the window. A window lasts until a week shows that it is over.
The last weeks do not show that: their cases cannot have waited much longer than is ordinary yet.

No window rests on a few forgotten cases: the nine longest stays of a queue are taken to be as long
as the tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.survival import Floats
from mining.why.levels import Grid, by_week, summed_around
from mining.why.wandering import has_grown, wanders

_LEAST_WEEKS = 8  # the shortest window
_BEFORE_WEEKS = 8  # ordinary weeks that must come before it
_HIGH = 1.15  # times the ordinary wait, in all weeks of the core of a window ...
_HIGHER = 1.2  # ... and on the mean of the window
_WANDERS = 2.5  # standard deviations of ordinary weeks that a window lies above them
_BEGINS, _ENDS = 0.25, 0.5  # shares of the highest rise where a window begins and ends
_BEGINS_AT_MOST = 0.5  # above the ordinary, however high it rises later
_LONGEST = 0.75  # of the log: anything longer is how things are
_ORDINARY = 0.5  # share of weeks, the lowest, that count as ordinary before a window is known
_LOWEST = 0.1
_CLEAR = 5.0  # standard errors: so many because the window was chosen for being high
CLEAR_RISE = 1.35
"""Times the ordinary wait, from which a window is told where no queue wanders."""
LEAST_STAYS = 30
"""Weeks in which fewer stays began are not compared with others."""
_NOT_SLOW = 1.1  # times the rest: a group is not slow outside its window
_FEW = 10  # stays: what fewer show is not told
_HALF_A_BIN = 0.05  # of a wait: stays that differ less share a bin, as if they did not differ

Risen = Callable[[float], Floats]
"""How much of a rise each week shows; NaN where that is not known."""


@dataclass(frozen=True)
class Course:
    """The wait for a step over ``B`` consecutive weeks.

    Attributes:
        week: ``(B,)`` the weeks; ``came``: how many stays began in each.
        days: ``(B,)`` what they have waited so far, all together.
        present: ``(B,)`` how many waited when the week began.
        level: ``(B,)`` their wait relative to ordinary weeks; NaN where too little is known.
        excess: ``(B,)`` days beyond what as many would have waited in ordinary weeks.
        spans: windows, as index of the first and last week; the one with most excess first.
        ordinary_days: mean wait of ordinary weeks; ``deviation_days``: the standard deviation of
            a wait in them.
        over_lowest: as ``excess``, but beyond the tenth of the weeks with the shortest wait;
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
    if weeks["n"].sum() < LEAST_STAYS:
        return None
    grid = Grid(_without_extremes(weeks), end_week)
    ordinary = grid.lowest(_ORDINARY)
    spans: tuple[tuple[int, int], ...] = ()
    for _ in range(3):  # what is ordinary depends on the windows, and they on what is ordinary
        level = grid.level(ordinary)
        found = _spans(level, partial(grid.risen, ordinary))
        if found == spans:
            break
        spans = found
        ordinary = ~busy_weeks(level, spans) if spans else grid.lowest(_ORDINARY)
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


def _without_extremes(weeks: pl.DataFrame) -> pl.DataFrame:
    """The stays; the nine that lasted longest count as long as the tenth."""
    by_bin = weeks.group_by("bin").agg(pl.col("n", "days").sum()).sort("bin", descending=True)
    most = by_bin.filter(pl.col("n").cum_sum() >= _FEW).row(0, named=True)
    is_longer = pl.col("bin") > most["bin"]
    return weeks.with_columns(
        days=pl.when(is_longer).then(pl.col("n") * most["days"] / most["n"]).otherwise("days"),
        bin=pl.when(is_longer).then(pl.lit(most["bin"], weeks.schema["bin"])).otherwise("bin"),
    )


def is_clear(course: Course, span: tuple[int, int], rise: float = CLEAR_RISE) -> bool:
    """Whether a window is so far above other weeks, with so many stays, that it is no chance."""
    is_high = _mean_level(course.level, span) >= rise and span in _clear(course, ())
    return is_high and not _may_wander(course, span)


def _may_wander(course: Course, span: tuple[int, int]) -> bool:
    """Whether a window may be just how its queue wanders, as it does outside windows."""
    usual = ~busy_weeks(course.level, course.spans)
    variance = course.deviation_days**2 + (_HALF_A_BIN * course.ordinary_days) ** 2
    does = wanders(course.excess, course.came, variance, usual)
    return does and not has_grown(course.present, course.came, span)


def told_spans(course: Course) -> list[tuple[int, int]]:
    """The window with the most excess, and all others that are clear: a season comes every year."""
    return _clear(course, course.spans[:1])


def _clear(course: Course, known: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """The windows that are known, and those that are clear.

    A clear window is no longer among the weeks that the others are compared with.
    """
    clear = list(known)
    for _ in course.spans:
        clear += [
            span
            for span in course.spans
            if span not in clear
            and _stands_out(course, span, ~busy_weeks(course.level, [*clear, span]))
        ]
    return clear


def _stands_out(course: Course, span: tuple[int, int], rest: NDArray[np.bool_]) -> bool:
    """Whether a window lies above ordinary weeks, and above the rest, by more than chance.

    Ordinary weeks were chosen for being low, so they alone do not show it.
    """
    weeks = slice(span[0], span[1] + 1)
    came, excess = float(course.came[weeks].sum()), float(course.excess[weeks].sum())
    if came < LEAST_STAYS or _mean_level(course.level, span) < CLEAR_RISE:
        return False
    others = max(float(course.came[rest].sum()), 1.0)
    over_rest = excess - came * float(course.excess[rest].sum()) / others
    chance = _CLEAR * course.deviation_days * np.sqrt(came)
    return bool(excess >= chance and over_rest >= chance * np.sqrt(1 + came / others))


def since(
    weeks: NDArray[np.int64], excess: Floats, days: Floats, length: int
) -> tuple[int, int] | None:
    """The one window in which a group waited longer than the rest; null where there is none.

    Args:
        weeks: of each entry, in any order.
        excess: days beyond the rest, by entry.
        days: all of the group's waiting, by entry.
        length: of the log, in weeks.
    """
    first = int(weeks.min())
    over, usual = map(summed_around, by_week(weeks, excess, days - excess))
    level = np.where(usual > 0, 1 + over / np.maximum(usual, 1e-12), np.nan)
    found = [
        span
        for span in _spans(level, lambda rise: (level - 1) / rise)
        if np.nanmean(level[_outside([span], len(level))]) < _NOT_SLOW
    ]
    if len(found) != 1 or len(level) < length / 2:
        return None
    return first + found[0][0], first + found[0][1]


def _spans(level: Floats, risen: Risen) -> tuple[tuple[int, int], ...]:
    """The windows, in order of time."""
    cores = runs(level >= _HIGH, _LEAST_WEEKS)
    spans = sorted({_widened(level, risen, core) for core in cores})
    outside = level[_outside(spans, len(level)) & np.isfinite(level)]
    if len(outside) < _BEFORE_WEEKS:
        return ()
    above = np.mean(outside) + _WANDERS * np.std(outside)
    return tuple(
        span for span in spans if _is_window(level, span) and _mean_level(level, span) > above
    )


def runs(high: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """The first and last index of every run of at least ``least``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]]).astype(np.int8)))
    pairs = zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True)
    return [(first, last) for first, last in pairs if last - first + 1 >= least]


def _widened(level: Floats, risen: Risen, core: tuple[int, int]) -> tuple[int, int]:
    """The window around a core: from where the rise begins to where half of it is gone.

    A queue that grew is still there for a while after its cause has gone: hence the half.
    """
    first, last = core
    rise = float(np.nanmax(level[first : last + 1])) - 1.0
    begins = 1 + min(_BEGINS * rise, _BEGINS_AT_MOST)
    while first > 0 and level[first - 1] >= begins:
        first -= 1
    while level[first] < begins:
        first += 1
    return first, _last(risen(rise), first, last)


def _last(shown: Floats, first: int, last: int) -> int:
    """The last week before one that shows less than half of the rise; else the last of all.

    Args:
        shown: how much of the rise each week shows.
        first: first week of the window.
        last: last week of its core.
    """
    while last > first and shown[last] < _ENDS:
        last -= 1
    gone = np.flatnonzero(shown[last:] < _ENDS)
    if not len(gone):
        return len(shown) - 1
    end = last + int(gone[0]) - 1
    while end > last and np.isnan(shown[end]):
        end -= 1
    return end


def busy_weeks(level: Floats, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """The weeks of windows, and those after each until its queue is gone."""
    weeks = ~_outside(spans, len(level))
    for _, last in spans:
        end = last
        while end + 1 < len(weeks) and level[end + 1] > 1:
            end += 1
        weeks[last : end + 1] = True
    return weeks


def _is_window(level: Floats, span: tuple[int, int]) -> bool:
    first, last = span
    return (
        first >= _BEFORE_WEEKS
        and last - first + 1 >= _LEAST_WEEKS
        and last - first + 1 <= _LONGEST * len(level)
        and _mean_level(level, span) >= _HIGHER
    )


def _mean_level(level: Floats, span: tuple[int, int]) -> float:
    return float(np.nanmean(level[span[0] : span[1] + 1]))


def _outside(spans: Sequence[tuple[int, int]], n: int) -> NDArray[np.bool_]:
    outside = np.ones(n, dtype=np.bool_)
    for first, last in spans:
        outside[first : last + 1] = False
    return outside
