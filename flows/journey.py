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
from flows import shelf, steps, tasks
from flows.defects import wordless
from flows.earlier import Earlier, recall
from flows.job import Job, again, plan
from flows.left_out import tell
from flows.progress import Stages


@flow(name="journey", flow_run_name="{config}", persist_result=False)
def journey(
    config: Path,
    out: Path = Path("out"),
    as_of: dt.datetime | None = None,
    store: str | None = None,
    overrides: tuple[str, ...] = (),
    wait_seconds: float = 0,
) -> Path:
    """Ingests, validates, mines and reports one process; gives the folder of the run.

    Raises:
        HoeksteenError: whatever the user can mend; see ``contracts.errors``.
    """
    now = dt.datetime.now(dt.UTC)
    job = wordless(plan)(config, out=out, now=now, as_of=as_of, store=store, overrides=overrides)
    try:
        return wordless(make)(job, wait_seconds=wait_seconds)
    except GateStopped as error:
        return tasks.stopped(error)  # type: ignore[no-any-return]


def make(job: Job, by: Any = tasks, wait_seconds: float = 0) -> Path:
    """Makes a run, ``by`` Prefect's tasks or by the plain ``flows.steps``; gives its folder.

    One that is there already is not made again; what the store has kept for long enough goes.
    """
    if not job.is_done or steps.has_expired(job):
        with steps.alone(job, wait_seconds):
            job = again(job)  # a run before us may have changed the store
            if job.is_done:
                steps.sweep(job)
            else:
                _make(job, by)
    shelf.put(job)
    return job.folder


def _make(job: Job, by: Any) -> None:
    with steps.workplace(job):
        stages = Stages(job.stage_log)
        read = stages.each("reading", partial(by.read, job), job.inputs)
        gathered = steps.gather(job, read)
        batches = gathered.batches
        tell([batch.staged for batch in batches], job.settings.privacy.minimum_group)
        verdict = stages.once("checking", partial(by.check, job, batches))
        log = stages.once("storing", partial(by.keep, job, gathered))
        buckets = range(log.buckets)
        surveyed = stages.each("surveying", partial(by.survey, job, log), buckets)
        relations = by.relate(job, surveyed)
        parts = stages.each("mining", partial(by.mine, job, log, relations), buckets)
        attended = stages.each("attending", partial(by.attend, job, parts), buckets)
        earlier = recall(job, batches, log)
        compare = partial(by.compare, job, log, earlier)
        compared = (
            stages.each("comparing", compare, buckets) if isinstance(earlier, Earlier) else ()
        )
        sums = steps.Sums(parts, attended, compared)
        stages.once("reporting", partial(by.report, job, batches, log, sums, verdict, earlier))
        by.publish(job, batches)
