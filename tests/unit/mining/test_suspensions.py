# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Terms that stood still between two events, a term of two weeks from MONDAY, 2 March 2026."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.deadlines import Deadline
from contracts.journey import Journey
from contracts.norms import Rule
from mining.cases.journeys import Lens
from mining.durations import DAY_MS
from mining.law import clocks
from mining.law.legal_clock import IF_SUSPENDED
from mining.summaries import bucket_of, summarise
from tests.builders import MONDAY, NOBODY, event_log, held

RULE = Rule(term="P2W", extension="P1W", law="none")
PAIR = {"from": "stop", "to": "go"}


def held_of(trace: str, days: float = 60, **pair: Any) -> dict[str, Any]:
    """What is known of one case; days are those of March, 2026."""
    journey = Journey.model_validate({"end": ["z"], "suspensions": [{**PAIR, **pair}]})
    lens = Lens(
        MONDAY + dt.timedelta(days=days),
        "Europe/Amsterdam",
        journey,
        deadlines=(Deadline(id="d", rule=RULE, extended_by=("longer",)),),
    )
    [row] = held(bucket_of(event_log(trace), NOBODY, lens)).to_dicts()
    return row


def end_of(trace: str, **told: Any) -> int:
    return (held_of(trace, **told)["end"] - dt.date(2026, 2, 28)).days


@pytest.mark.parametrize(
    ("trace", "pair", "end"),
    [
        pytest.param("a 30d z", {}, 16, id="never"),
        pytest.param("a 3d stop 10d go 9d z", {}, 25, id="from the day after until the day of"),
        pytest.param("a 3d stop go 9d z", {}, 16, id="on one day"),
        pytest.param("a 3d stop 3d go 3d stop 3d go 9d z", {}, 20, id="twice"),
        pytest.param("a 20d stop 3d go 9d z", {}, 16, id="after the term"),
        pytest.param("a 3d stop 30d go 9d z", {"at_most": "P1W"}, 23, id="no longer than a week"),
        pytest.param("a 3d stop 5d go 9d z", {"at_most": "P1W"}, 20, id="shorter than it may be"),
        pytest.param("a 3d stop 10d z", {}, 25, id="until the end of the case"),
        pytest.param("a 3d stop 10d b 20d z", {"at_most": "P1W"}, 23, id="lapsed"),
    ],
)
def test_the_last_day_of_a_term_that_stood_still(
    trace: str, pair: dict[str, str], end: int
) -> None:
    assert end_of(trace, **pair) == end
    assert end_of(trace.replace("stop", "!stop").replace("go", "!go"), **pair) == end


def test_a_case_that_stands_still_has_as_many_days_left_each_day() -> None:
    told = [held_of("a 3d stop", days=days) for days in (5, 50)]

    assert [row["status"] for row in told] == ["open_within"] * 2
    assert [row["days_left"] for row in told] == [10, 10]
    assert [row["is_suspended"] for row in told] == [True, True]


def test_what_would_be_told_if_the_present_wait_stood_still() -> None:
    told, stood_still = held_of("a 3d b"), held_of("a 3d stop")

    assert (told["status"], told["if_status"]) == ("open_late", "open_within")
    assert {name: told[f"if_{name}"] for name in IF_SUSPENDED} == {
        name: stood_still[name] for name in IF_SUSPENDED
    }


def test_a_suspension_that_has_lapsed_is_over() -> None:
    told = held_of("a 3d stop", at_most="P1W")

    assert (told["status"], told["is_suspended"]) == ("open_late", False)
    assert told["suspended_days"] == 7


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        ("a 3d go 9d z", "resumed_before"),
        ("a 3d stop 3d go 3d go 9d z", "resumed_before"),
        ("a 3d stop 3d stop 3d go 9d z", "overlapping"),
    ],
)
def test_what_does_not_alternate_is_not_guessed(trace: str, reason: str) -> None:
    told = held_of(trace)

    assert told["status"] == reason
    assert told["end"] is None


def test_how_a_last_day_came_about_adds_up() -> None:
    told = held_of("a 3d stop 10d go 2d longer 9d z")

    parts = told["extended_days"], told["suspended_days"], told["moved_days"]
    assert parts == (7, 9, 0)
    assert told["end"] == told["plain_end"] + dt.timedelta(days=sum(parts))
    # of 24 days 9 stood still
    assert (told["legal_days"], told["certainty"]) == (15, "fair")
    assert told["suspended_for"] == ["go"]


@pytest.mark.parametrize(
    ("trace", "pair", "legal", "rest"),
    [
        pytest.param("a 3d stop 10d go 9d z", {}, 12, 0, id="over"),
        pytest.param("a 3d stop 4d b 6d go 9d z", {}, 12, 0, id="a step while it stood still"),
        pytest.param("a 3d stop 30d go 9d z", {"at_most": "P1W"}, 35, 0, id="lapsed"),
        pytest.param("a 3d stop", {}, 3, 0, id="open"),
        pytest.param("a 3d stop 10d go", {}, 3, 47, id="open, and over"),
    ],
)
def test_the_legal_clock_stands_still_too(
    trace: str, pair: dict[str, str], legal: int, rest: int
) -> None:
    journey = Journey.model_validate({"end": ["z"], "suspensions": [{**PAIR, **pair}]})
    lens = Lens(MONDAY + dt.timedelta(days=60), "Europe/Amsterdam", journey)
    found = summarise(bucket_of(event_log(trace), NOBODY, lens), [clocks.LEGAL])["legal_clock"]

    days = found.select(pl.col("ms", "rest_ms") / DAY_MS).row(0)
    assert days == pytest.approx((legal, rest))
