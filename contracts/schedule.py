# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a process runs by itself, and who is told."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, model_validator

from contracts.cron import Cron
from contracts.models import Duration, Model
from contracts.sources import TimeZone


def mail_address(text: str) -> str:
    """The same text, if it is one mail address without a name.

    Raises:
        ValueError: it is not one.
    """
    if not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", text):
        raise ValueError("this is not a mail address; write for example team@dienst.example")
    return text


def _not_all_the_time(every: dt.timedelta) -> dt.timedelta:
    if every < dt.timedelta(minutes=1):
        raise ValueError("there must be at least a minute between looks; write for example PT5M")
    return every


class Schedule(Model):
    """When the process runs by itself, how long a stage of a run may take, and who gets its alarms.

    ``watch``: how often to look at its sources; it runs when there is something new.
    """

    cron: Cron | None = None
    watch: Annotated[Duration, AfterValidator(_not_all_the_time)] | None = None
    timezone: TimeZone = "Europe/Amsterdam"
    stage_at_most: Duration | None = None
    mail: tuple[Annotated[str, AfterValidator(mail_address)], ...] = ()

    @model_validator(mode="after")
    def _has_a_moment(self) -> Schedule:
        if self.cron is None and self.watch is None:
            raise ValueError("say when: cron, as in '0 6 * * mon', or watch, as in PT5M, or both")
        return self
