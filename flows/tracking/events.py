# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Events of a process that automations of Prefect act on."""

from __future__ import annotations

from typing import Any

from prefect.events import DeploymentEventTrigger, emit_event
from pydantic import ValidationError

from contracts.findings import Findings
from flows.files import read_json
from flows.job import UNTOLD, Job
from flows.stages.alarms import Alarm, alarms, stopped
from flows.tracking.told import told_of
from reporting.notices import Report

_PROCESS = "hoeksteen.process"


def emit(alarm: Alarm) -> None:
    """Sends an alarm to Prefect as an event; Prefect itself adds the flow run."""
    process = alarm.payload["process"]
    resource = {
        "prefect.resource.id": f"{_PROCESS}.{process}",
        "prefect.resource.name": process,
    }
    emit_event(alarm.event, resource=resource, payload=alarm.payload)


def trigger(
    process: str, name: str, *events: str, parameters: dict[str, Any] | None = None
) -> DeploymentEventTrigger:
    """A trigger that runs its deployment at each of these events of a process."""
    return DeploymentEventTrigger(
        name=name,
        expect=set(events),
        match={"prefect.resource.id": f"{_PROCESS}.{process}"},
        parameters=parameters,
    )


def tell_alarms(job: Job) -> None:
    """Raises the alarms of a new run, unless it looks back.

    The run is whole in its folder, and ``latest`` is still the run before it. A run that was made
    again and came out the same is not news.
    """
    if job.looks_back:
        return
    with told_of("all events", job.folder):
        findings = Findings.model_validate_json((job.folder / "findings.json").read_bytes())
        report = Report(job.folder, findings, job.settings)
        before = _last_findings(job)
        for alarm in alarms(report, before) if findings != before else ():
            emit(alarm)


def _last_findings(job: Job) -> Findings | None:
    """The findings of the newest run of a process; null if there are none that can be read."""
    try:
        latest = (job.process_folder / "latest").resolve()
        folder = job.replaced if latest == job.folder else latest
        text = (folder / "findings.json").read_bytes()
        return Findings.model_validate_json(text)
    except (OSError, ValidationError):  # another version wrote it
        return None


def tell_stopped(job: Job) -> None:
    """Raises the alarm of a run that the gate stopped, once, unless it looks back."""
    was_told = job.replaced.exists() and not (job.replaced / UNTOLD).exists()
    if job.looks_back or was_told:
        return
    with told_of("all events", job.folder):
        verdict = read_json(job.folder / "validation" / "verdict.json")
        emit(stopped(verdict, job.settings, job.folder))
