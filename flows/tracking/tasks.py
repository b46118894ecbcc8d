# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A run as Prefect follows it: each stage is a task, with how far it is.

Prefect keeps no result of a stage and no message of a defect. It does not retry a stage: what may
pass is tried again where it failed (``flows.patience``), and all else would fail again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from contracts.errors import EngineError, HoeksteenError
from contracts.settings import Settings
from flows.defects import wordless
from flows.job import Job
from flows.tracking.artifacts import tell_progress, tell_report, tell_verdict
from flows.tracking.endings import ended
from flows.tracking.events import tell_alarms, tell_stopped
from flows.tracking.lineage import task_of

Result = TypeVar("Result")

_TOLD_EVERY_SECONDS = 5


class Prefect:
    """Prefect as the follower of a run; it ends a stage that takes longer than it may."""

    def __init__(self, settings: Settings) -> None:
        self._process, schedule = settings.process.id, settings.schedule
        self._at_most = schedule.stage_at_most if schedule else None

    def stage(self, name: str, do: Callable[[], Result]) -> Result:
        """Has a stage done as a task.

        Raises:
            EngineError: it took too long.
        """

        def stage() -> Any:
            try:
                return wordless(do)()
            except HoeksteenError as error:
                return ended(error)

        task: Any = task_of(
            self._process,
            name,
            stage,
            cache_policy=NO_CACHE,
            persist_result=False,
            timeout_seconds=self._at_most.total_seconds() if self._at_most else None,
        )
        state = task(return_state=True)
        if state.name == "TimedOut":
            raise EngineError(
                f"The stage {name} took longer than schedule.stage_at_most allows.",
                "Give it more time, or more machines.",
            )
        done: Result = state.result()
        return done

    def follow(self, name: str, results: Iterable[Result], total: int) -> Iterator[Result]:
        """Passes on the results of a stage; of a long one, Prefect shows how far it is.

        A stage of a single thing has only begun or ended, which Prefect shows anyway.
        """
        if total == 1:
            yield from results
            return
        told, shown = time.monotonic(), None
        for number, result in enumerate(results, start=1):
            if time.monotonic() - told > _TOLD_EVERY_SECONDS:
                shown = tell_progress(name, number / total, shown)
                told = time.monotonic()
            yield result
        if shown:
            tell_progress(name, 1, shown)

    def note(self, said: str) -> None:
        """Has Prefect keep the note with the run."""
        get_run_logger().info(said)

    def judged(self, job: Job) -> None:
        """Shows the verdict in Prefect."""
        tell_verdict(job, job.draft)

    def stopped(self, job: Job) -> None:
        """Shows the verdict in Prefect, and raises the alarm that the gate stopped the run."""
        tell_verdict(job, job.folder)
        tell_stopped(job)

    def published(self, job: Job) -> None:
        """Shows what the report says in Prefect, and raises the alarms of the run."""
        tell_report(job)
        tell_alarms(job)
