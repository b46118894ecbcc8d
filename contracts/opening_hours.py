# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as in a config: ``mon-thu 08:30-17:00, fri 09:00-12:30``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_TIME = r"([01]\d|2[0-4]):([0-5]\d)"
_SPELL = re.compile(rf"({_DAY})(?:-({_DAY}))? {_TIME}-{_TIME}")
_MIDNIGHT = 24 * 60

Spells = list[tuple[int, int]]
"""Pairs of minutes of the day, from and until, in order and without overlap."""


def opening_hours(text: str) -> list[Spells]:
    """The opening hours of the seven days of a week, Monday first.

    Raises:
        ValueError: they cannot be read, or they overlap.
    """
    week: list[Spells] = [[] for _ in _DAYS]
    for part in text.lower().split(","):
        found = _SPELL.fullmatch(" ".join(part.split()))
        if found is None:
            raise ValueError(
                f"'{part.strip()}' are not opening hours; write for example mon-fri 08:30-17:00"
            )
        first, last, *clock = found.groups()
        hour, minute, until_hour, until_minute = map(int, clock)
        spell = hour * 60 + minute, until_hour * 60 + until_minute
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        if not spell[0] < spell[1] <= _MIDNIGHT or end < begin:
            raise ValueError(f"'{part.strip()}' ends before it begins; hours cannot pass midnight")
        for day in week[begin : end + 1]:
            day.append(spell)
    for day in week:
        day.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(day)):
            raise ValueError("the opening hours of a day overlap")
    return week


def _can_be_read(text: str) -> str:
    opening_hours(text)
    return text


OpeningHours = Annotated[str, AfterValidator(_can_be_read)]
