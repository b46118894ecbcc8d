# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a stage makes, and from what, as assets of Prefect: exports, then a store, then a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect.assets import Asset
from prefect.tasks import MaterializingTask, Task

_MADE_OF = {"storing": ("store", "exports"), "reporting": ("report", "store")}


def task_of(process: str, stage: str, do: Callable[[], Any], **how: Any) -> Task[[], Any]:
    """A stage of a process as a task that tells what it makes; ``how`` goes to Prefect's task."""
    if stage not in _MADE_OF:
        return Task(do, name=stage, **how)
    made, of = (Asset(key=f"hoeksteen://{process}/{each}") for each in _MADE_OF[stage])
    return MaterializingTask(do, name=stage, assets=[made], asset_deps=[of], **how)
