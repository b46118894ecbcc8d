# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The wait from registration to the first activity, on logs small enough to check by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.journey import Journey, Step
from mining.cases.journeys import Lens, cases, traces
from mining.cases.moves import moves
from mining.cases.relations import Relations
from mining.durations import DAY_MS
from tests.builders import MONDAY, event_log

ZONE = "Europe/Amsterdam"
MIDNIGHT = dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)  # of 1 March; MONDAY is 2 March, 10:00


def look(relations: Relations | None = None, **journey: Any) -> Lens:
    as_of = MONDAY + dt.timedelta(days=50)
    known = Lens(as_of, ZONE, Journey(**{"end": ("z",), **journey}), registration="aanvraag")
    return Lens(**{**vars(known), "relations": relations}) if relations else known


def log(*traces_: str, registered: dt.datetime | None) -> pl.LazyFrame:
    return event_log(*traces_).with_columns(
        registered_at=pl.lit(registered, dtype=pl.Datetime("us", "UTC"))
    )


def waits(events: pl.LazyFrame, lens: Lens) -> list[tuple[Any, ...]]:
    found = moves(traces(events, lens), lens).select(
        "from", "to", pl.col("wait_ms") / DAY_MS, pl.col("work_ms") / DAY_MS
    )
    return found.collect().rows()


def days_before(days: float) -> dt.datetime:
    return MONDAY - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("trace", "registered", "expected"),
    [
        ("a 1d z", days_before(5), ("aanvraag", "a", 5.0, 0.0)),
        ("a[12h] 1d z", days_before(5), ("aanvraag", "a", 5.0, 0.5)),
        ("a 1d z", MONDAY, ("aanvraag", "a", 0.0, 0.0)),
        ("a", days_before(5), ("aanvraag", "a", 5.0, 0.0)),
        ("a 1d z", None, ("a", "z", 1.0, 0.0)),
        ("a 1d z", days_before(-0.5), ("a", "z", 1.0, 0.0)),  # something was done before it
    ],
)
def test_a_case_waits_since_its_registration(
    trace: str, registered: dt.datetime | None, expected: tuple[Any, ...]
) -> None:
    assert waits(log(trace, registered=registered), look())[0] == expected


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        (MIDNIGHT, 10 / 24),  # counts from the end of its day
        (MIDNIGHT + dt.timedelta(days=1), 0.0),  # the day of the first event
        (MIDNIGHT - dt.timedelta(days=3), 3 + 10 / 24),
    ],
)
def test_of_a_date_no_wait_is_told_too_long(registered: dt.datetime, expected: float) -> None:
    assert waits(log("a 1d z", registered=registered), look())[0][2] == pytest.approx(expected)


@pytest.mark.parametrize("registered", [MIDNIGHT, MIDNIGHT + dt.timedelta(hours=11)])
def test_a_case_in_days_waits_whole_days(registered: dt.datetime) -> None:
    in_days = log("a 1d z", registered=registered).with_columns(is_day=pl.lit(value=True))

    assert waits(in_days, look())[0] == ("aanvraag", "a", 1.0, 0.0)


@pytest.mark.parametrize(
    ("start", "first"), [((), "aanvraag"), (("a",), "aanvraag"), (("b",), "a")]
)
def test_a_case_of_which_the_begin_is_not_in_the_log_has_no_intake(
    start: tuple[str, ...], first: str
) -> None:
    found = waits(log("a 1d z", registered=days_before(5)), look(start=start))

    assert found[0][0] == first


def test_any_row_of_a_case_may_tell_its_registration() -> None:
    told = log("a 1d b 1d z", registered=days_before(5)).with_columns(
        registered_at=pl.when(pl.col("activity") == "b").then("registered_at")
    )

    assert waits(told, look())[0] == ("aanvraag", "a", 5.0, 0.0)


def test_what_nothing_enables_waits_since_the_registration() -> None:
    beside = Relations(concurrent=frozenset({("a", "b"), ("b", "a")}))

    found = waits(log("a 1d b 1d z", registered=days_before(5)), look(beside))

    assert found[1][:3] == ("aanvraag", "b", 6.0)


def test_the_case_lasts_since_its_registration() -> None:
    lens = look()
    found = cases(traces(log("a 1d z", registered=days_before(5)), lens), lens).collect()

    assert found["elapsed_ms"].item() == 6 * DAY_MS
    assert found["began_on"].item() == dt.date(2026, 2, 25)


def test_intake_before_the_clock_is_so_told() -> None:
    lens = look(steps={"a": Step(clock="outside")})
    events = log("a 1d z", registered=days_before(5))

    found = moves(traces(events, lens), lens).collect()

    assert found["is_before_clock"].to_list() == [True, False]
