# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long the cases that came in each week waited, against the ordinary wait over the same time.

Cases that came last week have waited a week at most, so they are compared with the first week of
an ordinary wait (restricted mean, Irwin 1949; Royston and Parmar 2013).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.survival import Floats, leaving
from mining.waiting.stays import WEEK_DAYS

_SMOOTH_WEEKS = 5
_SEEN = 0.8  # of an ordinary wait: cases that came later do not show yet whether they wait longer
_TOLD = 4.0  # standard errors between a rise and none, from which they can be told apart early


def summed_around(weekly: Floats, weeks: int = _SMOOTH_WEEKS) -> Floats:
    """``(B,)`` sums over an odd number of weeks around each week, as far as there are."""
    padded, n = np.pad(weekly, weeks // 2), len(weekly)
    sums: Floats = np.sum([padded[first : first + n] for first in range(weeks)], axis=0)
    return sums


def by_week(weeks: NDArray[np.int64], *entries: Floats) -> list[Floats]:
    """Sums of each of ``entries`` per week, from the first week to the last; weeks in any order."""
    place = weeks - weeks.min()
    return [np.bincount(place, each).astype(np.float64) for each in entries]


class Grid:
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

    def expected(self, ordinary: NDArray[np.bool_], times: float = 1.0) -> Floats:
        """``(B,)`` mean wait of each week so far, if it were so many times an ordinary one."""
        estimate = leaving(
            self.ended[ordinary].sum(axis=0)[:, None], self.still[ordinary].sum(axis=0)
        )
        edges = np.concatenate([[0.0], self.bin_days])
        still = np.concatenate([[1.0], estimate.still])[:-1]
        area = np.concatenate([[0.0], np.cumsum(np.diff(edges) * still)])
        mean: Floats = times * np.interp(self.room_days / times, edges, area)
        return mean

    def deviation(self, ordinary: NDArray[np.bool_]) -> float:
        """The standard deviation of the waits that began in ordinary weeks, as far as they went."""
        n = (self.ended + self.still)[ordinary].sum(axis=0)
        if not n.sum():  # no case came in these weeks, only in weeks around them
            return np.inf
        mean = np.average(self.bin_days, weights=n)
        return float(np.sqrt(np.average((self.bin_days - mean) ** 2, weights=n)))

    def level(self, ordinary: NDArray[np.bool_]) -> Floats:
        """Smoothed; NaN where hardly any case came or too little of a wait can be seen yet."""
        expected = self.expected(ordinary)
        days = summed_around(self.days)
        usual = summed_around(self.came * expected)
        told = self._told(expected)
        return np.where(told & (usual > 0), days / np.maximum(usual, 1e-12), np.nan)

    def risen(self, ordinary: NDArray[np.bool_], rise: float) -> Floats:
        """``(B,)`` how much of a rise, in ordinary waits, the cases around each week show.

        A wait that rose this far is compared with an ordinary one over the same time. NaN where it
        is too early to tell them apart.
        """
        usual = self.expected(ordinary)
        higher = summed_around(self.came * (self.expected(ordinary, 1 + rise) - usual))
        # a wait between 0 and the room there is cannot vary more (Bhatia and Davis 2000)
        variance = np.minimum(self.deviation(ordinary) ** 2, usual * (self.room_days - usual))
        error = np.sqrt(summed_around(self.came * np.maximum(variance, 0.0)))
        told = self._told(usual) | (higher > _TOLD * error)
        over = summed_around(self.days - self.came * usual)
        return np.where(told & (higher > 0), over / np.maximum(higher, 1e-12), np.nan)

    def _told(self, expected: Floats) -> NDArray[np.bool_]:
        """The weeks around which enough cases came, with most of an ordinary wait to be seen."""
        came = summed_around(self.came) >= _SMOOTH_WEEKS
        told: NDArray[np.bool_] = came & (expected >= _SEEN * expected.max())
        return told

    def excess(self, ordinary: NDArray[np.bool_]) -> Floats:
        """Days beyond the ordinary, by week."""
        over: Floats = self.days - self.came * self.expected(ordinary)
        return over

    def lowest(self, share: float) -> NDArray[np.bool_]:
        """The weeks with the shortest waits: a share of the weeks with a known level."""
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
