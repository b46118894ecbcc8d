# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Waits in working days, on logs small enough to check by hand; MONDAY is at 10 o'clock."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from contracts.events import day_in
from contracts.journey import Journey, Step
from contracts.settings import Calendar
from mining.cases.journeys import Lens
from mining.durations import DAY_MS
from mining.summaries import bucket_of, summarise
from mining.waiting import waits, working_waits
from tests.builders import MONDAY, NOBODY, event_log

JOURNEY = Journey(end=("z",), steps={"b": Step(actor="citizen")})
LENS = Lens(
    MONDAY + dt.timedelta(days=30),
    "Europe/Amsterdam",
    JOURNEY,
    calendar=Calendar(hours="mon-fri 10:00-16:00"),
)


def working_days(log: pl.LazyFrame) -> dict[tuple[str, str], float]:
    found = summarise(bucket_of(log, NOBODY, LENS), [working_waits.SUMMARY])["working_waits"]
    return {(a, z): days for a, z, days in found.select("from", "to", pl.col("ms") / DAY_MS).rows()}


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ("a 7d z", 5),
        ("a 3h z", 0.5),
        ("a 12h z", 1),
        ("a 4d 1s z", 4 + 1 / (6 * 60 * 60)),
        ("a 4d 12h z", 5),
    ],
)
def test_a_wait(trace: str, expected: float) -> None:
    assert working_days(event_log(trace)) == {("a", "z"): pytest.approx(expected, abs=1e-6)}


def test_a_case_in_days() -> None:
    log = event_log("a 7d z 1d", "a 6d z").with_columns(
        is_day=pl.lit(value=True), at=day_in("at", "UTC").cast(pl.Datetime("us", "UTC"))
    )

    assert working_days(log) == {("a", "z"): 5 + 5}


def test_only_waits_for_the_agency_are_told() -> None:
    log = event_log(*["a 7d b 7d z"] * 40)
    parts = summarise(
        bucket_of(log, NOBODY, LENS), [working_waits.SUMMARY, waits.CASES, waits.DURATIONS]
    )
    known = working_waits.known_days(parts, JOURNEY)

    assert {pair: days.p50 for pair, days in known.items()} == {("b", "z"): 5}
