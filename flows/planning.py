# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Plans a run: reads its config, finds its sources and looks what the store has of them.

A run reads the sources and brings the store up to date. A run that looks back to a moment that the
store knew already reads only the store, as it was then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from contracts.config import load
from contracts.errors import UsageError
from contracts.settings import Settings
from contracts.sources import resolve_path
from flows.identity import cases_left_out, digest, identity
from flows.job import Input, Job
from flows.stages.dialogue import answers
from flows.stages.kept import kept_of
from ingest.sources import find_all
from ingest.storage.batches import Batch, Origin, Version, read_as, reading_of
from ingest.storage.places import StorePlace, place_of


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
        UsageError: ``as_of`` is in the future, or the store cannot be there.
    """
    from ingest.storage.store import known_then, newest

    if as_of is not None and as_of > now:
        raise UsageError("--as-of lies in the future.", "Leave it out to look at the log as it is.")
    settings = load(config, overrides)
    process_folder, place = places(settings, out, store)
    held = newest(place)
    then = known_then(place, as_of) if held and as_of and as_of < held.known_at else None
    inputs = () if then else _inputs(settings, config, now, held)
    kept = () if then else kept_of(settings, config, inputs, held)
    origins, gone = _origins(inputs, kept, then), (batch.origin.name for batch in kept)
    absent = [*cases_left_out(settings, now, held), *gone]
    given = answers(config, settings, process_folder)
    return Job(
        config=resolve_path(config.name, config),
        overrides=tuple(overrides),
        settings=settings,
        inputs=inputs,
        held=held,
        kept=kept,
        then=then,
        answers=given,
        run_id=identity(settings, config, origins, as_of, absent, given),
        as_of=as_of,
        now=now,
        process_folder=process_folder,
        store=place,
    )


def places(settings: Settings, out: Path, store: str | Path | None) -> tuple[Path, StorePlace]:
    """The folder of a process, and where its store is.

    Raises:
        UsageError: the store cannot be there.
    """
    folder = out.resolve() / settings.process.id
    return folder, place_of(store or folder / "store", folder / ".store-here")


def again(job: Job, waited_seconds: int = 0) -> Job:
    """The same run, planned anew on what its sources and its store hold by now."""
    return plan(
        job.config,
        out=job.process_folder.parent,
        now=job.now + dt.timedelta(seconds=waited_seconds),
        as_of=job.as_of,
        store=str(job.store),
        overrides=job.overrides,
    )


def _inputs(
    settings: Settings, config: Path, now: dt.datetime, held: Version | None
) -> tuple[Input, ...]:
    """The files of all sources, and how each will be read."""
    from ingest.privacy.pseudonyms import pseudonymiser_of

    given = {batch.origin.given for batch in held.batches} if held else set()
    named = pseudonymiser_of(settings.privacy, config)
    key = named.key_id if named else None
    found = []
    for position, file in find_all(settings, config, given):
        source = settings.sources[position]
        read = read_as(source, settings.privacy, key)
        reading = reading_of(source, settings.privacy)
        origin = Origin(file.name, source.path, digest(file, now), read, key, reading)
        found.append(Input(position=position, file=file, origin=origin))
    return tuple(found)


def _origins(inputs: Sequence[Input], kept: Sequence[Batch], then: Version | None) -> list[Origin]:
    batches = then.batches if then else kept
    return [*(each.origin for each in inputs), *(batch.origin for batch in batches)]
