# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import ORDER
from ingest.dated import in_order_of_the_source

ZONE = "Europe/Amsterdam"
DAY = dt.datetime(2026, 3, 29, tzinfo=dt.UTC) - dt.timedelta(hours=1)  # of 23 hours, there
DATE, AT_TEN, NEXT_DATE = DAY, DAY + dt.timedelta(hours=10), DAY + dt.timedelta(hours=23)
AFTER_IT = NEXT_DATE + dt.timedelta(minutes=30)


def log(*told, source="a.csv"):
    """Rows of one case: activity, time, and the source where it is another."""
    rows = [(name, at, at in (DATE, NEXT_DATE), *(rest or [source])) for name, at, *rest in told]
    columns = {"activity": pl.String, "at": pl.Datetime("us", "UTC"), "is_day": pl.Boolean}
    frame = pl.DataFrame(rows, schema={**columns, "source": pl.String}, orient="row")
    return frame.with_columns(case_id=pl.lit("c")).with_row_index("row")


def order(frame):
    moved = in_order_of_the_source(frame.lazy(), ZONE).collect()
    return "".join(moved.sort(ORDER)["activity"])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([("a", AT_TEN), ("b", DATE)], "ab", id="after an hour of it"),
        pytest.param([("a", DATE), ("b", AT_TEN)], "ab", id="before an hour of it"),
        pytest.param([("a", AT_TEN), ("b", DATE), ("c", DATE)], "abc", id="two dates"),
        pytest.param([("a", AFTER_IT), ("b", NEXT_DATE)], "ab", id="half past midnight"),
        pytest.param([("a", AFTER_IT), ("b", DATE)], "ba", id="of the day before"),
        pytest.param(
            [("a", AT_TEN), ("b", DATE), ("c", AT_TEN - dt.timedelta(hours=1))],
            "bca",
            id="hours go back",
        ),
        pytest.param(
            [("a", AT_TEN), ("b", DATE, "z.csv")], "ba", id="another source tells nothing"
        ),
        pytest.param([("a", AT_TEN), ("b", DATE, "a.csv@2")], "ab", id="the next milestone"),
    ],
)
def test_a_date_stands_where_its_source_has_it(told, expected):
    assert order(log(*told)) == expected


def test_an_hour_that_is_known_stays_though_the_start_is_a_date():
    told = log(("a", AT_TEN), ("b", AT_TEN - dt.timedelta(hours=1)))

    assert order(told.with_columns(is_day=pl.lit(value=True))) == "ba"


times = st.sampled_from([DATE, AT_TEN, AT_TEN + dt.timedelta(hours=1), NEXT_DATE, AFTER_IT])


@given(st.lists(times, min_size=1, max_size=6))
def test_only_dates_move_and_to_a_time_of_their_day(moments):
    told = log(*((str(number), at) for number, at in enumerate(moments)))

    moved = in_order_of_the_source(told.lazy(), ZONE).collect()

    both = told.with_columns(moved["at"].alias("now")).filter(pl.col("now") != pl.col("at"))
    local = both.select(pl.col("at", "now").dt.convert_time_zone(ZONE).dt.date())
    assert both["is_day"].all()
    assert local["at"].to_list() == local["now"].to_list()


@given(st.lists(times, min_size=1, max_size=6).map(sorted))
def test_what_is_in_order_stays_as_it_is(moments):
    told = log(*((str(number), at) for number, at in enumerate(moments)))

    assert in_order_of_the_source(told.lazy(), ZONE).collect().equals(told)
