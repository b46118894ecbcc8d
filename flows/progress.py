# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Says on stderr what is being done: a bar a stage on a terminal, a plain line elsewhere."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")
Result = TypeVar("Result")

_KIB_IN_MIB = 1024


class Stages:
    """The stages of one run; what each took is kept beside the run that is being made."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._console = Console(stderr=True)

    def each(self, name: str, do: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Does ``do`` for every item, as one stage."""
        began = time.perf_counter()
        bar = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(
            *bar, console=self._console, transient=True, disable=not self._console.is_terminal
        ) as progress:
            results = [do(item) for item in progress.track(items, description=name)]
        self._record(name, time.perf_counter() - began)
        return results

    def once(self, name: str, do: Callable[[], Result]) -> Result:
        """Does one thing, as one stage."""
        return self.each(name, lambda _: do(), [None])[0]

    def _record(self, name: str, seconds: float) -> None:
        entry = {"stage": name, "seconds": round(seconds, 3), "peak_mib": _peak_mib()}
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        self._console.print(f"{name:<12} {seconds:6.1f} s", highlight=False)


def recorded(log: Path) -> list[dict[str, object]]:
    """What each stage took so far: name, seconds, and the process's peak memory at its end."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def _peak_mib() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / _KIB_IN_MIB if sys.platform != "darwin" else peak / _KIB_IN_MIB**2)
