# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``findings.json`` (schema version 1); the tables beside it are in ``contracts.tables``.

Waits are in calendar days. A count under ``privacy.minimum_group`` is null, and the object it
stands in has ``"suppressed": true``; zero says nothing about anyone and stays. A figure that this
log or this version cannot give is null, never a guess.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.journey import Actor
from contracts.rules import Severity
from contracts.settings import Definition

Kind = Literal[
    "capacity",
    "third_party_capacity",
    "handover",
    "rework",
    "prioritisation",
    "before_the_clock",
    "policy_pause",
    "waiting_on_citizen",
    "batching",
    "statutory_wait",
]
"""Why a place is a bottleneck.

Version 1 names ``policy_pause`` and ``waiting_on_citizen``, but no bottleneck is of these: such
waiting is among the explained waits.
"""
ExplainedClass = Literal[
    "statutory_wait", "policy_pause", "waiting_on_citizen", "parallel", "outside"
]
Count = int | None


class Model(BaseModel):
    """Frozen, and every key is part of the contract."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Suppressible(Model):
    """An object whose counts may be hidden."""

    suppressed: bool = False


class Log(Suppressible):
    """What was read."""

    cases: Count
    open_cases: Count
    events: Count
    activities: int
    variants: Count
    first: AwareDatetime | None
    last: AwareDatetime | None
    order_undetermined_cases: Count
    quarantined_rows: Count
    quarantined_cases: Count


class Throughput(Suppressible):
    """How long a whole case takes, open cases counted; null: not reached, or too few cases."""

    p50: float | None
    p90: float | None
    basis: Literal["kaplan_meier"] = "kaplan_meier"
    closed_only_p50: float | None


class Ledger(Model):
    """Person-days by whose turn it was; they sum to the elapsed days of all cases.

    Null, all of them: too few cases.
    """

    agency_wait: float | None = None
    agency_work: float | None = None
    citizen: float | None = None
    third_party: float | None = None
    statutory: float | None = None
    policy_pause: float | None = None
    outside: float | None = None
    unknown: float | None = None


class Quantiles(Model):
    """Half of the waits are over by ``p50`` days; null: not reached, or too few waits."""

    p50: float | None
    p90: float | None

    def less(self, other: Quantiles) -> Quantiles:
        """By how much they are more than others; null where one of both is."""
        return Quantiles(p50=_less(self.p50, other.p50), p90=_less(self.p90, other.p90))


def _less(days: float | None, other: float | None) -> float | None:
    return None if days is None or other is None else days - other


class Segment(Model):
    """The group of cases that a finding is about."""

    attribute: str
    values: tuple[str, ...]


class Window(Model):
    """The period that a finding is about."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")


class Evidence(Model):
    """One figure that supports a finding."""

    what: str
    value: float | None


GROWS_FROM = 0.4
"""The rank correlation from which a wait is said to grow with the queue."""

LEAST_CASES = 30
"""A place where fewer cases waited is not ranked among the bottlenecks."""

LEAST_IN_GROUP = 30
"""No group of fewer waits, or cases, is compared with others."""


class Question(Model):
    """The question that a finding ends with."""

    nl: str
    en: str


QUESTION = Question(
    nl="Draagt dit nu volgens jou bij aan excellente dienstverlening?",
    en="In your view, does this contribute to excellent service now?",
)
"""What every finding ends with; the answer is a team's own, and is never scored."""


class Bottleneck(Suppressible):
    """A wait where cases stand still; ``to`` is null where no case was ever seen to go on.

    ``wait_working_days`` is null where the agency need not act.
    """

    rank: int
    rank_range: tuple[int, int] | None = None
    from_: str = Field(alias="from")
    to: str | None
    kind: Kind | None = None
    actor: Actor | None
    clocks: tuple[Literal["citizen", "legal"], ...]
    segment: Segment | None = None
    window: Window | None = None
    cases: Count
    open_cases: Count
    person_days_lost: float
    share_of_waiting: float
    wait_days: Quantiles
    wait_working_days: Quantiles | None = None
    reference_days: float | None
    mean_days_per_case: float
    interval: tuple[float, float] | None = None
    certainty: Literal["high", "fair", "low"]
    evidence: tuple[Evidence, ...] = ()
    question: Question


class ExplainedWait(Suppressible):
    """Waiting that is not the agency's to shorten."""

    from_: str = Field(alias="from")
    to: str | None
    class_: ExplainedClass = Field(alias="class")
    person_days: float
    cases: Count


class DeadlineResult(Suppressible):
    """How many cases met a deadline.

    ``noticed`` of the late ones were given notice of default after it, for which ``penalty_eur``
    may be owed by now; null: the config names no notice.
    """

    id: str
    within: Count
    late: Count
    open_within: Count
    open_late: Count
    undetermined: Count
    noticed: Count = None
    penalty_eur: int | None = None
    rule_version: str


class FailedRule(Suppressible):
    """A validation rule that was not met."""

    id: str
    severity: Severity
    rows: Count
    cases: Count


HeadlineId = Literal[
    "p50_days", "p90_days", "cases", "open_cases", "person_days", "share_of_first_wait"
]
"""What a reader sees first; the last is ``share_of_waiting`` of the first bottleneck."""


class Headline(Suppressible):
    """A figure as it is told, without the cases that lost rows, and at the least and the most.

    ``lowest`` and ``highest`` hold whatever the truth of the cases that lost rows is, and of those
    that may have been lost whole; null: there is no bound, or the log ends before it is reached.
    """

    id: HeadlineId
    value: int | float | None
    without: int | float | None
    lowest: int | float | None
    highest: int | float | None


class Validation(Model):
    """What the gate decided, and what the rows that it set aside may do to the first figures.

    ``headlines`` is empty where nothing was set aside; ``headline_without_quarantine`` is
    ``throughput_days`` without the cases that lost rows, null where they are too few.
    """

    success: bool
    expectations: int
    failed: tuple[FailedRule, ...]
    headline_without_quarantine: Quantiles
    headlines: tuple[Headline, ...] = ()


class Since(Model):
    """What the last report was of and said; ``days`` are its ``throughput_days``."""

    run_id: str
    as_of: AwareDatetime
    version: str
    cases: Count
    events: Count
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
"""What may have changed in a log; every event that came or went is of one of these.

- removed: cases that may not be kept any more (forgotten, or ended too long ago);
- told_otherwise: the same events, with another case attribute, registration or order of ties;
- late: events of before the last report that were not known then, in cases that were;
- edited, relabelled: events that have another time, or another name;
- gone_events, gone_cases: what is not in the log any more, or was set aside;
- went_on: events of after the last report in cases that were known then;
- new_cases: cases that were not.
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


class Findings(Model):
    """Everything that a run found, before or after disclosure control.

    ``changes`` is null where there is no earlier run to compare with.
    """

    schema_version: Literal[1] = 1
    process: str
    run_id: str
    as_of: AwareDatetime
    log: Log
    throughput_days: Throughput
    ledger: Ledger
    bottlenecks: tuple[Bottleneck, ...]
    explained_waits: tuple[ExplainedWait, ...]
    deadlines: tuple[DeadlineResult, ...] = ()
    validation: Validation
    changes: Changes | None = None
