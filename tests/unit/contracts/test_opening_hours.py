# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as a config says them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from contracts.opening_hours import opening_hours
from contracts.settings import Calendar

OFFICE = (8 * 60 + 30, 17 * 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon-fri 08:30-17:00", [[OFFICE]] * 5 + [[], []]),
        ("Sat 00:00-24:00", [[]] * 5 + [[(0, 24 * 60)], []]),
        ("sun 12:00-17:00, sun 08:00-12:00", [[]] * 6 + [[(480, 720), (720, 1020)]]),
        (
            "mon 13:00-17:00, mon-tue  08:00-12:00",
            [[(480, 720), (780, 1020)], [(480, 720)], [], [], [], [], []],
        ),
    ],
)
def test_hours_of_a_week(text: str, expected: list[list[tuple[int, int]]]) -> None:
    assert opening_hours(text) == expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "are not opening hours"),
        ("mon-fri 8:30-17:00", "are not opening hours"),
        ("ma-vr 08:30-17:00", "mon-fri 08:30-17:00"),
        ("mon-fri 08:30-25:00", "are not opening hours"),
        ("mon-fri 08:30-24:01", "cannot pass midnight"),
        ("mon-fri 17:00-08:30", "ends before it begins"),
        ("mon-fri 08:30-08:30", "ends before it begins"),
        ("fri-mon 08:30-17:00", "ends before it begins"),
        ("mon 08:00-12:00, mon 11:00-13:00", "overlap"),
    ],
)
def test_what_cannot_be_read_is_said(wrong: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Calendar(hours=wrong)


def test_a_country_without_holidays_is_refused() -> None:
    with pytest.raises(ValidationError, match="the holidays of 'XX' are not known"):
        Calendar(country="XX")
