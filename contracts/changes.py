# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed in a log since the last report, as findings tell it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from contracts.figures import Count, Model, Quantiles, Suppressible
from contracts.settings import Definition


class Since(Model):
    """What the last report was of and said; ``days`` are its ``throughput_days``.

    ``events_at_least`` as of ``contracts.findings.Log``.
    """

    run_id: str
    as_of: AwareDatetime
    version: str
    cases: Count
    events: Count
    events_at_least: bool = False
    days: Quantiles


ChangeId = Literal[
    "removed",
    "told_otherwise",
    "late",
    "edited",
    "relabelled",
    "gone_events",
    "gone_cases",
    "went_on",
    "new_cases",
]
"""What may have changed in a log; every event that came or went counts under one of these.

- removed: cases that may no longer be kept (forgotten, or ended too long ago);
- told_otherwise: the same events, with another case attribute, registration or order of ties;
- late: events from before the last report that were not known then, in cases that were;
- edited, relabelled: events that have another time, or another name;
- gone_events, gone_cases: events and cases that are not in the log any more, or were set aside;
- went_on: events from after the last report, in cases that were known then;
- new_cases: cases that were not known then.
"""


class Change(Suppressible):
    """How much changed in one way; counts are rounded down to tens (to ``minimum_group``)."""

    what: ChangeId
    cases: Count
    events: Count


class Effect(Model):
    """What changes do to how long cases take, on top of those before them.

    ``days`` are what the figures are with these changes and all before; ``effect_days`` what they
    were moved by. "definitions": another config or version, on what was known then.
    """

    what: tuple[ChangeId | Literal["definitions"], ...]
    days: Quantiles
    effect_days: Quantiles


class Relabelled(Model):
    """Events that are called ``to`` now, and were called ``from`` at the last report."""

    from_: str = Field(alias="from")
    to: str
    cases: Count
    events: Count


class Changes(Model):
    """What changed since the last report, and what that did to how long cases take.

    ``effects`` lead from what the last report said to what this one says. ``definitions`` are
    those of the config that are new, or of a day since then; ``config`` names the keys that differ.
    """

    since: Since
    counts: tuple[Change, ...]
    effects: tuple[Effect, ...]
    relabelled: tuple[Relabelled, ...] = ()
    definitions: tuple[Definition, ...] = ()
    config: tuple[str, ...] = ()
