# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for the causes of bottlenecks."""

from __future__ import annotations

from contracts.figures import Count
from contracts.findings import LEAST_IN_GROUP, Bottleneck, Evidence
from reporting.disclosure.small_groups import in_digits

_PER_LONGEST = 100  # one in so many cases is in the hundredth that waits longest


def is_about_few(found: Bottleneck, k: int) -> bool:
    """Whether the cause is about fewer than ``k`` cases, or compares with fewer."""
    told = {each.what: each.value for each in found.evidence}
    rounds, share = told.get("rounds"), told.get("share_of_cases_in_group")
    if rounds is not None and round(rounds) < k:
        return True
    if k <= LEAST_IN_GROUP or found.cases is None:
        return False
    if share is not None:
        return min(_percent(share), 1 - _percent(share)) * found.cases < k
    return found.segment is not None


def protect_evidence(found: Bottleneck, cases: Count, k: int) -> tuple[Evidence, ...]:
    """The evidence in whole cases, whole percents and means of three digits; none of under ``k``.

    Args:
        found: the bottleneck.
        cases: the number of cases in the log.
        k: the smallest group that is shown.
    """
    return tuple(
        each.model_copy(update={"value": None if _is_few(each, found, cases, k) else _round(each)})
        for each in found.evidence
    )


def _is_few(each: Evidence, found: Bottleneck, cases: Count, k: int) -> bool:
    if not each.value:
        return False
    if each.what == "share_of_longest_hundredth":
        return found.cases is not None and found.cases < k * _PER_LONGEST
    if each.what == "share_of_rest":
        return cases is None or _percent(each.value) * cases < k
    return False


def _round(each: Evidence) -> float | None:
    if each.value is None:
        return None
    if each.what == "rounds":
        return round(each.value)
    return _percent(each.value) if each.what.startswith("share_") else in_digits(each.value)


def _percent(share: float) -> float:
    return round(share, 2)
