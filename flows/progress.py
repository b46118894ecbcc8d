# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The stages of a run, one after the other: what each does, and how far it is.

On a terminal, stderr gets a bar per stage; elsewhere, a plain line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.engines import Engine
from flows.job import Job

Result = TypeVar("Result")


class Follower(Protocol):
    """Who follows a run from stage to stage."""

    def stage(self, name: str, do: Callable[[], Result]) -> Result:
        """Runs a stage; gives the result of ``do``."""

    def follow(self, name: str, results: Iterable[Result], total: int) -> Iterator[Result]:
        """Passes on the results of a stage, of which there will be ``total``."""

    def note(self, said: str) -> None:
        """Keeps a note on how far the run is."""

    def judged(self, job: Job) -> None:
        """Takes note of the verdict, which is in the draft of the run."""

    def stopped(self, job: Job) -> None:
        """Takes note that the gate stopped the run; the verdict is in its folder."""

    def published(self, job: Job) -> None:
        """Takes note of a run that is in its place."""


class Nobody:
    """The follower of a run that nobody follows."""

    def stage(self, name: str, do: Callable[[], Result]) -> Result:  # noqa: ARG002
        """Runs the stage."""
        return do()

    def follow(self, name: str, results: Iterable[Result], total: int) -> Iterator[Result]:  # noqa: ARG002
        """Passes the results on."""
        return iter(results)

    def note(self, said: str) -> None:
        """Notes nothing: the stages are on the screen."""

    def judged(self, job: Job) -> None:
        """Nothing is noted."""

    def stopped(self, job: Job) -> None:
        """Nothing is noted."""

    def published(self, job: Job) -> None:
        """Nothing is noted."""


NOBODY = Nobody()


class Stages:
    """The stages of one run; records what each took beside the run that is being made."""

    def __init__(self, log: Path, engine: Engine, follower: Follower) -> None:
        self._log, self.engine, self._follower = log, engine, follower
        self._console = Console(stderr=True)

    def each(
        self, name: str, do: Callable[..., Result], *given: Any, items: Sequence[Any]
    ) -> list[Result]:
        """Has the engine do ``do(*given, item)`` for every item, as one stage."""
        return self._stage(name, partial(self.engine.each, do, given, items), len(items))

    def part(
        self, name: str, do: Callable[[Any], Result], items: Sequence[Any]
    ) -> Iterator[Result]:
        """Has the engine do ``do(item)`` for every item, within a stage that is going on."""
        return self._follower.follow(name, self.engine.each(do, (), items), len(items))

    def once(self, name: str, do: Callable[..., Result], *given: Any) -> Result:
        """Does one thing in this process, as one stage."""
        return self._stage(name, lambda: (do(*given) for _ in range(1)), 1)[0]

    def _stage(self, name: str, begin: Callable[[], Iterable[Result]], total: int) -> list[Result]:
        began = time.perf_counter()
        done = self._follower.stage(name, lambda: self._all(name, begin(), total))
        self._record(name, time.perf_counter() - began)
        return done

    def _all(self, name: str, results: Iterable[Result], total: int) -> list[Result]:
        bar = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(
            *bar, console=self._console, transient=True, disable=not self._console.is_terminal
        ) as progress:
            followed = self._follower.follow(name, results, total)
            return list(progress.track(followed, total, description=name))

    def _record(self, name: str, seconds: float) -> None:
        entry = {
            "stage": name,
            "seconds": round(seconds, 3),
            "peak_mib": self.engine.peak_mib(),
        }
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        self._console.print(f"{name:<12} {seconds:6.1f} s", highlight=False)
        self._follower.note(f"{name} took {seconds:.1f} seconds")


def recorded(log: Path) -> list[dict[str, object]]:
    """What each stage took so far: name, seconds, and the peak of memory at its end."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]
