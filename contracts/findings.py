# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``findings.json`` (schema version 1); the tables beside it are in ``contracts.tables``.

Waits are in calendar days. A count below ``privacy.minimum_group`` is null, and its object has
``"suppressed": true``; zero says nothing about anyone and stays. A figure that this log or this
version cannot give is null, never a guess.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from contracts.changes import Changes
from contracts.figures import Count, Model, Quantiles, Suppressible
from contracts.journey import Actor
from contracts.rules import Severity
from contracts.texts import Words

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

Version 1 names ``policy_pause`` and ``waiting_on_citizen``, but no bottleneck has these kinds: such
waiting is among the explained waits.
"""
ExplainedClass = Literal[
    "statutory_wait", "policy_pause", "waiting_on_citizen", "parallel", "outside"
]


class Log(Suppressible):
    """What was read.

    Where ``events_at_least`` is true, ``events`` is rounded down to a multiple of
    ``privacy.minimum_group``, and so is ``open_cases`` where ``open_cases_at_least`` is. Where
    ``first`` and ``last`` are null, as of a few cases, ``as_of`` of the findings is the begin of a
    day (UTC).
    """

    cases: Count
    open_cases: Count
    open_cases_at_least: bool = False
    events: Count
    events_at_least: bool = False
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

    Each is rounded where ``waits_left_out``, to at least twice what those waits are; null, all of
    them: too few cases.
    """

    agency_wait: float | None = None
    agency_work: float | None = None
    citizen: float | None = None
    third_party: float | None = None
    statutory: float | None = None
    policy_pause: float | None = None
    outside: float | None = None
    unknown: float | None = None


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
"""The rank correlation from which on a wait is said to grow with the queue."""

LEAST_CASES = 30
"""A place where fewer cases waited is not ranked as a bottleneck."""

LEAST_IN_GROUP = 30
"""A group with fewer waits or cases is not compared with others."""


QUESTION = Words(
    nl="Draagt dit nu volgens jou bij aan excellente dienstverlening?",
    en="In your view, does this contribute to excellent service now?",
)
"""The question that every finding ends with; the answer is the team's own, and never scored."""


class Bottleneck(Suppressible):
    """A wait where cases stand still; ``to`` is null where no case was ever seen to go on.

    ``wait_working_days`` is null where the agency need not act. Where ``cases_at_least`` is true,
    ``cases`` is rounded down to a multiple of ``privacy.minimum_group``.
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
    cases_at_least: bool = False
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
    question: Words


class ExplainedWait(Suppressible):
    """Waiting that is not the agency's to shorten; ``cases_at_least`` as of a bottleneck."""

    from_: str = Field(alias="from")
    to: str | None
    class_: ExplainedClass = Field(alias="class")
    person_days: float
    cases: Count
    cases_at_least: bool = False


class DeadlineResult(Suppressible):
    """How many cases met a deadline.

    ``noticed`` of the late ones were given notice of default after it, for which ``penalty_eur``
    may be owed by now; null: the config names no notice. Counts named in ``at_least`` are rounded
    down: the exact number could tell of a few cases.
    """

    id: str
    within: Count
    late: Count
    open_within: Count
    open_late: Count
    undetermined: Count
    at_least: tuple[str, ...] = ()
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
"""The figures that a reader sees first; the last is that of the first bottleneck."""


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


class Findings(Model):
    """Everything that a run found, before or after disclosure control.

    ``changes`` is null where there is no earlier run to compare with; ``waits_left_out`` says that
    waits of too few cases are not shown: each ``share_of_waiting`` is then of those that are.
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
    waits_left_out: bool = False
    deadlines: tuple[DeadlineResult, ...] = ()
    validation: Validation
    changes: Changes | None = None
