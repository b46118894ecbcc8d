# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ranges of sums over cases: what the sums would be if other weeks were like these.

Cases in one queue are not independent: a slow fortnight is slow for all of them. So blocks of weeks
are drawn, not cases (block bootstrap, Künsch 1989). A Poisson number says how often each is drawn
(Chamandy and others 2012). It depends on the block and the replicate only, so it is the same on
every run and every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mining.survival import Floats

REPLICATES = 500
_BLOCK_WEEKS = 4
_LEAST_BLOCKS = 20
_LOW, _HIGH = 0.05, 0.95


class Blocks:
    """The weeks of a log in blocks, and how often each replicate draws each block."""

    def __init__(self, first_week: int, last_week: int) -> None:
        weeks = last_week - first_week + 1
        self._first = first_week
        self._weeks = max(1, min(_BLOCK_WEEKS, weeks // _LEAST_BLOCKS))
        self._count = -(-weeks // self._weeks)
        blocks = range(self._count)
        draws = [np.random.default_rng(block).poisson(1.0, REPLICATES) for block in blocks]
        self._drawn = np.array(draws, dtype=float)

    def replicates(self, weeks: NDArray[np.int64], amounts: Floats, came: Floats) -> Floats:
        """``(REPLICATES,)`` what the sum of ``amounts`` would be for as many as came.

        Args:
            weeks: ``(B,)`` the week of each entry.
            amounts: ``(B,)`` what is added up.
            came: ``(B,)`` how many cases each entry is about.
        """
        sums, of = (self._drawn_sums(weeks, each) for each in (amounts, came))
        total = amounts.sum()
        drawn: Floats = np.where(of > 0, sums / np.where(of > 0, of, 1.0) * came.sum(), total)
        return drawn

    def _drawn_sums(self, weeks: NDArray[np.int64], amounts: Floats) -> Floats:
        by_block = np.zeros(self._count)
        block = np.clip((weeks - self._first) // self._weeks, 0, self._count - 1)
        np.add.at(by_block, block, amounts)
        # added in the order of the blocks; a matrix product adds up as suits the processor
        sums: Floats = (by_block[:, None] * self._drawn).sum(axis=0)
        return sums


def spread(replicates: Floats, value: float) -> tuple[float, float]:
    """The 90 % range around ``value``."""
    low, high = np.quantile(replicates, (_LOW, _HIGH))
    return float(min(low, value)), float(max(high, value))


def doubted(replicates: Floats, doubt: float) -> Floats:
    """The replicates with one more relative standard error, drawn from a normal distribution."""
    noise = np.random.default_rng(REPLICATES).standard_normal(REPLICATES)
    drawn: Floats = replicates * (1.0 + doubt * noise)
    return drawn


def rank_ranges(replicates: Sequence[Floats]) -> list[tuple[int, int]]:
    """The 90 % range of the rank, 1 the largest, of items with ``(REPLICATES,)`` figures each."""
    if not replicates:
        return []
    order = np.argsort(-np.array(replicates), axis=0, kind="stable")
    ranks = np.argsort(order, axis=0, kind="stable") + 1
    low, high = np.quantile(ranks, (_LOW, _HIGH), axis=1, method="nearest")
    return [(int(a), int(b)) for a, b in zip(low, high, strict=True)]
