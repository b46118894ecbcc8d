# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The totals that the descriptions were tuned to, and what each plant costs.

The figures are of another program, on 30,000 cases, without calendars, and rounded. A figure of
ours, on 20,000 cases, may lie off it by half a unit of what it was rounded to, and by chance: 3.5
times the standard error of the difference, which a figure passes by chance one time in 2,000 (there
are 25). That error is of both samples: the variance of one case times (1/20,000 + 1/30,000). The
variance of one case is, of a share ``p``, ``p (1 - p)``; of a mean, that of the cases; of a median,
``0.25 / f²`` with ``f`` the density there, from the share of cases between the 45th and the 55th
percentile.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.special import ndtri

from simulation.description import Process, Spread, process, process_names
from simulation.walking.arrivals import arrivals_between
from simulation.walking.draws import Draws
from simulation.walking.journeys import Journeys, World, walk

OURS, THEIRS = 20_000, 30_000
SEED = 1
DAY = 86_400
_CHANCE = 3.5


def worlds_of(name: str) -> dict[str, tuple[str, ...]]:
    return {"planted": tuple(plant.id for plant in process(name).plants), "bare": ()}


def without_decoys(name: str) -> Process:
    return process(name).model_copy(update={"hold": None, "weekly": None})


@cache
def walked(name: str, planted: tuple[str, ...]) -> Journeys:
    """Those who begin in the window, to their end."""
    described, draws = without_decoys(name), Draws(SEED)
    days = described.window.opens, described.window.closes
    began = np.floor(arrivals_between(described.arrivals, *days, draws, "x", OURS))
    return walk(described, World(planted, "statistical"), draws, 0, began)


def days_on_the_way(journeys: Journeys, start: str, end: str) -> np.ndarray:
    """The waits after a step up to and with another, over everyone: a wait nobody has is none."""
    first, last = journeys.row(start) + 1, journeys.row(end) + 1
    rows = [row for row in range(first, last) if journeys.slots[row].step.after is None]
    return np.nansum((journeys.at - journeys.since)[rows], axis=0) / DAY


def within(variance: float, unit: float) -> float:
    """How far a figure may lie off one that was rounded to a unit."""
    return unit / 2 + _CHANCE * math.sqrt(variance * (1 / OURS + 1 / THEIRS))


TOTALS = [
    # from, to, in which world, the median in days, the share within so many days
    ("img", "A01", "A14", "planted", 174, (182, 0.54)),
    ("img", "A01", "A14", "bare", 153, (182, 0.66)),
    ("cbr", "B01", "B15", "planted", 66, (120, 0.80)),
    ("cbr", "B01", "B15", "bare", 56, (120, 0.89)),
    ("uht", "C01", "C12", "planted", 790, (365, 0.10)),
    ("uht", "C01", "C12", "bare", 540, None),
    ("vis", "D04", "D10", "planted", None, (15, 0.76)),
    ("vis", "D04", "D10", "bare", None, (15, 0.83)),
]
MEDIANS = [row[:5] for row in TOTALS if row[4]]
SHARES = [(*row[:4], *row[5]) for row in TOTALS if row[5]]


@pytest.mark.parametrize(("name", "start", "end", "world", "median"), MEDIANS)
def test_the_median_total(name: str, start: str, end: str, world: str, median: int) -> None:
    days = days_on_the_way(walked(name, worlds_of(name)[world]), start, end)

    low, found, high = np.quantile(days, [0.45, 0.5, 0.55])
    density = 0.1 / (high - low)
    assert abs(found - median) <= within(0.25 / density**2, 1)


@pytest.mark.parametrize(("name", "start", "end", "world", "limit", "share"), SHARES)
def test_the_share_in_time(
    name: str, start: str, end: str, world: str, limit: int, share: float
) -> None:
    days = days_on_the_way(walked(name, worlds_of(name)[world]), start, end)

    found = (days <= limit).mean()
    assert abs(found - share) <= within(share * (1 - share), 0.01)


@cache
def extra_days(plant_id: str) -> np.ndarray:
    """What a plant that is alone there adds to the main line of each case."""
    name = plant_id[:3].lower()
    ends = [
        days_on_the_way(walked(name, planted), process(name).steps[0].id, last_of(name))
        for planted in ((plant_id,), ())
    ]
    return ends[0] - ends[1]


def last_of(name: str) -> str:
    return [step.id for step in process(name).steps if step.after is None][-1]


COSTS = {
    "IMG-B1": 17,
    "IMG-B2": 10,
    "IMG-B3": 6,
    "CBR-B1": 7,
    "CBR-B2": 4,
    "CBR-B3": 5,
    "UHT-B1": 182,
    "UHT-B2": 42,
    "UHT-B3": 55,
    "VIS-B1": 7,
    "VIS-B2": 1,
    "VIS-B3": 0.3,
}
"""By plant, the mean days per case."""


def unit_of(mean: float) -> float:
    return 1 if mean >= 1 else 0.1


@pytest.mark.parametrize("plant_id", COSTS)
def test_the_mean_cost_of_a_plant(plant_id: str) -> None:
    extra, mean = extra_days(plant_id), COSTS[plant_id]

    assert abs(extra.mean() - mean) <= within(extra.var(), unit_of(mean))


def mean_of(spread: Spread) -> float:
    """The mean wait: of a log-normal the median times exp(sigma² / 2)."""
    median, p90 = spread
    return median * math.exp((math.log(p90 / median) / ndtri(0.9)) ** 2 / 2)


# Share of the segment or of the cases, times the chance of the step, times what a wait gets more;
# of plants that have no season. Waits keep their mean length in open hours, but for the holidays
# of the years that the log covers: 1 %.
BY_ARITHMETIC = {
    "IMG-B1": 0.22 * 0.75 * 2 * mean_of((35, 110)),
    "IMG-B2": 0.18 * mean_of((45, 100)),
    "IMG-B3": 0.08 * 0.97 * 3 * mean_of((18, 55)),
    "CBR-B1": (0.21 + 0.204) * 0.29 * 1.2 * mean_of((40, 95)),
    "CBR-B3": 0.2 * 0.6 * mean_of((35, 70)),
    "UHT-B1": 0.9 * 0.9 * mean_of((180, 420)),
    "UHT-B2": 0.6 * 0.9 * 0.8 * mean_of((60, 210)),
    "UHT-B3": 0.9 * 0.9 * mean_of((60, 110)),
    "VIS-B1": 0.06 * (mean_of((135, 170)) - mean_of((12, 60))),
    "VIS-B3": 0.1 * ((0.36 - 0.12) * mean_of((4, 8)) + (0.34 - 0.11) * mean_of((7, 18))),
}


@pytest.mark.parametrize("plant_id", BY_ARITHMETIC)
def test_the_mean_cost_of_a_plant_is_that_of_its_description(plant_id: str) -> None:
    extra = extra_days(plant_id)

    by_chance = _CHANCE * math.sqrt(extra.var() / OURS)
    assert extra.mean() == pytest.approx(
        BY_ARITHMETIC[plant_id], abs=by_chance + 0.01 * BY_ARITHMETIC[plant_id]
    )


@pytest.mark.parametrize("plant_id", BY_ARITHMETIC)
def test_a_plant_is_described_as_it_was_meant(plant_id: str) -> None:
    """Only their sample is a matter of chance here."""
    mean = COSTS[plant_id]

    by_chance = _CHANCE * math.sqrt(extra_days(plant_id).var() / THEIRS)
    assert abs(BY_ARITHMETIC[plant_id] - mean) <= unit_of(mean) / 2 + by_chance


def test_before_the_clock_costs_the_legal_clock_nothing() -> None:
    """All of it falls before the application is found admissible."""
    found, bare = (
        days_on_the_way(walked("vis", planted), "D04", "D10") for planted in (("VIS-B1",), ())
    )

    # what is left: a constant wait in closed hours is resumed at another time of the day
    assert abs((found - bare).mean()) < 0.01


@pytest.mark.parametrize("name", process_names())
def test_a_step_comes_as_often_as_described(name: str) -> None:
    found = walked(name, ())

    for step in without_decoys(name).steps:
        if step.after or step.instead_of:
            continue
        share = (~np.isnan(found.at[found.row(step.id)])).mean()
        error = math.sqrt(step.chance * (1 - step.chance) / OURS)
        assert abs(share - step.chance) <= _CHANCE * error
