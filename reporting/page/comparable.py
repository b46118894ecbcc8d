# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which reports may be compared, and in which numbers.

A report by itself reveals no few cases; two of them together could. So a report is left out of the
row if it differs from a newer one by 1 … k-1 cases that came, went or were done, and numbers of
cases are rounded down to a multiple of k. How many more are open is no group of cases: it is the
cases that came less the cases that were done.
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.figures import Count
from contracts.findings import Findings, Log
from reporting.disclosure.small_groups import is_small


def side_by_side(found: Sequence[Findings], k: int) -> list[Findings]:
    """The reports among ``found`` that may be compared; the first is always kept."""
    kept: list[Findings] = []
    for each in found:
        if all(_may_be_compared(each.log, other.log, k) for other in kept):
            kept.append(each)
    return kept


def _may_be_compared(one: Log, other: Log, k: int) -> bool:
    pairs = zip(_counts(one), _counts(other), strict=True)
    return not any(is_small(abs(a - b), k) for a, b in pairs if a is not None and b is not None)


def _counts(log: Log) -> tuple[Count, Count]:
    """All cases, and the cases that are done."""
    if log.cases is None or log.open_cases is None or log.open_cases_at_least:
        return log.cases, None
    return log.cases, log.cases - log.open_cases


def rounded(count: Count, k: int) -> Count:
    """A count as it may be told beside the count of another report."""
    return None if count is None else count // k * k
