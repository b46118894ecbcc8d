# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads what a source has into batches, unless the store already holds the same.

A source with a watermark is asked only for what is new, which becomes one more batch.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.errors import SourceError
from flows.identity import digest
from flows.job import Input, Job
from flows.patience import patient
from ingest.storage.batches import Batch, Staged, paths_of

if TYPE_CHECKING:
    from ingest.sources import Address


@patient
def read(job: Job, given: Input) -> list[Batch]:
    """The batches of one input; what was read anew is in the scratch folder of ``job``.

    Raises:
        SourceError: it cannot be read; the cause is an ``OSError`` if the world failed.
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
        is_same = digest(file, job.now) == given.sha256
    except OSError as error:
        message = f"{file.name} cannot be read: {error.strerror}."
        raise SourceError(message, "Is it still there, and is the disk not full?") from error
    if not is_same:
        raise SourceError(
            f"{file.name} was changed while it was read.",
            "Run again when it is complete; have it written under another name, and then renamed.",
        )
    return _without_forgotten(job, Batch(given.origin, staged))


def _asked(job: Job, given: Input, address: Address) -> list[Batch]:
    """The batches of an address: the known ones and what is new, or all of it anew."""
    asks = (given.origin.given, given.origin.read_as)  # the name leaves out the query of a URL
    known = [b for b in job.known_of(given) if (b.origin.given, b.origin.read_as) == asks]
    if known and known[-1].upto:
        more = _more(job, given, address, known)
        if more is not None:
            return more
    staged, upto = _brought(job, given, address, given.origin.name)
    if not staged.rows:
        raise SourceError(f"{given.origin.name} has no rows.", "Check what the source asks for.")
    return _without_forgotten(job, Batch(given.origin, staged, upto))


def _more(job: Job, given: Input, address: Address, known: Sequence[Batch]) -> list[Batch] | None:
    """The known batches and what is new; null if those do not go together.

    Rows from the highest watermark on are read again. If none of them is known, the source now
    gives them otherwise, for instance with a new column, and all would be there twice.
    """
    from ingest.storage.repeats import new_rows

    since = known[-1].upto
    name = _called(f"{given.origin.name} from {since}", known)
    staged, upto = _brought(job, given, address, name, since)
    [brought] = _without_forgotten(job, Batch(replace(given.origin, name=name), staged, upto))
    job.store.bring(paths_of(known))
    new = new_rows(brought.staged, known, job.scratch)
    if not new.rows:
        return [*known]
    if new.rows == brought.staged.rows:
        return None
    return [*known, replace(brought, staged=new)]


def _brought(
    job: Job, given: Input, address: Address, name: str, since: str | None = None
) -> tuple[Staged, str | None]:
    """What an address gives, staged as ``name``, and its highest watermark."""
    from ingest.asking import fetch
    from ingest.staging import stage

    source, landing = job.settings.sources[given.position], job.landing(address.name)
    landing.mkdir(mode=0o700, parents=True, exist_ok=True)  # for its owner alone
    fetched = fetch(address, source, landing, since)
    file = replace(fetched.file, name=name)
    scratch = Path(tempfile.mkdtemp(dir=job.scratch))  # a second answer may differ
    try:  # the answer has ids in it, so it is not kept
        staged = stage(file, source, job.settings, job.config, given.position, scratch)
    finally:
        shutil.rmtree(landing)
    return staged, fetched.upto


def _called(name: str, known: Sequence[Batch]) -> str:
    """A new name for what is new: rows may come while the highest watermark stays the same."""
    taken = {batch.origin.name for batch in known}
    names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
    return next(each for each in names if each not in taken)


def _without_forgotten(job: Job, batch: Batch) -> list[Batch]:
    from ingest.storage.removal import without

    return without([batch], job.forgotten, job.scratch)
