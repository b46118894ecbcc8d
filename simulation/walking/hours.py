# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The hours in which things happen, and waits that pass only in those hours.

An agency works on weekdays from 8:30 to 17:00, not on holidays; a citizen acts between 7:00 and
23:00 on any day. A wait of seven calendar days is as many open hours as a week has on average, so
waits keep their length in calendar days (give or take a weekend) but still end in open hours.

Moments are seconds since 1970 in UTC, as floats; open time is in seconds too.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from contracts.journey import Actor
from simulation.description import Window
from simulation.walking.draws import Floats

ZONE = ZoneInfo("Europe/Amsterdam")
A_DAY = 86_400.0

_FIRST_YEAR, _LAST_YEAR = 2018, 2045
_OFFICE = (dt.time(8, 30), dt.time(17))
_AWAKE = (dt.time(7), dt.time(23))
_SATURDAY = 5


class Hours:
    """The hours in which somebody is at work, as a clock that only runs then."""

    def __init__(self, opening: list[tuple[float, float]]) -> None:
        """``opening``: the open periods, in order and without overlap."""
        self._at = np.array(opening).ravel()
        lasts = np.diff(self._at)
        lasts[1::2] = 0.0
        self._open = np.concatenate([[0.0], np.cumsum(lasts)])
        self._share = self._open[-1] / (self._at[-1] - self._at[0])

    def open_at(self, at: Floats) -> Floats:
        """The open time that has passed at each moment."""
        passed: Floats = np.interp(at, self._at, self._open)
        return passed

    def moment(self, open_time: Floats) -> Floats:
        """The moments at which an open time has passed; of a closed period, its end."""
        index = np.searchsorted(self._open, open_time, side="right").clip(1, len(self._at) - 1)
        at: Floats = self._at[index - 1] + (open_time - self._open[index - 1])
        return at

    def after(self, at: Floats, days: Floats) -> Floats:
        """The moments some calendar days after others, counted in open time."""
        return self.moment(self.open_at(at) + self.open_seconds(days))

    def before(self, at: Floats, seconds: Floats) -> Floats:
        """The moments some open seconds before others."""
        return self.moment(np.maximum(self.open_at(at) - seconds, 0.0))

    def open_seconds(self, days: Floats) -> Floats:
        """The average open time in a number of calendar days."""
        return days * (A_DAY * float(self._share))


@cache
def hours_of(actor: Actor) -> Hours:
    """The hours of whoever acts; a third party has office hours too."""
    return Hours(_every_day() if actor == "citizen" else _working_days())


def moment_of(day: dt.date, time: dt.time = dt.time(0)) -> float:
    """The moment of a local date and time."""
    return dt.datetime.combine(day, time, ZONE).timestamp()


def period_of(window: Window) -> tuple[float, float]:
    """The first and last moments of events in the log."""
    return moment_of(window.opens), moment_of(window.closes + dt.timedelta(days=1)) - 1


def first_thing_in_a_week(at: Floats) -> Floats:
    """The next opening of the office in a week, mostly on Monday, at or after each moment."""
    opens = {_week(start): start for start, _ in reversed(_working_days())}
    mondays = np.array(sorted(opens.values()))
    first: Floats = mondays[np.searchsorted(mondays, at, side="left")]
    return first


@cache
def _working_days() -> list[tuple[float, float]]:
    closed = holidays.country_holidays("NL", years=range(_FIRST_YEAR, _LAST_YEAR + 1))
    return [
        _span(day, _OFFICE) for day in _days() if day.weekday() < _SATURDAY and day not in closed
    ]


@cache
def _every_day() -> list[tuple[float, float]]:
    return [_span(day, _AWAKE) for day in _days()]


def _days() -> list[dt.date]:
    first, last = dt.date(_FIRST_YEAR, 1, 1), dt.date(_LAST_YEAR, 12, 31)
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def _span(day: dt.date, hours: tuple[dt.time, dt.time]) -> tuple[float, float]:
    return moment_of(day, hours[0]), moment_of(day, hours[1])


def _week(moment: float) -> tuple[int, int]:
    """The year and the number of a week."""
    return dt.datetime.fromtimestamp(moment, ZONE).isocalendar()[:2]
