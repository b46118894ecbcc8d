# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The main job on one screen: from export files to the reports of a process."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

from prefect import flow
from pydantic import AfterValidator, Field

from contracts.errors import GateStopped, HoeksteenError
from contracts.verdict import Verdict
from flows import shelf, workplace
from flows.defects import wordless
from flows.engines import started
from flows.job import Job
from flows.moments import in_utc
from flows.planning import again, plan
from flows.progress import NOBODY, Follower, Stages
from flows.stages import reading, steps, telling
from flows.stages.earlier import Earlier, recall
from flows.stages.left_out import tell
from flows.stages.sums import Sums
from flows.tracking.endings import ended
from flows.tracking.run_names import run_name
from flows.tracking.tasks import Prefect
from flows.warm import import_now, wait_for_imports
from ingest.storage.batches import Batch
from ingest.storage.damage import damage_told

Moment = Annotated[dt.datetime, AfterValidator(in_utc)]
Seconds = Annotated[float, Field(ge=0)]


@flow(name="journey", flow_run_name=run_name, persist_result=False)
def journey(
    config: Path,
    out: Path = Path("out"),
    as_of: Moment | None = None,
    store: str | None = None,
    overrides: tuple[str, ...] = (),
    wait_seconds: Seconds = 0,
) -> Path:
    """Ingests, validates, mines and reports one process; gives the folder of the run.

    Args:
        config: the YAML file that describes the process.
        out: the folder that reports are written in.
        as_of: looks at the log as it stood then; a date alone is the begin of that day, and what
            has no offset is UTC.
        store: where the event store is, if not with the reports.
        overrides: ``key.sub=value`` texts that win over the config.
        wait_seconds: waits so long for another run on the same store.

    Raises:
        HoeksteenError: whatever the user can mend; see ``contracts.errors``.
    """
    wait_for_imports()
    now = dt.datetime.now(dt.UTC)
    try:
        job = wordless(plan)(
            config, out=out, now=now, as_of=as_of, store=store, overrides=overrides
        )
        return wordless(make)(job, Prefect(job.settings), wait_seconds)
    except HoeksteenError as error:
        return ended(error)  # type: ignore[no-any-return]


def make(job: Job, follower: Follower = NOBODY, wait_seconds: float = 0) -> Path:
    """Makes a run; gives its folder.

    A run that is there already is not made again, but the store still drops what it kept too long.
    """
    if not job.is_settled or steps.has_expired(job):
        began = time.monotonic()
        with steps.alone(job, wait_seconds):
            # another run may have changed the store meanwhile, and the sources may have changed too
            job = again(job, waited_seconds=int(time.monotonic() - began))
            if job.is_done:
                steps.sweep(job)
                _tell(job, follower)
            else:
                with workplace.made(job), started(job) as engine, damage_told(job.store):
                    _make(job, Stages(job.stage_log, engine, follower), follower)
    shelf.put(job)
    follower.note(f"The run stands in {job.folder}.")
    return job.folder


def _make(job: Job, stages: Stages, follower: Follower) -> None:
    import_now()
    gathered = steps.gather(job, _read(job, stages))
    batches = gathered.batches
    tell([batch.staged for batch in batches], job.settings.privacy.minimum_group)
    verdict = _judged(job, batches, stages, follower)
    log = stages.once("storing", steps.keep, job, gathered)
    buckets = range(log.buckets)
    surveyed = stages.each("surveying", steps.survey, job, log, items=buckets)
    relations = steps.relate(job, surveyed)
    parts = stages.each("mining", steps.mine, job, log, relations, items=buckets)
    attended = stages.each("attending", steps.attend, job, parts, items=buckets)
    earlier, compared = recall(job, batches, log), []
    if isinstance(earlier, Earlier):
        compared = stages.each("comparing", steps.compare, job, log, earlier, items=buckets)
    sums = Sums(parts, attended, compared)
    stages.once("reporting", telling.report, job, batches, log, sums, verdict, earlier)
    telling.publish(job, batches)
    _tell(job, follower)


def _tell(job: Job, follower: Follower) -> None:
    """Tells that the run is in its place, unless that was told: an earlier try may have died."""
    if job.untold.exists():
        follower.published(job)
        job.untold.unlink()


def _judged(job: Job, batches: Sequence[Batch], stages: Stages, follower: Follower) -> Verdict:
    try:
        each = partial(stages.part, "checking")
        verdict = stages.once("checking", steps.check, job, batches, stages.engine.pieces, each)
    except GateStopped:
        follower.stopped(job)
        job.untold.unlink()
        raise
    follower.judged(job)
    return verdict


def _read(job: Job, stages: Stages) -> list[list[Batch]]:
    """The batches of each input; this process asks the addresses, as it has their secrets."""
    files = [given for given in job.inputs if not given.is_asked]
    asked = [given for given in job.inputs if given.is_asked]
    read = dict(zip(files, stages.each("reading", reading.read, job, items=files), strict=True))
    if asked:
        told = stages.once("asking", lambda: [reading.read(job, given) for given in asked])
        read |= dict(zip(asked, told, strict=True))
    return [read[given] for given in job.inputs]
