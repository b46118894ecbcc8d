# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The description of a process: its steps, who acts, how long that takes, what can be planted.

A description is a file in ``processes/``. Its steps follow public accounts of such services; its
durations are choices of the model, never measurements of an organisation.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, Field, model_validator

from contracts.errors import UsageError
from contracts.findings import ExplainedClass, Kind
from contracts.journey import Actor, Clock
from contracts.models import Model
from contracts.texts import Text

_PROCESSES = Path(__file__).parent / "processes"

Share = Annotated[float, Field(ge=0, le=1)]


def _in_order(spread: tuple[float, float]) -> tuple[float, float]:
    if spread[1] < spread[0]:
        raise ValueError("a 90th percentile is not less than the median")
    return spread


Spread = Annotated[
    tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]], AfterValidator(_in_order)
]
"""The median and the 90th percentile; equal: always that long; median 0: exponential."""
Place = tuple[str, str]
"""A wait: the ids of the step it follows and of the step that ends it."""


class Segment(Model):
    """The cases with one of some values of an attribute."""

    attribute: str
    values: tuple[str, ...]


class Desk(Model):
    """Where cases queue for people who do them in turn, at the queueing level.

    If nothing is planted, ``backlog_days`` of work are in the queue, so a case waits that long.
    """

    servers: Annotated[int, Field(ge=1)]
    backlog_days: Annotated[float, Field(gt=0)]


class Step(Model):
    """One step, and the wait before it, up to and including its handling.

    A step comes after the one before it in the file, unless ``after`` names another: then it is a
    side branch that holds nobody up, but for the step that it ``holds``.

    Attributes:
        chance: the share of the cases that have the step.
        group: steps of one group share one draw a case, so that the rarer of them imply the others.
        until: it is only taken while that step, or what comes instead of it, was not.
        instead_of: it is taken in the cases that do not have that step.
    """

    id: str
    name: str
    actor: Actor = "agency"
    clock: Clock = "running"
    wait_days: Spread = (0, 0)
    work_hours: Spread = (0, 0)
    chance: Share = 1
    group: str | None = None
    team: str | None = None
    after: str | None = None
    holds: str | None = None
    until: str | None = None
    instead_of: str | None = None
    desk: Desk | None = None


class Team(Model):
    """Who does a step; ``staff``: how many people, null if the agency does not know them."""

    organisation: str
    staff: Annotated[int, Field(ge=1)] | None = None


class Attribute(Model):
    """What is known of a case: one of some values, or whether a step has been taken.

    Attributes:
        shares: how often each value occurs.
        with_step: only cases that have that step have a value.
        ranges: the days that each value stands for.
        tells: the step of which it tells whether it has been taken.
    """

    shares: dict[str, Share] = Field(default_factory=dict)
    with_step: str | None = None
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    tells: str | None = None


class Order(Model):
    """The order in which a desk works, if not by arrival.

    Attributes:
        due_in: the attribute that says in how many days a case is due; the soonest goes first.
        ahead_after: the step that, once taken, puts a case ahead of all others.
        ahead_costs: how many times the usual work is done on a case that is ahead.
    """

    due_in: str | None = None
    ahead_after: str | None = None
    ahead_costs: Annotated[float, Field(ge=1)] = 1.0


class Effect(Model):
    """What a plant does to a wait: one of these."""

    factor: Annotated[float, Field(gt=0)] | None = None
    extra_days: Spread | None = None
    instead_days: Spread | None = None
    again_days: Spread | None = None
    """The wait before a step that is done again."""
    chances: dict[str, Share] | None = None


class Plant(Model):
    """A stall that is put in a process on purpose.

    It falls on the cases of a ``segment``, else on a ``share`` of all cases. At the queueing level
    a desk that is short of ``staff``, or an ``order`` at ``desks``, takes the place of the effect.

    Attributes:
        step: the step whose wait it changes.
        places: the waits that show it.
        since, months: it falls only on waits that begin then.
        done_by: the team that does the step instead.
        again: the step that is done once more.
    """

    id: str
    kind: Kind
    owner: str
    step: str
    places: tuple[Place, ...]
    clocks: tuple[str, ...]
    effect: Effect
    segment: Segment | None = None
    share: Share = 1
    since: dt.date | None = None
    months: tuple[int, ...] = ()
    staff: Share | None = None
    order: Order | None = None
    desks: tuple[str, ...] = ()
    done_by: str | None = None
    again: str | None = None

    @model_validator(mode="after")
    def _months_follow(self) -> Plant:
        """Checks that there is one spell a year, which ends before the year does."""
        first, *_ = self.months or (1,)
        if self.months != tuple(range(first, first + len(self.months))) or max(
            self.months, default=1
        ) not in range(1, 12):
            raise ValueError("months must follow each other, from 1 to 11")
        return self

    def spells(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        """The first and last days of the spells in which it is there; whole spells, in order."""
        if not self.months:
            yield self.since or first, last
            return
        day = dt.timedelta(days=1)
        for year in range(first.year, last.year + 1):
            yield dt.date(year, self.months[0], 1), dt.date(year, self.months[-1] + 1, 1) - day


class Decoy(Model):
    """A wait that looks like a stall but is not one, and what it must be called."""

    id: str
    places: tuple[Place, ...]
    expected: ExplainedClass | None
    why: str


class Hold(Model):
    """Cases that nobody works on between two days, and that all go on after that."""

    step: str
    start: dt.date = Field(alias="from")
    end: dt.date = Field(alias="to")
    chance: Share


class Weekly(Model):
    """A step that is done for a segment once a week, on Monday or the first day after it."""

    step: str
    segment: Segment


class Surge(Model):
    """Weeks in which far more people apply than otherwise."""

    start: dt.date = Field(alias="from")
    weeks: Annotated[int, Field(ge=1)]
    factor: Annotated[float, Field(gt=0)]


class Window(Model):
    """The period of the export: events from the start of one day to the end of another."""

    opens: dt.date
    closes: dt.date
    burn_in_days: Annotated[int, Field(ge=0)] = 365


class Arrivals(Model):
    """How begins of cases are spread over the year: a swing around the mean, and its peak."""

    swing: Share = 0.1
    peak_month: Annotated[int, Field(ge=1, le=12)] = 1
    surge: Surge | None = None


class Legal(Model):
    """The registered deadline, as a case system keeps it: ISO 8601 periods from the first step."""

    term: str
    extension: str
    decision: str


class Version(Model):
    """The next version of the case type: from when new cases have it, and its names of steps."""

    since: dt.date
    names: dict[str, str]


class Process(Model):
    """A process to draw cases from; ``ends``: a case is over after the last of these."""

    key: str
    case_type: Text
    ends: tuple[str, ...]
    window: Window
    arrivals: Arrivals
    legal: Legal
    version: Version
    teams: dict[str, Team]
    attributes: dict[str, Attribute]
    steps: tuple[Step, ...]
    hold: Hold | None = None
    weekly: Weekly | None = None
    plants: tuple[Plant, ...]
    decoys: tuple[Decoy, ...]

    def step(self, step_id: str) -> Step:
        """The step with an id."""
        return next(step for step in self.steps if step.id == step_id)


def process_names() -> list[str]:
    """The names of all processes."""
    return sorted(path.stem for path in _PROCESSES.glob("*.yaml"))


@cache
def process(name: str) -> Process:
    """The description of a process, by name.

    Raises:
        UsageError: there is no such process.
    """
    names = process_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(names)}."
        raise UsageError(f"There is no process '{name}'.", hint)
    described = yaml.safe_load((_PROCESSES / f"{name}.yaml").read_text("utf-8"))
    return Process.model_validate({"key": name, **described})
