# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads what a source has into batches, unless the store holds it as it is.

Of a source with a watermark only what is new is asked for; it becomes one batch more.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from contracts.errors import SourceError
from flows.job import Input, Job
from flows.patience import patient
from ingest.batches import Batch, paths_of

if TYPE_CHECKING:
    from ingest.sources import Address


@patient
def read(job: Job, given: Input) -> list[Batch]:
    """The batches of one input; what was read anew is in the scratch folder of ``job``.

    Raises:
        SourceError: it cannot be read; its cause is an ``OSError`` where the world failed us.
    """
    from ingest.sources import Address
    from ingest.staging import stage

    for batch in job.held.batches if job.held else ():
        if batch.origin == given.origin:
            return [batch]
    source, file = job.settings.sources[given.position], given.file
    try:
        if isinstance(file, Address):
            return _asked(job, given, file)
        staged = stage(file, source, job.settings, job.config, given.position, job.scratch)
    except OSError as error:
        message = f"{given.file.name} cannot be read: {error.strerror}."
        raise SourceError(message, "Is it still there, and is the disk not full?") from error
    return _without_forgotten(job, Batch(given.origin, staged))


def _asked(job: Job, given: Input, address: Address) -> list[Batch]:
    """The batches of an address: those that are known, and what is new."""
    from ingest.asking import fetch
    from ingest.repeats import new_rows
    from ingest.staging import stage

    source, landing = job.settings.sources[given.position], job.landing(address.name)
    known = [b for b in job.known_of(given) if b.origin.read_as == given.origin.read_as]
    since = known[-1].upto if known else None
    landing.mkdir(mode=0o700, parents=True, exist_ok=True)  # for its owner alone
    fetched = fetch(address, source, landing, since)
    name = _called(f"{given.origin.name} from {since}", known) if since else given.origin.name
    file = replace(fetched.file, name=name)
    try:  # what was brought has ids in it: it is not kept
        staged = stage(file, source, job.settings, job.config, given.position, job.scratch)
    finally:
        shutil.rmtree(landing)
    if since is None and not staged.rows:
        raise SourceError(f"{name} has no rows.", "Ask for rows that are there.")
    if since is None:
        return _without_forgotten(job, Batch(given.origin, staged, fetched.upto))
    job.store.bring(paths_of(known))
    staged = new_rows(staged, known, job.scratch)
    if not staged.rows:
        return known
    batch = Batch(replace(given.origin, name=name), staged, fetched.upto)
    return [*known, *_without_forgotten(job, batch)]


def _called(name: str, known: Sequence[Batch]) -> str:
    """A name of its own for what is new: rows may come while the highest watermark stays."""
    taken = {batch.origin.name for batch in known}
    names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
    return next(each for each in names if each not in taken)


def _without_forgotten(job: Job, batch: Batch) -> list[Batch]:
    from ingest.removal import without

    return without([batch], job.forgotten, job.scratch)
