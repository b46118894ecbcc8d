# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""When every step of every case is taken, in a world with some of the plants.

A step is an array over the cases; the steps are walked in the order of the description. Every wait
is drawn (the statistical level); at the queueing level, cases queue for steps that have a desk.
Draws do not depend on which plants there are, so two walks of the same cases differ only by what
was planted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from simulation.description import Hold, Plant, Process, Step
from simulation.walking.cases import Cases, Codes, Mask
from simulation.walking.desks import Visit, order_at, work_off
from simulation.walking.draws import Draws, Floats, days_of
from simulation.walking.hours import A_DAY, first_thing_in_a_week, hours_of, moment_of, period_of

Level = Literal["statistical", "queueing"]

_AN_HOUR = 3600.0
_HALF_AN_HOUR = 1800.0


class Slot(NamedTuple):
    """A place in the walk: a step, or a step that is done again because of a plant."""

    step: Step
    again: Plant | None = None


class World(NamedTuple):
    """How cases are walked: which plants there are, and whether desks have queues."""

    planted: tuple[str, ...]
    level: Level = "queueing"

    def without(self, plant: Plant) -> World:
        """The same world without one plant."""
        return self._replace(planted=tuple(name for name in self.planted if name != plant.id))


class Journeys(NamedTuple):
    """Full journeys of cases, including what happens after the log closes.

    All but ``slots`` and ``attributes`` are matrices with a row per slot and a column per case.

    Attributes:
        slots: the places of the walk.
        at: when the step was done, in UTC seconds; NaN: it was not.
        since: when the wait for it began.
        worked: the seconds of work in it.
        server: who did it at a desk; -1: it has none.
        elsewhere: whether a plant had another team do it.
        attributes: by attribute, the place of each case's value among its values.
    """

    slots: tuple[Slot, ...]
    at: Floats
    since: Floats
    worked: Floats
    server: Codes
    elsewhere: Mask
    attributes: dict[str, Codes]

    def row(self, step_id: str) -> int:
        """The row in which a step is first taken."""
        return next(row for row, slot in enumerate(self.slots) if slot.step.id == step_id)

    def of(self, some: Mask | slice) -> Journeys:
        """Some of the cases."""
        return Journeys(
            self.slots,
            at=self.at[:, some],
            since=self.since[:, some],
            worked=self.worked[:, some],
            server=self.server[:, some],
            elsewhere=self.elsewhere[:, some],
            attributes={name: codes[some] for name, codes in self.attributes.items()},
        )


def slots_of(process: Process) -> Iterator[Slot]:
    """The slots of the walk, in order; the same ones whatever is planted."""
    for step in process.steps:
        yield Slot(step)
        for plant in process.plants:
            if plant.again and plant.step == step.id:
                yield Slot(process.step(plant.again), plant)


def known(journeys: Journeys, process: Process, name: str) -> Codes:
    """An attribute as known when the log closes, as indexes of its values."""
    tells = process.attributes[name].tells
    if tells is None:
        return journeys.attributes[name]
    has_come: Mask = journeys.at[journeys.row(tells)] <= period_of(process.window)[1]
    return has_come.astype(np.int64)


def last_end(journeys: Journeys, process: Process) -> Floats:
    """The moment of the last end step of each case; NaN: never."""
    last: Floats = np.fmax.reduce([journeys.at[journeys.row(step_id)] for step_id in process.ends])
    return last


def walk(process: Process, world: World, draws: Draws, first: int, began: Floats) -> Journeys:
    """Walks cases from the moment at which each begins.

    Args:
        process: the process that they go through.
        world: what is planted, and the level.
        draws: the source of chances.
        first: the number of the first case.
        began: when each case begins, in whole UTC seconds. At the queueing level, all cases that
            meet at a desk must be walked at once.
    """
    cases = Cases(process, world.planted, draws, first, began)
    walked = _Walk(cases, world.level)
    walked.take_all()
    return walked.journeys


class _Walk:
    def __init__(self, cases: Cases, level: Level) -> None:
        slots = tuple(slots_of(cases.process))
        shape = (len(slots), len(cases.began))
        self._cases, self._level = cases, level
        self.journeys = Journeys(
            slots,
            at=np.full(shape, np.nan),
            since=np.full(shape, np.nan),
            worked=np.zeros(shape),
            server=np.full(shape, -1, np.int64),
            elsewhere=np.zeros(shape, np.bool_),
            attributes=cases.attributes,
        )

    def take_all(self) -> None:
        """Takes every step in turn; a side branch does not move the case on."""
        now = self._cases.began
        for row, slot in enumerate(self.journeys.slots):
            at = self._take(row, slot, now)
            if slot.step.after is None:
                now = np.where(np.isnan(at), now, at)
        self._forget_what_came_too_late()

    def _take(self, row: int, slot: Slot, now: Floats) -> Floats:
        """Takes one step in the cases that have it; gives the moments, NaN for other cases."""
        walked, step = self.journeys, slot.step
        since = now if step.after is None else self._at(step.after)
        which = np.flatnonzero(self._have(slot) & ~np.isnan(since))
        hours_worked = days_of(self._cases.uniform(f"work:{step.id}"), step.work_hours)
        walked.since[row, which] = since[which]
        walked.worked[row, which] = hours_worked[which] * _AN_HOUR
        walked.elsewhere[row, which] = self._is_elsewhere(slot, since)[which]
        at = np.fmax(self._done(row, slot, since, which), self._held_until(step)[which])
        at = self._once_a_week(step, at, since[which], which)
        walked.at[row, which] = np.floor(self._after_a_hold(step, at, since[which], which))
        done: Floats = walked.at[row]
        return done

    def _done(self, row: int, slot: Slot, since: Floats, which: Codes) -> Floats:
        """When the step is done in the cases that have it."""
        step, days = slot.step, self._days(slot, since)[which]
        hours, since = hours_of(step.actor), since[which]
        if self._level == "queueing" and step.desk and len(which):
            drawn = self._cases.wait_days(step)[which]
            came_at = hours.after(since, days - drawn)
            ready_at = np.fmax(came_at, self._held_until(step)[which])
            ahead_at, work = self._ahead(step)[which], self.journeys.worked[row, which]
            visit = Visit(which, came_at, ready_at, ahead_at, work)
            left = work_off(step, step.desk, self._cases, visit)
            self.journeys.server[row, which] = left.server
            return left.at
        if step.wait_days[0] == step.wait_days[1]:
            return since + days * A_DAY
        return hours.after(since, days)

    def _have(self, slot: Slot) -> Mask:
        """The cases that have a step; for a step done again, those in which the plant causes it."""
        cases = self._cases
        if slot.again is None:
            return cases.have(slot.step)
        if slot.again not in cases.plants:
            return np.zeros(len(cases.began), np.bool_)
        cause = cases.process.step(slot.again.step)
        return cases.have(cause) & cases.hit(slot.again, cases.began)

    def _days(self, slot: Slot, since: Floats) -> Floats:
        """The drawn length of each wait, with what is planted on it."""
        if slot.again and slot.again.effect.again_days:
            return days_of(
                self._cases.uniform(f"again:{slot.again.id}"), slot.again.effect.again_days
            )
        days = self._cases.wait_days(slot.step)
        for plant in self._cases.plants:
            if plant.step == slot.step.id and not self._is_of_the_desk(plant):
                planted = self._cases.planted_days(plant, slot.step, days)
                days = np.where(self._cases.hit(plant, since), planted, days)
        return days

    def _is_of_the_desk(self, plant: Plant) -> bool:
        """Whether a queue produces the effect of a plant, which then need not be drawn."""
        return self._level == "queueing" and (plant.staff is not None or plant.order is not None)

    def _ahead(self, step: Step) -> Floats:
        """The moment from which each case goes before all others at a desk; NaN: never."""
        after = order_at(step, self._cases).ahead_after
        return self._at(after) if after else np.full(len(self._cases.began), np.nan)

    def _is_elsewhere(self, slot: Slot, since: Floats) -> Mask:
        elsewhere = np.zeros(len(since), np.bool_)
        for plant in self._cases.plants:
            if plant.done_by and plant.step == slot.step.id and slot.again is None:
                elsewhere |= self._cases.hit(plant, since)
        return elsewhere

    def _held_until(self, step: Step) -> Floats:
        """When the side branches that hold a step release it."""
        held = np.full(len(self._cases.began), -np.inf)
        for row, slot in enumerate(self.journeys.slots):
            if slot.step.holds == step.id:
                held = np.fmax(held, self.journeys.at[row])
        return held

    def _once_a_week(self, step: Step, at: Floats, since: Floats, which: Codes) -> Floats:
        """The moments, with a weekly step moved to the first time after the case came."""
        weekly = self._cases.process.weekly
        if weekly is None or weekly.step != step.id:
            return at
        done = first_thing_in_a_week(since) + _HALF_AN_HOUR
        return np.where(self._cases.within(weekly.segment)[which], done, at)

    def _after_a_hold(self, step: Step, at: Floats, since: Floats, which: Codes) -> Floats:
        """The moments, with what falls in a hold moved after it, by the wait that was left."""
        hold = self._cases.process.hold
        if hold is None or hold.step != step.id:
            return at
        starts, ends = moment_of(hold.start), _ends(hold)
        is_held = self._cases.uniform(f"hold:{step.id}")[which] < hold.chance
        left_days = (at - np.maximum(since, starts)) / A_DAY
        resumed = hours_of(step.actor).after(np.full_like(at, ends), left_days)
        return np.where(is_held & (at > starts) & (since < ends), resumed, at)

    def _forget_what_came_too_late(self) -> None:
        """Removes steps that are only done until some other step, if that came before them."""
        walked = self.journeys
        for row, slot in enumerate(walked.slots):
            if slot.step.until:
                late = walked.at[row] >= self._over(slot.step.until)
                if slot.step.after:
                    late |= np.isnan(self._at(slot.step.after))
                walked.at[row, late] = np.nan

    def _over(self, step_id: str) -> Floats:
        """When a step, or the one instead of it, was done."""
        over = self._at(step_id)
        for row, slot in enumerate(self.journeys.slots):
            if slot.step.instead_of == step_id:
                over = np.fmin(over, self.journeys.at[row])
        return over

    def _at(self, step_id: str) -> Floats:
        at: Floats = self.journeys.at[self.journeys.row(step_id)]
        return at


def _ends(hold: Hold) -> float:
    """The end of the last day of a hold."""
    return moment_of(hold.end) + A_DAY
