# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder in which a run is made, of which nothing stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.job import Job

SURVEYS, SUMMARIES, WORK, CHANGES = "surveys", "summaries", "work", "changes"
"""The folders in it for what the stages hand to each other."""

_GONE = "-gone"


@contextmanager
def made(job: Job) -> Iterator[None]:
    """Gives a clean folder to make the run in; leaves nothing half-made."""
    for left in job.process_folder.glob(".making-*"):
        _clear(left)
    if not job.then:  # a run that looks back asks nothing, and a broken-off run may want to go on
        _clear_landings(job)
    job.draft.mkdir(parents=True)
    for kind in (SURVEYS, SUMMARIES, WORK, CHANGES):
        (job.scratch / kind).mkdir(parents=True)
    try:
        yield
    finally:
        _clear(job.making)


def _clear(folder: Path) -> None:
    """Renames a folder and removes it, so that a worker that goes on writing finds none."""
    gone = folder.with_name(folder.name.removesuffix(_GONE) + _GONE)
    with suppress(OSError):  # it is gone already, or an earlier one could not be removed
        folder.rename(gone)
    for each in (gone, folder):
        shutil.rmtree(each, ignore_errors=True)


def _clear_landings(job: Job) -> None:
    """Removes what came from addresses that are not asked any more."""
    asked = {job.landing(given.file.name) for given in job.inputs if given.is_asked}
    for left in {*job.landings.glob("*")} - asked:
        shutil.rmtree(left)
