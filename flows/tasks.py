# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The steps of a run as Prefect tasks: each reads paths, makes one pure call, writes paths.

Only reading the sources is tried again, and only when the world failed us, not when a source is
wrong: everything else would fail in the same way.
"""

from __future__ import annotations

from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from contracts.errors import SourceError
from flows import steps


def _world_failed(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, SourceError) and isinstance(error.__cause__, OSError)


read = Task(
    steps.read,
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=2,
    retry_condition_fn=_world_failed,
)
check = Task(steps.check, cache_policy=NO_CACHE, persist_result=False)
keep = Task(steps.keep, cache_policy=NO_CACHE, persist_result=False)
survey = Task(steps.survey, cache_policy=NO_CACHE, persist_result=False)
relate = Task(steps.relate, cache_policy=NO_CACHE, persist_result=False)
mine = Task(steps.mine, cache_policy=NO_CACHE, persist_result=False)
attend = Task(steps.attend, cache_policy=NO_CACHE, persist_result=False)
report = Task(steps.report, cache_policy=NO_CACHE, persist_result=False)
publish = Task(steps.publish, cache_policy=NO_CACHE, persist_result=False)
