# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be told of a figure without the cases that lost rows: not what those few were.

Whoever has a figure with them and without them has the figure of them alone. How many they are
stands in the headline that counts cases; where it is hidden, all was done before.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.findings import Findings, Headline, HeadlineId, Quantiles

_Figure = int | float | None


@dataclass(frozen=True)
class _Doubt:
    """How many cases lost no rows, lost some, lost all; and rows that may each be a case."""

    kept: int
    touched: int
    lost: int
    unnamed: int

    def is_of_few(self, k: int) -> bool:
        """Whether a figure without the cases that lost rows would tell of fewer than ``k``."""
        untrusted = self.touched + self.lost + self.unnamed
        return _any_small(k, self.touched) or untrusted < k or self.kept < k


def _any_small(k: int, *counts: int) -> bool:
    return any(0 < count < k for count in counts)


def _doubt(told: Findings) -> _Doubt | None:
    headlines = {each.id: each for each in told.validation.headlines}
    cases = headlines.get("cases")
    if cases is None or cases.value is None or cases.without is None or cases.highest is None:
        return None
    kept, touched = int(cases.without), int(cases.value - cases.without)
    absent = int(cases.highest - cases.value)
    lost = max((told.log.quarantined_cases or 0) - touched, 0)
    return _Doubt(kept, touched, lost, absent - lost)


def protect_without(told: Findings, k: int) -> Quantiles:
    """``headline_without_quarantine``: null where it would tell of few cases."""
    doubt, days = _doubt(told), told.validation.headline_without_quarantine
    if doubt is None:
        return days
    if doubt.is_of_few(k):
        return Quantiles(p50=None, p90=None)
    return Quantiles(p50=days.p50, p90=days.p90 if doubt.kept >= 5 * k else None)


def protect_headlines(told: Findings, shown: Findings, k: int) -> tuple[Headline, ...]:
    """The headlines, each as far as it may be told.

    Args:
        told: before disclosure control.
        shown: after it, but for its headlines.
        k: the smallest group that is shown.
    """
    doubt = _doubt(told)
    if doubt is None:
        return told.validation.headlines
    return tuple(
        _told(each)
        if _may_be_told(each, doubt, k) and each.value == _as_shown(each, shown)
        else _hidden(each, _as_shown(each, shown))
        for each in told.validation.headlines
    )


def _as_shown(headline: Headline, shown: Findings) -> _Figure:
    """The figure as the rest of the findings shows it; null where that hides it."""
    first = shown.bottlenecks[0].share_of_waiting if shown.bottlenecks else None
    days = None if None in dict(shown.ledger).values() else headline.value
    figures: dict[HeadlineId, _Figure] = {
        "p50_days": shown.throughput_days.p50,
        "p90_days": shown.throughput_days.p90,
        "cases": shown.log.cases,
        "open_cases": shown.log.open_cases,
        "person_days": days,  # with it, the days of one hidden owner could be worked out
        "share_of_first_wait": first if first == headline.value else None,
    }
    return figures[headline.id]


def _may_be_told(headline: Headline, doubt: _Doubt, k: int) -> bool:
    if doubt.is_of_few(k):
        return False
    if headline.id == "p90_days":
        return doubt.kept >= 5 * k
    if headline.id in ("cases", "open_cases"):
        parts = (doubt.lost, doubt.unnamed, doubt.lost + doubt.unnamed)
        return not _any_small(k, *parts, *_of_open(headline, doubt))
    return True


def _of_open(headline: Headline, doubt: _Doubt) -> tuple[int, ...]:
    """Of the cases that lost rows and of the others, how many are open and how many are not."""
    if headline.id != "open_cases" or headline.value is None or headline.without is None:
        return ()
    touched, kept = int(headline.value - headline.without), int(headline.without)
    return touched, doubt.touched - touched, kept, doubt.kept - kept


def _told(headline: Headline) -> Headline:
    """A share in whole percents: how few of those who lost rows waited there is not known."""
    if headline.id != "share_of_first_wait" or headline.without is None:
        return headline
    return headline.model_copy(update={"without": round(headline.without, 2)})


def _hidden(headline: Headline, value: _Figure) -> Headline:
    without = dict.fromkeys(("without", "lowest", "highest"))
    return headline.model_copy(update={"value": value, **without, "suppressed": True})
