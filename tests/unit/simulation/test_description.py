# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every description speaks of what is in it, and plants what it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from contracts.errors import UsageError
from simulation.description import Attribute, Process, Segment, process, process_names

NAMES = ["cbr", "img", "uht", "vis"]
DESCRIBED = [pytest.param(process(name), id=name) for name in process_names()]
of_each = pytest.mark.parametrize("described", DESCRIBED)

PLANTED = {
    "IMG-B1": "third_party_capacity",
    "IMG-B2": "rework",
    "IMG-B3": "handover",
    "CBR-B1": "third_party_capacity",
    "CBR-B2": "capacity",
    "CBR-B3": "prioritisation",
    "UHT-B1": "capacity",
    "UHT-B2": "handover",
    "UHT-B3": "prioritisation",
    "VIS-B1": "before_the_clock",
    "VIS-B2": "capacity",
    "VIS-B3": "rework",
}
DECOYS = {
    "IMG-D1": "statutory_wait",
    "IMG-D2": "policy_pause",
    "CBR-D1": "waiting_on_citizen",
    "CBR-D2": None,
    "UHT-D1": "outside",
    "UHT-D2": "waiting_on_citizen",
    "VIS-D1": "parallel",
    "VIS-D2": "waiting_on_citizen",
}


def ids_of(described: Process) -> list[str]:
    return [step.id for step in described.steps]


def steps_named(described: Process) -> Iterator[str | None]:
    """Every step that something else names."""
    yield from described.ends
    yield described.legal.decision
    yield from described.version.names
    for step in described.steps:
        yield from (step.after, step.holds, step.until, step.instead_of)
    for attribute in described.attributes.values():
        yield from (attribute.with_step, attribute.tells)
    for plant in described.plants:
        yield from (plant.step, plant.again, *plant.desks, *(plant.effect.chances or ()))
        yield from (step for place in plant.places for step in place)
        yield plant.order.ahead_after if plant.order else None
    for decoy in described.decoys:
        yield from (step for place in decoy.places for step in place)
    for some in (described.hold, described.weekly):
        yield some.step if some else None


def values_of(attribute: Attribute) -> set[str]:
    return {"ja", "nee"} if attribute.tells else set(attribute.shares)


def segments_of(described: Process) -> list[Segment]:
    found = [plant.segment for plant in described.plants]
    found += [described.weekly.segment] if described.weekly else []
    return [segment for segment in found if segment]


def test_the_processes() -> None:
    assert process_names() == NAMES


def test_twelve_plants_and_eight_decoys() -> None:
    described = [process(name) for name in process_names()]
    plants = {plant.id: plant.kind for one in described for plant in one.plants}
    decoys = {decoy.id: decoy.expected for one in described for decoy in one.decoys}

    assert plants == PLANTED
    assert decoys == DECOYS


def test_ids_and_names_are_unique() -> None:
    described = [process(name) for name in process_names()]
    ids = Counter(step for one in described for step in ids_of(one))
    ids += Counter(plant.id for one in described for plant in one.plants)
    ids += Counter(decoy.id for one in described for decoy in one.decoys)

    assert ids.total() == len(ids)
    assert len({one.case_type.nl for one in described}) == len(described)


@of_each
def test_an_activity_has_one_name_and_one_activity_a_name(described: Process) -> None:
    names = [step.name for step in described.steps] + list(described.version.names.values())

    assert len(names) == len(set(names))
    assert all(name == name.strip() and 0 < len(name) <= 80 for name in names)


@of_each
def test_every_step_that_is_named_is_there(described: Process) -> None:
    named = {step for step in steps_named(described) if step}

    assert named <= set(ids_of(described))


@of_each
def test_a_step_comes_after_those_it_waits_for(described: Process) -> None:
    """Steps are walked in the order of the file; what ``until`` and ``holds`` name comes later."""
    place = {step: number for number, step in enumerate(ids_of(described))}

    for step in described.steps:
        if step.after:
            assert place[step.after] < place[step.id]
        for later in (step.until, step.holds):
            assert later is None or place[later] > place[step.id]
        if step.instead_of:
            assert described.step(step.instead_of).instead_of is None
        assert not (step.holds and not step.after), "only a side branch holds a step up"
    for plant in described.plants:
        assert plant.again is None or place[plant.again] < place[plant.step]


@of_each
def test_the_first_step_is_the_citizens_and_of_every_case(described: Process) -> None:
    first = described.steps[0]

    assert (first.actor, first.chance, first.wait_days, first.after) == ("citizen", 1, (0, 0), None)


@of_each
def test_every_case_has_an_end(described: Process) -> None:
    ends = [described.step(step) for step in described.ends]

    assert any(end.instead_of in {described.legal.decision, *described.ends} for end in ends)
    assert all(end.until is None for end in ends)


@of_each
def test_a_wait_has_its_90th_percentile_after_its_median(described: Process) -> None:
    spreads = [spread for step in described.steps for spread in (step.wait_days, step.work_hours)]
    for plant in described.plants:
        effect = plant.effect
        spreads += filter(None, (effect.extra_days, effect.instead_days, effect.again_days))

    assert all(median <= p90 for median, p90 in spreads)


@of_each
def test_teams_are_there_and_each_does_something(described: Process) -> None:
    doing = {step.team for step in described.steps} | {plant.done_by for plant in described.plants}

    assert doing - {None} == set(described.teams)
    assert not any(step.team and step.actor == "citizen" for step in described.steps)
    assert all(step.team for step in described.steps if step.actor == "agency")


@of_each
def test_a_desk_is_that_of_people_of_its_team(described: Process) -> None:
    for step in described.steps:
        if step.desk is None:
            continue
        assert step.team
        staff = described.teams[step.team].staff
        assert staff
        assert step.desk.servers <= staff
        assert step.actor == "agency"
        assert step.wait_days[0] < step.wait_days[1]
        assert step.work_hours[1] > 0


@of_each
def test_steps_of_a_group_share_a_draw(described: Process) -> None:
    groups = Counter(step.group for step in described.steps if step.group)

    assert all(count > 1 for count in groups.values())
    # a draw is named after the group, or after the step that has none
    assert not set(groups) & set(ids_of(described))


@of_each
def test_attributes_and_segments(described: Process) -> None:
    for attribute in described.attributes.values():
        assert bool(attribute.shares) != bool(attribute.tells)
        assert not attribute.shares or sum(attribute.shares.values()) == pytest.approx(1)
        assert not attribute.ranges or list(attribute.ranges) == list(attribute.shares)
        assert all(low < high for low, high in attribute.ranges.values())
    for segment in segments_of(described):
        values = values_of(described.attributes[segment.attribute])
        assert set(segment.values) < values
        assert segment.values


@of_each
def test_a_plant_does_one_thing_to_waits_that_end_with_its_step(described: Process) -> None:
    for plant in described.plants:
        does = [value for value in plant.effect.model_dump().values() if value is not None]
        assert len(does) == 1
        assert bool(plant.again) == bool(plant.effect.again_days)
        assert plant.segment is None or plant.share == 1
        assert set(plant.clocks) <= {"citizen", "legal"}
        assert plant.places
        shows = {plant.step, *plant.desks, *(plant.effect.chances or ()), plant.again}
        assert {end for _, end in plant.places} <= shows
        assert not plant.done_by or plant.done_by in described.teams


@of_each
def test_a_shortage_and_an_order_are_of_a_desk(described: Process) -> None:
    for plant in described.plants:
        desks = {*plant.desks, *([plant.step] if plant.staff is not None else [])}
        assert all(described.step(step).desk for step in desks)
        assert bool(plant.desks) == bool(plant.order)
        if plant.order and plant.order.due_in:
            assert described.attributes[plant.order.due_in].ranges
        # one spell of whole months in a year that ends before the year does
        months = list(plant.months)
        assert months == list(range(months[0], months[-1] + 1)) if months else True
        assert not months or months[-1] < 12


@of_each
def test_the_calendar_lies_in_the_window(described: Process) -> None:
    window, hold = described.window, described.hold

    assert window.opens < window.closes
    dates = [described.version.since, *(plant.since for plant in described.plants)]
    dates += [hold.start, hold.end] if hold else []
    dates += [described.arrivals.surge.start] if described.arrivals.surge else []
    assert all(window.opens < date < window.closes for date in dates if date)
    assert not hold or hold.start < hold.end


@of_each
def test_nothing_can_be_misspelt(described: Process) -> None:
    written = described.model_dump(by_alias=True) | {"desk": 1}

    with pytest.raises(ValueError, match="desk"):
        Process.model_validate(written)


def test_an_unknown_process_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="imgs") as told:
        process("imgs")

    assert "img" in str(told.value.hint)
