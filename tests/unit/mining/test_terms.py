# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""On which day terms of the law end: known dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from contracts.norms import Law, Unit
from mining.law.terms import LegalDays, Term, counted, moved, unmoved

EQUIVALENT = [dt.date(2024, 5, 10), dt.date(2026, 1, 2), dt.date(2026, 5, 15)]
LEGAL = LegalDays((2022, 2030), EQUIVALENT)


def end(start: str, amount: int, unit: Unit, law: Law = "atw", *stops: tuple[str, str]) -> str:
    days, term = np.array([start], "datetime64[D]"), Term(amount, unit, law)
    suspensions = [(np.array([a], days.dtype), np.array([b], days.dtype)) for a, b in stops]
    return str(moved(days, counted(days, term, LEGAL, suspensions), term, LEGAL)[0])


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        pytest.param("2026-03-10", 8, "weeks", "2026-05-06", id="Liberation Day, no lustrum"),
        pytest.param("2026-03-20", 8, "weeks", "2026-05-18", id="made equal to a holiday"),
        pytest.param("2025-11-06", 8, "weeks", "2026-01-05", id="holiday, equal day, weekend"),
        pytest.param("2025-10-30", 8, "weeks", "2025-12-29", id="Christmas and a weekend"),
        pytest.param("2024-03-15", 8, "weeks", "2024-05-13", id="equal day of another year"),
        pytest.param("2026-02-20", 12, "weeks", "2026-05-18", id="exactly twelve weeks moves"),
        pytest.param("2026-02-13", 13, "weeks", "2026-05-15", id="more than twelve weeks does not"),
        pytest.param("2025-11-25", 6, "months", "2026-05-25", id="six months do not"),
        pytest.param("2026-02-25", 3, "months", "2026-05-26", id="three months do"),
        pytest.param("2026-02-14", 90, "days", "2026-05-18", id="ninety days do"),
        pytest.param("2026-02-13", 91, "days", "2026-05-15", id="more than ninety days do not"),
        pytest.param("2025-05-25", 1, "years", "2026-05-25", id="a year does not"),
        pytest.param("2026-04-03", 6, "weeks", "2026-05-18", id="objection to what was published"),
        pytest.param("2026-03-10", 6, "weeks", "2026-04-21", id="objection, an ordinary day"),
        pytest.param("2026-04-21", 6, "weeks", "2026-06-02", id="decision on the objection"),
        pytest.param("2026-04-21", 12, "weeks", "2026-07-14", id="the same, with a committee"),
        pytest.param("2025-08-31", 6, "months", "2026-02-28", id="no such day in the month"),
        pytest.param("2026-04-02", 3, "days", "2026-04-08", id="two working days at least"),
        pytest.param("2026-04-02", 2, "days", "2026-04-07", id="not of a term of two days"),
    ],
)
def test_a_term_of_the_dutch_law(start: str, amount: int, unit: Unit, expected: str) -> None:
    assert end(start, amount, unit) == expected


def test_a_term_is_as_much_later_as_it_was_suspended() -> None:
    assert end("2026-01-12", 8, "weeks") == "2026-03-09"
    # invited on the 2nd to complete the application, which was complete on the 20th
    asked = ("2026-02-03", "2026-02-20")
    assert end("2026-01-12", 8, "weeks", "atw", asked) == "2026-03-26"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param("2026-03-06", "2026-03-12", "2026-03-25", id="not before its first day"),
        pytest.param("2026-03-21", "2026-03-25", "2026-03-25", id="the last day, a Saturday"),
        pytest.param("2026-03-22", "2026-03-25", "2026-03-25", id="the day after, not yet over"),
        pytest.param("2026-03-23", "2026-03-25", "2026-03-25", id="the day that it moved to"),
        pytest.param("2026-03-24", "2026-03-25", "2026-03-23", id="over"),
    ],
)
def test_a_suspension_counts_while_the_term_is_not_over(
    since: str, until: str, expected: str
) -> None:
    assert end("2026-03-07", 2, "weeks", "atw", (since, until)) == expected


@pytest.mark.parametrize(
    ("law", "start", "amount", "expected"),
    [
        pytest.param("eu", "2026-04-30", 15, "2026-05-18", id="equal to a holiday"),
        pytest.param("none", "2026-04-30", 15, "2026-05-15", id="equal to a holiday, not moved"),
        pytest.param("eu", "2026-01-05", 131, "2026-05-18", id="a Saturday, after a long term"),
        pytest.param("none", "2026-01-05", 131, "2026-05-16", id="a Saturday, not moved"),
    ],
)
def test_other_law_moves_in_its_own_way(law: Law, start: str, amount: int, expected: str) -> None:
    assert end(start, amount, "days", law) == expected


def test_months_are_those_of_the_calendar() -> None:
    starts = np.arange("2023-01-01", "2025-01-01", dtype="datetime64[D]")
    ends = unmoved(starts, Term(1, "months"))

    for start, end_ in zip(starts.tolist(), ends.tolist(), strict=True):
        month = start.month % 12 + 1
        year = start.year + start.month // 12
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
        assert end_ == dt.date(year, month, min(start.day, last))
