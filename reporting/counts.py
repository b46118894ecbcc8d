# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Counts in words, and what stands in their place where they may not be shown."""

from __future__ import annotations

from contracts.findings import Count
from reporting.small_groups import is_small
from reporting.speech import Speech, forms

_CASES = forms("%(n)s case", "%(n)s cases")


def cases(number: Count, speech: Speech) -> str:
    """As "791 zaken", or that their number is not shown."""
    if number is None:
        return speech.say("number of cases not shown")
    return speech.plural(_CASES, number)


def count(value: Count, speech: Speech) -> str:
    """A count, or that it is not shown: the group would be too small."""
    return speech.say("not shown") if value is None else speech.number(value)


def rows(number: int, minimum_group: int, speech: Speech) -> str:
    """How many rows, or that there are fewer than may be counted."""
    if is_small(number, minimum_group):
        return speech.say("fewer than %(n)s", n=minimum_group)
    return speech.number(number)
