# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a plant costs, against a count by hand: a case at a time, a wait at a time."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.description import Plant, process, process_names
from simulation.effects import Effect, effect_of
from simulation.walking import population
from simulation.walking.hours import A_DAY, period_of
from simulation.walking.journeys import Journeys, Level, World, slots_of
from simulation.walking.population import Block, Population
from tests.unit.simulation.parts import PROCESS

pytestmark = pytest.mark.xdist_group("effects")

CASES = 300
LEVELS = get_args(Level)

# where each plant bites, and on whom, in words of the descriptions; "2" is the second time
OWN = {
    "IMG-B1": ["A09"],
    "IMG-B2": ["A09 2"],
    "IMG-B3": ["A13"],
    "CBR-B1": ["B11"],
    "CBR-B2": ["B07"],
    "CBR-B3": ["B07"],
    "UHT-B1": ["C05"],
    "UHT-B2": ["C07"],
    "UHT-B3": ["C05", "C08", "C12"],
    "VIS-B1": ["D02"],
    "VIS-B2": ["D10"],
    "VIS-B3": ["D07", "D08"],
}
MEANT = {
    "IMG-B1": ("deskundigenbureau", {0}),
    "IMG-B3": ("samenloop", {0}),
    "CBR-B1": ("specialisme", {0, 1}),
    "CBR-B3": ("dagen_tot_verval", {2}),
    "VIS-B1": ("locatie", {5}),
    "VIS-B3": ("checklistversie", {2}),
}
NOT_ON_THE_LEGAL_CLOCK = {"VIS-B1"}


def named_rows(journeys):
    """The rows of the walk with the name of each: "2" where a step comes once more."""
    names = [slot.step.id for slot in journeys.slots]
    return [(row, name + " 2" * (name in names[:row])) for row, name in enumerate(names)]


def lasted(since, at):
    """How many days a wait takes; one that is not there takes none."""
    return 0.0 if math.isnan(since) or math.isnan(at) else (at - since) / A_DAY


def room(since, window):
    """How many days of a wait the log can show."""
    opens, closes = window
    return (closes - since) / A_DAY if opens <= since <= closes else 0.0


def by_hand(plant, block, bare, window, is_meant):
    """The effect, wait by wait; ``is_meant`` says of a case in the planted block."""
    told = dict.fromkeys(Effect._fields, 0.0)
    for case in range(len(block.is_in)):
        if not block.is_in[case]:
            continue
        longest = 0.0
        for row, name in named_rows(block.journeys):
            (since, at), (bare_since, bare_at) = (
                (float(world.journeys.since[row, case]), float(world.journeys.at[row, case]))
                for world in (block, bare)
            )
            days, bare_days, most = (
                lasted(since, at),
                lasted(bare_since, bare_at),
                room(since, window),
            )
            extra = min(days, most) - min(bare_days, most)
            if name not in OWN[plant.id]:
                told["elsewhere"] += extra
            elif not is_meant(case):
                told["others"] += extra
            else:
                longest = max(longest, extra)
                told["seen"] += extra
                told["whole"] += days - bare_days
        told["hit"] += longest >= 1
    return {**told, "legal": 0.0 if plant.id in NOT_ON_THE_LEGAL_CLOCK else told["seen"]}


def meant(plant, journeys, closes):
    """Says of a case whether the plant is meant for it."""
    if plant.id == "UHT-B3":
        rulings = [row for row, slot in enumerate(journeys.slots) if slot.step.id == "C15"]
        return lambda case: not journeys.at[rulings[0], case] <= closes
    if plant.id in MEANT:
        name, codes = MEANT[plant.id]
        return lambda case: int(journeys.attributes[name][case]) in codes
    return lambda _: True


@pytest.fixture(scope="module", params=[(n, level) for n in process_names() for level in LEVELS])
def walked(request):
    """A process; its block with everything planted; by plant, the block without that one."""
    name, level = request.param
    described = process(name)
    world = World(tuple(plant.id for plant in described.plants), level)
    people = Population(described, CASES, 4, world)
    (block,) = people.blocks(world)
    bare = {plant.id: next(people.blocks(world.without(plant))) for plant in described.plants}
    return described, block, bare


def test_effects_are_those_counted_by_hand(walked):
    described, block, bare = walked
    window = period_of(described.window)
    for plant in described.plants:
        told = effect_of(plant, described, block, bare[plant.id])._asdict()

        is_meant = meant(plant, block.journeys, window[1])
        assert told == pytest.approx(by_hand(plant, block, bare[plant.id], window, is_meant))
        assert told["hit"] > 0
        assert told["seen"] > 0


def test_an_effect_is_on_the_legal_clock_but_for_waits_before_it(walked):
    described, block, bare = walked
    for plant in described.plants:
        told = effect_of(plant, described, block, bare[plant.id])

        assert told.legal == (0 if plant.id in NOT_ON_THE_LEGAL_CLOCK else told.seen)
        assert ("legal" in plant.clocks) is (plant.id not in NOT_ON_THE_LEGAL_CLOCK)


def test_of_a_wait_before_the_clock_citizens_feel_everything_and_the_law_nothing():
    described = process("vis")
    appointment = described.plants[0]
    world = World((appointment.id,))
    people = Population(described, CASES, 1, world)
    (block,), (bare,) = people.blocks(world), people.blocks(World(()))

    told = effect_of(appointment, described, block, bare)
    assert appointment.id == "VIS-B1"
    assert told.legal == 0
    assert told.seen / told.hit > 60


@pytest.mark.parametrize("name", process_names())
def test_the_effect_of_nothing_is_nothing(name):
    described = process(name)
    world = World((described.plants[0].id,), "statistical")
    people = Population(described, CASES, 2, world)
    (block,), (again,) = people.blocks(world), people.blocks(world)

    assert block.journeys is not again.journeys
    for plant in described.plants:
        assert effect_of(plant, described, block, again) == Effect()


@pytest.mark.parametrize("name", process_names())
def test_effects_add_up_over_blocks(name, monkeypatch):
    described = process(name)
    world = World(tuple(plant.id for plant in described.plants), "statistical")
    people = Population(described, CASES, 3, world)
    (whole,) = people.blocks(world)
    (bare,) = zip(*(people.blocks(world.without(plant)) for plant in described.plants), strict=True)

    monkeypatch.setattr(population, "_BLOCK", 97)
    for plant, without in zip(described.plants, bare, strict=True):
        pairs = list(zip(people.blocks(world), people.blocks(world.without(plant)), strict=True))
        total = Effect()
        for blocks in pairs:
            total = total.plus(effect_of(plant, described, *blocks))

        assert len(pairs) > 3
        assert total == pytest.approx(effect_of(plant, described, whole, without))


# From here on by construction. The log is of 2025; times are days after it opens.

OPENS, CLOSES = period_of(PROCESS.window)
LENGTH = (CLOSES - OPENS) / A_DAY
SLOW = Plant.model_validate(
    {
        "id": "SLOW",
        "kind": "capacity",
        "owner": "x",
        "step": "B",
        "places": [("A", "B")],
        "clocks": ["citizen", "legal"],
        "effect": {"factor": 2},
        "segment": {"attribute": "regio", "values": ["Zuid"]},
    }
)
OWN["SLOW"] = ["B"]
NEVER = math.nan
ZUID = 1


def block_of(*cases):
    """A block of cases: the value of regio, then from when and until when each step is waited."""
    slots = tuple(slots_of(PROCESS))
    regio = np.array([regio for regio, *_ in cases])
    days = np.array([waits for _, *waits in cases], dtype=float).reshape(-1, len(slots), 2)
    seconds = np.moveaxis(days, 0, -1) * A_DAY + OPENS
    shape = seconds.shape[0], seconds.shape[2]
    journeys = Journeys(
        slots,
        at=seconds[:, 1],
        since=seconds[:, 0],
        worked=np.zeros(shape),
        server=np.full(shape, -1, np.int64),
        elsewhere=np.zeros(shape, np.bool_),
        attributes={"regio": regio},
    )
    return Block(0, np.ones(len(cases), np.bool_), journeys)


def one(since, until, regio=ZUID):
    """A case of which only the wait for B matters."""
    return regio, (0, 0), (since, until), (0, 0), (0, 0)


@pytest.mark.parametrize(
    ("with_it", "without", "seen", "whole"),
    [
        pytest.param(one(10, 50), one(10, 30), 20, 20, id="over in time"),
        pytest.param(one(0, 40), one(0, 20), 20, 20, id="begun as the log opens"),
        pytest.param(one(-1, 40), one(-1, 20), 0, 20, id="begun before the log opens"),
        pytest.param(one(LENGTH - 30, LENGTH + 70), one(LENGTH - 30, LENGTH - 20), 20, 90,
                     id="open at closing: up to then"),
        pytest.param(one(LENGTH - 30, LENGTH + 70), one(LENGTH - 30, LENGTH + 5), 0, 65,
                     id="open in both: the log cannot tell"),
        pytest.param(one(LENGTH + 1, LENGTH + 70), one(LENGTH + 1, LENGTH + 5), 0, 65,
                     id="begun after the log closes"),
        pytest.param(one(10, 50), one(NEVER, NEVER), 40, 40, id="not there without it"),
        pytest.param(one(10, NEVER), one(10, NEVER), 0, 0, id="never done"),
        pytest.param(one(40, 60), one(10, 30), 0, 0, id="as long, but later"),
        pytest.param(one(LENGTH - 5, LENGTH + 15), one(10, 30), 0, 0,
                     id="as long, but later, and open: both as far as the log would show"),
        pytest.param(one(10, 30), one(10, 50), -20, -20, id="it gains"),
        pytest.param(one(10, 31), one(10, 30), 1, 1, id="a day longer: it is hit"),
        pytest.param(one(10, 30.9), one(10, 30), 0.9, 0.9, id="less than a day: it is not"),
    ],
)  # fmt: skip
def test_a_wait_counts_as_far_as_the_log_shows_it(with_it, without, seen, whole):
    told = effect_of(SLOW, PROCESS, block_of(with_it), block_of(without))

    assert told == pytest.approx(
        Effect(hit=float(seen >= 1), seen=seen, legal=seen, whole=whole), abs=1e-9
    )


def test_what_others_and_other_steps_lose_is_told_apart():
    with_it = block_of(
        one(10, 50),
        one(10, 25, regio=0),
        (ZUID, (0, 0), (10, 20), (20, 27), (27, 30)),
    )
    without = block_of(
        one(10, 30),
        one(10, 30, regio=0),
        (ZUID, (0, 0), (10, 20), (20, 22), (22, 25)),
    )

    assert effect_of(SLOW, PROCESS, with_it, without) == pytest.approx(
        Effect(hit=1, seen=20, legal=20, others=-5, elsewhere=5, whole=20)
    )


def test_cases_that_are_not_in_the_log_do_not_count():
    with_it = block_of(one(10, 50), one(10, 90))._replace(is_in=np.array([True, False]))
    without = block_of(one(10, 30), one(10, 30))._replace(is_in=np.array([True, False]))

    assert effect_of(SLOW, PROCESS, with_it, without).seen == pytest.approx(20)


days = st.integers(-60, 460).map(float) | st.just(NEVER)
waits = st.tuples(days, days).map(
    lambda ends: ends if any(map(math.isnan, ends)) else tuple(sorted(ends))
)
cases = st.tuples(st.integers(0, 1), *[waits] * len(PROCESS.steps))


@given(st.lists(st.tuples(cases, cases, st.booleans()), min_size=1, max_size=6))
def test_any_effect_is_the_one_counted_by_hand(drawn):
    is_in = np.array([is_in for *_, is_in in drawn])
    block, bare = (
        block_of(*(told[world] for told in drawn))._replace(is_in=is_in) for world in (0, 1)
    )
    regio = block.journeys.attributes["regio"]

    told = effect_of(SLOW, PROCESS, block, bare)._asdict()

    expected = by_hand(SLOW, block, bare, (OPENS, CLOSES), lambda case: regio[case] == ZUID)
    assert told == pytest.approx(expected, abs=1e-6)
