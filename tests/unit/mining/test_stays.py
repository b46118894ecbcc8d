# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who stood still where, on logs small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.journey import Journey, Pause, Step
from mining.cases.journeys import Lens
from mining.durations import DAY_MS
from mining.summaries import Summaries, bucket_of, summarise
from mining.waiting import stays, step_queues
from mining.waiting.step_queues import Queue
from tests.builders import MONDAY, NOBODY, event_log

WEEK = MONDAY.toordinal() - dt.date(1970, 1, 1).toordinal()
WEEK //= 7


def summed(log: pl.LazyFrame, days: float = 20, **journey: Any) -> Summaries:
    look = Lens(
        MONDAY + dt.timedelta(days=days),
        "UTC",
        Journey(**{"end": ("z",), **journey}),
        segments=tuple(name for name in log.collect_schema() if name.startswith("case:")),
    )
    return summarise(bucket_of(log, NOBODY, look), stays.SUMMARIES)


def queues(log: pl.LazyFrame, days: float = 20, **journey: Any) -> dict[tuple[str, bool], Queue]:
    found = step_queues.queues(summed(log, days, **journey))
    return {(queue.to, queue.is_again): queue for queue in found}


def told(**columns: dict[str, str]) -> list[pl.Expr]:
    """A column each, by activity."""
    return [
        pl.col("activity").replace_strict(values, default=None, return_dtype=pl.String).alias(name)
        for name, values in columns.items()
    ]


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        (["a 1d b z"], {"b": (1, 1), "z": (1, 0)}),
        # one left for b after a day, one for c after five; who waits two days must be going to c
        (["a 1d b z", "a 5d c z", "18d a"], {"b": (1, 1), "c": (2, 7), "z": (2, 0)}),
        # who waits a half day goes to either
        (["a 1d b z", "a 5d c z", "468h a"], {"b": (1.5, 1.25), "c": (1.5, 5.25), "z": (2, 0)}),
        # who waits longer than anyone did goes as all go
        (["a 1d b z", "a 5d c z", "a"], {"b": (1.5, 11), "c": (1.5, 15), "z": (2, 0)}),
        # nobody was ever seen to go on
        (["a", "b 1d z"], {"z": (1, 1)}),
        (["a"], {}),
    ],
)
def test_open_stays_are_shared_out(
    traces: list[str], expected: dict[str, tuple[float, float]]
) -> None:
    found = {
        to: (pytest.approx(queue.n), pytest.approx(queue.days))
        for (to, _), queue in queues(event_log(*traces)).items()
    }

    assert expected == found


def test_a_step_that_is_done_again_has_a_queue_of_its_own() -> None:
    found = queues(event_log("a 1d b 2d c 4d b 1d z"))

    assert {key: queue.days for key, queue in found.items()} == {
        ("b", False): 1,
        ("c", False): 2,
        ("b", True): 4,
        ("z", False): 1,
    }


def test_stays_stand_in_the_week_that_they_began() -> None:
    [queue] = queues(event_log("a 9d z", "7d a 1d z")).values()

    assert sorted(queue.weeks.select("week", "n").rows()) == [(WEEK, 1), (WEEK + 1, 1)]


def test_what_a_pause_or_the_law_explains_is_left_out() -> None:
    pause = Pause(activity="b", **{"from": dt.date(2026, 3, 4), "to": dt.date(2026, 3, 5)})
    steps = {"b": Step(statutory_wait=dt.timedelta(days=3))}
    log = event_log("a 10d b z").with_columns(pl.lit("x").alias("case:kind"))
    queue = queues(log, pauses=(pause,), steps=steps)["b", False]

    assert queue.days == 5
    assert queue.weeks["is_paused"].to_list() == [True]
    # a pause hits every group alike, and stays in
    assert queue.groups.select("attribute", "days", "squared").rows() == [("case:kind", 7, 49)]


@pytest.mark.parametrize(
    ("outside", "early"), [(["a", "b"], {"b": 1, "z": 0}), (["b"], {"b": 0, "z": 0})]
)
def test_before_the_legal_clock(outside: list[str], early: dict[str, int]) -> None:
    steps = {name: Step(clock="outside") for name in outside}
    found = queues(event_log("a 1d b 1d z"), steps=steps)

    assert {to: queue.weeks["before_clock"].sum() for (to, _), queue in found.items()} == early


def test_sources_come_by_waiting() -> None:
    log = event_log(*["a 1d c 1d z"] * 3, "b 4d c 1d z", "d 3d c 1d z")

    assert queues(log)["c", False].sources == ["b", "a", "d"]


def test_who_took_it_up() -> None:
    log = event_log("a 2d b 1d z").with_columns(
        *told(org={"a": "x", "b": "y", "z": "y"}, team={"b": "t"}, resource={"b": "r", "z": "r"})
    )
    found = queues(log)

    columns = ("attribute", "value", "n", "days")
    assert sorted(found["b", False].groups.select(columns).rows()) == [
        ("crosses", "true", 1, 2),
        ("org", "y", 1, 2),
        ("team", "t", 1, 2),
    ]
    assert sorted(found["z", False].groups.select(columns).rows()) == [
        ("crosses", "false", 1, 1),
        ("org", "y", 1, 1),
    ]


def test_open_stays_are_taken_up_by_who_took_up_those_that_waited_as_long() -> None:
    teams = {"c1": "quick", "c2": "slow", "c3": None}
    log = event_log("a 1d z", "a 9d z", "16d a").with_columns(
        team=pl.when(pl.col("activity") == "z").then(
            pl.col("case_id").replace_strict(teams, return_dtype=pl.String)
        )
    )
    groups = queues(log)["z", False].groups.filter(pl.col("attribute") == "team")

    assert sorted(groups.group_by("value").agg(pl.col("n", "days").sum()).rows()) == [
        ("quick", 1, 1),
        ("slow", 2, 13),
    ]


def test_hands_and_days_are_of_completions() -> None:
    log = event_log("a 6d b[2d] z", "a 1d b z").with_columns(*told(resource={"b": "r"}))
    merged = summed(log)

    assert merged["stay_hands"].sort("week").rows() == [
        ("b", WEEK, "r", 1),
        ("b", WEEK + 1, "r", 1),
    ]
    day = MONDAY.toordinal() - dt.date(1970, 1, 1).toordinal()
    days = merged["stay_days"].filter(pl.col("to") == "b").sort("day")
    assert days.rows() == [
        ("b", False, day, 2, 0),
        ("b", False, day + 1, 0, 1),
        ("b", False, day + 8, 0, 1),
    ]


def test_a_night_is_of_the_local_day() -> None:
    at = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)  # half past midnight in Amsterdam
    look = Lens(at + dt.timedelta(days=1), "Europe/Amsterdam", Journey(end=("z",)))
    log = event_log("a 21h z", start=at - dt.timedelta(hours=21))

    days = summarise(bucket_of(log, NOBODY, look), stays.SUMMARIES)["stay_days"].sort("day")

    begun, done = ((dt.date(2026, 7, day) - stays.EPOCH).days for day in (1, 2))
    assert days.rows() == [("z", False, begun, 1, 0), ("z", False, done, 0, 1)]


def test_bins_are_in_order_and_a_tenth_wide() -> None:
    ms = [hours * DAY_MS // 24 for hours in range(24 * 400)]
    bins = pl.DataFrame({"ms": ms}).select("ms", stays.tenth_bin_of("ms"))
    widths = bins.group_by("bin").agg(low=pl.col("ms").min(), high=pl.col("ms").max())

    assert bins["bin"].is_sorted()
    assert (widths["high"] + 1 <= (widths["low"] + DAY_MS / 24) * 1.106).all()
