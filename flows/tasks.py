# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The steps of a run as Prefect tasks: each reads paths, makes one pure call, writes paths.

Only reading the sources is tried again, and only when the world failed us, not when a source is
wrong: everything else would fail in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Failed
from prefect.tasks import Task

from contracts.errors import GateStopped, SourceError
from contracts.verdict import Verdict
from flows import steps
from flows.artifacts import tell_report, tell_verdict
from flows.defects import wordless
from flows.job import Job
from ingest.batches import Batch


def _task(do: Callable[..., Any], **how: Any) -> Any:
    """A step as a task, of which Prefect keeps no result, and no word of a defect."""
    return Task(wordless(do), cache_policy=NO_CACHE, persist_result=False, **how)


def _world_failed(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, SourceError) and isinstance(error.__cause__, OSError)


def stopped(error: GateStopped) -> Any:
    """What a task or a flow returns to end as stopped; whoever asks for its result gets ``error``.

    Raised, it would be logged with a traceback, as if something had gone wrong.
    """
    return Failed(name="Stopped at the gate", message=str(error), data=error)


def _check(job: Job, batches: Sequence[Batch]) -> Verdict:
    try:
        verdict = steps.check(job, batches)
    except GateStopped as error:
        tell_verdict(job, job.folder)
        return stopped(error)  # type: ignore[no-any-return]
    tell_verdict(job, job.draft)
    return verdict


def check(job: Job, batches: Sequence[Batch]) -> Verdict:
    """``steps.check``; Prefect shows the verdict, also that of a run that is stopped."""
    verdict: Verdict = _checking(job, batches, return_state=True).result()
    return verdict


def _publish(job: Job, batches: Sequence[Batch]) -> None:
    steps.publish(job, batches)
    tell_report(job)


read = _task(steps.read, retries=2, retry_delay_seconds=2, retry_condition_fn=_world_failed)
_checking = _task(_check, name="check")
keep = _task(steps.keep)
survey = _task(steps.survey)
relate = _task(steps.relate)
mine = _task(steps.mine)
attend = _task(steps.attend)
compare = _task(steps.compare)
report = _task(steps.report)
publish = _task(_publish, name="publish")
