# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The desk of a step: how many people work there, how much is in the queue, what is planted.

The people at a desk have the hours that its cases need: if nothing is planted, capacity equals
inflow, however many cases there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from simulation.description import Desk, Order, Step, Window
from simulation.walking import queues
from simulation.walking.cases import Cases, Codes
from simulation.walking.draws import Floats
from simulation.walking.hours import A_DAY, Hours, hours_of, moment_of


class Visit(NamedTuple):
    """Cases that come to a desk.

    Times are UTC seconds: ``came_at``: when each took its place in the queue; ``ready_at``: from
    when it can be done; ``ahead_at``: from when it goes before all others, NaN for never. ``work``
    is in seconds.
    """

    which: Codes
    came_at: Floats
    ready_at: Floats
    ahead_at: Floats
    work: Floats


class Left(NamedTuple):
    """When each case left a desk, and who did it."""

    at: Floats
    server: Codes


def order_at(step: Step, cases: Cases) -> Order:
    """The order in which a desk works, with what is planted there."""
    orders = (plant.order for plant in cases.plants if step.id in plant.desks)
    return next((order for order in orders if order), Order())


def work_off(step: Step, desk: Desk, cases: Cases, visit: Visit) -> Left:
    """Does the cases that come to the desk of a step.

    The work of cases is drawn relative to each other; on average, it takes the time that the people
    at the desk have for a case.
    """
    hours, window, order = hours_of(step.actor), cases.process.window, order_at(step, cases)
    ready = hours.open_at(visit.ready_at)
    each = _time_each(desk.servers, hours, window, len(ready))
    pile = _pile(desk, window, len(ready))
    served = queues.serve(
        queues.Desk(desk.servers, _opening(ready, pile), pile, order.ahead_costs),
        ready,
        visit.work / visit.work.mean() * each,
        order=_turns(order, cases, visit),
        ahead=np.where(np.isnan(visit.ahead_at), np.inf, hours.open_at(visit.ahead_at)),
        staffing=list(_staffing(step, cases, hours, desk.servers)),
    )
    return Left(hours.moment(served.done), served.server)


def _time_each(servers: int, hours: Hours, window: Window, cases: int) -> float:
    """The open time that the people at a desk have per case, if all of it goes to these cases."""
    start, end = (float(hours.open_at(np.array([at]))[0]) for at in _period(window))
    return servers * (end - start) / cases


def _pile(desk: Desk, window: Window, cases: int) -> float:
    """How many cases wait at a desk when all is well: its backlog without those in hand."""
    start, end = _period(window)
    backlog = cases / (end - start) * A_DAY * desk.backlog_days
    return max(backlog - desk.servers, 1.0)


def _opening(ready: Floats, pile: float) -> float:
    """When work begins: as soon as the pile is there."""
    return float(np.partition(ready, place := min(round(pile), len(ready) - 1))[place])


def _turns(order: Order, cases: Cases, visit: Visit) -> Floats:
    """What decides who goes first: when a case came, or when it is due."""
    if order.due_in is None:
        return visit.came_at
    due: Floats = (cases.began + cases.days_in(order.due_in) * A_DAY)[visit.which]
    return due


def _staffing(step: Step, cases: Cases, hours: Hours, servers: int) -> Iterator[tuple[float, int]]:
    """How many people are at a desk that is short of them, and from when (open time)."""
    for plant in cases.plants:
        if plant.staff is None or plant.step != step.id:
            continue
        window = cases.process.window
        first = window.opens - dt.timedelta(days=window.burn_in_days)
        for start, end in plant.spells(first, window.closes):
            yield _open(hours, start), max(1, round(servers * plant.staff))
            if end < window.closes:
                yield _open(hours, end + dt.timedelta(days=1)), servers


def _period(window: Window) -> tuple[float, float]:
    burn_in = dt.timedelta(days=window.burn_in_days)
    return moment_of(window.opens - burn_in), moment_of(window.closes + dt.timedelta(days=1))


def _open(hours: Hours, day: dt.date) -> float:
    return float(hours.open_at(np.array([moment_of(day)]))[0])
