# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be told of a figure without the cases that lost rows: not what those few were.

The figure with these cases and the figure without them reveal the figure of these cases alone. How
many they are is in the headline that counts cases; where that is hidden, all was protected before.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.figures import Quantiles
from contracts.findings import Findings, Headline, HeadlineId
from reporting.disclosure.small_groups import PER_TENTH, hide_quantiles
from reporting.disclosure.waits import rounded

_Figure = int | float | None
_FIGURES = ("value", "without", "lowest", "highest")
_NEAR = 0.005  # shares are of the waits that are shown, in whole percents


@dataclass(frozen=True)
class _Doubt:
    """How many cases lost no rows, some or all; and how many rows may each be a case."""

    kept: int
    touched: int
    lost: int
    unnamed: int

    def is_of_few(self, k: int) -> bool:
        """Whether a figure without the cases that lost rows would reveal fewer than ``k`` cases."""
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
    """``headline_without_quarantine``: null where it would reveal few cases."""
    doubt, days = _doubt(told), told.validation.headline_without_quarantine
    if doubt is None:
        return days
    if doubt.is_of_few(k):
        return Quantiles(p50=None, p90=None)
    return hide_quantiles(days, doubt.kept, k)


def protect_headlines(
    told: Findings, shown: Findings, unit_days: float | None, k: int
) -> tuple[Headline, ...]:
    """The headlines, each as far as it may be told.

    Args:
        told: the findings before disclosure control.
        shown: the findings after it, except for the headlines.
        unit_days: to what the days of the ledger are rounded; they add up to the days of all cases.
        k: the smallest group that is shown.
    """
    doubt = _doubt(told)
    if doubt is None:
        return told.validation.headlines
    headlines = [_in_units(each, unit_days) for each in told.validation.headlines]
    figures = [(each, _as_shown(each, told, shown)) for each in headlines]
    return tuple(
        _told(each, figure)
        if _may_be_told(each, doubt, k) and _is_near(each, figure)
        else _hidden(each, figure)
        for each, figure in figures
    )


def _in_units(headline: Headline, unit_days: float | None) -> Headline:
    if headline.id != "person_days":
        return headline
    days = {name: rounded(getattr(headline, name), unit_days) for name in _FIGURES}
    return headline.model_copy(update=days)


def _is_near(headline: Headline, figure: _Figure) -> bool:
    """Whether the figure that is shown is the one that the others are compared with."""
    if headline.value is None or figure is None:
        return headline.value is figure
    return abs(headline.value - figure) < (_NEAR if headline.id == "share_of_first_wait" else 1e-9)


def _as_shown(headline: Headline, told: Findings, shown: Findings) -> _Figure:
    """The figure as the rest of the findings shows it; null where that hides it."""
    # the days of all cases would give the days of one hidden owner
    days = None if None in dict(shown.ledger).values() else headline.value
    figures: dict[HeadlineId, _Figure] = {
        "p50_days": shown.throughput_days.p50,
        "p90_days": shown.throughput_days.p90,
        "cases": shown.log.cases,
        "open_cases": None if shown.log.open_cases_at_least else shown.log.open_cases,
        "person_days": days,
        "share_of_first_wait": headline.value and _share_of_first(told, shown),
    }
    return figures[headline.id]


def _share_of_first(told: Findings, shown: Findings) -> float | None:
    """The share of the first wait; null if another wait comes first in what is shown."""
    firsts = [each.bottlenecks[0] for each in (told, shown) if each.bottlenecks]
    is_one = len(firsts) > 1 and len({(each.from_, each.to) for each in firsts}) == 1
    return firsts[-1].share_of_waiting if is_one else None


def _may_be_told(headline: Headline, doubt: _Doubt, k: int) -> bool:
    if doubt.is_of_few(k):
        return False
    if headline.id == "p90_days":
        return doubt.kept >= PER_TENTH * k
    if headline.id in ("cases", "open_cases"):
        parts = (doubt.lost, doubt.unnamed, doubt.lost + doubt.unnamed)
        return not _any_small(k, *parts, *_of_open(headline, doubt))
    return True


def _of_open(headline: Headline, doubt: _Doubt) -> tuple[int, ...]:
    """The numbers of open and of other cases, for the cases that lost rows and for the others."""
    if headline.id != "open_cases" or headline.value is None or headline.without is None:
        return ()
    touched, kept = int(headline.value - headline.without), int(headline.without)
    return touched, doubt.touched - touched, kept, doubt.kept - kept


def _told(headline: Headline, value: _Figure) -> Headline:
    """A share in whole percents, which does not show how few that lost rows waited there."""
    told = headline.model_copy(update={"value": value})
    if headline.id != "share_of_first_wait" or headline.without is None:
        return told
    return told.model_copy(update={"without": round(headline.without, 2)})


def _hidden(headline: Headline, value: _Figure) -> Headline:
    without = dict.fromkeys(("without", "lowest", "highest"))
    return headline.model_copy(update={"value": value, **without, "suppressed": True})
