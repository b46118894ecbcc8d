# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What late decisions may cost, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from contracts.norms import penalties
from mining.law.penalties import owed_eur, penalty_days
from mining.law.terms import ONE_DAY


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-01-01", [0, 23, 322, 357, 812, 857, 1442, 1442]),
        ("2018-12-31", [0, 20, 280, 310, 700, 740, 1260, 1260]),
        ("2009-09-30", [0] * 8),
    ],
)
def test_amounts_of_the_day_of_the_notice(day: str, expected: list[int]) -> None:
    days = np.array([0, 1, 14, 15, 28, 29, 42, 60])
    notice = np.full(8, np.datetime64(day))
    end, until = notice - 20 * ONE_DAY, notice + (15 + days) * ONE_DAY

    assert owed_eur(end, notice, until, penalties()).tolist() == expected


@pytest.mark.parametrize(
    ("notice", "until", "days"),
    [
        ("2026-03-17", "2026-04-01", 0),  # decided on the first day
        ("2026-03-17", "2026-04-02", 1),
        ("2026-03-17", "2026-03-20", 0),
        ("2026-03-16", "2026-06-02", 0),  # notice on the last day of the term: too early
        ("NaT", "2026-06-02", 0),
    ],
)
def test_days_from_two_weeks_after_the_notice(notice: str, until: str, days: int) -> None:
    end, told, by = (np.array([day], "datetime64[D]") for day in ("2026-03-16", notice, until))

    assert penalty_days(end, told, by, 15).tolist() == [days]
    assert penalty_days(end, told, by, 14).tolist() in ([days], [days + 1])
