# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What ``hoeksteen doctor`` examines of one config: whether a run of it could be made now."""

from __future__ import annotations

import datetime as dt
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.config import load
from contracts.settings import Settings
from flows.engines import count_workers
from flows.health.symptoms import OUTSIDE, Symptom, examined, fail, ok, warn
from flows.identity import stamps
from flows.machines import asked_of
from flows.planning import places
from flows.room import MIB, there
from ingest.sources import Address, find_all
from ingest.storage.batches import paths_of
from ingest.storage.damage import check_whole, damaged
from ingest.storage.places import Folder, StorePlace
from ingest.storage.store import is_kept, newest

_VARIABLES = ("password_env", "client_id_env", "client_secret_env")
"""The keys of a source that name an environment variable."""


@dataclass(frozen=True)
class Process:
    """A config that can be read, its folder and its store."""

    config: Path
    settings: Settings
    folder: Path
    store: StorePlace

    def examine(self, now: dt.datetime) -> Iterator[Symptom]:
        """All symptoms of this process."""
        name = self.settings.process.id
        yield from examined(f"{name}: sources", self._sources)
        yield from examined(f"{name}: variables", self._variables)
        yield from examined(f"{name}: key", self._key)
        yield from examined(f"{name}: store", self._store)
        yield from examined(f"{name}: engine", self._engine)
        yield from examined(f"{name}: last run", lambda: self._last_run(now))

    def _sources(self) -> Iterator[Symptom]:
        what, held = f"{self.settings.process.id}: sources", newest(self.store)
        kept = {batch.origin.given for batch in held.batches} if held else set()
        found = [file for _, file in find_all(self.settings, self.config, kept)]
        files = [file for file in found if not isinstance(file, Address)]
        looks = [look for file in files for look in stamps(file)]
        size = sum(size for _, _, size in looks)
        if shut := sum(not os.access(path, os.R_OK) for path, _, _ in looks):
            hint = "Make it readable for the user that runs this."
            yield fail(what, f"{_count(shut, 'file')} cannot be read", hint, OUTSIDE)
            return
        asked = len(found) - len(files)
        if held and not found:
            hint = "Is the export still written there?"
            yield warn(what, f"none; {_count(len(kept), 'source')} only in the store", hint)
            return
        of_files = f"{_count(len(files), 'file')}, {size / MIB:,.1f} MiB"
        of_others = f"{_count(asked, 'other')}, read when a run is made"
        yield ok(what, "; ".join(told for told, n in ((of_files, files), (of_others, asked)) if n))

    def _variables(self) -> Iterator[Symptom]:
        told = [getattr(source, key) for source in self.settings.sources for key in _VARIABLES]
        named = sorted(set(filter(None, told)))
        what = f"{self.settings.process.id}: variables"
        if absent := [name for name in named if not os.environ.get(name)]:
            hint = "The sources in the config name them: set them for the user that runs this."
            yield fail(what, f"not set: {', '.join(absent)}", hint)
        elif named:
            yield ok(what, f"set: {', '.join(named)}")

    def _key(self) -> Iterator[Symptom]:
        from ingest.privacy.pseudonyms import KEY_ELSEWHERE, own_key_path, pseudonymiser_of

        what, privacy = f"{self.settings.process.id}: key", self.settings.privacy
        if not privacy.pseudonymise:
            yield warn(
                what,
                "no pseudonyms are made",
                "Ids are kept as they are; see privacy.pseudonymise.",
            )
            return
        own = None if privacy.key_env else own_key_path()
        if own and not os.access(own, os.F_OK):
            Folder(own.parent).try_out(KEY_ELSEWHERE)
            yield warn(
                what, f"there is none yet; the first run makes one in {own}", "Keep it safe then."
            )
            return
        named = pseudonymiser_of(privacy, self.config)
        found = f"{named.key_id if named else ''}, from {own or privacy.key_env}"
        if own and own.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield warn(what, f"{found}, which others can read", f"chmod 600 {own}")
        else:
            yield ok(what, found)

    def _store(self) -> Iterator[Symptom]:
        what = f"{self.settings.process.id}: store"
        self.store.try_out()
        version = newest(self.store)
        if version and not is_kept(self.store, version):
            raise damaged(self.store)
        if version:  # a store in object storage has nothing here
            check_whole(self.store, filter(Path.exists, paths_of(version.batches)))
        held = "nothing yet" if version is None else _count(len(version.batches), "file")
        if self.store.is_held() or Folder(self.folder).is_held():
            yield warn(
                what,
                f"{self.store} holds {held}; a run is using it now",
                "Use `hoeksteen run --wait`.",
            )
        else:
            yield ok(what, f"{self.store} holds {held}, and can be written to")

    def _engine(self) -> Iterator[Symptom]:
        from ingest.privacy.pseudonyms import own_key_path

        what, where = f"{self.settings.process.id}: engine", self.settings.engine
        if where == "local":
            yield ok(what, "this process")
            return
        privacy = self.settings.privacy
        if not privacy.key_env and not own_key_path().exists():  # and the doctor may not make one
            privacy = privacy.model_copy(update={"pseudonymise": ()})
        with tempfile.TemporaryDirectory(dir=there(self.folder), prefix=".tried-") as tried:
            fit = count_workers(where, asked_of(privacy, self.config, Path(tried)))
        yield ok(
            what, f"{where} has {_count(fit, 'worker')}, with the same versions, key and folders"
        )

    def _last_run(self, now: dt.datetime) -> Iterator[Symptom]:
        what, latest = f"{self.settings.process.id}: last run", self.folder / "latest"
        if not latest.exists():
            yield ok(what, "none yet")
            return
        at = dt.datetime.fromtimestamp(latest.lstat().st_mtime, dt.UTC)
        yield ok(what, f"{latest.resolve().name}, {_age(now - at)} ago")


def readiness(config: Path, out: Path, store: str | None, now: dt.datetime) -> Iterator[Symptom]:
    """Whether a run of a config could be made now."""
    settings = load(config)
    yield ok(f"{settings.process.id}: config", str(config))
    yield from Process(config, settings, *places(settings, out, store)).examine(now)


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _age(age: dt.timedelta) -> str:
    hours = age / dt.timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"  # noqa: PLR2004
