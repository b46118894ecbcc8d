# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""When cases begin: a Poisson process that varies with the hour, the weekday and the season."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import numpy as np

from simulation.description import Arrivals
from simulation.walking.draws import Draws, Floats
from simulation.walking.hours import moment_of

# citizens apply from 7 to 23, most of all on Mondays; on paper, on a screen, at a counter
_BY_WEEKDAY = (1.35, 1.15, 1.1, 1.05, 0.95, 0.35, 0.25)
_BY_HOUR = (*(0,) * 7, 1, 2, 4, 5, 5, 4, 4, 4, 4, 3, 2, 2, 3, 3, 2, 1, 0)


def arrivals_between(
    described: Arrivals, first: dt.date, last: dt.date, draws: Draws, purpose: str, cases: int
) -> Floats:
    """The moments at which a number of cases begin, in order, from one day through another.

    Given their number, the arrivals of a Poisson process are independent draws from its intensity;
    in order, they are sums of exponential steps.
    """
    if cases == 0:
        return np.empty(0)
    steps = -np.log1p(-draws.uniform(purpose, 0, cases + 1))
    passed = np.cumsum(steps)
    at, expected = _intensity(described, first, last)
    began: Floats = np.interp(passed[:-1] / passed[-1] * expected[-1], expected, at)
    return began


@cache
def intensity_total(described: Arrivals, first: dt.date, last: dt.date) -> float:
    """The number of arrivals in a period, in arbitrary units."""
    return float(_intensity(described, first, last)[1][-1])


@cache
def _intensity(described: Arrivals, first: dt.date, last: dt.date) -> tuple[Floats, Floats]:
    """The hours of a period, and the running total of its arrivals at each."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    hourly = np.outer([_of_day(described, day) for day in days], _BY_HOUR).ravel()
    at = np.array([moment_of(day, dt.time(hour)) for day in days for hour in range(24)])
    end = moment_of(last + dt.timedelta(days=1))
    return np.append(at, end), np.concatenate([[0.0], np.cumsum(hourly)])


def _of_day(described: Arrivals, day: dt.date) -> float:
    angle = 2 * math.pi * (day.timetuple().tm_yday / 365.25 - (described.peak_month - 0.5) / 12)
    season = 1 + described.swing * math.cos(angle)
    return _BY_WEEKDAY[day.weekday()] * season * _surge(described, day)


def _surge(described: Arrivals, day: dt.date) -> float:
    surge = described.surge
    if surge is None or not 0 <= (day - surge.start).days < 7 * surge.weeks:
        return 1.0
    return surge.factor
