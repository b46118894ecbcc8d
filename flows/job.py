# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One run: what goes in, what it is called, and where it is made.

A run's identity is a digest of its inputs, its config, its as-of and our version, so running it
twice changes nothing. It is made in a hidden folder and renamed into place when whole.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from contracts.config import load
from contracts.errors import SourceError, UsageError
from contracts.norms import equivalent_days, penalties
from contracts.settings import Settings, resolve_path
from ingest.sources import Address, Found, SourceFile, find_all
from ingest.zgw_pages import pages_of

VERSION = version("hoeksteen")
NOT_YET = "DQ03"
"""The rule of the gate that depends on when a run is made."""


class Input(BaseModel):
    """What goes in of the config's source at ``position``: a file, or what an address gives.

    ``sha256`` is of what a file holds; of an address it is new at each run.
    """

    model_config = ConfigDict(frozen=True)

    position: int
    file: Found
    sha256: str


class Job(BaseModel):
    """Everything a task needs to know; only paths and settings, so that it can be sent anywhere."""

    model_config = ConfigDict(frozen=True)

    config: Path
    settings: Settings
    inputs: tuple[Input, ...]
    run_id: str
    as_of: dt.datetime | None
    now: dt.datetime
    process_folder: Path
    store: Path

    @property
    def folder(self) -> Path:
        """Where the run will stand when it is whole."""
        return self.process_folder / self.run_id

    @property
    def making(self) -> Path:
        """Where the run is made."""
        return self.process_folder / f".making-{self.run_id}"

    @property
    def draft(self) -> Path:
        """What becomes ``folder``."""
        return self.making / "run"

    @property
    def scratch(self) -> Path:
        """What is thrown away at the end."""
        return self.making / "scratch"

    def landing(self, url: str) -> Path:
        """Where what an address gives is kept while a run is made, for its owner alone."""
        folder = self.process_folder / ".landing" / hashlib.sha256(url.encode()).hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def stage_log(self) -> Path:
        """What each stage took."""
        return self.scratch / "stages.jsonl"

    @property
    def is_done(self) -> bool:
        """Whether the same run stands there whole, and would come out the same today.

        Rows from the future are set aside until they are not from the future any more.
        """
        path = self.folder / "findings.json"
        if not path.exists():
            return False
        failed = json.loads(path.read_text("utf-8"))["validation"]["failed"]
        return all(rule["id"] != NOT_YET for rule in failed)


def plan(
    config: Path,
    *,
    out: Path,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
    store: Path | None = None,
    overrides: Sequence[str] = (),
) -> Job:
    """Reads the config and finds its sources.

    Raises:
        ConfigError: the config is wrong.
        SourceError: a source is not there.
        UsageError: ``as_of`` is in the future.
    """
    if as_of is not None and as_of > now:
        raise UsageError("--as-of lies in the future.", "Leave it out to look at the log as it is.")
    settings = load(config, overrides)
    inputs = tuple(
        Input(position=position, file=file, sha256=_digest(file, now))
        for position, file in find_all(settings, config)
    )
    process_folder = out.resolve() / settings.process.id
    return Job(
        config=config.resolve(),
        settings=settings,
        inputs=inputs,
        run_id=_identity(
            settings, inputs, as_of, key=_key_name(settings, config), drawn=_drawn(settings, config)
        ),
        as_of=as_of,
        now=now,
        process_folder=process_folder,
        store=(store or process_folder / "store").resolve(),
    )


def point_at(job: Job) -> None:
    """Points ``latest`` at the run, which stands there whole."""
    link = job.process_folder / f".latest-{job.run_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(job.run_id, target_is_directory=True)
    link.replace(job.process_folder / "latest")


def _key_name(settings: Settings, config: Path) -> str | None:
    """The name of the key that pseudonyms are made with, which says nothing of the key."""
    from ingest.pseudonyms import Pseudonymiser, key_of

    if not settings.privacy.pseudonymise:
        return None
    return Pseudonymiser(key_of(settings.privacy, config)).key_id


def _drawn(settings: Settings, config: Path) -> str | None:
    """A digest of the drawing of how cases should go, where the config names one that is there."""
    path = resolve_path(settings.journey.bpmn or ".", config)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _digest(file: Found, now: dt.datetime) -> str:
    if isinstance(file, Address):  # nobody knows what it will give before it is asked
        return hashlib.sha256(f"{file.url} {now.isoformat()}".encode()).hexdigest()
    return _file_digest(file, _stamps(file))


def _stamps(file: SourceFile) -> tuple[tuple[str, int, int], ...]:
    """What the files of an export look like from outside: their names, times and sizes."""
    states = ((path.as_posix(), path.stat()) for path in _files(file))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _files(file: SourceFile) -> list[Path]:
    return pages_of(file.path, file.name) if file.format == "zgw" else [file.path]


@functools.cache
def _file_digest(file: SourceFile, _stamps: tuple[tuple[str, int, int], ...]) -> str:
    """The SHA-256 of a file, or of those of its files, computed once while they do not change."""
    try:
        digests = [_sha256(path) for path in _files(file)]
    except OSError as error:
        message = f"{file.name} cannot be read: {error.strerror}."
        raise SourceError(message, "Make it readable for the user that runs this.") from None
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _identity(
    settings: Settings,
    inputs: Sequence[Input],
    as_of: dt.datetime | None,
    *,
    key: str | None,
    drawn: str | None,
) -> str:
    parts = {
        "inputs": [(each.file.name, each.sha256) for each in inputs],
        "settings": settings.model_dump(mode="json"),
        "norms": [str(deadline.versions) for deadline in settings.deadlines],
        "penalties": [str(each) for each in penalties()],
        "equivalent_days": [str(each.day) for each in equivalent_days()],
        "as_of": as_of.astimezone(dt.UTC).isoformat() if as_of else None,
        "key": key,
        "drawn": drawn,
        "version": VERSION,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    return digest.hexdigest()[:12]
