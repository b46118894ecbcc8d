# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One run: what goes in, what it is called, and where it is made.

A run's identity is a digest of its inputs, its config, what was answered to earlier reports, its
as-of and our version, so running it twice changes nothing. It is made in a hidden folder and
renamed into place when whole.

A run reads the sources and brings the store up to date. One that looks back at a moment that the
store knew already reads nothing but the store, as it was then.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from contracts.config import load
from contracts.dialogue import Answers
from contracts.errors import ConfigError, SourceError, UsageError
from contracts.norms import equivalent_days, penalties
from contracts.settings import Settings, ago
from contracts.sources import resolve_path
from flows.dialogue import answers
from ingest.batches import Batch, Origin, Version, read_as
from ingest.places import Place, place_of
from ingest.sources import Address, Found, SourceFile, find_all
from ingest.zgw_pages import pages_of

VERSION = version("hoeksteen")
NOT_YET = "DQ03"
"""The rule of the gate that depends on when a run is made."""


class Input(BaseModel):
    """What goes in of the config's source at ``position``: a file, or what an address gives.

    ``origin`` says what it holds and how it will be read; of an address it is new at each run.
    """

    model_config = ConfigDict(frozen=True)

    position: int
    file: Found
    origin: Origin

    @property
    def sha256(self) -> str:
        """The digest of what the file holds."""
        return self.origin.sha256

    @property
    def is_asked(self) -> bool:
        """Whether it is an address, that gives what it has when it is asked."""
        return isinstance(self.file, Address)


class Job(BaseModel):
    """Everything a task needs to know; only paths and settings, so that it can be sent anywhere.

    ``held`` is what the store holds, of which ``kept`` are the files that are not there any more.
    ``then`` is what it held at ``as_of``, where the run looks back; else null. ``answers`` were
    given to earlier reports.
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
    store: Place

    @property
    def folder(self) -> Path:
        """Where the run will stand when it is whole."""
        return self.process_folder / self.run_id

    @property
    def making(self) -> Path:
        """Where the run is made; of each try its own, as a lost worker may be at an earlier one."""
        return self.process_folder / f".making-{self.run_id}-{self.now:%Y%m%dT%H%M%S%f}"

    @property
    def draft(self) -> Path:
        """What becomes ``folder``."""
        return self.making / "run"

    @property
    def replaced(self) -> Path:
        """What stood in ``folder`` before, until the run is over."""
        return self.making / "earlier"

    @property
    def scratch(self) -> Path:
        """What is thrown away at the end."""
        return self.making / "scratch"

    @property
    def today(self) -> dt.date:
        """On what day the run is made, where the process is."""
        return self.now.astimezone(self.settings.zone).date()

    @property
    def landings(self) -> Path:
        """The folder of what addresses gave."""
        return self.process_folder / ".landing"

    def landing(self, url: str) -> Path:
        """Where what an address gives is kept while a run is made, for its owner alone."""
        folder = self.landings / hashlib.sha256(url.encode()).hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

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
            if _is_of(batch.origin.name, given)
        ]

    @property
    def known_at(self) -> dt.datetime:
        """Since when the log of this run is known.

        A run that looks at a moment brings what was there then; the same run again changes nothing.
        """
        if self.then:
            return self.then.known_at
        is_later = not self.held or (self.as_of and self.as_of >= self.held.known_at)
        return self.as_of if self.as_of and is_later else self.now

    @property
    def looks_back(self) -> bool:
        """Whether the run looks at a moment of which more may be known by now."""
        return self.as_of is not None and (bool(self.then) or self.as_of < self.known_at)

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


def in_a_zone(moment: dt.datetime) -> dt.datetime:
    """The same moment; what has no offset is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def plan(
    config: Path,
    *,
    out: Path,
    now: dt.datetime,
    as_of: dt.datetime | None = None,
    store: str | Path | None = None,
    overrides: Sequence[str] = (),
) -> Job:
    """Reads the config and finds its sources.

    Raises:
        ConfigError: the config is wrong.
        SourceError: a source is not there, or the storage of the store does not answer.
        UsageError: ``as_of`` is in the future, or there cannot be such a store.
    """
    from ingest.store import known_then, newest

    if as_of is not None and as_of > now:
        raise UsageError("--as-of lies in the future.", "Leave it out to look at the log as it is.")
    settings = load(config, overrides)
    process_folder, place = places(settings, out, store)
    held = newest(place)
    then = known_then(place, as_of) if held and as_of and as_of < held.known_at else None
    inputs = () if then else _inputs(settings, config, now, held)
    kept = () if then else _kept(settings, config, inputs, held)
    given = answers(config, settings, process_folder)
    return Job(
        config=config.resolve(),
        overrides=tuple(overrides),
        settings=settings,
        inputs=inputs,
        held=held,
        kept=kept,
        then=then,
        answers=given,
        run_id=_identity(
            settings,
            config,
            _origins(inputs, kept, then),
            as_of,
            _left_out(settings, now, held),
            given,
        ),
        as_of=as_of,
        now=now,
        process_folder=process_folder,
        store=place,
    )


def places(settings: Settings, out: Path, store: str | Path | None) -> tuple[Path, Place]:
    """The folder of a process, and where its store is.

    Raises:
        UsageError: there cannot be a store.
    """
    folder = out.resolve() / settings.process.id
    return folder, place_of(store or folder / "store", folder / ".store-here")


def again(job: Job) -> Job:
    """The same run, planned on what its sources and its store hold now."""
    return plan(
        job.config,
        out=job.process_folder.parent,
        now=job.now,
        as_of=job.as_of,
        store=str(job.store),
        overrides=job.overrides,
    )


def _inputs(
    settings: Settings, config: Path, now: dt.datetime, held: Version | None
) -> tuple[Input, ...]:
    """The files of all sources, and how each will be read."""
    from ingest.pseudonyms import pseudonymiser_of

    given = {batch.origin.given for batch in held.batches} if held else set()
    named = pseudonymiser_of(settings.privacy, config)
    key = named.key_id if named else None
    found = []
    for position, file in find_all(settings, config, given):
        source = settings.sources[position]
        read = read_as(source, settings.privacy, key)
        origin = Origin(file.name, source.path, _digest(file, now), read, key)
        found.append(Input(position=position, file=file, origin=origin))
    return tuple(found)


def _kept(
    settings: Settings, config: Path, inputs: Sequence[Input], held: Version | None
) -> tuple[Batch, ...]:
    """What the store holds of sources of the config, and is not there any more.

    Raises:
        ConfigError: its pseudonyms were made with another key, so its cases cannot be known again.
    """
    given = {source.path for source in settings.sources}
    kept = tuple(
        batch
        for batch in (held.batches if held else ())
        if batch.origin.given in given
        and not any(_is_of(batch.origin.name, each) for each in inputs)
    )
    _check_forgotten(config, inputs, held)
    keys = {batch.origin.key for batch in kept} | {each.origin.key for each in inputs}
    if len(keys) > 1:
        raise ConfigError(
            f"{config}: 'privacy': the store holds files that are not there any more, with "
            f"pseudonyms of another key or epoch ({kept[0].origin.key}); no case of theirs is "
            "known again.",
            "Put the files back, use that key and epoch, or begin a new --store.",
        )
    return kept


def _is_of(name: str, given: Input) -> bool:
    """Whether a batch of this name is of an input: of an address each later part says from when."""
    return name == given.origin.name or (
        given.is_asked and name.startswith(f"{given.origin.name} from ")
    )


def _check_forgotten(config: Path, inputs: Sequence[Input], held: Version | None) -> None:
    """Refuses another key where it would bring back cases that were forgotten under the first."""
    counts = Counter(key for key, _ in held.forgotten) if held else Counter()
    key = inputs[0].origin.key if inputs else None
    if inputs and counts[key] < max(counts.values(), default=0):
        raise ConfigError(
            f"{config}: 'privacy': cases were forgotten under another key than this one, "
            "or in another epoch, which would bring them back.",
            "Forget them under this key too: `hoeksteen forget` with the same numbers.",
        )


def _origins(inputs: Sequence[Input], kept: Sequence[Batch], then: Version | None) -> list[Origin]:
    batches = then.batches if then else kept
    return [*(each.origin for each in inputs), *(batch.origin for batch in batches)]


def point_at(job: Job) -> None:
    """Points ``latest`` at the run, which stands there whole.

    A run that looks at a moment does not take the place of one that looks at a later one.
    """
    from filelock import FileLock

    latest, link = job.process_folder / "latest", job.process_folder / ".latest"
    with FileLock(job.process_folder / ".pointing"):  # of runs that end at once
        if job.as_of and _as_of(latest) > job.as_of:
            return
        link.unlink(missing_ok=True)
        link.symlink_to(job.run_id, target_is_directory=True)
        link.replace(latest)


def _as_of(run: Path) -> dt.datetime:
    """At what moment a run looks; where there is none, at none that any run looks at."""
    path = run / "findings.json"
    if not path.exists():
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return dt.datetime.fromisoformat(json.loads(path.read_text("utf-8"))["as_of"])


def _drawn(settings: Settings, config: Path) -> str | None:
    """A digest of the drawing of how cases should go, where the config names one that is there."""
    path = resolve_path(settings.journey.bpmn or ".", config)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _digest(file: Found, now: dt.datetime) -> str:
    if isinstance(file, Address):  # nobody knows what it will give before it is asked
        moment = file.version or now.isoformat()
        return hashlib.sha256(f"{file.url} {moment}".encode()).hexdigest()
    return _file_digest(file, stamps(file))


def stamps(file: SourceFile) -> tuple[tuple[str, int, int], ...]:
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


def _left_out(settings: Settings, now: dt.datetime, held: Version | None) -> list[str]:
    """Which cases are left out: the forgotten ones, and those that may not be kept by now."""
    forgotten = sorted(case for _, case in held.forgotten) if held else []
    retention = settings.store.retention
    moments = [ago(retention, now)] if retention else []
    if any(source.meant_format == "zgw" for source in settings.sources):
        moments.append(now)  # its cases say when they should be destroyed
    return [
        *(moment.astimezone(settings.zone).date().isoformat() for moment in moments),
        *forgotten,
    ]


def _identity(
    settings: Settings,
    config: Path,
    origins: Sequence[Origin],
    as_of: dt.datetime | None,
    left_out: Sequence[str],
    given: Answers,
) -> str:
    # not the run before it: a run is what its log and its config make it, and is the same when it
    # is made after another one; what it is compared with is told in it, with the day of that
    parts = {
        "inputs": [(each.name, each.sha256, each.read_as) for each in origins],
        "settings": settings.model_dump(mode="json"),
        "norms": [str(deadline.versions) for deadline in settings.deadlines],
        "penalties": [str(each) for each in penalties()],
        "equivalent_days": [str(each.day) for each in equivalent_days()],
        "left_out": left_out,
        "answers": [each.model_dump(mode="json") for each in given.newest],
        "as_of": as_of.astimezone(dt.UTC).isoformat() if as_of else None,
        "drawn": _drawn(settings, config),
        "version": VERSION,
    }
    digest = hashlib.sha256(json.dumps(parts).encode())
    return digest.hexdigest()[:12]
