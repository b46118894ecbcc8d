# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A log has as many cases as were asked for, of an agency that was there before it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulation.description import Window, process, process_names
from simulation.walking import population
from simulation.walking.draws import Draws
from simulation.walking.journeys import Level, World
from simulation.walking.population import DESTROYED, Block, Population, period_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = 86_400
LEVELS: tuple[Level, ...] = ("statistical", "queueing")
at_both_levels = pytest.mark.parametrize("level", LEVELS)
of_each = pytest.mark.parametrize("name", process_names())


def world_of(name: str, level: Level) -> World:
    return World(tuple(plant.id for plant in process(name).plants), level)


def peopled(
    name: str, cases: int, level: Level = "statistical", *, seed: int = 3, destroy: bool = False
) -> tuple[Population, list[Block]]:
    world = world_of(name, level)
    found = Population(process(name), cases, seed, world, destroy=destroy)
    return found, list(found.blocks(world))


known = cache(peopled)


def in_log(blocks: list[Block]) -> np.ndarray:
    """When each step was done, of the cases in the log; a row per step."""
    return np.hstack([block.journeys.at[:, block.is_in] for block in blocks])


def everyone(blocks: list[Block]) -> np.ndarray:
    return np.hstack([block.journeys.at for block in blocks])


def seen(at: np.ndarray, window: Window) -> np.ndarray:
    opens, closes = period_of(window)
    return (at >= opens) & (at <= closes)


def last_end(at: np.ndarray, blocks: list[Block], name: str) -> np.ndarray:
    """When the last of the steps that end a case was done; NaN: none of them."""
    rows = [blocks[0].journeys.row(step) for step in process(name).ends]
    return np.fmax.reduce(at[rows])


@of_each
def test_a_period_is_from_midnight_to_the_last_second_of_a_day(name: str) -> None:
    window = process(name).window

    first, last = (dt.datetime.fromtimestamp(at, AMSTERDAM) for at in period_of(window))

    assert (first.date(), first.time()) == (window.opens, dt.time())
    assert (last.date(), last.time()) == (window.closes, dt.time(23, 59, 59))


@pytest.mark.parametrize("destroy", [False, True])
@pytest.mark.parametrize("cases", [1, 2, 7, 100, 3000])
@pytest.mark.parametrize(
    ("name", "level"), [(name, "statistical") for name in process_names()] + [("cbr", "queueing")]
)
def test_as_many_cases_as_asked_for_each_with_an_event_in_the_window(
    name: str, level: Level, cases: int, *, destroy: bool
) -> None:
    found, blocks = known(name, cases, level, destroy=destroy)

    at = in_log(blocks)
    assert at.shape[1] == cases
    assert seen(at, process(name).window).any(axis=0).all()
    numbers = [block.first + np.flatnonzero(block.is_in) for block in blocks]
    np.testing.assert_array_equal(np.concatenate(numbers), found.numbers)


@pytest.mark.parametrize(
    ("name", "level"), [(name, "statistical") for name in process_names()] + [("cbr", "queueing")]
)
def test_some_are_cut_off_on_the_left_and_some_on_the_right(name: str, level: Level) -> None:
    _, blocks = known(name, 3000, level)

    at, (opens, closes) = in_log(blocks), period_of(process(name).window)

    before, after = np.nanmin(at, axis=0) < opens, np.nanmax(at, axis=0) > closes
    assert 0.005 < before.mean() < 0.5
    assert 0.005 < after.mean() < 0.8
    assert not (before & after).all()


@of_each
def test_whoever_is_on_record_may_be_in_the_log(name: str) -> None:
    """At the statistical level hardly more begin than are asked for, so hardly any are left out."""
    _, blocks = known(name, 3000)

    at, is_in = everyone(blocks), np.concatenate([block.is_in for block in blocks])

    on_record = seen(at, process(name).window).any(axis=0)
    assert not (is_in & ~on_record).any()
    assert is_in.sum() / on_record.sum() > 0.9


@pytest.mark.parametrize("name", ["cbr", "vis"])
def test_a_small_log_is_a_part_of_the_work_of_an_agency(name: str) -> None:
    _, blocks = known(name, 100, "queueing")

    at, is_in = everyone(blocks), np.concatenate([block.is_in for block in blocks])

    (block,) = blocks
    new = block.journeys.at[0] >= period_of(process(name).window)[0]
    assert new.sum() >= 10_000
    # whoever it is, with the same chance: a case of the log began as early as any on record
    on_record = seen(at, process(name).window).any(axis=0)
    places = np.flatnonzero(is_in[on_record]) / on_record.sum()
    assert abs(places.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 100)


@at_both_levels
def test_cases_come_at_the_same_pace_before_the_log_opens(level: Level) -> None:
    _, blocks = known("cbr", 3000, level)
    opens, closes = period_of(process("cbr").window)
    began = everyone(blocks)[0]

    # the burn-in is the last year before, so of each month there is one
    per_day = [
        ((began >= start) & (began < end)).sum() / ((end - start) / DAY)
        for start, end in ((opens - 365 * DAY, opens), (opens, closes))
    ]

    assert (np.diff(began[began < opens]) >= 0).all()
    assert (np.diff(began[began >= opens]) >= 0).all()
    assert began.min() >= opens - 366 * DAY
    # the window has a surge, of a thirtieth of all
    assert per_day[0] == pytest.approx(per_day[1], rel=0.1)


@pytest.mark.parametrize(
    ("name", "level"), [("cbr", "statistical"), ("uht", "statistical"), ("cbr", "queueing")]
)
def test_old_cases_that_were_destroyed_are_not_there(name: str, level: Level) -> None:
    _, blocks = known(name, 3000, level, destroy=True)
    _, kept = known(name, 3000, level)
    limit = period_of(process(name).window)[1] - DESTROYED.days_after_end * DAY

    old = [last_end(in_log(some), some, name) < limit for some in (blocks, kept)]

    numbers = np.concatenate([block.first + np.flatnonzero(block.is_in) for block in blocks])
    drawn = Draws(3).uniform("destroyed", 0, int(numbers.max()) + 1)[numbers]
    assert not (old[0] & (drawn < DESTROYED.rate)).any()
    # four in five are left of the old, and all of the others: by the odds
    odds = [some.sum() / (~some).sum() for some in old]
    error = np.sqrt(sum(1 / some.sum() + 1 / (~some).sum() for some in old))
    assert abs(np.log(odds[0] / odds[1]) - np.log(1 - DESTROYED.rate)) < 4 * error


@pytest.mark.parametrize("destroy", [False, True])
@pytest.mark.parametrize("size", [1, 997, 1000])
def test_blocks_of_any_size_hold_the_same(
    size: int, monkeypatch: pytest.MonkeyPatch, *, destroy: bool
) -> None:
    cases = 40 if size == 1 else 1500
    whole, blocks = peopled("img", cases, destroy=destroy)
    monkeypatch.setattr(population, "_BLOCK", size)
    found, parts = peopled("img", cases, destroy=destroy)

    assert len(parts) > 1 == len(blocks)
    assert [part.first for part in parts] == list(range(0, len(parts) * size, size))
    np.testing.assert_array_equal(found.numbers, whole.numbers)
    np.testing.assert_array_equal(np.concatenate([part.is_in for part in parts]), blocks[0].is_in)
    for column in ("at", "since", "worked", "server", "elsewhere"):
        joined = np.hstack([getattr(part.journeys, column) for part in parts])
        np.testing.assert_array_equal(joined, getattr(blocks[0].journeys, column))
    for name, codes in blocks[0].journeys.attributes.items():
        joined = np.concatenate([part.journeys.attributes[name] for part in parts])
        np.testing.assert_array_equal(joined, codes)


@pytest.mark.parametrize(
    ("name", "level"), [(name, "statistical") for name in process_names()] + [("vis", "queueing")]
)
def test_the_same_is_asked_again(name: str, level: Level) -> None:
    first, blocks = known(name, 200, level, destroy=True)
    again, others = peopled(name, 200, level, destroy=True)
    _, different = known(name, 200, level, seed=4, destroy=True)

    np.testing.assert_array_equal(first.numbers, again.numbers)
    np.testing.assert_array_equal(everyone(blocks), everyone(others))
    np.testing.assert_array_equal(everyone(blocks), everyone(list(first.blocks(first.world))))
    assert not np.array_equal(in_log(blocks), in_log(different), equal_nan=True)


@at_both_levels
def test_the_same_cases_are_walked_in_another_world(level: Level) -> None:
    found, blocks = known("img", 200, level)
    bare = list(found.blocks(World((), level)))

    np.testing.assert_array_equal(bare[0].is_in, blocks[0].is_in)
    np.testing.assert_array_equal(bare[0].journeys.at[0], blocks[0].journeys.at[0])
    assert np.nansum(bare[0].journeys.at[-1]) != np.nansum(blocks[0].journeys.at[-1])
