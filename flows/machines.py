# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the machines that work on a run are alike in what the run depends on."""

from __future__ import annotations

import functools
import platform
import socket
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from contracts.errors import EngineError
from contracts.settings import Privacy
from flows.job import Job

_LIBRARIES = ("hoeksteen", "polars", "numpy")


class Machine(NamedTuple):
    """What a run depends on, as one process has it; ``key`` names that of the pseudonyms."""

    versions: tuple[str, ...]
    key: str | None


class Asked(NamedTuple):
    """What a worker must be like, and the folder that it must see."""

    like: Machine
    folder: Path
    privacy: Privacy
    config: Path


def asked_by(job: Job) -> Asked:
    """What a job asks of its workers: to be as this process is."""
    return asked_of(job.settings.privacy, job.config, job.making)


def asked_of(privacy: Privacy, config: Path, folder: Path) -> Asked:
    """What workers must be like for some pseudonyms, and to write in a folder."""
    return Asked(_here(privacy, config), folder, privacy, config)


@functools.cache
def _here(privacy: Privacy, config: Path) -> Machine:
    from ingest.pseudonyms import pseudonymiser_of

    named = pseudonymiser_of(privacy, config)
    libraries = (f"{name} {version(name)}" for name in _LIBRARIES)
    return Machine(
        (f"Python {platform.python_version()}", *libraries), named.key_id if named else None
    )


def check_here(asked: Asked) -> None:
    """Refuses to work in this process if it is not as is asked.

    Raises:
        EngineError: it differs.
    """
    if not asked.folder.is_dir():
        raise EngineError(
            f"A worker on {socket.gethostname()} does not see {asked.folder}.",
            "Let --out be a folder on storage that all machines share, at the same path.",
        )
    check_same(socket.gethostname(), _here(asked.privacy, asked.config), asked.like)


def check_same(host: str, theirs: Machine, ours: Machine) -> None:
    """Refuses a worker that is not as the process is that started the run.

    Raises:
        EngineError: it differs.
    """
    for their, our in zip(theirs.versions, ours.versions, strict=True):
        if their != our:
            raise EngineError(
                f"A worker on {host} has {their}; who started the run has {our}.",
                "Give all the same versions: then they find the same.",
            )
    if theirs.key != ours.key:
        raise EngineError(
            f"A worker on {host} has another key for pseudonyms.",
            "Name the variable that holds the key in privacy.key_env, and set it everywhere.",
        )
