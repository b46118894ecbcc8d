# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The clock of an organisation, which runs only in its opening hours.

A working day is a day on which the organisation is open, however long. As much of a day has passed
as of its opening hours. Hours are those that really pass: in the night in which summer time begins,
two o'clock to four o'clock is one hour. A day without a known time is taken from its begin.

It is a calendar of work, not of the law (``mining.law.terms``): Liberation Day is a holiday once in
five years, and Good Friday is not one.
"""

from __future__ import annotations

import datetime as dt
import functools
from itertools import compress
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from contracts.opening_hours import opening_hours
from contracts.settings import Calendar
from mining.durations import DAY_MS
from mining.survival import Floats

Moments = NDArray[np.int64]
"""Milliseconds since 1970."""

_NOT_OFF = {"NL": "Good Friday"}  # a holiday in the library, on which agencies work


class WorkCalendar:
    """When an organisation is open, in a span of years; outside them it is always closed.

    Args:
        calendar: its country, hours and closing days.
        zone: whose clock the hours are of.
        years: the first and the last year.
    """

    def __init__(self, calendar: Calendar, zone: str, years: tuple[int, int]) -> None:
        week = opening_hours(calendar.hours)
        first, last = dt.date(years[0], 1, 1), dt.date(years[1], 12, 31)
        closed = {*calendar.closed, *_holidays(calendar.country, years)}
        days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        is_open = [bool(week[day.weekday()]) and day not in closed for day in days]
        spells = [
            (number, _moment(day, since, zone), _moment(day, until, zone))
            for number, day in enumerate(compress(days, is_open))
            for since, until in week[day.weekday()]
        ]
        day_of, opens, closes = np.array(spells, np.int64).reshape(-1, 3).T
        # with an hour that the clock skips, closing may come before opening: that is not open
        self._at = np.maximum.accumulate(np.column_stack([opens, closes]).ravel())
        lasts = self._at[1::2] - self._at[::2]
        of_the_day = np.maximum(np.bincount(day_of, weights=lasts), 1)
        self._days = _passed(lasts / of_the_day[day_of])
        self._first_day = (first - dt.date(1970, 1, 1)).days
        self._days_by_date = np.concatenate([[0], np.cumsum(is_open)])

    def working_days(self, since: Moments, until: Moments) -> Floats:
        """The working days between moments, ``(N,)``."""
        return self._days_by(until) - self._days_by(since)

    def whole_working_days(self, since: Moments, until: Moments) -> Floats:
        """The working days between days, ``(N,)``; days are in milliseconds, 24 hours each."""
        last = len(self._days_by_date) - 1
        places = (
            np.clip(moments // DAY_MS - self._first_day, 0, last) for moments in (since, until)
        )
        before, after = (self._days_by_date[place] for place in places)
        days: Floats = (after - before).astype(float)
        return days

    def _days_by(self, moments: Moments) -> Floats:
        """How many working days had passed by some moments."""
        if not len(self._at):
            return np.zeros(len(moments))
        days: Floats = np.interp(moments, self._at, self._days)
        return days


@functools.lru_cache(maxsize=4)
def work_calendar(calendar: Calendar, zone: str, years: tuple[int, int]) -> WorkCalendar:
    """A calendar, made once for all buckets."""
    return WorkCalendar(calendar, zone, years)


def _passed(lasts: Floats) -> Floats:
    """How many working days had passed at each opening and closing."""
    after = np.cumsum(lasts)
    before = np.concatenate([[0.0], after])[:-1]
    passed: Floats = np.column_stack([before, after]).ravel()
    return passed


def _holidays(country: str, years: tuple[int, int]) -> list[dt.date]:
    span = range(years[0], years[1] + 1)
    known = holidays.country_holidays(country, years=span, language="en_US")
    return [day for day, name in known.items() if name != _NOT_OFF.get(country)]


def _moment(day: dt.date, minute: int, zone: str) -> int:
    """A time of day on the clock of a zone; a skipped time is read as before the clock changed."""
    days, rest = divmod(minute, 24 * 60)
    at = dt.datetime.combine(
        day + dt.timedelta(days=days), dt.time(rest // 60, rest % 60), ZoneInfo(zone)
    )
    return int(at.timestamp()) * 1000
