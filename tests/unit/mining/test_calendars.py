# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Working days, by hand and minute by minute."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.opening_hours import opening_hours
from contracts.settings import Calendar
from mining.waiting.calendars import WorkCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
YEARS = 2025, 2027
MINUTE_MS = 60_000
WEEKEND = dt.date(2026, 3, 28)  # in which summer time begins


def calendar(hours: str = "mon-fri 09:00-17:00", *closed: dt.date, country: str = "NL"):
    told = Calendar(country=country, hours=hours, closed=closed)
    return WorkCalendar(told, ZONE.key, YEARS)


def ms(text: str) -> np.ndarray:
    at = dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)
    return np.array([int(at.timestamp() * 1000)])


def between(since: str, until: str, found: WorkCalendar) -> float:
    [days] = found.working_days(ms(since), ms(until))
    return round(days, 9)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        pytest.param("2026-03-02 09:00", "2026-03-02 13:00", 0.5, id="half a day"),
        pytest.param("2026-03-02 18:00", "2026-03-03 08:00", 0, id="a night"),
        pytest.param("2026-03-06 16:00", "2026-03-09 10:00", 0.25, id="over a weekend"),
        pytest.param("2026-03-27 13:00", "2026-03-30 13:00", 1, id="over a clock change"),
        pytest.param("2026-04-02 17:00", "2026-04-07 09:00", 1, id="Good Friday is worked on"),
        pytest.param("2026-05-04 17:00", "2026-05-05 17:00", 1, id="Liberation Day of 2026"),
        pytest.param("2025-05-02 17:00", "2025-05-05 17:00", 0, id="of a lustrum"),
        pytest.param("2026-04-24 17:00", "2026-04-28 09:00", 0, id="King's Day"),
        pytest.param("2025-12-24 17:00", "2025-12-29 09:00", 0, id="Christmas"),
    ],
)
def test_what_passes_of_an_office(since: str, until: str, days: float) -> None:
    assert between(since, until, calendar()) == days


def test_a_short_day_is_a_day() -> None:
    found = calendar("mon-thu 09:00-17:00, fri 09:00-12:00")

    assert between("2026-03-05 17:00", "2026-03-06 17:00", found) == 1
    assert between("2026-03-06 09:00", "2026-03-06 10:30", found) == 0.5


def test_closing_days_of_the_organisation() -> None:
    found = calendar("mon-fri 09:00-17:00", dt.date(2026, 5, 15))

    assert between("2026-05-13 17:00", "2026-05-18 09:00", found) == 0


@pytest.mark.parametrize(
    ("day", "hours"), [(WEEKEND + dt.timedelta(days=1), 23), (dt.date(2026, 10, 25), 25)]
)
def test_a_day_in_which_the_clock_changes(day: dt.date, hours: int) -> None:
    found = calendar("mon-sun 00:00-24:00")
    next_day = f"{day + dt.timedelta(days=1)} 00:00"

    assert between(f"{day} 00:00", next_day, found) == 1
    assert between(f"{day} 23:00", next_day, found) == round(1 / hours, 9)


def test_hours_that_the_clock_skips_do_not_run_back() -> None:
    found = calendar("sun 02:30-03:15, sun 04:00-05:00")

    assert between("2026-03-29 00:00", "2026-03-29 04:30", found) == 0.5


def test_never_open() -> None:
    # every Sunday of these years is closed: nothing is ever worked on
    sundays = [dt.date(2025, 1, 5) + dt.timedelta(days=7 * n) for n in range(160)]

    never = calendar("sun 09:00-17:00", *sundays)

    assert between("2026-03-02 09:00", "2026-12-02 09:00", never) == 0


@given(st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 1)), st.integers(0, 40))
def test_days_without_a_time_are_taken_from_their_begin(since: dt.date, days: int) -> None:
    until = since + dt.timedelta(days=days)
    axis = [
        np.array([(day - dt.date(1970, 1, 1)).days * 24 * 60 * MINUTE_MS]) for day in (since, until)
    ]
    [whole] = calendar().whole_working_days(*axis)

    assert round(whole, 9) == between(f"{since} 00:00", f"{until} 00:00", calendar())


HOURS = "mon-thu 08:30-12:00, mon-wed 12:45-17:00, sun 01:00-04:00"
WEEK = opening_hours(HOURS)
CLOSED = {dt.date(2026, 3, 31), dt.date(2026, 4, 5), dt.date(2026, 4, 6)}  # its own, and Easter
FOUND = calendar(HOURS, dt.date(2026, 3, 31))
FIRST = int(dt.datetime(2026, 3, 26, tzinfo=ZONE).timestamp()) * 1000


def open_on(at_ms: int) -> dt.date | None:
    """The day of a minute in which it is open."""
    at = dt.datetime.fromtimestamp(at_ms / 1000, ZONE)
    minute = at.hour * 60 + at.minute
    spells = WEEK[at.weekday()] if at.date() not in CLOSED else []
    return at.date() if any(since <= minute < until for since, until in spells) else None


OPEN_ON = [open_on(FIRST + minute * MINUTE_MS) for minute in range(18 * 24 * 60)]
OPEN_MINUTES = Counter(OPEN_ON)


@given(st.integers(0, 13 * 24 * 60), st.integers(0, 4 * 24 * 60))
def test_days_minute_by_minute(later: int, long: int) -> None:
    since = FIRST + later * MINUTE_MS
    [days] = FOUND.working_days(np.array([since]), np.array([since + long * MINUTE_MS]))
    passed = Counter(day for day in OPEN_ON[later : later + long] if day)

    assert days == pytest.approx(sum(n / OPEN_MINUTES[day] for day, n in passed.items()))
