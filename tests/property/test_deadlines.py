# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Terms of the law: laws of their own, and each case against a day by day count."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from contracts.deadlines import Deadline
from contracts.journey import Journey, Step
from contracts.norms import Rule
from mining.cases.journeys import Lens
from mining.cases.relations import Relations
from mining.durations import DAY_MS
from mining.law import breaches, clocks, deadlines
from mining.law.legal_clock import NOT_STARTED, STOPPED_BEFORE
from mining.law.reckoning import reckon
from mining.law.suspensions import Intervals
from mining.law.terms import LegalDays
from mining.summaries import bucket_of, summarise
from mining.wholes import throughput
from tests.builders import MONDAY, NOBODY, event_log, held
from tests.strategies import LENS, START, event_logs

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
    [end] = reckon(starts, never, Intervals(since, until), rule, LEGAL).end.tolist()
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


@given(
    st.integers(0, 60), st.integers(1, 200), st.lists(st.integers(0, 30), min_size=3, max_size=3)
)
def test_what_is_before_the_clock_adds_nothing_to_it(
    before: int, longer: int, waits: tuple[int, int, int]
) -> None:
    outside = Step(clock="outside")
    journey = Journey(end=("decided",), steps={"called": outside, "came": outside})
    lens = Lens(MONDAY + 400 * DAY, "Europe/Amsterdam", journey)
    first, second, third = waits

    def days_on(clock: str, before: int) -> float:
        log = event_log(f"called {before}d came {first}d asked {second}d told {third}d decided")
        merged = summarise(bucket_of(log, NOBODY, lens), (clocks.LEGAL, throughput.SUMMARY))
        return float(merged[clock]["ms"].sum() / DAY_MS)

    assert days_on("legal_clock", before + longer) == days_on("legal_clock", before) == sum(waits)
    more = days_on("throughput", before + longer) - days_on("throughput", before)
    assert more == longer


JOURNEY = Journey(end=("z",), steps={"b": Step(clock="suspended"), "c": Step(clock="outside")})
RULE = Rule(term="P2W", extension="P1W")
DEADLINE = Deadline(id="d", rule=RULE, extended_by=("a",))


def status_of(events: list[dict[str, Any]], as_of: dt.date) -> str:
    """Of a case in instants, without work in progress: the same, event by event."""

    def on(instant: dt.datetime) -> dt.date:
        return instant.astimezone(ZoneInfo(LENS.zone)).date()

    ends = [n for n, event in enumerate(events) if event["activity"] == "z"]
    inside = events[: ends[-1] + 1] if ends else events
    days = [on(event["at"]) for event in inside]
    names = [event["activity"] for event in inside]
    begun = min(min(e["at"], e["started_at"] or e["at"]) for e in events)
    registered = events[0]["registered_at"]
    is_registered = registered is not None and registered <= begun
    begin = on(registered if is_registered else begun)
    running = [day for day, name in zip(days, names, strict=True) if name != "c"]
    if not running:
        return NOT_STARTED
    start = begin if names[0] != "c" else running[0]
    since = [begin if is_registered else None, *days]
    stops = [
        (before + DAY, day)
        for before, day, name in zip(since, days, names, strict=False)
        if name == "b" and before is not None and before + DAY < day
    ]
    end = end_by_day(start, RULE, stops)
    extended = [day for day, name in zip(days, names, strict=True) if name == "a"]
    if extended and extended[0] <= end:
        end = end_by_day(start, RULE.model_copy(update={"term": "P3W"}), stops)
    stop = next((day for day, name in zip(days, names, strict=True) if name == "z"), None)
    if stop is None:
        return "open_within" if as_of <= end else "open_late"
    if stop < start:
        return STOPPED_BEFORE
    return "within" if stop <= end else "late"


@given(event_logs())
def test_each_case_by_brute_force(log: pl.DataFrame) -> None:
    instants = log.with_columns(is_day=pl.lit(value=False)).filter(
        "is_done", pl.min_horizontal("at", "started_at") <= LENS.as_of, pl.col("at") <= LENS.as_of
    )
    lens = replace(LENS, journey=JOURNEY, deadlines=(DEADLINE,), equivalent_days=tuple(EQUIVALENT))
    bucket = bucket_of(instants.lazy(), NOBODY, lens)
    found = summarise(held(bucket), [deadlines.SUMMARY])["deadlines"]
    counted = found.group_by("status").agg(pl.col("n").sum()).rows()

    cases = instants.partition_by("case_id")
    expected = Counter(status_of(case.to_dicts(), lens.as_of_date) for case in cases)
    assert dict(counted) == expected
    # each case that is too late was somewhere when its term ended
    is_somewhere = pl.col("breach_from").is_not_null()
    somewhere = found.filter(is_somewhere)
    assert set(somewhere["status"]) <= set(breaches.BROKEN)
    assert somewhere["n"].sum() == sum(expected[status] for status in breaches.BROKEN)


IN_HOURS = Deadline(id="d", rule=Rule(term="PT9H"), start=("b",), stop=("a", "z"))


def broken_at(events: list[dict[str, Any]], as_of: dt.datetime) -> tuple[str, str | None] | None:
    """Between which steps a case was when a term in hours ended that it did not meet."""
    ends = [n for n, event in enumerate(events) if event["activity"] == "z"]
    inside = events[: ends[-1] + 1] if ends else events
    starts = [event["at"] for event in inside if event["activity"] == "b"]
    stops = [event["at"] for event in inside if event["activity"] in "az"]
    if not starts or (stops and stops[0] < starts[0]):
        return None
    end = starts[0] + dt.timedelta(hours=9)
    if (stops[0] if stops else as_of) <= end:
        return None
    before = [event["activity"] for event in inside if event["at"] <= end]
    after = [event["activity"] for event in inside if event["at"] > end]
    return before[-1], after[0] if after else None


@given(event_logs(ties=False))
def test_where_a_term_in_hours_ended_by_brute_force(log: pl.DataFrame) -> None:
    begin = pl.lit(START)
    sooner = log.with_columns(
        (begin + (pl.col(name) - begin) / 10).alias(name) for name in ("at", "started_at")
    )
    instants = sooner.with_columns(is_day=pl.lit(value=False)).filter(
        "is_done", pl.min_horizontal("at", "started_at") <= LENS.as_of, pl.col("at") <= LENS.as_of
    )
    journey = Journey(end=("z",))
    lens = replace(LENS, journey=journey, deadlines=(IN_HOURS,), relations=Relations())
    found = held(bucket_of(instants.lazy(), NOBODY, lens))
    told = found.filter(pl.col("status").is_in(breaches.BROKEN)).select(*breaches.KEYS).rows()

    cases = instants.partition_by("case_id")
    expected = [broken_at(case.to_dicts(), lens.as_of) for case in cases]
    assert Counter(told) == Counter(place for place in expected if place is not None)
