# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a config may say of when it runs is what Prefect can keep to."""

from __future__ import annotations

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.cron import cron
from contracts.schedule import Schedule

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("0 6 * * mon", "0 6 * * mon"),
        ("  */15  8-17 * * 1-5", "*/15 8-17 * * 1-5"),
        ("0 6 L * *", "0 6 L * *"),
        ("0 6 1,15 JAN-JUN *", "0 6 1,15 JAN-JUN *"),
        ("0 6 29 2 *", "0 6 29 2 *"),
    ],
)
def test_five_fields_are_a_schedule(text: str, means: str) -> None:
    assert Schedule(cron=text).cron == means


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "not five plain fields"),
        ("0 6 * *", "not five plain fields"),
        ("0 0 6 * * mon", "not five plain fields"),
        ("@daily", "not five plain fields"),
        ("h 6 * * *", "not five plain fields"),
        ("0 6 * * mon#2", "not five plain fields"),
        ("٣ 6 * * *", "not five plain fields"),
        ("0 25 * * *", "bad hour"),
        ("0 6 * * maandag", "bad day-of-week"),
        ("0 6 * * 5L", "not five plain fields"),
        ("0 6 * * fri-mon", "bad day-of-week"),
        ("0 6 30 feb *", "bad day-of-month"),
        ("0 6 31 4 mon", "bad day-of-month"),
    ],
)
def test_what_is_none_is_refused(wrong: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Schedule(cron=wrong)

    assert f"({said}); write for example 0 6 * * mon" in str(refused.value)


@pytest.mark.parametrize(
    ("at", "day", "runs"),
    [
        ("30 2", (2027, 3, 28), ["28 01:30+0100", "29 02:30+0200"]),
        ("30 2", (2027, 10, 31), ["31 02:30+0200", "01 02:30+0100"]),
        ("0 3", (2027, 3, 28), ["28 03:00+0200", "29 03:00+0200"]),
    ],
)
def test_it_runs_once_on_a_day_when_the_clock_changes(
    at: str, day: tuple[int, int, int], runs: list[str]
) -> None:
    from prefect.server.schemas.schedules import CronSchedule

    told = Schedule(cron=f"{at} * * *")
    kept = CronSchedule(cron=str(told.cron), timezone=told.timezone)
    midnight = dt.datetime(*day, tzinfo=ZoneInfo(told.timezone))
    dates = asyncio.run(kept.get_dates(2, start=midnight))

    assert [date.strftime("%d %H:%M%z") for date in dates] == runs


def field(least: int, most: int, *others: str) -> st.SearchStrategy[str]:
    number = st.integers(least, most).map(str)
    one = st.one_of(
        st.sampled_from(["*", *others]),
        number,
        st.builds("{}-{}".format, number, number),
        st.builds("{}/{}".format, st.one_of(st.just("*"), number), st.integers(0, most + 9)),
    )
    return st.lists(one, min_size=1, max_size=3).map(",".join)


@given(
    st.tuples(
        field(0, 59),
        field(0, 23),
        field(1, 31, "L", "LW"),
        field(1, 12, "jan", "JUL"),
        field(0, 7, "mon", "SUN", "5L", "L5", "1#2"),
    ).map(" ".join)
)
def test_what_is_taken_prefect_can_keep_to(text: str) -> None:
    from prefect._vendor.croniter import croniter
    from prefect.server.schemas.schedules import CronSchedule

    try:
        taken = cron(text)
    except ValueError:
        return
    assert CronSchedule(cron=taken).cron == taken
    assert croniter(taken, NOW).get_next(dt.datetime) > NOW
