# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The main job on one screen: from export files to the reports of a process."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow

from contracts.errors import GateStopped
from flows import steps, tasks
from flows.job import Job, plan, point_at
from flows.progress import Stages


@flow(name="journey", flow_run_name="{config}", persist_result=False)
def journey(
    config: Path,
    out: Path = Path("out"),
    as_of: dt.datetime | None = None,
    store: Path | None = None,
    overrides: tuple[str, ...] = (),
) -> Path:
    """Ingests, validates, mines and reports one process; gives the folder of the run.

    Raises:
        HoeksteenError: whatever the user can mend; see ``contracts.errors``.
    """
    now = dt.datetime.now(dt.UTC)
    try:
        return make(plan(config, out=out, now=now, as_of=as_of, store=store, overrides=overrides))
    except GateStopped as error:
        return tasks.stopped(error)  # type: ignore[no-any-return]


def make(job: Job, by: Any = tasks) -> Path:
    """Makes a run, ``by`` Prefect's tasks or by the plain ``flows.steps``; gives its folder."""
    if not job.is_done:
        _make(job, by)
    point_at(job)
    return job.folder


def _make(job: Job, by: Any) -> None:
    with steps.workplace(job):
        stages = Stages(job.stage_log)
        staged = stages.each("reading", partial(by.read, job), job.inputs)
        verdict = stages.once("checking", partial(by.check, job, staged))
        stored = stages.once("storing", partial(by.keep, job, staged))
        buckets = range(stored.buckets)
        surveyed = stages.each("surveying", partial(by.survey, job, stored), buckets)
        relations = by.relate(job, surveyed)
        parts = stages.each("mining", partial(by.mine, job, stored, relations), buckets)
        attended = stages.each("attending", partial(by.attend, job, parts), buckets)
        stages.once("reporting", partial(by.report, job, staged, stored, parts, attended, verdict))
        by.publish(job, staged)
