# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The wait before each activity, on logs small enough to check by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.journey import Journey, Pause, Step
from mining.cases.journeys import Lens, cases, traces
from mining.cases.moves import moves
from mining.cases.pauses import merged
from mining.durations import DAY_MS
from tests.builders import MONDAY, event_log

HOUR_MS = DAY_MS // 24


def lens(days: float = 100, **journey: Any) -> Lens:
    as_of = MONDAY + dt.timedelta(days=days)
    return Lens(as_of, "Europe/Amsterdam", Journey(**{"end": ("z",), **journey}))


def waits(log: pl.LazyFrame, lens: Lens, *columns: str) -> list[tuple[Any, ...]]:
    return moves(traces(log, lens), lens).select("from", "to", *columns).collect().rows()


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("a 2d b 1d z", [("a", "b", 2.0), ("b", "z", 1.0)]),
        ("a z", [("a", "z", 0.0)]),
        ("a", [("a", None, 100.0)]),
        ("a 2d b", [("a", "b", 2.0), ("b", None, 98.0)]),
        ("z 2d b", [("z", "b", 2.0)]),  # closed at z: nobody waits after b
    ],
)
def test_waits_of_one_case(trace: str, expected: list[tuple[str, str | None, float]]) -> None:
    found = waits(event_log(trace), lens(), "wait_ms")

    assert found == [(a, b, days * DAY_MS) for a, b, days in expected]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("a 1d b[3h] z", [("a", "b", 24, 3), ("b", "z", 0, 0)]),
        ("a[5h] z", [(None, "a", 0, 5), ("a", "z", 0, 0)]),
    ],
)
def test_wait_and_work_are_told_apart(trace: str, expected: list[tuple[Any, ...]]) -> None:
    found = waits(event_log(trace), lens(), "wait_ms", "work_ms")

    assert found == [(a, b, wait * HOUR_MS, work * HOUR_MS) for a, b, wait, work in expected]


def test_overlapping_work_is_no_negative_wait() -> None:
    log = event_log("a 1d b[3h] z").with_columns(
        started_at=pl.when(pl.col("activity") == "z")
        .then(pl.col("started_at").max() - pl.duration(hours=7))
        .otherwise("started_at")
    )

    assert waits(log, lens(), "wait_ms", "work_ms")[-1] == ("b", "z", 0, 0)


@pytest.mark.parametrize(("days", "cut"), [(1, 1), (2, 2), (3, 3)])
def test_what_happens_after_as_of_is_not_known_yet(days: int, cut: int) -> None:
    log = event_log("a 36h b 36h z")

    assert len(waits(log, lens(days))) == max(cut, 1) - (days == 3)


def test_a_case_with_a_date_is_measured_in_days() -> None:
    local_midnight = dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)  # 29 March, a day of 23 hours
    log = event_log("a 30h b 20h z", start=local_midnight).with_columns(
        is_day=pl.col("activity") == "a"
    )

    found = waits(log, lens(), "wait_ms")

    assert found == [("a", "b", DAY_MS), ("b", "z", DAY_MS)]


def test_elapsed_ends_at_the_last_end_activity() -> None:
    log = event_log("a 2d z 1d b 1d z 5d c", "a 1d b")
    found = (
        cases(traces(log, lens()), lens())
        .select(pl.all().exclude("began_on", "ended_on", "outcome"))
        .collect()
        .rows()
    )

    assert found == [
        ("c1", False, True, True, 4 * DAY_MS),
        ("c2", True, True, True, 100 * DAY_MS),
    ]


def test_pause_and_statutory_wait_explain_their_part() -> None:
    pause = Pause(activity="b", **{"from": dt.date(2026, 3, 4), "to": dt.date(2026, 3, 5)})
    steps = {"b": Step(statutory_wait=dt.timedelta(days=3))}
    look = lens(pauses=(pause,), steps=steps)

    found = waits(event_log("a 10d b z"), look, "wait_ms", "pause_ms", "statutory_ms")

    assert found[0] == ("a", "b", 10 * DAY_MS, 2 * DAY_MS, 3 * DAY_MS)


def test_a_pause_may_have_no_end() -> None:
    said = [(dt.date(2026, 3, 4), dt.date.max), (dt.date(2026, 3, 9), dt.date(2026, 3, 10))]
    pauses = tuple(Pause(activity="b", **{"from": a, "to": b}) for a, b in said)

    found = waits(event_log("a 10d b z"), lens(pauses=pauses), "pause_ms")

    assert found[0] == ("a", "b", 8 * DAY_MS + 10 * HOUR_MS)


def test_pauses_of_one_activity_count_once() -> None:
    def pause(activity: str, first: int, last: int) -> Pause:
        return Pause(
            activity=activity, **{"from": dt.date(2026, 3, first), "to": dt.date(2026, 3, last)}
        )

    found = merged([pause("b", 5, 9), pause("b", 1, 4), pause("c", 2, 3), pause("b", 20, 21)])

    assert found == [pause("b", 1, 9), pause("b", 20, 21), pause("c", 2, 3)]


def test_work_in_progress_ends_the_wait_and_does_not_end_the_case() -> None:
    log = event_log("a 2d ~z")
    found = waits(log, lens(), "is_open", "wait_ms", "work_ms")

    assert found == [("a", "z", False, 2 * DAY_MS, 0), (None, "z", False, 0, 98 * DAY_MS)]
    assert cases(traces(log, lens()), lens()).select(
        pl.all().exclude("began_on", "ended_on", "outcome")
    ).collect().rows() == [("c1", True, True, True, 100 * DAY_MS)]


def test_work_that_was_not_done_by_as_of_is_in_progress() -> None:
    log = event_log("a 1d b[48h] z")

    assert waits(log, lens(2), "wait_ms", "work_ms") == [
        ("a", "b", DAY_MS, 0),
        (None, "b", 0, DAY_MS),
    ]


def test_a_case_begins_when_work_on_it_began() -> None:
    # b was begun and done while a was still being worked on
    log = event_log("a[10h] 1h z").collect()
    inner = event_log("~b").with_columns(
        at=pl.lit(MONDAY + dt.timedelta(hours=6)),
        started_at=pl.lit(MONDAY + dt.timedelta(hours=5)),
        is_done=pl.lit(value=True),
    )
    both = pl.concat([log.lazy(), inner]).sort("case_id", "at")

    assert cases(traces(both, lens()), lens()).collect()["elapsed_ms"].to_list() == [11 * HOUR_MS]
    parts = waits(both, lens(), "wait_ms", "work_ms")
    assert parts == [
        (None, "b", 0, 6 * HOUR_MS),
        ("b", "a", 0, 4 * HOUR_MS),
        ("a", "z", HOUR_MS, 0),
    ]
