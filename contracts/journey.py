# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the config says of a journey: its steps, whose turn it is, and when a term stands still."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from contracts.attributes import Name
from contracts.models import Duration, Model
from contracts.norms import Period
from contracts.texts import Label, Language

Actor = Literal["agency", "citizen", "third_party"]
Clock = Literal["running", "suspended", "outside"]


class Step(Model):
    """What is known about the wait before one activity."""

    label: Label | None = None
    actor: Actor = "agency"
    clock: Clock = "running"
    statutory_wait: Duration | None = None


class Pause(Model):
    """A window in which the wait before an activity was a decision, not slowness."""

    activity: Name
    start: dt.date = Field(alias="from")
    end: dt.date = Field(alias="to")
    reason: str = ""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Pause:
        if self.end < self.start:
            raise ValueError("the pause ends before it starts")
        return self


class Suspension(Model):
    """A term of the law stands still from the day after ``from`` until the day of ``to``.

    Without a ``to`` it stands still for ``at_most``, else for as long as the case is open.
    """

    start: Name = Field(alias="from")
    end: Name = Field(alias="to")
    at_most: Period | None = None
    reason: Label | None = None

    @model_validator(mode="after")
    def _two_events(self) -> Suspension:
        if self.start == self.end:
            raise ValueError("a suspension begins with one activity and ends with another")
        return self


class Journey(Model):
    """Where a case begins and ends, what is known of its steps, and how it was meant to go.

    ``path`` is the way a case should go, ``bpmn`` a model of all the ways it may go.
    """

    start: tuple[Name, ...] = ()
    end: Annotated[tuple[Name, ...], Field(min_length=1)]
    steps: dict[str, Step] = Field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    path: tuple[Name, ...] = ()
    bpmn: Name | None = None

    @field_validator("steps")
    @classmethod
    def _told_apart(cls, steps: dict[str, Step]) -> dict[str, Step]:
        for language in get_args(Language):
            called: dict[str, str] = {}
            for name, step in steps.items():
                label = step.label and getattr(step.label, language)
                if label and called.setdefault(label, name) != name:
                    raise ValueError(
                        f"{called[label]} and {name} have the same label, {label}; give each its "
                        f"own"
                    )
        return steps

    @model_validator(mode="after")
    def _meant_to_go_one_way(self) -> Journey:
        if self.path and self.bpmn is not None:
            raise ValueError("cases are compared with path or with bpmn; leave one of them out")
        return self
