# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the dates and attributes of a case say of its term."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.deadlines import Deadline
from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.summaries import bucket_of
from tests.builders import MONDAY, NOBODY, event_log, held

TWO_WEEKS = {"id": "d", "rule": {"term": "P2W", "law": "none"}}


def held_of(trace: str, deadline: dict[str, Any], **attributes: str | None) -> dict[str, Any]:
    told = {f"case:{name}": pl.lit(value, pl.String) for name, value in attributes.items()}
    lens = Lens(
        MONDAY + dt.timedelta(days=60),
        "Europe/Amsterdam",
        Journey(end=("z",)),
        deadlines=(Deadline.model_validate(deadline),),
        equivalent_days=(dt.date(2026, 5, 15),),
    )
    log = event_log(trace).with_columns(**told)
    [row] = held(bucket_of(log, NOBODY, lens)).to_dicts()
    return row


@pytest.mark.parametrize(
    ("trace", "expires", "status"),
    [
        ("a 9d z", "2026-03-11", "within"),
        ("a 9d z", "10-03-2026", "late"),
        ("a 9d z", "2026-03-11T00:00:00+01:00", "within"),
        ("a", "2026-05-01", "open_within"),
        ("a", "2026-04-30", "open_late"),
        ("a 9d z", None, "no_date"),
        ("a 9d z", "soon", "no_date"),
    ],
)
def test_a_date_of_the_case_itself(trace: str, expires: str | None, status: str) -> None:
    own = {"id": "d", "rule": {"date": "expires"}}

    told = held_of(trace, own, expires=expires)
    assert (told["status"], told["noticed"]) == (status, 0)


def test_what_is_done_on_the_day_that_its_term_starts_is_in_time() -> None:
    assert held_of("a 1h z", TWO_WEEKS)["status"] == "within"


@pytest.mark.parametrize(
    ("registered", "which"),
    [
        ("2026-03-16", "same"),
        ("2026-03-30", "later"),
        ("2026-03-15", "earlier"),
        (None, "unknown"),
        ("later", "unknown"),
    ],
)
def test_the_last_day_that_is_registered(registered: str | None, which: str) -> None:
    told = held_of("a 9d z", {**TWO_WEEKS, "registered": "until"}, until=registered)

    assert told["registered_is"] == which


@pytest.mark.parametrize(
    ("trace", "until", "which"),
    [
        ("a 3d !moved 6d z", "2026-03-30", "moved"),
        ("a 9d z", "2026-03-30", "later"),
        ("a 3d !moved 6d z", "2026-03-16", "same"),
        ("a 3d !moved 6d z", "2026-03-15", "earlier"),
        ("a 3d moved 6d z", "2026-03-30", "moved"),
        pytest.param("a 9d z 3d !moved", "2026-03-30", "later", id="after it was closed"),
    ],
)
def test_a_registered_day_that_was_moved(trace: str, until: str, which: str) -> None:
    deadline = {**TWO_WEEKS, "registered": "until", "moved_by": ["moved"]}

    assert held_of(trace, deadline, until=until)["registered_is"] == which


def test_what_moved_a_day_is_told_only_of_one_that_is_registered() -> None:
    with pytest.raises(ValidationError, match="name the attribute that holds it"):
        Deadline.model_validate({**TWO_WEEKS, "moved_by": ["moved"]})


def test_without_a_registered_day_nothing_is_compared() -> None:
    assert held_of("a 9d z", TWO_WEEKS)["registered_is"] is None


@pytest.mark.parametrize(
    ("route", "status"), [("short", "late"), ("long", "not_started"), (None, "not_started")]
)
def test_a_term_of_some_cases_only(route: str | None, status: str) -> None:
    of_some = {**TWO_WEEKS, "where": {"route": ["short", "shorter"]}}

    assert held_of("a 20d z", of_some, route=route)["status"] == status


@pytest.mark.parametrize(
    ("rule", "trace", "certainty"),
    [
        ({"term": "P2W"}, "a 9d z", "high"),
        # until Friday 15 May 2026, which a decision made equal to a holiday
        ({"term": "P74D", "law": "eu"}, "a 9d z", "low"),
        ({"term": "P74D"}, "a 9d z", "high"),
        ({"term": "P2W", "extension": "P1W"}, "a 3d longer 9d z", "fair"),
        # long terms do not move: is it one of 18 weeks, or are there two?
        ({"term": "P12W", "extension": "P6W"}, "a 3d longer 9d z", "low"),
    ],
)
def test_how_sure_it_is(rule: dict[str, str], trace: str, certainty: str) -> None:
    extended_by = ["longer"] if "extension" in rule else []
    told = held_of(trace, {"id": "d", "rule": rule, "extended_by": extended_by})

    assert told["certainty"] == certainty


HOURS = {"id": "d", "rule": {"term": "PT48H"}, "start": ["b"]}


@pytest.mark.parametrize(
    ("trace", "status", "end"),
    [
        pytest.param("a 5h b 48h z", "within", "2026-03-04", id="to the hour"),
        pytest.param("a 5h b 48h 1m z", "late", "2026-03-04", id="a minute too late"),
        # the clock goes forward on Sunday 29 March, when 48 hours end an hour later
        pytest.param("a 26d b 48h z", "within", "2026-03-30", id="in a night of 23 hours"),
        pytest.param("a 26d b 48h 1m z", "late", "2026-03-30", id="and a minute too late"),
        pytest.param("a 58d b", "open_within", "2026-05-01", id="open, on the hour"),
        pytest.param("a 57d b", "open_late", "2026-04-30", id="open, and too late"),
        pytest.param("a 59d b", "open_within", "2026-05-02", id="open"),
        pytest.param("a 5h z", "not_started", None, id="it never began"),
    ],
)
def test_a_term_in_hours(trace: str, status: str, end: str | None) -> None:
    told = held_of(trace, HOURS)

    assert told["status"] == status
    assert told["end"] == (end and dt.date.fromisoformat(end))


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"term": "P2W"}, "open_within"),
        ({"term": "PT48H"}, "open_late"),
        ({"date": "x"}, "open_late"),
    ],
)
def test_what_nothing_suspends(rule: dict[str, str], status: str) -> None:
    pair = {"end": ["z"], "suspensions": [{"from": "b", "to": "c"}]}
    lens = Lens(
        MONDAY + dt.timedelta(days=60),
        "Europe/Amsterdam",
        Journey.model_validate(pair),
        deadlines=(Deadline.model_validate({"id": "d", "rule": rule, "start": ["a"]}),),
    )
    log = event_log("a 1d b").with_columns(pl.lit("2026-03-10").alias("case:x"))

    told = held(bucket_of(log, NOBODY, lens))
    assert told["status"].to_list() == [status]
    assert told["is_suspended"].to_list() == [status == "open_within"]


def test_where_only_dates_are_known_hours_are_not() -> None:
    lens = Lens(
        MONDAY + dt.timedelta(days=60),
        "Europe/Amsterdam",
        Journey(end=("z",)),
        deadlines=(Deadline.model_validate(HOURS),),
    )
    log = event_log("a 1d b 2d z").with_columns(is_day=pl.lit(value=True))

    assert held(bucket_of(log, NOBODY, lens))["status"].to_list() == ["no_hours"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": {"term": "PT48H"}},
        {"rule": {"term": "PT48H", "extension": "PT24H"}, "start": ["b"]},
        {"rule": {"term": "P48H"}, "start": ["b"]},
        {"rule": {"term": "PT2D"}, "start": ["b"]},
        {"rule": {"date": "until"}, "notice": ["b"]},
    ],
)
def test_deadlines_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Deadline.model_validate({"id": "d", **wrong})
