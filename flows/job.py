# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One run: what goes in, what it is called, and where it is made.

A run is made in a hidden folder, and renamed into place when it is whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from contracts.dialogue import Answers
from contracts.rules import NOT_IN_THE_FUTURE
from contracts.settings import Settings, ago
from flows.files import read_json
from ingest.sources import Address, Located
from ingest.storage.batches import Batch, Origin, Version
from ingest.storage.places import StorePlace

UNTOLD = ".untold"
"""A file in the folder of a run, until Prefect was told of the run."""


class Input(BaseModel):
    """One input from the config's source at ``position``: a file, or what an address gives.

    ``origin`` says what it holds and how it will be read; that of an address is new in each run.
    """

    model_config = ConfigDict(frozen=True)

    position: int
    file: Located
    origin: Origin

    @property
    def sha256(self) -> str:
        """The digest of what the file holds."""
        return self.origin.sha256

    @property
    def is_asked(self) -> bool:
        """Whether it is an address, which gives what it has when it is asked."""
        return isinstance(self.file, Address)


class Job(BaseModel):
    """Everything a task needs to know; only paths and settings, so that it can be sent anywhere.

    ``held`` is what the store holds; ``kept`` is the part whose files are gone. ``then`` is what it
    held at ``as_of`` if the run looks back, else null. ``answers`` are those to earlier reports.
    """

    model_config = ConfigDict(frozen=True)

    config: Path
    overrides: tuple[str, ...]
    settings: Settings
    inputs: tuple[Input, ...]
    held: Version | None
    kept: tuple[Batch, ...]
    then: Version | None
    answers: Answers
    run_id: str
    as_of: dt.datetime | None
    now: dt.datetime
    process_folder: Path
    store: StorePlace

    @property
    def kept_from(self) -> dt.date | None:
        """The local day; cases that ended before it are kept no more. Null: all are kept."""
        retention = self.settings.store.retention
        if not retention:
            return None
        return ago(retention, self.now).astimezone(self.settings.zone).date()

    @property
    def folder(self) -> Path:
        """Where the run will be when it is whole."""
        return self.process_folder / self.run_id

    @property
    def making(self) -> Path:
        """Where the run is made; each try has its own, as a lost worker may still be at another."""
        return self.process_folder / f".making-{self.run_id}-{self.now:%Y%m%dT%H%M%S%f}"

    @property
    def draft(self) -> Path:
        """What becomes ``folder``."""
        return self.making / "run"

    @property
    def untold(self) -> Path:
        """A file that is there from when the run is in its place until Prefect was told of it."""
        return self.folder / UNTOLD

    @property
    def replaced(self) -> Path:
        """Where what was in ``folder`` before is kept until the run is over."""
        return self.making / "earlier"

    @property
    def scratch(self) -> Path:
        """The folder that is thrown away at the end."""
        return self.making / "scratch"

    @property
    def today(self) -> dt.date:
        """The day on which the run is made, in the time zone of the process."""
        return self.now.astimezone(self.settings.zone).date()

    @property
    def landings(self) -> Path:
        """The folder for what addresses give."""
        return landings(self.process_folder)

    def landing(self, url: str) -> Path:
        """Where the rows from an address are kept while a run is made."""
        return self.landings / hashlib.sha256(url.encode()).hexdigest()[:16]

    @property
    def stage_log(self) -> Path:
        """What each stage took."""
        return self.scratch / "stages.jsonl"

    @property
    def forgotten(self) -> set[str]:
        """The ids of the cases that may not come into the log again."""
        named = {each.origin.key for each in self.inputs}
        return set().union(*(self.held.forgotten_under(key) for key in named if self.held))

    def known_of(self, given: Input) -> list[Batch]:
        """What the store holds of an address, in the order in which it was brought."""
        return [
            batch
            for batch in (self.held.batches if self.held else ())
            if is_of(batch.origin.name, given)
        ]

    @property
    def known_at(self) -> dt.datetime:
        """Since when the log of this run is known.

        A run as of a later moment than the store knows counts as known at that moment, so that the
        same run again changes nothing.
        """
        if self.then:
            return self.then.known_at
        is_later = not self.held or (self.as_of and self.as_of >= self.held.known_at)
        return self.as_of if self.as_of and is_later else self.now

    @property
    def looks_back(self) -> bool:
        """Whether the run looks at a moment about which more may be known by now."""
        return self.as_of is not None and (bool(self.then) or self.as_of < self.known_at)

    @property
    def is_done(self) -> bool:
        """Whether the same run is there, whole, and would come out the same today.

        It may not if rows were set aside as from the future, which pass once their time has come.
        """
        path = self.folder / "findings.json"
        if not path.exists():
            return False
        failed = read_json(path)["validation"]["failed"]
        return all(rule["id"] != NOT_IN_THE_FUTURE for rule in failed)

    @property
    def is_settled(self) -> bool:
        """Whether the same run is there and Prefect was told: nothing is left to do for it."""
        return self.is_done and not self.untold.exists()


def landings(process_folder: Path) -> Path:
    """The folder for what addresses give the runs of a process."""
    return process_folder / ".landing"


def is_of(name: str, given: Input) -> bool:
    """Whether a batch of this name is of an input; later parts of an address add `from …`."""
    return name == given.origin.name or (
        given.is_asked and name.startswith(f"{given.origin.name} from ")
    )
