# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Serves the deployments of a watched process, until it is ended."""

from __future__ import annotations

import sys
from pathlib import Path

from prefect import serve
from prefect.deployments.runner import RunnerDeployment

from contracts.config import load
from flows.mail import mail_deployment
from flows.watch import arrived_trigger, watch_deployment


def main(config: Path, out: Path) -> None:
    settings = load(config)
    parameters = {"config": str(config), "out": str(out)}
    process = settings.process.id
    assert settings.schedule
    serve(
        RunnerDeployment.from_entrypoint(
            "flows.journey:journey",
            process,
            parameters=parameters,
            triggers=[arrived_trigger(process)],
        ),
        watch_deployment(settings, {**parameters, "wait_seconds": 60}, paused=True),
        mail_deployment(process, list(settings.schedule.mail)),
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
