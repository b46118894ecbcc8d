# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Open hours against a clock that walks from day to day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.journey import Actor
from simulation.description import process, process_names
from simulation.walking.arrivals import arrivals_between
from simulation.walking.draws import Draws
from simulation.walking.hours import first_thing_in_a_week, hours_of, moment_of
from simulation.walking.journeys import Level, World, walk

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = dt.timedelta(days=1)

# from the calendar: Good Friday, Easter Monday, Ascension Day, Whit Monday
MOVABLE = {
    2023: ("04-07", "04-10", "05-18", "05-29"),
    2024: ("03-29", "04-01", "05-09", "05-20"),
    2025: ("04-18", "04-21", "05-29", "06-09"),
    2026: ("04-03", "04-06", "05-14", "05-25"),
}
# New Year's Day, King's Day (a day sooner if that is a Sunday), Christmas; Liberation Day every
# fifth year
FIXED = ("01-01", "12-25", "12-26")
KINGS_DAY = {2023: "04-27", 2024: "04-27", 2025: "04-26", 2026: "04-27"}
HOLIDAYS = {
    dt.date.fromisoformat(f"{year}-{day}")
    for year, movable in MOVABLE.items()
    for day in (*movable, *FIXED, KINGS_DAY[year])
} | {dt.date(2025, 5, 5)}


def local(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).timestamp()


FIRST, LAST = int(local("2023-02-01")), int(local("2026-10-31"))
moments = st.integers(FIRST, LAST)
# around the nights in which the clock changes, and the holidays
odd = st.one_of(
    *(
        st.integers(-100_000, 100_000).map(lambda more, at=at: int(local(at)) + more)
        for at in ("2024-03-31", "2024-10-27", "2025-03-30", "2025-10-26")
    ),
    st.builds(
        lambda day, more: int(local(str(day))) + more,
        st.sampled_from(sorted(HOLIDAYS - {dt.date(2023, 1, 1), dt.date(2026, 12, 25)})),
        st.integers(-90_000, 180_000),
    ).filter(lambda at: FIRST <= at <= LAST),
)
anytime = st.one_of(moments, odd)
actors = st.sampled_from(["agency", "third_party", "citizen"])
stretches = st.one_of(st.integers(1, 20_000), st.integers(1, 2_000_000))


def span_of(day: dt.date, actor: Actor) -> tuple[float, float] | None:
    """From when to when somebody is there on a day."""
    if actor == "citizen":
        return local(f"{day}T07:00"), local(f"{day}T23:00")
    if day.isoweekday() > 5 or day in HOLIDAYS:
        return None
    return local(f"{day}T08:30"), local(f"{day}T17:00")


def spans(at: float, step: dt.timedelta, actor: Actor) -> Iterator[tuple[float, float]]:
    """The spans from the day of a moment on, or back."""
    day = dt.datetime.fromtimestamp(at, AMSTERDAM).date()
    while True:
        if span := span_of(day, actor):
            yield span
        day += step


def slow_open(start: float, end: float, actor: Actor) -> float:
    total = 0.0
    for opens, closes in spans(start, DAY, actor):
        if opens >= end:
            return total
        total += max(min(closes, end) - max(opens, start), 0)
    raise AssertionError


def slow_after(at: float, seconds: float, actor: Actor) -> float:
    for opens, closes in spans(at, DAY, actor):
        start = max(opens, at)
        if start + seconds < closes:
            return start + seconds
        seconds -= max(closes - start, 0)
    raise AssertionError


def slow_before(at: float, seconds: float, actor: Actor) -> float:
    for opens, closes in spans(at, -DAY, actor):
        end = min(closes, at)
        if end - seconds >= opens:
            return end - seconds
        seconds -= max(end - opens, 0)
    raise AssertionError


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@given(actors, anytime, st.integers(0, 3_000_000))
def test_open_time_between_two_moments(actor: Actor, start: int, lasts: int) -> None:
    end = min(start + lasts, LAST)
    passed = hours_of(actor).open_at(floats(start, end))

    assert passed[1] - passed[0] == slow_open(start, end, actor)


@given(actors, anytime, stretches)
def test_the_moment_after_open_seconds(actor: Actor, at: int, seconds: int) -> None:
    hours = hours_of(actor)

    found = hours.moment(hours.open_at(floats(at)) + seconds)

    assert found.item() == slow_after(at, seconds, actor)


@given(actors, anytime, st.floats(0, 40))
def test_the_moment_after_days(actor: Actor, at: int, days: float) -> None:
    hours = hours_of(actor)

    found = hours.after(floats(at), floats(days))

    expected = slow_after(at, float(hours.open_seconds(floats(days))[0]), actor)
    assert found.item() == pytest.approx(expected, abs=1e-5, rel=0)


@given(actors, anytime.filter(lambda at: at > local("2023-04-15")), stretches)
def test_the_moment_before(actor: Actor, at: int, seconds: int) -> None:
    found = hours_of(actor).before(floats(at), floats(seconds))

    assert found.item() == slow_before(at, seconds, actor)


@given(actors, st.integers(0, 100_000_000))
def test_a_moment_has_its_open_time(actor: Actor, open_time: int) -> None:
    hours = hours_of(actor)

    assert hours.open_at(hours.moment(floats(open_time))).item() == open_time


@given(actors, anytime)
def test_an_open_moment_is_that_of_its_open_time(actor: Actor, at: int) -> None:
    hours = hours_of(actor)
    opens, closes = next(spans(at, DAY, actor))

    found = hours.moment(hours.open_at(floats(at))).item()

    assert found == at if opens <= at < closes else found > at


@given(actors, anytime, stretches)
def test_before_undoes_after(actor: Actor, at: int, seconds: int) -> None:
    hours = hours_of(actor)
    start = hours.moment(hours.open_at(floats(at)))

    later = hours.moment(hours.open_at(start) + seconds)

    assert hours.before(later, floats(seconds)) == start


@given(actors, anytime, st.lists(st.floats(0, 400), min_size=2).map(sorted))
def test_a_longer_wait_never_ends_sooner(actor: Actor, at: int, days: list[float]) -> None:
    found = hours_of(actor).after(np.full(len(days), float(at)), np.array(days))

    assert (np.diff(found) >= 0).all()
    assert found[0] >= at


@given(actors, st.lists(anytime, min_size=2).map(sorted), st.floats(0, 400))
def test_who_begins_later_is_never_done_sooner(
    actor: Actor, starts: list[int], days: float
) -> None:
    found = hours_of(actor).after(floats(*starts), np.full(len(starts), days))

    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize(
    ("actor", "at", "hours", "expected"),
    [
        ("agency", "2024-03-05T09:00", 2, "2024-03-05T11:00"),
        ("agency", "2024-03-05T16:00", 1, "2024-03-06T08:30"),  # open from, closed at
        ("agency", "2024-03-08T16:00", 2, "2024-03-11T09:30"),  # a weekend
        ("agency", "2024-03-09T12:00", 0, "2024-03-11T08:30"),
        ("agency", "2024-03-28T16:30", 1, "2024-04-02T09:00"),  # Easter, and summer time begins
        ("agency", "2024-10-25T16:30", 1, "2024-10-28T09:00"),  # summer time ends
        ("agency", "2023-04-26T16:30", 1, "2023-04-28T09:00"),  # King's Day
        ("agency", "2024-04-26T16:30", 1, "2024-04-29T09:00"),  # King's Day on a Saturday
        ("agency", "2025-05-02T16:30", 1, "2025-05-06T09:00"),  # Liberation Day, fifth year
        ("agency", "2024-05-03T16:30", 1, "2024-05-06T09:00"),  # not in others
        ("agency", "2024-12-24T16:30", 1, "2024-12-27T09:00"),
        ("third_party", "2024-12-24T16:30", 1, "2024-12-27T09:00"),
        ("citizen", "2024-12-24T22:30", 1, "2024-12-25T07:30"),
        ("citizen", "2024-03-30T22:00", 2, "2024-03-31T08:00"),  # the night of seven hours
        ("citizen", "2024-10-26T22:00", 2, "2024-10-27T08:00"),  # the night of nine
        ("citizen", "2024-03-31T02:30", 0, "2024-03-31T07:00"),
    ],
)
def test_an_hour_of_open_time(actor: Actor, at: str, hours: float, expected: str) -> None:
    clock = hours_of(actor)

    found = clock.moment(clock.open_at(floats(local(at))) + hours * 3600)

    assert found.item() == local(expected)


# A year has 252 to 256 working days, up to 1 % from the mean of all years, so it moves the mean of
# waits by as much; what is at its edges by less. Over all years nothing is left but the edges.
@pytest.mark.parametrize(
    ("first", "last", "within"),
    [(year, year + 1, 0.015) for year in range(2020, 2027)] + [(2018, 2044, 0.001)],
)
@pytest.mark.parametrize("actor", ["agency", "citizen"])
def test_waits_keep_their_mean(actor: Actor, first: int, last: int, within: float) -> None:
    hours = hours_of(actor)
    year = hours.open_at(floats(local(f"{first}-01-01"), local(f"{last}-01-01")))
    starts = hours.moment(np.linspace(*year, 50_000, endpoint=False))

    lasted = (hours.after(starts, np.full(len(starts), 10.0)) - starts) / 86_400

    assert lasted.mean() == pytest.approx(10, rel=within)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-03-06T12:00", "2024-03-11T08:30"),
        ("2024-03-11T08:30", "2024-03-11T08:30"),
        ("2024-03-11T08:31", "2024-03-18T08:30"),
        ("2024-03-28T12:00", "2024-04-02T08:30"),  # after Easter Monday, a Tuesday
        ("2024-10-25T12:00", "2024-10-28T08:30"),
    ],
)
def test_first_thing_in_a_week(at: str, expected: str) -> None:
    assert first_thing_in_a_week(floats(local(at))).item() == local(expected)


@pytest.mark.parametrize("text", ["2024-03-31", "2024-10-27", "2025-07-01"])
def test_a_day_begins_at_midnight_in_amsterdam(text: str) -> None:
    assert moment_of(dt.date.fromisoformat(text)) == local(text)


@pytest.mark.parametrize("level", ["statistical", "queueing"])
@pytest.mark.parametrize("name", process_names())
def test_everything_happens_in_the_hours_of_whoever_does_it(name: str, level: Level) -> None:
    described, draws = process(name), Draws(1)
    # a year and a half for the longest to end before the calendar above does
    days = dt.date(2023, 2, 1), dt.date(2024, 6, 30)
    began = np.floor(arrivals_between(described.arrivals, *days, draws, "x", 1000))
    world = World(tuple(plant.id for plant in described.plants), level)

    walked = walk(described, world, draws, 0, began)

    for slot, times in zip(walked.slots, walked.at, strict=True):
        for at in times[times < local("2026-12-31")]:
            span = span_of(dt.datetime.fromtimestamp(at, AMSTERDAM).date(), slot.step.actor)
            assert span is not None
            assert span[0] <= at < span[1]
