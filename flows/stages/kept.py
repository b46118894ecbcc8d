# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Files that only the store still has, if they can be in one log with the others.

They cannot be read again, so they must have been read as the config now says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from contracts.errors import ConfigError
from contracts.listed import listed
from contracts.settings import Settings
from contracts.sources import Source
from flows.job import Input, Job, is_of
from ingest.storage.batches import (
    PSEUDONYMISED,
    Batch,
    Version,
    changed,
    paths_of,
    reading_of,
)

_MOST_TOLD = 3
_FORGET_AGAIN = "Forget them under this key too: `hoeksteen forget` with the same numbers."


def kept_of(
    settings: Settings, config: Path, inputs: Sequence[Input], held: Version | None
) -> tuple[Batch, ...]:
    """The batches in the store of sources of the config whose files are gone.

    Raises:
        ConfigError: their pseudonyms were made with another key, so their cases cannot be
            recognised; or they were read otherwise than the config now says.
    """
    given = {source.path for source in settings.sources}
    kept = tuple(
        batch
        for batch in (held.batches if held else ())
        if batch.origin.given in given
        and not any(is_of(batch.origin.name, each) for each in inputs)
    )
    _check_forgotten(config, inputs, held)
    _check_key(config, inputs, kept)
    return _read_alike(settings, config, kept)


def _check_forgotten(config: Path, inputs: Sequence[Input], held: Version | None) -> None:
    """Refuses a key that would bring back cases that were forgotten under another one."""
    counts = Counter(key for key, _ in held.forgotten) if held else Counter()
    key = inputs[0].origin.key if inputs else None
    if inputs and counts[key] < max(counts.values(), default=0):
        raise ConfigError(
            f"{config}: 'privacy': cases were forgotten under another key or epoch; this one "
            f"would bring them back.",
            _FORGET_AGAIN,
        )


def check_gone(job: Job, batches: Sequence[Batch]) -> None:
    """Refuses batches with cases that were forgotten under another id than they have now.

    Nobody can tell which pseudonyms of two keys are of one case, but a file that did not change has
    the same rows under both keys.

    Raises:
        ConfigError: there are such cases.
    """
    from ingest.storage.removal import comes_back

    if not job.held or not job.held.forgotten:
        return
    known = {(each.origin.name, each.origin.sha256): each for each in job.held.batches}
    for batch in batches:
        earlier = known.get((batch.origin.name, batch.origin.sha256))
        if earlier is None or _names_cases(earlier) == _names_cases(batch):
            continue
        job.store.bring(paths_of([earlier]))
        if comes_back(batch, earlier):
            raise ConfigError(
                f"{job.config}: 'privacy': {batch.origin.name} still has cases that were "
                f"forgotten under another key, epoch or number, but not under the present one.",
                _FORGET_AGAIN,
            )


def _names_cases(batch: Batch) -> tuple[object, ...]:
    """What decides the ids of the cases in a batch."""
    origin = batch.origin
    said = (origin.reading.get(key) for key in ("columns.case_id", PSEUDONYMISED))
    return (origin.key, *said)


def _check_key(config: Path, inputs: Sequence[Input], kept: Sequence[Batch]) -> None:
    keys = {batch.origin.key for batch in kept} | {each.origin.key for each in inputs}
    if len(keys) > 1:
        raise ConfigError(
            f"{config}: 'privacy': the store holds files that are gone, with pseudonyms of "
            f"another key or epoch ({kept[0].origin.key}); their cases cannot be recognised.",
            "Put the files back, use that key and epoch, or begin a new --store.",
        )


def _read_alike(settings: Settings, config: Path, kept: Sequence[Batch]) -> tuple[Batch, ...]:
    """The batches with their origins as the config now says; refused if it reads them otherwise."""
    pairs = [(batch, _nearest(batch, settings)) for batch in kept]
    others = {batch.origin.name: _changed(batch, source, settings) for batch, source in pairs}
    names = [name for name, keys in others.items() if keys]
    if names:
        raise ConfigError(
            f"{config}: the store holds files that are gone ({listed(names, _MOST_TOLD)}) and "
            f"were read with other settings: {', '.join(sorted(set().union(*others.values())))}. "
            f"They cannot be in one log with what is read now.",
            "Put the files back, undo the change, or begin a new --store.",
        )
    return tuple(
        replace(batch, origin=replace(batch.origin, reading=reading_of(source, settings.privacy)))
        for batch, source in pairs
    )


def _nearest(batch: Batch, settings: Settings) -> Source:
    """The source with the path of a batch that it was most likely read for."""
    sources = [each for each in settings.sources if each.path == batch.origin.given]
    return min(sources, key=lambda each: len(_changed(batch, each, settings)))


def _changed(batch: Batch, source: Source, settings: Settings) -> set[str]:
    return changed(batch.origin.reading, reading_of(source, settings.privacy))
