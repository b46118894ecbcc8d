# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Terms of the law: laws of their own, and each case against a day by day count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import holidays
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contracts.norms import Rule
from mining.deadlines import Suspensions, due
from mining.terms import LegalDays

DAY = dt.timedelta(days=1)
EQUIVALENT = [dt.date(2026, 5, 15)]
LEGAL = LegalDays((2024, 2036), EQUIVALENT)
DUTCH = holidays.country_holidays("NL", years=range(2024, 2037), categories=("public", "optional"))
CLOSED = {*DUTCH, *EQUIVALENT}
SATURDAY, THREE = 5, 3

dates = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
rules = st.builds(
    Rule,
    term=st.sampled_from(["P15D", "P1D", "P3D", "P8W", "P13W"]),
    law=st.sampled_from(["atw", "eu", "none"]),
)
gaps = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=4)


def intervals(start: dt.date, gaps: Sequence[tuple[int, int]]) -> list[tuple[dt.date, dt.date]]:
    """Suspensions one after the other: so many days later, for so many days."""
    found, at = [], start + DAY
    for later, long in gaps:
        found.append((at + later * DAY, at + (later + long) * DAY))
        at = found[-1][1]
    return found


def end_of(start: dt.date, rule: Rule, stops: Sequence[tuple[dt.date, dt.date]]) -> dt.date:
    since, until = (
        np.array([[stop[i]] for stop in stops], "datetime64[D]").reshape(-1, 1) for i in (0, 1)
    )
    starts, never = np.array([start], "datetime64[D]"), np.array(["NaT"], "datetime64[D]")
    [end] = due(starts, never, Suspensions(since, until), rule, LEGAL).tolist()
    return end


def end_by_day(start: dt.date, rule: Rule, stops: Sequence[tuple[dt.date, dt.date]]) -> dt.date:
    """The same, a day at a time."""
    amount = int(rule.term[1:-1]) * (7 if rule.term[-1] == "W" else 1)
    is_short = rule.term != "P13W"
    moves = rule.law == "eu" or (rule.law == "atw" and is_short)
    stretches = rule.law == "atw" and is_short and amount >= THREE

    def is_suspended(day: dt.date) -> bool:
        return any(since <= day < until for since, until in stops)

    def is_working(day: dt.date) -> bool:
        return day.weekday() < SATURDAY and day not in CLOSED

    day, ran = start, 0
    while True:
        day += DAY
        if is_suspended(day):
            continue
        ran += 1
        worked = sum(is_working(start + n * DAY) for n in range(1, (day - start).days + 1))
        is_long_enough = not stretches or worked >= THREE - 1
        if ran >= amount and (not moves or is_working(day)) and is_long_enough:
            return day


@given(dates, rules, gaps)
def test_the_end_of_a_term_day_by_day(
    start: dt.date, rule: Rule, gaps: list[tuple[int, int]]
) -> None:
    stops = intervals(start, gaps)

    assert end_of(start, rule, stops) == end_by_day(start, rule, stops)


@given(dates, rules, gaps, st.integers(1, 40))
def test_a_suspension_more_is_never_an_earlier_end(
    start: dt.date, rule: Rule, gaps: list[tuple[int, int]], long: int
) -> None:
    stops = intervals(start, gaps)
    later = intervals(start, [*gaps, (0, long)])

    assert end_of(start, rule, later) >= end_of(start, rule, stops)
    assert all(
        end_of(start, rule, stops) >= end_of(start, rule, [s for s in stops if s != left])
        for left in stops
    )


@given(dates, rules, gaps, st.data())
def test_a_suspension_in_two_is_the_same(
    start: dt.date, rule: Rule, gaps: list[tuple[int, int]], data: st.DataObject
) -> None:
    stops = intervals(start, gaps)
    split = [
        part
        for since, until in stops
        for cut in [data.draw(st.dates(since, until))]
        for part in ((since, cut), (cut, until))
    ]

    assert end_of(start, rule, split) == end_of(start, rule, stops)
