# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The deployments of a config: its journey, and those that watch its sources and send mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger

from contracts.schedule import Schedule
from flows.deploying.scheduled import FLOW, SLUG, Scheduled
from flows.identity import VERSION
from flows.stages.alarms import ARRIVED, BREACHED, DRIFT, STOPPED
from flows.tracking.events import trigger

WATCH, MAIL = "watch", "mail"
_WATCH_KNOWS = ("config", "out", "store")
_PLAIN: Any = "prefect:simple"  # else Prefect asks git for the version of the working folder
_FIRST = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
_ONLY = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def entrypoint(flow: str) -> str:
    """Where a flow is, in the form of a module, which works wherever hoeksteen is installed."""
    return f"flows.{flow}:{flow}"


def deployments_of(scheduled: Scheduled) -> Iterator[RunnerDeployment]:
    """The deployments that a config asks for.

    The triggers of one show in its description or its parameters, so that another trigger makes it
    differ from what Prefect has.
    """
    schedule, title = scheduled.schedule, scheduled.settings.process.title("en")
    when = ", when an export arrived" if schedule.watch else ""
    yield _deployment(
        FLOW,
        scheduled,
        f"Shows where citizens wait in {title}{when}.",
        parameters=scheduled.parameters,
        schedules=list(_when_due(schedule)),
        triggers=[_arrived(scheduled.name)] if schedule.watch else [],
        concurrency_limit=_FIRST,
    )
    if schedule.watch:
        known = scheduled.parameters
        yield _deployment(
            WATCH,
            scheduled,
            f"Looks whether there is a new export of {title}.",
            parameters={name: known[name] for name in _WATCH_KNOWS if name in known},
            schedules=[_scheduled(IntervalSchedule(interval=schedule.watch))],
            concurrency_limit=_ONLY,
        )
    if schedule.mail:
        yield _deployment(
            MAIL,
            scheduled,
            f"Mails the alarms of {title}.",
            parameters={"to": list(schedule.mail)},
            triggers=[_alarmed(scheduled.name)],
        )


def _deployment(flow: str, scheduled: Scheduled, description: str, **how: Any) -> RunnerDeployment:
    made = RunnerDeployment.from_entrypoint(
        entrypoint(flow),
        scheduled.name,
        description=description,
        version=VERSION,
        tags=scheduled.tags,
        paused=False,
        **how,
    )
    made.version_type = _PLAIN
    return made


def _when_due(schedule: Schedule) -> Iterator[DeploymentScheduleCreate]:
    if schedule.cron:
        yield _scheduled(CronSchedule(cron=schedule.cron, timezone=schedule.timezone))


def _scheduled(when: CronSchedule | IntervalSchedule) -> DeploymentScheduleCreate:
    return DeploymentScheduleCreate(schedule=when, slug=SLUG, active=True)


def _arrived(process: str) -> DeploymentEventTrigger:
    return trigger(process, f"run {process} when an export arrived", ARRIVED)


def _alarmed(process: str) -> DeploymentEventTrigger:
    told = {"subject": "{{ event.payload.subject }}", "body": "{{ event.payload.text }}"}
    name = f"mail the alarms of {process}"
    return trigger(process, name, BREACHED, DRIFT, STOPPED, parameters=told)
