# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen doctor``: whether runs of these configs can be made here; it leaves nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from flows.health import surroundings
from flows.health.readiness import readiness
from flows.health.symptoms import Symptom, examined


def examine(configs: Sequence[Path], out: Path, store: str | None) -> Iterator[Symptom]:
    """All symptoms; first those of what the rest depends on.

    Args:
        configs: configs of processes; if there are none, only what holds for every config is tried.
        out: the folder that reports are written in.
        store: the path or URL of the store, if it is not the default one of the process.
    """
    now = dt.datetime.now(dt.UTC)
    here: dict[str, Callable[[], Iterable[Symptom]]] = {
        "python": surroundings.python,
        "libraries": surroundings.libraries,
        "machine": surroundings.machine,
        "out": partial(surroundings.out_folder, out),
        "disk": partial(surroundings.disk, out),
        "prefect": surroundings.prefect,
        "time zones": surroundings.time_zones,
        "norm table": surroundings.norm_table,
    }
    for what, look in here.items():
        yield from examined(what, look)
    for config in configs:
        yield from examined(str(config), partial(readiness, config, out, store, now))


def exit_code(symptoms: Iterable[Symptom]) -> int:
    """The code of the first thing to mend: a config or this machine before what is outside."""
    return min((each.exit_code for each in symptoms if each.exit_code), default=0)
