# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Walks against a case at a time in plain Python, and against what the description promises."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from functools import cache
from itertools import accumulate, pairwise
from statistics import NormalDist
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from contracts.journey import Actor
from simulation.description import (
    Order,
    Plant,
    Process,
    Segment,
    Spread,
    Step,
    process,
    process_names,
)
from simulation.walking.arrivals import arrivals_between
from simulation.walking.draws import Draws
from simulation.walking.hours import hours_of
from simulation.walking.journeys import Journeys, Level, World, slots_of, walk

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = 86_400.0
SEED = 7
PLANTS = [(name, plant.id) for name in process_names() for plant in process(name).plants]
WORLDS = [
    (name, planted)
    for name in process_names()
    for ids in [tuple(plant.id for plant in process(name).plants)]
    for planted in ((), ids, *((one,) for one in ids))
]


def midnight(day: dt.date) -> float:
    return dt.datetime.combine(day, dt.time(), AMSTERDAM).timestamp()


@cache
def arrivals_of(name: str, cases: int) -> np.ndarray:
    """Cases from the burn-in on: a desk has the capacity for as many in all that time."""
    described = process(name)
    window = described.window
    days = window.opens - dt.timedelta(days=window.burn_in_days), window.closes
    return np.floor(arrivals_between(described.arrivals, *days, Draws(SEED), "x", cases))


@cache
def walked(
    name: str, planted: tuple[str, ...], level: Level = "statistical", cases: int = 5000
) -> Journeys:
    return walk(process(name), World(planted, level), Draws(SEED), 0, arrivals_of(name, cases))


def walk_of(
    described: Process, planted: tuple[str, ...], level: Level = "statistical", cases: int = 5000
) -> Journeys:
    """As ``walked``, of a description that was changed."""
    began = arrivals_of(described.key, cases)
    return walk(described, World(planted, level), Draws(SEED), 0, began)


def at(journeys: Journeys, step_id: str) -> np.ndarray:
    return journeys.at[journeys.row(step_id)]


def since(journeys: Journeys, step_id: str) -> np.ndarray:
    return journeys.since[journeys.row(step_id)]


def has(journeys: Journeys, step_id: str) -> np.ndarray:
    return ~np.isnan(at(journeys, step_id))


def with_steps(described: Process, **changes: dict[str, object]) -> Process:
    """A process some of whose steps are changed, by their id."""
    steps = tuple(step.model_copy(update=changes.get(step.id, {})) for step in described.steps)
    return described.model_copy(update={"steps": steps})


# --- a case at a time


class Clock(NamedTuple):
    """Open spells, and the open time before each."""

    opens: list[float]
    closes: list[float]
    passed: list[float]

    def after(self, start: float, days: float) -> float:
        spell = bisect_right(self.opens, start) - 1
        open_time = self.passed[spell] + min(start, self.closes[spell]) - self.opens[spell]
        share = self.passed[-1] / (self.closes[-1] - self.opens[0])
        open_time += days * (DAY * share)
        spell = bisect_right(self.passed, open_time) - 1
        return self.opens[spell] + (open_time - self.passed[spell])


@cache
def clock_of(actor: Actor) -> Clock:
    free = holidays.country_holidays("NL", years=range(2018, 2046))
    first = dt.date(2018, 1, 1)
    days = [first + dt.timedelta(days=number) for number in range(28 * 365 + 7)]
    hours = dt.time(8, 30), dt.time(17)
    if actor == "citizen":
        hours = dt.time(7), dt.time(23)
    else:
        days = [day for day in days if day.isoweekday() <= 5 and day not in free]
    opens, closes = (
        [dt.datetime.combine(day, hour, AMSTERDAM).timestamp() for day in days] for hour in hours
    )
    lasts = (end - start for start, end in zip(opens, closes, strict=True))
    return Clock(opens, closes, list(accumulate(lasts, initial=0.0)))


class Person:
    """One case, and its draws."""

    def __init__(self, described: Process, planted: tuple[str, ...], case: int, began: float):
        self.described, self.case, self.began = described, case, began
        self.plants = [plant for plant in described.plants if plant.id in planted]
        self.slots = list(slots_of(described))
        self.at: list[float] = []
        self.since: list[float] = []
        self.worked: list[float] = []
        self.elsewhere: list[bool] = []

    def number(self, purpose: str) -> float:
        return number_of(purpose, self.case)

    def days(self, purpose: str, spread: Spread) -> float:
        median, p90 = spread
        if median == p90:
            return median
        number = self.number(purpose)
        if median == 0:
            return -math.log1p(-number) * p90 / math.log(10)
        sigma = math.log(p90 / median) / NormalDist().inv_cdf(0.9)
        return median * math.exp(sigma * NormalDist().inv_cdf(number))

    def draws(self, step_id: str, chance: float | None = None) -> bool:
        step = self.described.step(step_id)
        number = self.number(f"chance:{step.group or step.id}")
        return number < (step.chance if chance is None else chance)

    def value(self, name: str) -> str | None:
        attribute = self.described.attributes[name]
        if attribute.tells:
            return "ja" if self.draws(attribute.tells) else "nee"
        if attribute.with_step and not self.draws(attribute.with_step):
            return None
        number, total = self.number(f"attribute:{name}"), sum(attribute.shares.values())
        passed = accumulate(attribute.shares.values())
        return next(
            value
            for value, edge in zip(attribute.shares, passed, strict=True)
            if number < edge / total
        )

    def is_of(self, segment: Segment) -> bool:
        return self.value(segment.attribute) in segment.values

    def is_hit(self, plant: Plant, start: float) -> bool:
        if plant.segment and not self.is_of(plant.segment):
            return False
        if not plant.segment and self.number(f"share:{plant.id}") >= plant.share:
            return False
        day = dt.datetime.fromtimestamp(start, AMSTERDAM)
        if plant.since and day.date() < plant.since:
            return False
        return not plant.months or day.month in plant.months

    def has(self, step: Step) -> bool:
        if step.instead_of:
            return not self.has(self.described.step(step.instead_of))
        chance = step.chance
        for plant in self.plants:
            chances = plant.effect.chances or {}
            if step.id in chances and self.is_hit(plant, self.began):
                chance = chances[step.id]
        return self.draws(step.id, chance)

    def when(self, step_id: str) -> float:
        """When a step was first taken."""
        return next(
            at for slot, at in zip(self.slots, self.at, strict=False) if slot.step.id == step_id
        )

    def go(self) -> None:
        now = self.began
        for slot in self.slots:
            step, cause = slot
            start = self.when(step.after) if step.after else now
            if cause is None:
                is_there = self.has(step)
            else:
                is_there = cause in self.plants and self.is_hit(cause, self.began)
                is_there = is_there and self.has(self.described.step(cause.step))
            if not is_there or math.isnan(start):
                self.note(math.nan, math.nan, 0.0, is_elsewhere=False)
                continue
            done = self.done(step, cause, start)
            is_elsewhere = cause is None and any(
                plant.done_by and plant.step == step.id and self.is_hit(plant, start)
                for plant in self.plants
            )
            work = self.days(f"work:{step.id}", step.work_hours) * 3600
            self.note(done, start, work, is_elsewhere=is_elsewhere)
            if step.after is None:
                now = done
        self.forget()

    def note(self, done: float, start: float, work: float, *, is_elsewhere: bool) -> None:
        self.at.append(done)
        self.since.append(start)
        self.worked.append(work)
        self.elsewhere.append(is_elsewhere)

    def done(self, step: Step, cause: Plant | None, start: float) -> float:
        clock = clock_of(step.actor)
        days = self.planted_days(step, cause, start)
        is_constant = step.wait_days[0] == step.wait_days[1]
        done = start + days * DAY if is_constant else clock.after(start, days)
        for slot, other in zip(self.slots, self.at, strict=False):
            if slot.step.holds == step.id and other > done:
                done = other
        weekly, hold = self.described.weekly, self.described.hold
        if weekly and weekly.step == step.id and self.is_of(weekly.segment):
            opens = clock_of("agency").opens
            weeks = [dt.datetime.fromtimestamp(each, AMSTERDAM).isocalendar()[:2] for each in opens]
            done = 1800 + next(
                each
                for each, week, before in zip(opens[1:], weeks[1:], weeks, strict=False)
                if each >= start and week != before
            )
        if hold and hold.step == step.id and self.number(f"hold:{step.id}") < hold.chance:
            stops, resumes = midnight(hold.start), midnight(hold.end + dt.timedelta(days=1))
            if done > stops and start < resumes:
                done = clock.after(resumes, (done - max(start, stops)) / DAY)
        return float(math.floor(done))

    def planted_days(self, step: Step, cause: Plant | None, start: float) -> float:
        if cause:
            assert cause.effect.again_days
            return self.days(f"again:{cause.id}", cause.effect.again_days)
        days = self.days(f"wait:{step.id}", step.wait_days)
        for plant in self.plants:
            if plant.step != step.id or not self.is_hit(plant, start):
                continue
            if plant.effect.factor:
                days *= plant.effect.factor
            if plant.effect.extra_days:
                days += self.days(f"extra:{plant.id}", plant.effect.extra_days)
            if plant.effect.instead_days:
                days = self.days(f"wait:{step.id}", plant.effect.instead_days)
        return days

    def forget(self) -> None:
        """What is only done until a step, and whatever comes after that."""
        for place, slot in enumerate(self.slots):
            if slot.step.until:
                ends = [slot.step.until]
                ends += [s.id for s in self.described.steps if s.instead_of == slot.step.until]
                is_late = any(self.at[place] >= self.when(each) for each in ends)
                is_orphan = slot.step.after and math.isnan(self.when(slot.step.after))
                if is_late or is_orphan:
                    self.at[place] = math.nan


@cache
def number_of(purpose: str, case: int) -> float:
    return Draws(SEED).uniform(purpose, case, 1).item()


FIRST, SOME = 1003, 250


@pytest.mark.parametrize(("name", "planted"), WORLDS)
def test_a_walk_is_that_of_every_case_by_itself(name: str, planted: tuple[str, ...]) -> None:
    described, began = process(name), arrivals_of(name, SOME)

    found = walk(described, World(planted, "statistical"), Draws(SEED), FIRST, began)

    people = [Person(described, planted, FIRST + n, at) for n, at in enumerate(began.tolist())]
    for person in people:
        person.go()
    assert found.slots == tuple(people[0].slots)
    np.testing.assert_array_equal(found.at.T, [person.at for person in people])
    np.testing.assert_array_equal(found.since.T, [person.since for person in people])
    np.testing.assert_allclose(found.worked.T, [person.worked for person in people], rtol=1e-9)
    np.testing.assert_array_equal(found.elsewhere.T, [person.elsewhere for person in people])
    assert (found.server == -1).all()
    for attribute, codes in found.attributes.items():
        shares = described.attributes[attribute].shares
        values = [*(shares or ("nee", "ja")), None]
        assert [values[code] for code in codes] == [person.value(attribute) for person in people]


# --- what a description promises


@pytest.mark.parametrize(("name", "planted"), WORLDS)
def test_a_rarer_step_of_a_group_implies_the_others(name: str, planted: tuple[str, ...]) -> None:
    described, found = process(name), walked(name, planted)
    of_group: dict[str, list[str]] = {}
    for step in sorted(described.steps, key=lambda step: step.chance):
        of_group.setdefault(step.group or step.id, []).append(step.id)

    for ids in of_group.values():
        for rarer, other in pairwise(ids):
            assert not (has(found, rarer) & ~has(found, other)).any()


@pytest.mark.parametrize("level", ["statistical", "queueing"])
@pytest.mark.parametrize("name", process_names())
def test_nothing_is_done_before_its_wait_begins(name: str, level: Level) -> None:
    planted = tuple(plant.id for plant in process(name).plants)
    found = walked(name, planted, level)

    some = ~np.isnan(found.at)
    assert (found.at[some] >= found.since[some]).all()
    assert (found.at[some] == np.floor(found.at[some])).all()
    assert (found.at[0] == arrivals_of(name, 5000)).all()


@pytest.mark.parametrize("name", process_names())
def test_the_main_line_waits_from_step_to_step(name: str) -> None:
    planted = tuple(plant.id for plant in process(name).plants)
    found = walked(name, planted)

    now = arrivals_of(name, 5000)
    for slot, times, begins in zip(found.slots, found.at, found.since, strict=True):
        if slot.step.after:
            now_there = at(found, slot.step.after)
            some = ~np.isnan(times)
            assert (begins[some] == now_there[some]).all()
            continue
        some = ~np.isnan(times)
        assert (begins[some] == now[some]).all()
        now = np.where(some, times, now)


@pytest.mark.parametrize("name", process_names())
def test_a_side_branch_does_not_move_the_main_line(name: str) -> None:
    described = process(name)
    branches = [step for step in described.steps if step.after and not step.holds]
    slower = {step.id: {"wait_days": (1000.0, 2000.0)} for step in branches}

    found, moved = walked(name, ()), walk_of(with_steps(described, **slower), ())

    main = [not slot.step.after or bool(slot.step.holds) for slot in found.slots]
    assert not np.array_equal(found.at, moved.at, equal_nan=True)
    np.testing.assert_array_equal(found.at[main], moved.at[main])


@pytest.mark.parametrize("level", ["statistical", "queueing"])
def test_a_side_branch_holds_the_step_it_names_and_none_before_it(level: Level) -> None:
    quick = with_steps(process("vis"), D06={"wait_days": (0.0, 0.0)})

    found, unheld = walked("vis", (), level), walk_of(quick, (), level)

    asked = has(found, "D06") & has(found, "D10")
    assert (at(found, "D10") >= at(found, "D06"))[asked].all()
    for step_id in ("D02", "D05", "D07", "D08"):
        np.testing.assert_array_equal(at(found, step_id), at(unheld, step_id))


def test_a_step_that_was_held_is_done_when_it_is_let_go() -> None:
    quick = with_steps(process("vis"), D06={"wait_days": (0.0, 0.0)})
    found, unheld = walked("vis", ()), walk_of(quick, ())

    later = np.fmax(at(unheld, "D10"), at(found, "D06"))

    np.testing.assert_array_equal(at(found, "D10"), np.where(has(unheld, "D10"), later, np.nan))
    assert (at(found, "D10") > at(unheld, "D10")).sum() > 100


UNTIL = [
    (name, step.id, step.until)
    for name in process_names()
    for step in process(name).steps
    if step.until
]


@pytest.mark.parametrize("level", ["statistical", "queueing"])
@pytest.mark.parametrize(("name", "step_id", "until"), UNTIL)
def test_what_is_done_until_a_step_comes_before_it(
    name: str, step_id: str, until: str, level: Level
) -> None:
    described = process(name)
    found = walked(name, (), level)
    quick = with_steps(described, **{step_id: {"wait_days": (0.0, 1e-9)}})

    early = walk_of(quick, (), level)

    both = has(found, step_id) & has(found, until)
    assert (at(found, step_id) < at(found, until))[both].all()
    assert has(found, step_id).sum() < has(early, step_id).sum()
    if after := described.step(step_id).after:
        assert not (has(found, step_id) & ~has(found, after)).any()


INSTEAD = [
    (name, step.id, step.instead_of)
    for name in process_names()
    for step in process(name).steps
    if step.instead_of
]


@pytest.mark.parametrize(("name", "step_id", "other"), INSTEAD)
def test_what_is_done_instead_is_done_in_all_other_cases(
    name: str, step_id: str, other: str
) -> None:
    planted = tuple(plant.id for plant in process(name).plants)
    found = walked(name, planted)

    assert (has(found, step_id) ^ has(found, other)).all()


@pytest.mark.parametrize(("name", "step_id"), [(name, step_id) for name, step_id, _ in INSTEAD])
def test_nothing_happens_in_a_case_that_was_closed_instead(name: str, step_id: str) -> None:
    found = walked(name, ())

    closed = has(found, step_id)
    assert (np.nanmax(found.at[:, closed], axis=0) == at(found, step_id)[closed]).all()


def test_a_step_is_done_again_where_its_cause_was() -> None:
    found, bare = walked("img", ("IMG-B2",)), walked("img", ())
    (row,) = (row for row, slot in enumerate(found.slots) if slot.again)

    assert found.slots[row].step.id == "A09"
    assert row > found.row("A12")
    assert np.isnan(bare.at[row]).all()
    looped = has(found, "A12")
    assert (np.isnan(found.at[row]) == ~looped).all()
    assert (found.since[row] == at(found, "A12"))[looped].all()
    decided = looped & has(found, "A13")
    assert (since(found, "A13") == found.at[row])[decided].all()
    np.testing.assert_array_equal(found.at[: row - 1], bare.at[: row - 1])
    np.testing.assert_array_equal(at(found, "A13")[~looped], at(bare, "A13")[~looped])


@pytest.mark.parametrize("level", ["statistical", "queueing"])
def test_nothing_held_is_done_in_the_hold_and_all_of_it_is_resumed(level: Level) -> None:
    described = process("img")
    hold = described.hold
    assert hold
    starts, ends = midnight(hold.start), midnight(hold.end + dt.timedelta(days=1))
    found = walked("img", (), level)
    unheld = walk_of(described.model_copy(update={"hold": None}), (), level)

    done, would, begun = at(found, "A13"), at(unheld, "A13"), since(found, "A13")

    may = has(found, "A13") & (would > starts) & (begun < ends)
    held = may & (done != would)
    # of a share, the standard error; at five thousand cases one in six meets the hold
    assert held.sum() / may.sum() == pytest.approx(hold.chance, abs=4 * math.sqrt(0.25 / may.sum()))
    assert (done >= ends)[held].all()
    left = (would - np.maximum(begun, starts)) / DAY
    resumed = hours_of("agency").after(np.full_like(left, ends), left)
    assert np.abs(done - resumed)[held].max() <= 2  # seconds: moments are rounded down
    same = ~held & has(found, "A13")
    assert (done == would)[same].all()
    before = found.row("A13")
    np.testing.assert_array_equal(found.at[:before], unheld.at[:before])


def test_the_hold_lasts_as_long_for_all_of_it() -> None:
    """Whoever would have been done sooner is not done later, of two who waited as it began."""
    described = process("img")
    assert described.hold
    starts = midnight(described.hold.start)
    unheld = walk_of(described.model_copy(update={"hold": None}), ())
    found = walked("img", ())

    done, would = at(found, "A13"), at(unheld, "A13")

    waited = (since(found, "A13") < starts) & (would > starts) & (done != would)
    assert waited.sum() > 20
    order = np.argsort(would[waited], kind="stable")
    assert (np.diff(done[waited][order]) >= 0).all()


def test_paper_is_scanned_on_mondays() -> None:
    described = process("cbr")
    assert described.weekly
    found = walked("cbr", ())
    daily = walk_of(described.model_copy(update={"weekly": None}), ())
    values = list(described.attributes["kanaal"].shares)
    is_paper = found.attributes["kanaal"] == values.index("papier")

    done, would = at(found, "B02"), at(daily, "B02")

    assert (done[~is_paper] == would[~is_paper]).all()
    moments = [dt.datetime.fromtimestamp(each, AMSTERDAM) for each in done[is_paper]]
    # the next Monday; the first working day where that is a holiday, as it often is at Christmas
    assert {moment.time() for moment in moments} == {dt.time(9)}
    assert np.mean([moment.weekday() == 0 for moment in moments]) > 0.9
    waits = (done - at(found, "B01"))[is_paper] / DAY
    assert (waits > 0).all()
    assert waits.max() < 9.1
    # a tiny effect on the whole
    assert 0 < (done - would)[is_paper].sum() / DAY / len(done) < 0.5


# --- two worlds that differ by one plant


def outside(found: Journeys, described: Process, plant: Plant) -> np.ndarray:
    """The cases that a plant does not fall on, whenever they come."""
    if plant.segment is None:
        drawn = Draws(SEED).uniform(f"share:{plant.id}", 0, found.at.shape[1])
        return drawn >= plant.share
    attribute = described.attributes[plant.segment.attribute]
    values = list(attribute.shares) or ["nee", "ja"]
    places = [values.index(value) for value in plant.segment.values]
    return ~np.isin(found.attributes[plant.segment.attribute], places)


@pytest.mark.parametrize(("name", "plant_id"), PLANTS)
def test_a_plant_leaves_alone_whom_it_does_not_fall_on(name: str, plant_id: str) -> None:
    described = process(name)
    plant = next(plant for plant in described.plants if plant.id == plant_id)
    found, bare = walked(name, (plant_id,)), walked(name, ())

    alone = outside(found, described, plant)
    some = ~np.isnan(since(found, plant.step))
    if plant.since:
        alone |= some & (since(found, plant.step) < midnight(plant.since))

    assert alone.any() or plant.share == 1
    for one, other in ((found.at, bare.at), (found.since, bare.since), (found.worked, bare.worked)):
        np.testing.assert_array_equal(one[:, alone], other[:, alone])
    assert not np.array_equal(found.at, bare.at, equal_nan=True)


@pytest.mark.parametrize(("name", "plant_id"), PLANTS)
def test_a_plant_changes_its_own_waits_and_no_others(name: str, plant_id: str) -> None:
    described = process(name).model_copy(update={"hold": None, "weekly": None})
    plant = next(plant for plant in described.plants if plant.id == plant_id)
    # plants that depend on the calendar fall on other waits when these come later
    others = tuple(
        other.id
        for other in described.plants
        if other.id != plant_id and not other.since and not other.months
    )
    found, bare = walk_of(described, (*others, plant_id)), walk_of(described, others)
    own = {plant.step, *(plant.effect.chances or ())}
    held = {step.holds for step in described.steps}

    for row, slot in enumerate(found.slots):
        if slot.step.id in own | held or slot.again:
            continue
        hours = hours_of(slot.step.actor)
        both = ~np.isnan(found.at[row]) & ~np.isnan(bare.at[row])
        lasted = [
            hours.open_at(each.at[row]) - hours.open_at(each.since[row]) for each in (found, bare)
        ]
        if slot.step.wait_days[0] == slot.step.wait_days[1]:
            lasted = [each.at[row] - each.since[row] for each in (found, bare)]
        # seconds: a moment is rounded down
        assert np.abs(lasted[0] - lasted[1])[both].max() <= 1
        if not slot.step.until:
            np.testing.assert_array_equal(np.isnan(found.at[row]), np.isnan(bare.at[row]))
        np.testing.assert_array_equal(found.worked[row][both], bare.worked[row][both])
    for attribute, codes in found.attributes.items():
        np.testing.assert_array_equal(codes, bare.attributes[attribute])


LONGER = [
    (name, plant.id)
    for name in process_names()
    for plant in process(name).plants
    if plant.effect.factor or plant.effect.extra_days
]


@pytest.mark.parametrize(("name", "plant_id"), LONGER)
def test_a_step_is_never_done_sooner_for_a_plant_that_makes_waits_longer(
    name: str, plant_id: str
) -> None:
    described = process(name).model_copy(update={"hold": None, "weekly": None})
    found, bare = walk_of(described, (plant_id,)), walk_of(described, ())
    plant = next(plant for plant in described.plants if plant.id == plant_id)

    row = found.row(plant.step)
    both = ~np.isnan(found.at[row]) & ~np.isnan(bare.at[row])
    assert (found.at[row] >= bare.at[row])[both].all()


# --- queues


class Queue(NamedTuple):
    """Who came to a desk, and when, in open seconds; from when each could be done; and by whom."""

    case: np.ndarray
    came: np.ndarray
    ready: np.ndarray
    begun: np.ndarray
    left: np.ndarray
    server: np.ndarray


QUEUED = 10_000


def queue_at(journeys: Journeys, step_id: str) -> Queue:
    """A desk's own ledger: a server begins a case when it is ready and the one before is done.

    The first case of each server is left out: it began when the desk opened.
    """
    row, hours = journeys.row(step_id), hours_of("agency")
    case = np.flatnonzero(journeys.server[row] >= 0)
    came = ready = hours.open_at(journeys.since[row, case])
    for other, slot in enumerate(journeys.slots):
        if slot.step.holds == step_id:
            ready = np.fmax(ready, hours.open_at(journeys.at[other, case]))
    left, server = hours.open_at(journeys.at[row, case]), journeys.server[row, case]
    order = np.lexsort((ready, left, server))
    case, came, ready, left, server = (
        column[order] for column in (case, came, ready, left, server)
    )
    begun = np.append(-np.inf, np.maximum(ready[1:], left[:-1]))
    later = np.append(False, server[1:] == server[:-1])
    return Queue(*(column[later] for column in (case, came, ready, begun, left, server)))


DESKS = [(name, step.id) for name in process_names() for step in process(name).steps if step.desk]


@pytest.mark.parametrize(("name", "step_id"), DESKS)
def test_a_desk_without_an_order_begins_cases_as_they_came(name: str, step_id: str) -> None:
    described = process(name).model_copy(update={"hold": None})
    queue = queue_at(walk_of(described, (), "queueing", QUEUED), step_id)

    # whoever takes a place in the line keeps it, also while not ready; all against one in five
    line = np.empty(len(queue.case), np.int64)
    line[np.lexsort((queue.case, queue.ready, queue.came))] = np.arange(len(line))
    each = slice(None, None, 5)
    is_passed = (
        (line[:, None] < line[each])
        & (queue.ready[:, None] < queue.begun[each] - 2)  # moments are rounded down
        & (queue.begun[:, None] > queue.begun[each] + 2)
    )
    assert len(line) > 500
    assert not is_passed.any()
    assert (queue.begun > queue.ready).mean() > 0.9
    servers = described.step(step_id).desk
    assert servers
    assert set(queue.server) == set(range(servers.servers))


def jumps(queue: Queue, *, first: np.ndarray, then: np.ndarray) -> int:
    """How often one of ``then`` was begun while one of ``first`` lay there; places in a queue."""
    ready, begun = queue.ready[first][:, None], queue.begun[first][:, None]
    now = queue.begun[then][None, :]
    # two seconds: moments are rounded down
    return int(((ready < now - 2) & (begun > now + 2)).sum())


def test_who_is_due_first_goes_first() -> None:
    described = process("cbr")
    queue = queue_at(walked("cbr", ("CBR-B3",), "queueing", QUEUED), "B07")
    began = arrivals_of("cbr", QUEUED)
    attribute = described.attributes["dagen_tot_verval"]
    values = list(attribute.shares)
    found = walked("cbr", ("CBR-B3",), "queueing", QUEUED).attributes["dagen_tot_verval"]
    low, high = np.array([attribute.ranges[values[code]] for code in found]).T
    days = low + (high - low) * Draws(SEED).uniform("days:dagen_tot_verval", 0, QUEUED)
    due = (began + days * DAY)[queue.case]

    by_due = np.argsort(due)
    # whoever is due a tenth of the queue sooner: all pairs would be many
    tenth = len(by_due) // 10
    assert (
        sum(
            jumps(queue, first=by_due[start : start + tenth], then=by_due[start + tenth :])
            for start in range(0, len(by_due), tenth)
        )
        == 0
    )
    by_arrival = np.argsort(queue.came)
    assert jumps(queue, first=by_arrival[: 5 * tenth], then=by_arrival[5 * tenth :]) > 0


@pytest.mark.parametrize("step_id", ["C05", "C08", "C12"])
def test_who_has_a_ruling_goes_before_all_others(step_id: str) -> None:
    found = walked("uht", ("UHT-B3",), "queueing", QUEUED)
    queue = queue_at(found, step_id)
    # the ruling as it was drawn, also if it came too late for the log
    process_ = with_steps(process("uht"), C14={"until": None}, C15={"until": None})
    ruled = at(walk_of(process_, ("UHT-B3",), "queueing", QUEUED), "C15")[queue.case]
    ahead_at = np.where(np.isnan(ruled), np.inf, hours_of("agency").open_at(ruled))

    ahead = np.flatnonzero(ahead_at < np.inf)
    since = np.maximum(ahead_at, queue.ready)[ahead][:, None]
    begun = queue.begun[ahead][:, None]
    never = queue.begun[ahead_at == np.inf][None, :]

    assert (begun > since + 2).any()
    assert not ((since < never - 2) & (begun > never + 2)).any()


# An order decides who waits. With work that costs as much in any order, a desk is at work as long
# and so many lie there at any time, whoever they are, so all of them together wait as long; what
# is left is how the work of who was begun and who was not differs, which is drawn apart from it.
@pytest.mark.parametrize(
    ("name", "plant_id", "step_id", "order"),
    [
        ("cbr", "CBR-B3", "B07", Order(due_in="dagen_tot_verval")),
        ("uht", "UHT-B3", "C05", Order(ahead_after="C15")),
    ],
)
def test_an_order_moves_waits_from_one_to_another(
    name: str, plant_id: str, step_id: str, order: Order
) -> None:
    described = process(name)
    plants = tuple(
        plant.model_copy(update={"order": order}) if plant.id == plant_id else plant
        for plant in described.plants
    )
    described = described.model_copy(update={"plants": plants})
    plant = next(plant for plant in plants if plant.id == plant_id)
    found = walk_of(described, (plant_id,), "queueing", QUEUED)
    bare = walk_of(described, (), "queueing", QUEUED)

    # at the first desk the same cases come at the same time
    np.testing.assert_array_equal(since(found, step_id), since(bare, step_id))
    extra = (at(found, step_id) - at(bare, step_id)) / DAY
    there = ~np.isnan(extra)
    suffer = ~outside(found, described, plant) & there
    moved = np.abs(extra[there]).mean()

    assert extra[suffer].mean() > 0
    assert extra[there & ~suffer].mean() < 0
    assert moved > 1
    assert abs(extra[there].mean()) < 0.03 * moved


def test_what_goes_ahead_costs_all_of_them_time() -> None:
    found = walked("uht", ("UHT-B3",), "queueing", QUEUED)
    bare = walked("uht", (), "queueing", QUEUED)

    extra = (at(found, "C05") - at(bare, "C05")) / DAY

    assert np.nanmean(extra) > 1


SHORT = [
    (name, plant.id)
    for name in process_names()
    for plant in process(name).plants
    if plant.staff is not None
]


@pytest.mark.parametrize(("name", "plant_id"), SHORT)
def test_a_desk_short_of_staff_makes_waits_grow(name: str, plant_id: str) -> None:
    described = process(name)
    plant = next(plant for plant in described.plants if plant.id == plant_id)
    found, bare = (walked(name, planted, "queueing", QUEUED) for planted in ((plant_id,), ()))

    extra = (at(found, plant.step) - at(bare, plant.step)) / DAY
    begins = since(found, plant.step)
    there = ~np.isnan(extra) & ~np.isnan(begins)
    np.testing.assert_array_equal(begins, since(bare, plant.step))

    if plant.since:
        done_by_then = there & (at(bare, plant.step) < midnight(plant.since))
        assert (extra[done_by_then] == 0).all()
        there &= begins >= midnight(plant.since)
    if plant.months:
        # what grew in the spell is still being worked off after it
        before, *_, after = (plant.months[0] - 1, *plant.months)
        local = [dt.datetime.fromtimestamp(each, AMSTERDAM) for each in begins[there]]
        for year in (2024, 2025):
            grown = [
                extra[there][[(day.year, day.month) == (year, month) for day in local]].mean()
                for month in (before, after)
            ]
            assert grown[1] > 2 * grown[0] >= 0
        return
    order = np.argsort(begins[there])
    # it grows until haste and the season hold it
    first, *more, last = [part.mean() for part in np.array_split(extra[there][order], 4)]
    assert [first, *more] == sorted([first, *more])
    assert min(*more, last) > 2 * first > 0


@pytest.mark.parametrize("name", process_names())
def test_what_comes_before_any_desk_is_the_same_at_both_levels(name: str) -> None:
    drawn, queued = walked(name, (), "statistical"), walked(name, (), "queueing")

    first = min(row for row, slot in enumerate(drawn.slots) if slot.step.desk)

    # but for what the steps of a desk cut off
    rows = np.flatnonzero([not slot.step.until for slot in drawn.slots])
    np.testing.assert_array_equal(drawn.at[rows[rows < first]], queued.at[rows[rows < first]])
    np.testing.assert_array_equal(np.isnan(drawn.at[rows]), np.isnan(queued.at[rows]))


@pytest.mark.parametrize("level", ["statistical", "queueing"])
@pytest.mark.parametrize("name", process_names())
def test_nobody_to_walk(name: str, level: Level) -> None:
    found = walk(process(name), World((), level), Draws(SEED), 0, np.empty(0))

    assert found.at.shape == (len(list(slots_of(process(name)))), 0)


def test_some_of_the_cases() -> None:
    found = walked("cbr", ())

    some = found.of(np.arange(5000) % 7 == 3)

    np.testing.assert_array_equal(some.at, found.at[:, 3::7])
    np.testing.assert_array_equal(some.attributes["regio"], found.attributes["regio"][3::7])


def test_a_world_without_a_plant() -> None:
    plant = process("img").plants[1]

    assert World(("IMG-B1", "IMG-B2", "IMG-B3")).without(plant).planted == ("IMG-B1", "IMG-B3")
