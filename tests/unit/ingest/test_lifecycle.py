# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from contracts.events import CANDIDATES
from ingest.lifecycle import COMPLETE, as_starts, pair

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def hour(number):
    return None if number is None else NOON + dt.timedelta(hours=number)


def rows(text):
    """A row a word, an hour apart: ``s`` start, ``c`` complete, ``x`` other; then its instance."""
    transitions = {"s": "start", "c": "complete", "x": "schedule"}
    return [
        {
            "source": "log",
            "row": number,
            "case_id": "1",
            "activity": "a",
            "at": hour(number),
            "lifecycle": transitions[word[0]],
            "instance": word[1:] or None,
            "resource": f"r{number}",
        }
        for number, word in enumerate(text.split(), start=1)
    ]


def paired(records, *columns):
    frame = pair(pl.DataFrame(records, schema=CANDIDATES).lazy()).collect()
    assert frame.schema == {**CANDIDATES, "is_done": pl.Boolean}
    return frame.sort("row").select(columns).rows()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("s c", [(2, 1)], id="one"),
        pytest.param("c", [(1, None)], id="complete alone"),
        pytest.param("s", [(1, 1)], id="work in progress"),
        pytest.param("s s c c", [(3, 1), (4, 2)], id="first in first out"),
        pytest.param("s c s c", [(2, 1), (4, 3)], id="again"),
        pytest.param("c s c", [(1, None), (3, 2)], id="complete before any start"),
        pytest.param("c c s s c", [(1, None), (2, None), (4, 4), (5, 3)], id="debt is not paid"),
        pytest.param("s c c s c", [(2, 1), (3, None), (5, 4)], id="complete twice"),
        pytest.param("s1 s2 c2 c1", [(3, 2), (4, 1)], id="instances"),
        pytest.param("s1 c", [(1, 1), (2, None)], id="instance and none are two"),
        pytest.param("x s x c x", [(4, 2)], id="others are no steps"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_pairs(text, expected):
    found = paired(rows(text), "row", "started_at")

    assert found == [(row, hour(start)) for row, start in expected]


@pytest.mark.parametrize("key", ["case_id", "activity"])
def test_pairs_within_one_case_and_activity(key):
    start, complete = rows("s c")

    assert paired([start, complete | {key: "2"}], "row", "started_at") == [(1, hour(1)), (2, None)]


@pytest.mark.parametrize(("own", "expected"), [("r2", "r2"), (None, "r1")])
def test_who_completed_it_counts_before_who_started_it(own, expected):
    start, complete = rows("s c")

    assert paired([start, complete | {"resource": own}], "row", "resource") == [(2, expected)]


def test_keeps_a_start_that_the_row_itself_tells():
    complete = rows("c")[0] | {"started_at": hour(-5)}

    assert paired([complete], "started_at") == [(hour(-5),)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s c", [2]),
        ("c s", [1]),
        ("s c s c", [2, 4]),
        ("c s c s", [1, 3]),
        ("c c s", [1, 2]),
    ],
)
def test_at_one_instant_a_start_comes_first(text, expected):
    records = [record | {"at": hour(0)} for record in rows(text)]

    assert paired(records[::-1], "row") == [(row,) for row in expected]


def test_work_in_progress_is_not_done():
    found = paired(rows("s c s"), "row", "started_at", "at", "is_done")

    assert found == [(2, hour(1), hour(2), True), (3, hour(3), hour(3), False)]


@pytest.mark.parametrize("days", [(True, False), (False, True), (True, True), (False, False)])
def test_a_pair_is_as_coarse_as_its_coarsest_time(days):
    start, complete = (row | {"is_day": day} for row, day in zip(rows("s c"), days, strict=True))

    assert paired([start, complete], "is_day") == [(any(days),)]
    assert paired([start], "is_day") == [(days[0],)]
    assert paired([complete], "is_day") == [(days[1],)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([(1, 2)], [(1, 2, True)], id="done"),
        pytest.param([(1, None)], [(1, 1, False)], id="work in progress"),
        pytest.param([(1, None), (1, 5)], [(1, 5, True)], id="done in a later export"),
        pytest.param([(1, None), (3, 5)], [(1, 1, False), (3, 5, True)], id="begun twice"),
        pytest.param([(1, None), (1, None)], [(1, 1, False)], id="open in two exports"),
        pytest.param([(None, 2)], [(None, 2, True)], id="only the end is known"),
        pytest.param([(1, None), (None, 5)], [(1, 1, False), (None, 5, True)], id="not of it"),
        pytest.param([(None, None)], [], id="no time"),
    ],
)
def test_a_row_that_is_begun_and_not_done_is_work_in_progress(told, expected):
    records = [
        rows("c")[0]
        | {"row": number, "started_at": hour(start), "at": hour(end)}
        | {"at_problem": "missing" if end is None else None}
        for number, (start, end) in enumerate(told)
    ]
    begun = as_starts(pl.DataFrame(records, schema=CANDIDATES).lazy(), COMPLETE)
    accepted = begun.filter(pl.col("at").is_not_null()).collect()

    found = paired(accepted.to_dicts(), "started_at", "at", "is_done")

    assert found == [(hour(start), hour(end), is_done) for start, end, is_done in expected]


def test_a_time_that_cannot_be_read_is_no_work_in_progress():
    record = rows("c")[0] | {"started_at": hour(1), "at": None, "at_problem": "unreadable"}

    [row] = (
        as_starts(pl.DataFrame([record], schema=CANDIDATES).lazy(), COMPLETE).collect().to_dicts()
    )

    assert (row["at"], row["lifecycle"], row["at_problem"]) == (None, "complete", "unreadable")
