# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The registered deadline, against a paper calendar and against cases worked out by hand."""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.description import Legal
from simulation.recording.deadlines import due_on, extensions_of, registered
from simulation.recording.log import CASES, EXTENSIONS
from tests.unit.simulation.parts import PARTS, PROCESS, moment

CLOSES = moment("2025-12-31 23:00")
LEGAL = Legal(term="P6M", extension="P8W", decision="D")


def day(text):
    return dt.date.fromisoformat(text)


def due(start, period):
    return pl.select(due_on(pl.lit(start), period)).item()


def after_months(start, months):
    """The same day so many months on, or the last day of a month that is too short."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@pytest.mark.parametrize(
    ("start", "period", "expected"),
    [
        ("2025-03-14", "P6M", "2025-09-14"),
        ("2025-08-31", "P6M", "2026-02-28"),
        ("2023-08-31", "P6M", "2024-02-29"),
        ("2023-08-29", "P6M", "2024-02-29"),
        ("2024-02-29", "P6M", "2024-08-29"),  # and not the last day
        ("2025-05-31", "P6M", "2025-11-30"),
        ("2025-10-31", "P4M", "2026-02-28"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-12-20", "P15D", "2025-01-04"),
        ("2024-02-20", "P15D", "2024-03-06"),
        ("2025-03-14", "P8W", "2025-05-09"),
        ("2025-03-14", "P0D", "2025-03-14"),
    ],
)
def test_a_deadline_by_the_calendar(start, period, expected):
    assert due(day(start), period) == day(expected)


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@given(DAYS, st.integers(0, 60))
def test_months_are_those_of_the_calendar(start, count):
    assert due(start, f"P{count}M") == after_months(start, count)
    assert due(start, f"P{count}Y") == after_months(start, 12 * count)


@given(DAYS, st.integers(0, 400))
def test_days_and_weeks_are_counted(start, count):
    assert due(start, f"P{count}D") == start + dt.timedelta(days=count)
    assert due(start, f"P{count}W") == start + dt.timedelta(weeks=count)


@pytest.mark.parametrize("period", ["", "6M", "P6", "P6M1D", "PT6M", "P-6M", "p6m"])
def test_what_is_no_period_is_refused(period):
    with pytest.raises(ValueError, match="is not a period"):
        due_on(pl.lit(day("2025-01-01")), period)


# The term of PARTS is four months. Only a suspension that is told by dates moves the date: by the
# whole days that it took, or by those that were expected while it lasts.
DUE = {
    1: "2025-07-03",  # flag: not moved
    2: "2025-12-03",  # 2 October, 20 whole days, and 42 more
    3: "2025-06-03",  # status: not moved
    4: "2026-03-03",
    5: "2025-09-05",
    16: "2025-10-10",  # 1 August, 28 days as was expected, and 42 in silence
    17: "2025-11-03",  # 1 November, and two whole days of the three of its dates
    18: "2025-02-28",  # began at half past midnight on 31 October, local time
    19: "2026-04-30",
}


def test_the_date_moves_by_what_was_registered():
    dues = pl.concat([registered(part, PROCESS.legal) for part in PARTS])

    assert dict(dues.iter_rows()) == {case: day(text) for case, text in DUE.items()}


def test_a_case_has_one_date_whatever_happened_in_it():
    part = PARTS[1]
    twice = part._replace(
        suspensions=pl.concat([part.suspensions, part.suspensions]),
        extensions=pl.concat([part.extensions, part.extensions]),
    )

    dues = dict(registered(twice, PROCESS.legal).iter_rows())
    assert len(dues) == part.cases.height
    assert dues[16] == day("2025-08-01") + dt.timedelta(days=2 * (28 + 42))


def test_without_cases_there_are_no_dates():
    nobody = PARTS[0]._replace(cases=PARTS[0].cases.clear())

    assert registered(nobody, PROCESS.legal).is_empty()


def cases_of(*rows):
    """Cases numbered from 0: when they began, were decided and ended."""
    return pl.DataFrame(
        [
            {
                "case": case,
                "case_id": f"Z-{case}",
                "began_at": moment(began),
                "decided_at": decided and moment(decided),
                "ended_at": ended and moment(ended),
                "version": 1,
            }
            for case, (began, decided, ended) in enumerate(rows)
        ],
        CASES,
        orient="row",
    )


def extended(*rows, chance=0.0, hide=False, closes_at=CLOSES):
    chances = np.broadcast_to(np.asarray(chance, dtype=float), len(rows))
    return extensions_of(cases_of(*rows), LEGAL, chances, pl.lit(closes_at), hide=hide)


# began on 14 January, due on 14 July, so looked at on 7 July, at ten: eight o'clock in UTC
LOOKED_AT = "07-07 08:00"


@pytest.mark.parametrize(
    ("decided", "ended", "is_extended"),
    [
        (None, None, True),
        ("07-07 08:00", None, False),
        ("07-07 08:01", None, True),
        ("07-07 07:59", "08-01 12:00", False),
        ("08-01 12:00", "08-02 12:00", True),
        (None, "07-01 12:00", False),  # withdrawn
        (None, "07-20 12:00", True),
    ],
)
def test_what_is_not_decided_a_week_before_is_extended(decided, ended, is_extended):
    made = extended(("01-14 09:00", decided, ended))

    assert made.schema == EXTENSIONS
    expected = [(0, moment(LOOKED_AT), 56, False)] if is_extended else []
    assert made.rows() == expected


@pytest.mark.parametrize(
    ("closes_at", "is_extended"), [("07-07 07:59", False), ("07-07 08:00", True)]
)
def test_nothing_is_extended_after_the_log_closes(closes_at, is_extended):
    made = extended(("01-14 09:00", None, None), closes_at=moment(closes_at))

    assert made.height == is_extended


@pytest.mark.parametrize(
    ("chance", "shown", "hidden"),
    [
        (0.0, False, False),
        (0.2999, False, False),
        (0.3, None, True),
        (0.3399, None, True),
        (0.34, None, None),
        (0.9999, None, None),
    ],
)
def test_some_are_extended_and_a_few_in_silence(chance, shown, hidden):
    """``shown`` and ``hidden``: whether it is, without and with silence; null: not extended."""
    for hide, expected in ((False, shown), (True, hidden)):
        made = extended(("01-14 09:00", None, None), chance=chance, hide=hide)

        assert made["is_hidden"].to_list() == ([] if expected is None else [expected])


def test_the_day_and_the_hour_are_local():
    # began in the night of 1 to 2 August in Amsterdam; in February ten o'clock is nine in UTC
    made = extended(("08-01 22:30", None, None), closes_at=moment("2026-12-31 00:00"))

    assert made["at"].to_list() == [moment("2026-01-26 09:00")]


def test_a_longer_term_in_months_is_as_long_as_those_months():
    legal = Legal(term="P6M", extension="P6M", decision="D")
    made = extensions_of(
        cases_of(("2024-08-31 09:00", None, None)), legal, np.zeros(1), pl.lit(CLOSES), hide=False
    )

    # due on 28 February, so until 28 August
    assert made["days"].to_list() == [(day("2025-08-28") - day("2025-02-28")).days]


def test_each_case_has_its_own_chance():
    began = [("01-14 09:00", None, None)] * 4

    made = extended(*began, chance=[0.9, 0.1, 0.32, 0.2], hide=True)
    assert made.select("case", "is_hidden").rows() == [(1, False), (2, True), (3, False)]


def test_a_registered_date_is_that_of_the_extension():
    """From end to end: what is extended is registered so."""
    cases = cases_of(("01-14 09:00", None, None), ("01-14 09:00", None, None))
    extensions = extensions_of(cases, LEGAL, np.array([0.1, 0.9]), pl.lit(CLOSES), hide=False)
    part = PARTS[0]._replace(
        cases=cases, suspensions=PARTS[0].suspensions.clear(), extensions=extensions
    )

    assert registered(part, LEGAL).rows() == [(0, day("2025-09-08")), (1, day("2025-07-14"))]
