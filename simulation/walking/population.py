# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The population of a log: as many cases as were asked for, as an export of a period has them.

An agency did not begin on the day that its export opens. Cases begin from a burn-in before it on;
those still going when it opens are in the log without their first events (left-truncated), and the
newest have not ended when it closes (right-censored).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np

from simulation.description import Process
from simulation.walking.arrivals import arrivals_between, intensity_total
from simulation.walking.cases import Codes, Mask
from simulation.walking.draws import Draws, Floats
from simulation.walking.hours import A_DAY, period_of
from simulation.walking.journeys import Journeys, World, last_end, walk

_BLOCK = 50_000  # cases walked at once at the statistical level
_PILOT = 1_000  # cases that begin while the log is open, to count those on record for each
_SPARE = 1.03  # somewhat more cases than seem needed
_AN_AGENCY = 10_000  # cases: a desk is that of a whole agency; a smaller log is a part of its work

_T = TypeVar("_T")


class Destroyed(NamedTuple):
    """The share of the cases that ended that long before the log closes that is not in it."""

    rate: float
    days_after_end: int


DESTROYED = Destroyed(rate=0.2, days_after_end=540)


class Block(NamedTuple):
    """A block of all cases, in order: the first number, which are in the log, their journeys."""

    first: int
    is_in: Mask
    journeys: Journeys


class Population:
    """The cases of a log, and all others that went through the same desks."""

    def __init__(
        self, process: Process, cases: int, seed: int, world: World, *, destroy: bool = False
    ) -> None:
        """Decides which cases there are.

        Args:
            process: the process that they go through.
            cases: how many have an event in the log.
            seed: the seed of all draws.
            world: what is planted, and the level.
            destroy: whether some old cases are no longer on record.
        """
        self.process, self.world, self.draws = process, world, Draws(seed)
        self._destroy = destroy
        self._began, self._is_in = self._of_size(cases)

    @property
    def numbers(self) -> Codes:
        """The numbers of the cases in the log."""
        return np.flatnonzero(self._is_in)

    def blocks(self, world: World) -> Iterator[Block]:
        """The journeys of all cases in a world, and which are in the log; in blocks, in order."""
        yield from self._walked(self._began, world, self._block)

    def _block(self, first: int, journeys: Journeys) -> Block:
        return Block(first, self._is_in[first : first + journeys.at.shape[1]], journeys)

    def _walked(
        self, began: Floats, world: World, then: Callable[[int, Journeys], _T]
    ) -> Iterator[_T]:
        """Walks all cases, in blocks if they never meet at a desk; gives ``then`` of each block."""
        size = _BLOCK if world.level == "statistical" else max(len(began), 1)
        for first in range(0, len(began), size):
            some = began[first : first + size]
            yield then(first, walk(self.process, world, self.draws, first, some))

    def _of_size(self, cases: int) -> tuple[Floats, Mask]:
        """When each case begins, and which are in the log: a sample of those on record."""
        new = math.ceil(_SPARE * cases / self._kept_for_each_new())
        if self.world.level == "queueing":
            new = max(new, _AN_AGENCY)
        while True:
            began = self._arriving(new)
            on_record = self._walked(began, self.world, self._on_record)
            kept = np.flatnonzero(np.concatenate(list(on_record)))
            if len(kept) >= cases:
                order = np.argsort(self.draws.uniform("sample", 0, len(began))[kept])
                is_in = np.zeros(len(began), np.bool_)
                is_in[kept[order[:cases]]] = True
                return began, is_in
            new = math.ceil(_SPARE * new * cases / max(len(kept), 1))

    def _kept_for_each_new(self) -> float:
        """How many cases are on record per case that begins while the log is open, by a pilot.

        Nothing is planted in the pilot, so a log has the same cases with plants and without.
        """
        began = self._arriving(_PILOT)
        pilot = walk(self.process, World((), "statistical"), self.draws, 0, began)
        return float(self._on_record(0, pilot).sum()) / _PILOT

    def _on_record(self, first: int, journeys: Journeys) -> Mask:
        """The cases that have an event while the log is open, and were not destroyed since."""
        opens, closes = period_of(self.process.window)
        seen: Mask = np.any((journeys.at >= opens) & (journeys.at <= closes), axis=0)
        if not self._destroy:
            return seen
        ended_at = last_end(journeys, self.process)
        is_old = ended_at < closes - DESTROYED.days_after_end * A_DAY
        chance = self.draws.uniform("destroyed", first, len(seen))
        return seen & ~(is_old & (chance < DESTROYED.rate))

    def _arriving(self, new: int) -> Floats:
        """When cases begin: ``new`` of them while the log is open, and the burn-in at that pace."""
        described, window = self.process.arrivals, self.process.window
        open_days = (window.opens, window.closes)
        earlier = intensity_total(described, *self._burn_in())
        old = round(new * earlier / intensity_total(described, *open_days))
        before = arrivals_between(described, *self._burn_in(), self.draws, "burn-in", old)
        while_open = arrivals_between(described, *open_days, self.draws, "open", new)
        began: Floats = np.floor(np.concatenate([before, while_open]))
        return began

    def _burn_in(self) -> tuple[dt.date, dt.date]:
        window = self.process.window
        day = dt.timedelta(days=1)
        return window.opens - window.burn_in_days * day, window.opens - day
