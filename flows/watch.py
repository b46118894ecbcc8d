# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Looks whether a new export arrived, and tells Prefect, which then runs the process.

What counts is whether there is a run of what is there: the event is repeated, less and less often,
until there is one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prefect import flow
from pydantic import AwareDatetime, ValidationError

from contracts.config import load
from contracts.errors import ConfigError, HoeksteenError
from contracts.models import Model
from contracts.settings import Settings
from flows.defects import wordless
from flows.files import read_json, write_aside
from flows.identity import stamps
from flows.job import Job
from flows.planning import places, plan
from flows.stages.alarms import ARRIVED, Alarm
from flows.tracking.endings import ended
from flows.tracking.events import emit
from ingest.sources import Address, Located, find_all

MEMORY = ".watched.json"
_LONGEST_PAUSE = dt.timedelta(days=1)


class Seen(Model):
    """How the sources looked: a digest of names, times and sizes.

    They are examined when that is ``due``, and not any more once there is a run of them. After
    Prefect was told, they are due again after a ``pause``, which then doubles up to a limit.
    """

    digest: str
    due: AwareDatetime | None
    pause: dt.timedelta

    @classmethod
    def first(cls, digest: str, now: dt.datetime, every: dt.timedelta) -> Seen:
        """What looks new: it is due once it has been still for half the time between two looks.

        Two looks may follow each other at once if none was made for some time.
        """
        return cls(digest=digest, due=now + every / 2, pause=2 * every)

    def told(self, now: dt.datetime) -> Seen:
        """The same after Prefect was told."""
        longer = min(2 * self.pause, _LONGEST_PAUSE)
        return self.model_copy(update={"due": now + self.pause, "pause": longer})

    def taken(self) -> Seen:
        """The same once there is a run of it."""
        return self.model_copy(update={"due": None})


@dataclass(frozen=True)
class Look:
    """What a look at a process saw, and in how many files.

    ``is_news``: Prefect is to be told. ``memory`` is the file that keeps it for the next look.
    """

    process: str
    seen: Seen
    files: int
    is_news: bool
    memory: Path


@flow(name="watch", flow_run_name="{config}", persist_result=False)
def watch(
    config: Path,
    out: Path = Path("out"),
    store: str | None = None,
    overrides: tuple[str, ...] = (),
) -> None:
    """Looks at the sources of a process once, and tells Prefect of what is new there and is still.

    Raises:
        HoeksteenError: whatever the user can mend; see ``contracts.errors``.
    """
    now = dt.datetime.now(dt.UTC)
    try:
        seen = wordless(look)(config, out=out, now=now, store=store, overrides=overrides)
        if seen.is_news:
            emit(Alarm(ARRIVED, {"process": seen.process, "files": seen.files}))
        keep(seen)  # last: what was not told must be told again
    except HoeksteenError as error:
        return ended(error)  # type: ignore[no-any-return]


def look(
    config: Path,
    *,
    out: Path,
    now: dt.datetime,
    store: str | None = None,
    overrides: Sequence[str] = (),
) -> Look:
    """Looks at the sources of a process, and compares them with what was seen before.

    Raises:
        ConfigError: the config is wrong, or does not say how often it is watched.
        SourceError: a source is not there, or its storage does not answer.
    """
    settings = load(config, overrides)
    memory = places(settings, out, store)[0] / MEMORY
    found = _found(settings, config)
    seen, digest = _recalled(memory), _digest(found)
    saw = partial(Look, process=settings.process.id, files=len(found), memory=memory)
    if seen is None or seen.digest != digest:
        return saw(seen=Seen.first(digest, now, _every(settings, config)), is_news=False)
    if not found or seen.due is None or now < seen.due:
        return saw(seen=seen, is_news=False)
    if _is_taken(plan(config, out=out, now=now, store=store, overrides=overrides)):
        return saw(seen=seen.taken(), is_news=False)
    return saw(seen=seen.told(now), is_news=True)


def keep(seen: Look) -> None:
    """Remembers what a look saw."""
    seen.memory.parent.mkdir(parents=True, exist_ok=True)
    write_aside(seen.memory, seen.seen.model_dump_json())


def _recalled(memory: Path) -> Seen | None:
    try:
        return Seen.model_validate_json(memory.read_bytes())
    except (OSError, ValidationError):  # then all counts as new
        return None


def _every(settings: Settings, config: Path) -> dt.timedelta:
    if settings.schedule is None or settings.schedule.watch is None:
        raise ConfigError(
            f"{config}: 'schedule.watch' is missing.", "Say how often to look, as in watch: PT5M."
        )
    return settings.schedule.watch


def _found(settings: Settings, config: Path) -> list[Located]:
    """The sources that are there; a pattern or a folder may be empty."""
    given = [source.path for source in settings.sources]
    return [file for _, file in find_all(settings, config, given)]


def _digest(found: Sequence[Located]) -> str:
    """A digest that is the same while the files look the same; empty if one goes away meanwhile."""
    try:
        looks = [
            (file.name, file.version) if isinstance(file, Address) else stamps(file)
            for file in found
        ]
    except OSError:
        return ""
    return hashlib.sha256(json.dumps(looks).encode()).hexdigest()


def _is_taken(job: Job) -> bool:
    """Whether the newest run, or one that the gate stopped, has all that is there."""
    there = {(each.origin.name, each.origin.sha256) for each in job.inputs}
    stopped = (
        path
        for path in job.process_folder.glob("[!.]*/run.json")
        if not path.with_name("findings.json").exists()
    )
    runs = filter(Path.exists, (job.process_folder / "latest" / "run.json", *stopped))
    return any(there <= _inputs(run) for run in runs)


def _inputs(run: Path) -> set[tuple[str, str]]:
    told = read_json(run)["inputs"]
    return {(each["name"], each["sha256"]) for each in told}
