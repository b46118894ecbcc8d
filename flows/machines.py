# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the machines that work on a run are alike in what the run depends on."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from contracts.errors import EngineError
from flows.job import Job

if TYPE_CHECKING:
    from distributed import Client

_LIBRARIES = ("hoeksteen", "polars", "numpy")


class Machine(NamedTuple):
    """What a run depends on, as one process has it."""

    versions: tuple[str, ...]
    sees_folder: bool
    key: str | None


def here(job: Job) -> Machine:
    """This process, seen by a job."""
    from ingest.pseudonyms import pseudonymiser_of

    named = pseudonymiser_of(job.settings.privacy, job.config)
    libraries = (f"{name} {version(name)}" for name in _LIBRARIES)
    return Machine(
        (f"Python {platform.python_version()}", *libraries),
        job.scratch.is_dir(),
        named.key_id if named else None,
    )


def check_alike(client: Client, job: Job) -> None:
    """Refuses workers with which a run would come out otherwise, or not at all.

    Raises:
        EngineError: which worker differs, and in what.
    """
    ours = here(job)
    for address, theirs in client.run(here, job).items():
        check_same(address, theirs, ours, job.process_folder)


def check_same(address: str, theirs: Machine, ours: Machine, folder: Path) -> None:
    """Refuses the worker at an address where it is not as this process is.

    Raises:
        EngineError: it differs; ``folder`` is what it should see.
    """
    for their, our in zip(theirs.versions, ours.versions, strict=True):
        if their != our:
            raise EngineError(
                f"The worker at {address} has {their}; here it is {our}.",
                "Give all the same versions: then they find the same.",
            )
    if not theirs.sees_folder:
        raise EngineError(
            f"The worker at {address} does not see {folder}.",
            "Let --out be a folder on storage that all machines share, at the same path.",
        )
    if theirs.key != ours.key:
        raise EngineError(
            f"The worker at {address} has another key for pseudonyms.",
            "Name the variable that holds the key in privacy.key_env, and set it everywhere.",
        )
