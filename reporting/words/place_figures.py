# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The key figures of a bottleneck, in words."""

from __future__ import annotations

from contracts.findings import Bottleneck
from reporting.words.speech import Speech
from reporting.words.story import KeyFigure


def figures_of(found: Bottleneck, speech: Speech) -> list[KeyFigure]:
    """The extra waiting, how long cases wait, how many wait now, and the days of all waiting."""
    lost = speech.number(round(found.person_days_lost))
    return [
        *_effect(found, speech),
        *([] if found.to is None else _quantiles(found, speech)),
        _waiting(found.open_cases, speech),
        KeyFigure(lost, speech.say("days of waiting, all cases together"), "lost"),
    ]


def _waiting(open_cases: int | None, speech: Speech) -> KeyFigure:
    known, words = speech.say("not shown"), speech.say("how many cases wait here now")
    if open_cases is not None:
        known, words = speech.number(open_cases), speech.say("cases wait here now")
    return KeyFigure(known, words, "waiting")


def _effect(found: Bottleneck, speech: Speech) -> list[KeyFigure]:
    if found.interval is None or found.mean_days_per_case <= 0:
        return []
    low, high = (max(0.0, days) for days in found.interval)
    days, low_, high_ = speech.days_between(found.mean_days_per_case, low, high)
    words = speech.say(
        "extra waiting per case, on average over all cases of the log (%(low)s to %(high)s)",
        low=low_,
        high=high_,
    )
    return [KeyFigure(days, words, "extra")]


def _quantiles(found: Bottleneck, speech: Speech) -> list[KeyFigure]:
    half, most = found.wait_days.p50, found.wait_days.p90
    unknown = speech.say("not known yet")
    return [
        KeyFigure(unknown, speech.say("when half of the cases have gone on"), "wait_half")
        if half is None
        else KeyFigure(
            speech.within(half),
            speech.say("half of the cases go on"),
            "wait_half",
        ),
        KeyFigure(unknown, speech.say("how long 1 in 10 cases waits"), "wait_most")
        if most is None
        else KeyFigure(
            speech.say("%(time)s or longer", time=speech.duration(most)),
            speech.say("1 in 10 cases waits"),
            "wait_most",
        ),
    ]
