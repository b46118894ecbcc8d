# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A run as the command makes it: in this process; Prefect is started only if it is needed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from flows.warm import collector_at_rest, import_in_background


def run_here(
    config: Path,
    out: Path,
    as_of: dt.datetime | None = None,
    store: str | None = None,
    overrides: tuple[str, ...] = (),
    wait_seconds: float = 0,
) -> Path:
    """Runs the flow in this process; a mistake of the user is found before Prefect is started.

    Prefect's own log is kept off the screen: the stages say what is being done.
    """
    from flows.planning import plan

    now = dt.datetime.now(dt.UTC)
    job = plan(config, out=out, now=now, as_of=as_of, store=store, overrides=overrides)
    from flows import shelf
    from flows.stages import steps

    if job.is_settled and not steps.has_expired(job):
        click.echo("This very run was made before; nothing has changed since.", err=True)
        shelf.put(job)
        return job.folder
    _keep_prefect_quiet()
    with collector_at_rest():
        from flows.tracking import prefect_server

    prefect_server.check()
    click.echo("starting     (Prefect takes some seconds)", err=True)
    with collector_at_rest():
        from flows.journey import journey

        prefect_server.import_starter()
    import_in_background()
    with prefect_server.answering():  # the server may go away meanwhile
        return journey(
            config,
            out=out,
            as_of=as_of,
            store=store,
            overrides=overrides,
            wait_seconds=wait_seconds,
        )


def _keep_prefect_quiet() -> None:
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    # when the temporary server ends, it may tear open connections: that harms nothing, but its
    # SQLAlchemy logs it as an error, below the paths of a report that is whole
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "CRITICAL")


def pages_of(folder: Path) -> list[str]:
    """The pages and papers of a run."""
    return sorted(str(page) for page in folder.glob("report.*.*"))
