# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The configs that run by themselves, and what Prefect is told of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.config import CONFIG, load, parse
from contracts.errors import ConfigError
from contracts.schedule import Schedule
from contracts.settings import Settings
from contracts.sources import resolve_path
from ingest.storage.places import place_of

FLOW = "journey"
TAG = "hoeksteen"
SLUG = "config"
"""The name of the schedule of a config; people may add others."""
WAIT_SECONDS = 3600
"""How long a run waits for a busy store: longer than a run should take."""


@dataclass(frozen=True)
class Scheduled:
    """A config with a ``schedule``, and where its runs and its store are."""

    config: Path
    settings: Settings
    schedule: Schedule
    out: Path
    store: str | None

    @property
    def name(self) -> str:
        """The name of the deployment: that of its process."""
        return self.settings.process.id

    @property
    def tags(self) -> list[str]:
        """The tags to find it by."""
        return [TAG, self.name]

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of each run; paths are absolute, as a worker starts a run anywhere."""
        told = {"config": str(self.config), "out": str(self.out), "wait_seconds": WAIT_SECONDS}
        return told | ({"store": self.store} if self.store else {})


@dataclass(frozen=True)
class Configs:
    """The configs that have a schedule, and the paths of those that have none."""

    scheduled: tuple[Scheduled, ...]
    without: tuple[Path, ...]

    @property
    def paths(self) -> set[str]:
        """The paths of all configs, as their deployments have them."""
        return {str(path) for path in (*self.without, *(each.config for each in self.scheduled))}


def find(configs: Sequence[Path], out: Path, stores: str | None) -> Configs:
    """Reads ``configs``, or all in ``configs/`` if none; ``stores`` is where their stores are.

    A config without a schedule is not looked at any further.

    Raises:
        ConfigError: a config with a schedule is wrong, or two of them are of one process.
        UsageError: a store cannot be there.
    """
    given = configs or sorted(Path("configs").glob("*.yaml"))
    paths = list(dict.fromkeys(resolve_path(path.name, path) for path in given))
    scheduled = tuple(_read(paths, out.resolve(), stores))
    _check_names(scheduled)
    with_one = {each.config for each in scheduled}
    return Configs(scheduled, tuple(path for path in paths if path not in with_one))


def _read(paths: Sequence[Path], out: Path, stores: str | None) -> Iterator[Scheduled]:
    for path in paths:
        if parse(path, CONFIG).get("schedule") is None:
            continue
        settings = load(path)
        if settings.schedule:
            store = _store(stores, settings.process.id, out) if stores else None
            yield Scheduled(path, settings, settings.schedule, out, store)


def _store(stores: str, process: str, out: Path) -> str:
    """The store of one process: a store holds one log, and removes what is not part of it."""
    return str(place_of(f"{stores.rstrip('/')}/{process}", out))


def _check_names(scheduled: Sequence[Scheduled]) -> None:
    seen: dict[str, Path] = {}
    for each in scheduled:
        if each.name in seen:
            raise ConfigError(
                f"{seen[each.name]} and {each.config} are for the same process: {each.name}.",
                "Give one of them another process.id, or leave its schedule out.",
            )
        seen[each.name] = each.config
