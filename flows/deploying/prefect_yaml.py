# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``prefect.yaml``: what was deployed, as a file for people and for Prefect's own command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentScheduleUpdate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import RunnerDeployment

from contracts.errors import UsageError
from flows.drafting.yaml_lines import scalar, sequence
from flows.files import write_aside

PREFECT_YAML = Path("prefect.yaml")
_OURS = "# Written by `hoeksteen deploy`, which overwrites it: change the schedule in the config."
_HEAD = f"""\
{_OURS}
# `prefect --no-prompt deploy --all` registers the same deployments from this file.

# runs load the code from where hoeksteen is installed
pull: []

deployments:"""
_MEANING = {
    ConcurrencyLimitStrategy.ENQUEUE: "it waits for that one",
    ConcurrencyLimitStrategy.CANCEL_NEW: "it is left out",
}


def check_ours() -> None:
    """Makes sure that the file may be overwritten if it exists.

    Raises:
        UsageError: somebody else wrote it.
    """
    try:
        is_ours = not PREFECT_YAML.exists() or PREFECT_YAML.read_bytes().startswith(_OURS.encode())
    except OSError:
        is_ours = False
    if not is_ours:
        raise UsageError(
            f"The {PREFECT_YAML} here was not written by hoeksteen, and is left as it is.",
            "Move it away, or deploy from another folder and name the configs.",
        )


def write(deployments: Sequence[RunnerDeployment], pool: str) -> None:
    """Writes the file beside its place, and then renames it.

    Raises:
        UsageError: it cannot be written here.
    """
    try:
        write_aside(PREFECT_YAML, text(deployments, pool))
    except OSError as error:
        raise UsageError(
            f"{PREFECT_YAML} cannot be written here: {error.strerror}.",
            "Deploy from a folder that you may write in.",
        ) from None


def text(deployments: Sequence[RunnerDeployment], pool: str) -> str:
    """The whole file."""
    lines = [line for each in deployments for line in _deployment(each, pool)]
    return "\n".join([_HEAD, *lines] if lines else [f"{_HEAD} []"]) + "\n"


def _deployment(each: RunnerDeployment, pool: str) -> Iterator[str]:
    yield f"  - name: {scalar(each.name)}"
    yield f"    description: {scalar(each.description or '')}"
    yield f"    version: {scalar(each.version or '')}"
    yield f"    tags: {sequence(each.tags)}"
    yield f"    entrypoint: {scalar(each.entrypoint or '')}"
    yield "    schedules:" if each.schedules else "    schedules: []"
    for schedule in each.schedules or ():
        yield from _schedule(schedule)
    yield "    paused: false"
    yield from _keys("parameters", each.parameters)
    yield "    enforce_parameter_schema: true"
    if each.concurrency_limit and each.concurrency_options:
        strategy = each.concurrency_options.collision_strategy
        yield f"    # a run that is due while another is going: {_MEANING[strategy]}"
        yield f"    concurrency_limit: {{limit: 1, collision_strategy: {strategy.value}}}"
    if each.triggers:
        yield "    triggers:"
    for trigger in each.triggers:
        yield from _trigger(trigger)
    yield f"    work_pool: {{name: {scalar(pool)}}}"


def _schedule(schedule: DeploymentScheduleCreate | DeploymentScheduleUpdate) -> Iterator[str]:
    when = schedule.schedule
    if isinstance(when, CronSchedule):
        yield f"      - cron: {scalar(when.cron)}"
        yield f"        timezone: {scalar(when.timezone or '')}"
    elif isinstance(when, IntervalSchedule):
        yield f"      - interval: {when.interval.total_seconds():.0f}"
    yield f"        slug: {scalar(schedule.slug or '')}"
    yield "        active: true"


def _trigger(trigger: Any) -> Iterator[str]:
    yield "      - type: event"
    yield f"        name: {scalar(trigger.name)}"
    yield f"        expect: {sequence(sorted(trigger.expect))}"
    yield "        match:"
    for key, value in trigger.match.model_dump().items():
        yield f"          {key}: {scalar(value)}"
    yield from (f"    {line}" for line in _keys("parameters", trigger.parameters or {}))


def _keys(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    if told:
        yield f"    {name}:"
    for key, value in told.items():
        is_list = isinstance(value, list)
        text = sequence(value) if is_list else scalar(value) if isinstance(value, str) else value
        yield f"      {key}: {text}"
