# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whose turn it is before an activity, and after one while it is not known what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from contracts.journey import Actor, Clock, Journey, Step

Owner = Literal["agency_wait", "citizen", "third_party", "outside", "unknown"]
_WAITS_ON: dict[Actor, Owner] = {
    "agency": "agency_wait",
    "citizen": "citizen",
    "third_party": "third_party",
}


def step_of(journey: Journey, activity: str | None) -> Step:
    """What the config knows of the wait before an activity."""
    return journey.steps.get(activity or "", Step())


def steps_with(journey: Journey, clock: Clock) -> list[str]:
    """The activities before which the legal clock is running, suspended or outside."""
    return [name for name, step in journey.steps.items() if step.clock == clock]


def norm_days_of(journey: Journey, activity: str | None) -> float:
    """How many days the law lets pass before an activity; 0 where it sets none."""
    return (step_of(journey, activity).statutory_wait or dt.timedelta()) / dt.timedelta(days=1)


def owner_before(journey: Journey, activity: str) -> Owner:
    """Whose turn it is before an activity."""
    step = step_of(journey, activity)
    return "outside" if step.clock == "outside" else _WAITS_ON[step.actor]


def owner_after(journey: Journey, following: Iterable[str]) -> Owner:
    """Whose turn it is while any of ``following`` may come next: known if all have one owner.

    If a pause or the law may explain a part of the wait, it is not known which part.
    """
    names = set(following)
    explained = {pause.activity for pause in journey.pauses} | {
        activity for activity, step in journey.steps.items() if step.statutory_wait
    }
    owners = {owner_before(journey, activity) for activity in names}
    return owners.pop() if len(owners) == 1 and not explained & names else "unknown"
