# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which cases met a term, on logs small enough to check by hand; MONDAY is 2 March 2026."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from contracts.deadlines import Deadline
from contracts.findings import DeadlineResult
from contracts.journey import Journey, Step
from contracts.norms import Rule
from mining.cases.journeys import Lens
from mining.law import deadlines
from mining.summaries import bucket_of, merge, summarise
from mining.wholes import ledger
from tests.builders import MONDAY, NOBODY, event_log, held

TWO_WEEKS = Deadline(id="besluit", rule=Rule(term="P2W", extension="P2W"))  # until 16 March
ASKED = Journey(end=("z",), steps={"back": Step(clock="suspended", actor="citizen")})
SUMMARIES = (deadlines.SUMMARY, ledger.SUMMARY)


def concluded(
    *traces: str, days: float = 60, journey: Journey | None = None, **told: Any
) -> tuple[DeadlineResult, dict[str, pl.DataFrame]]:
    """What is told of the deadline, and its tables."""
    deadline = TWO_WEEKS.model_copy(update=told)
    lens = Lens(
        MONDAY + dt.timedelta(days=days),
        "Europe/Amsterdam",
        journey or ASKED,
        deadlines=(deadline,),
    )
    bucket = bucket_of(event_log(*traces), NOBODY, lens)
    parts = summarise(bucket, [ledger.SUMMARY]) | summarise(held(bucket), [deadlines.SUMMARY])
    merged = merge({name: [part.lazy()] for name, part in parts.items()}, SUMMARIES)
    [result], tables = deadlines.conclude(merged, lens.journey, lens.deadlines)
    return result, tables


def judged(*traces: str, **told: Any) -> tuple[DeadlineResult, dict[str, int]]:
    """What is told of the deadline, and its cases by status."""
    result, tables = concluded(*traces, **told)
    return result, dict(tables["deadlines"].select("status", "cases").iter_rows())


@pytest.mark.parametrize(
    ("trace", "days", "expected"),
    [
        pytest.param("a 14d z", 60, "within", id="on the last day"),
        pytest.param("a 15d z", 60, "late", id="the day after"),
        pytest.param("a", 14, "open_within", id="not yet over"),
        pytest.param("a", 15, "open_late", id="over"),
        pytest.param("a 3d ask 10d back 10d z", 60, "within", id="nine days suspended"),
        pytest.param("a 3d ask 10d back 11d z", 60, "late", id="no more than nine"),
        pytest.param("a 3d ask 10d back 1d ask 3d back 8d z", 60, "within", id="suspended twice"),
        pytest.param("a 20d ask 10d back 1d z", 60, "late", id="suspended when it was too late"),
        pytest.param("a 5d longer 20d z", 60, "within", id="made longer"),
        pytest.param("a 14d longer 14d z", 60, "within", id="made longer on the last day"),
        pytest.param("a 15d longer 2d z", 60, "late", id="made longer the day after"),
        pytest.param("a 20d longer 2d z", 60, "late", id="made longer when it was too late"),
        pytest.param("a 5d longer 1d longer 25d z", 60, "late", id="made longer once only"),
    ],
)
def test_a_case_and_its_term(trace: str, days: float, expected: str) -> None:
    result, table = judged(trace, days=days, extended_by=("longer",))

    assert table == {expected: 1}
    assert getattr(result, expected) == 1
    assert result.undetermined == 0


def test_a_case_that_waits_for_the_citizen_is_not_late() -> None:
    known = "a 3d ask 10d back 1d z"

    _, table = judged(known, "a 3d ask", days=50)

    assert table == {"within": 1, "open_within": 1}


def test_what_may_or_may_not_be_suspended_is_not_determined() -> None:
    known = ["a 3d ask 10d back 1d z", "a 3d ask 4d z"]

    result, table = judged(*known, "a 3d ask", days=50)

    assert table == {"within": 2, "maybe_suspended": 1}
    assert (result.within, result.undetermined) == (2, 1)


def test_a_term_may_start_later_than_the_case() -> None:
    result, table = judged("a 9d b 14d z", "a 9d b 15d z", "a 40d z", start=("b",))

    assert table == {"within": 1, "late": 1, "not_started": 1}
    assert (result.within, result.late, result.undetermined) == (1, 1, 0)


def test_without_a_start_it_starts_on_the_legal_clock() -> None:
    journey = Journey(end=("z",), steps={"call": Step(clock="outside")})

    assert judged("call 30d a 14d z", journey=journey)[1] == {"within": 1}


def test_without_the_begin_of_a_case_nothing_is_said() -> None:
    journey = Journey(start=("a",), end=("z",))

    assert judged("b 9d z", "a 9d z", journey=journey)[1] == {"no_begin": 1, "within": 1}
    assert judged("b 9d z", "b 1d c 9d z", "a 9d z", journey=journey, start=("c",))[1] == {
        "no_begin": 1,
        "within": 1,
        "not_started": 1,
    }


@pytest.mark.parametrize(
    ("rule", "last"), [("awb-7-10", "2026-06-02"), ("awb-7-10-committee", "2026-07-14")]
)
def test_an_objection_is_decided_on_after_the_period_to_object(rule: str, last: str) -> None:
    # published on 10 March 2026: until 21 April anybody may object
    days = (dt.date.fromisoformat(last) - MONDAY.date()).days
    told: dict[str, Any] = {"rule": rule, "start": ("sent",), "days": days + 40}

    decided = (f"a 8d sent 5d b {days - 13 + late}d z" for late in (0, 1))
    assert judged(*decided, **told)[1] == {"within": 1, "late": 1}
    # who decides while others may object is in time
    assert judged("a 8d sent 5d b 9d z", **told)[1] == {"within": 1}


def test_a_stop_before_the_start_is_not_determined() -> None:
    result, table = judged("a 1d z 2d b 9d c z", start=("b",), stop=("z",))

    assert table == {"stopped_before": 1}
    assert (result.undetermined, result.rule_version) == (1, "config")


def test_a_case_that_ends_otherwise_has_no_term_any_more() -> None:
    assert judged("a 9d z", stop=("decision",))[1] == {"within": 1}


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("awb-4-13", MONDAY, {"within": 1}),
        ("awb-4-13", dt.datetime(2005, 3, 7, tzinfo=dt.UTC), {"no_rule": 1}),
    ],
)
def test_a_rule_counts_from_when_the_table_speaks_of_it(
    rule: str, start: dt.datetime, expected: dict[str, int]
) -> None:
    lens = Lens(
        start + dt.timedelta(days=90),
        "Europe/Amsterdam",
        ASKED,
        deadlines=(Deadline(id="d", rule=rule),),
    )
    log = event_log("a 50d z", start=start)
    found = held(bucket_of(log, NOBODY, lens))

    assert dict(found["status"].value_counts().iter_rows()) == expected


def test_suspensions_over_each_other_are_not_determined() -> None:
    # both "back" and "more" are waited for since "ask": they go on side by side
    from mining.cases.relations import Relations

    journey = Journey(
        end=("z",), steps={name: Step(clock="suspended") for name in ("back", "more")}
    )
    beside = Relations(concurrent=frozenset({("back", "more"), ("more", "back")}))
    lens = Lens(
        MONDAY + dt.timedelta(days=60), "Europe/Amsterdam", journey, beside, deadlines=(TWO_WEEKS,)
    )
    log = event_log("a 1d ask 5d back 3d more 1d z")
    found = held(bucket_of(log, NOBODY, lens))

    assert found["status"].to_list() == ["overlapping"]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        pytest.param("a 3d b 12d z", ("b", "z"), id="the last day is the one before the end"),
        pytest.param("a 15d b 9d z", ("a", "b"), id="a step on the day after the last"),
        pytest.param("a 14d b 9d z", ("b", "z"), id="a step on the last day"),
        pytest.param("a 3d ask 10d back 20d z", ("back", "z"), id="suspended, and then too late"),
        pytest.param("a 3d b", ("b", None), id="still there"),
        pytest.param("a 3d b 5d z", None, id="in time"),
    ],
)
def test_where_a_term_ended(trace: str, expected: tuple[str, str | None] | None) -> None:
    _, tables = concluded(trace)

    rows = [] if expected is None else [("besluit", *expected, 1)]
    assert tables["breaches"].rows() == rows


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        # 48 hours after a, on a Wednesday at nine
        pytest.param("a 3h b 46h c 2h z", ("b", "c"), id="a step later on the last day"),
        pytest.param("a 3h b 46h z", ("b", "z"), id="met later on the last day"),
        pytest.param("a 3h b 45h c 9h z", ("c", "z"), id="a step on the hour"),
        pytest.param("a 3h b 46h z 9d x 1d z", ("b", "z"), id="not after the step that met it"),
        pytest.param("a 50h", ("a", None), id="still there"),
        pytest.param("a 3h b 45h z", None, id="in time"),
    ],
)
def test_where_a_term_in_hours_ended(trace: str, expected: tuple[str, str | None] | None) -> None:
    _, tables = concluded(trace, rule=Rule(term="PT48H"), start=("a",), stop=("z",))

    rows = [] if expected is None else [("besluit", *expected, 1)]
    assert tables["breaches"].rows() == rows


def test_who_stands_still_in_time_is_nowhere_too_late() -> None:
    known = "a 3d ask 10d back 1d z"

    assert concluded(known, "a 3d ask", days=50)[1]["breaches"].is_empty()


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        # two weeks until 16 March; the 15th day after the notice is the first that counts
        pytest.param(["a 20d notice 16d z"], (1, 23), id="one day"),
        pytest.param(["a 20d notice 15d z"], (1, 0), id="decided in time after the notice"),
        pytest.param(["a 20d notice"], (1, 14 * 23 + 11 * 35), id="still open"),
        pytest.param(["a 9d notice 40d z"], (0, 0), id="notice before the end of the term"),
        pytest.param(["a 14d notice 40d z"], (0, 0), id="notice on its last day"),
        pytest.param(["a 9d notice 11d notice 16d z"], (1, 23), id="given again after the term"),
        pytest.param(["a 20d notice 2d notice 14d z"], (1, 23), id="given again later"),
        pytest.param(["a 20d z"], (0, 0), id="no notice"),
        pytest.param(["a 20d notice 16d z"] * 3, (3, 69), id="three cases"),
    ],
)
def test_what_a_notice_of_default_may_cost(traces: list[str], expected: tuple[int, int]) -> None:
    result, _ = concluded(*traces, notice=("notice",))

    assert (result.noticed, result.penalty_eur) == expected


def test_nothing_is_said_of_penalties_without_a_notice() -> None:
    result, _ = concluded("a 20d z")

    assert (result.noticed, result.penalty_eur) == (None, None)
