# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One desk at which cases queue for the people who work there.

All moments are in open seconds, counted while the office is open, from any zero. Nothing is drawn
here, so that the same cases with the same work can go to two desks that differ in one thing.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Staffing = Sequence[tuple[float, int]]
"""Moments in order, each with the number of servers from then on; before that, the desk's own."""

# If capacity equals inflow, the length of a queue wanders without end. That of a team does not:
# when the queue is long other work gives way, and when it is short that comes back.
_HASTE = 0.5  # half as fast again at twice the usual pile, within the limits
_SLOWEST, _FASTEST = 0.85, 1.15  # about an hour a day: other work cannot give or take more


class Desk(NamedTuple):
    """Where cases queue.

    Attributes:
        servers: the number of people who serve them, numbered from 0.
        opens: when they begin; what comes earlier is a backlog by then.
        pile: how many cases are in the queue when all is well; null: the pace never changes.
        ahead_costs: the work of a case that goes ahead, relative to its work in turn: doing it at
            once breaks the rhythm of the rest.
    """

    servers: int
    opens: float = 0.0
    pile: float | None = None
    ahead_costs: float = 1.0


class Served(NamedTuple):
    """When each case was started and done, and by which server."""

    begun: Floats
    done: Floats
    server: NDArray[np.int64]


def serve(
    desk: Desk,
    ready: Floats,
    work: Floats,
    *,
    order: Floats | None = None,
    ahead: Floats | None = None,
    staffing: Staffing = (),
) -> Served:
    """Serves every case, each once and without a break.

    All that comes, leaves or moves up at a moment does so before anyone chooses at that moment. The
    server who has been free longest chooses first. ``k`` servers are those with the first ``k``
    numbers; any other who has a case in hand finishes it.

    Args:
        desk: the desk to which the cases come.
        ready: when each case comes, in any order.
        work: how long each case takes a server at the usual pace, in open seconds.
        order: the lowest goes first, and of equals the first to come; null: the first to come.
        ahead: from when a case goes before all that are not ahead, even if it is in the queue
            already; infinite: never. Among those ahead, the first to be both there and ahead.
        staffing: how many servers there are, and from when.

    Returns:
        One value per case, at its place in ``ready``.

    Raises:
        ValueError: the columns do not fit, or nobody is left to serve the last cases.
    """
    order = ready if order is None else order
    ahead = np.full(len(ready), np.inf) if ahead is None else ahead
    _check(desk, (ready, work, order, ahead), staffing)
    arrival = np.argsort(ready, kind="stable")
    cases = _Cases(ready[arrival], work[arrival], order[arrival], ahead[arrival])
    changes = np.unique(np.append(ready, [at for at, _ in staffing])).tolist()

    env = simpy.Environment(desk.opens)
    pile = _Pile(env, desk.servers, cases, staffing)
    served = Served(np.empty(len(ready)), np.empty(len(ready)), np.empty(len(ready), np.int64))
    for number in range(max([desk.servers, *(servers for _, servers in staffing)])):
        env.process(_server(number, desk, pile, cases.work, served))
    env.process(_changes(changes, pile))
    env.run()
    back = np.argsort(arrival)
    return Served(served.begun[back], served.done[back], served.server[back])


def pace(lying: int, usual: float | None) -> float:
    """The pace of a case that is started while ``lying`` others are in the queue; 1 is usual."""
    if usual is None:
        return 1.0
    return min(max(1.0 + _HASTE * (lying / usual - 1.0), _SLOWEST), _FASTEST)


def _check(desk: Desk, columns: tuple[Floats, ...], staffing: Staffing) -> None:
    ready, work, order, ahead = columns
    if len({len(column) for column in columns}) > 1:
        raise ValueError("the columns differ in length")
    if not (np.isfinite([ready, work]).all() and (work >= 0).all()):
        raise ValueError("ready or work is not finite, or work is less than nothing")
    if np.isnan([order, ahead]).any() or (desk.pile is not None and not desk.pile > 0):
        raise ValueError("order or ahead is not a number, or the pile is not more than nothing")
    if list(staffing) != sorted(staffing, key=lambda change: change[0]):
        raise ValueError("staffing is not by time")
    if [desk.servers, *(servers for _, servers in staffing)][-1] < 1:
        raise ValueError("nobody is left to serve the last cases")


class _Cases(NamedTuple):
    """The columns of ``serve`` by arrival; from here on, a case is its index in them."""

    ready: Floats
    work: Floats
    order: Floats
    ahead: Floats


class _Turn(NamedTuple):
    """What a server gets."""

    case: int
    begun: float
    lying: int
    is_ahead: bool


class _Pile:
    """The cases in the queue, and the servers who are free.

    A ``PriorityStore`` cannot move an item up, so a case that will be ahead is in two heaps:
    nothing has to happen at that moment, and whoever chooses after it looks in ``_ahead`` first.
    """

    def __init__(
        self, env: simpy.Environment, servers: int, cases: _Cases, staffing: Staffing
    ) -> None:
        self.env = env
        self._cases = cases
        self._servers = servers
        self._staffing = list(reversed(staffing))
        self._free: dict[int, simpy.Event] = {}  # the longest free first
        self._now = -np.inf  # exact, while SimPy's clock adds up delays
        self._came = 0
        self._lying = 0
        self._in_order: list[tuple[float, int]] = []
        self._ahead: list[tuple[float, int]] = []
        self._is_taken = bytearray(len(cases.ready))

    def next_turn(self, number: int, now: float) -> simpy.Event:
        """An event when it is the turn of a server who is free from now; its value is a turn."""
        event = self._free[number] = self.env.event()
        self.hand_out(now)
        return event

    def hand_out(self, now: float) -> None:
        """Gives the cases in the queue now to the servers who are free now."""
        self._now = max(self._now, now)
        self._let_in()
        present = [number for number in self._free if number < self._servers]
        for number in present[: self._lying]:
            case, is_ahead = self._take()
            self._free.pop(number).succeed(_Turn(case, self._now, self._lying, is_ahead))

    def _let_in(self) -> None:
        while self._staffing and self._staffing[-1][0] <= self._now:
            self._servers = self._staffing.pop()[1]
        ready, _, order, ahead = self._cases
        while self._came < len(ready) and (came := ready.item(self._came)) <= self._now:
            heappush(self._in_order, (order.item(self._came), self._came))
            if (moves := ahead.item(self._came)) < np.inf:
                heappush(self._ahead, (max(moves, came), self._came))
            self._came += 1
            self._lying += 1

    def _take(self) -> tuple[int, bool]:
        """The case whose turn it is, and whether it is because it is ahead."""
        while True:
            is_ahead = len(self._ahead) > 0 and self._ahead[0][0] <= self._now
            _, case = heappop(self._ahead if is_ahead else self._in_order)
            if not self._is_taken[case]:
                break
        self._is_taken[case] = True
        self._lying -= 1
        return case, is_ahead


def _server(
    number: int, desk: Desk, pile: _Pile, work: Floats, served: Served
) -> Generator[simpy.Event, Any, None]:
    """One person: waits for a turn, does the case, and is free again."""
    now = desk.opens
    while True:
        case, begun, lying, is_ahead = yield pile.next_turn(number, now)
        takes = work.item(case) * (desk.ahead_costs if is_ahead else 1.0)
        now = begun + takes / pace(lying, desk.pile)
        served.begun[case], served.done[case], served.server[case] = begun, now, number
        yield _at(now, pile.env)


def _changes(moments: list[float], pile: _Pile) -> Generator[simpy.Event, Any, None]:
    """Waits for moments at which cases come or staff change, so that free servers look again."""
    for moment in moments:
        yield _at(moment, pile.env)
        pile.hand_out(moment)


def _at(moment: float, env: simpy.Environment) -> simpy.Timeout:
    """An event at a moment, or now if that is past: the desk was not open yet, or rounding."""
    return env.timeout(max(0.0, moment - env.now))
