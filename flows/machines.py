# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Checks that all machines that work on a run are alike in what the run depends on."""

from __future__ import annotations

import functools
import os
import platform
import socket
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from contracts.errors import ConfigError, EngineError
from contracts.settings import Privacy
from flows.job import Job
from ingest.sources import Address
from ingest.storage.places import Folder

_SET_IT = "Name the variable that holds the key in privacy.key_env, and set it everywhere."
_LIBRARIES = ("hoeksteen", "polars", "numpy")


class Machine(NamedTuple):
    """What a run depends on, as one process has it; ``key`` names the key of the pseudonyms."""

    versions: tuple[str, ...]
    key: str | None


class Asked(NamedTuple):
    """What a worker must be like, the folder it must write in, and what else it must see."""

    like: Machine
    written: Path
    seen: tuple[Path, ...]
    privacy: Privacy
    config: Path


def asked_by(job: Job) -> Asked:
    """What a job asks of its workers: to be like this process."""
    exports = [each.file.path for each in job.inputs if not isinstance(each.file, Address)]
    stores = [job.store.path] if isinstance(job.store, Folder) else []
    return asked_of(job.settings.privacy, job.config, job.making, (*stores, *exports))


def asked_of(privacy: Privacy, config: Path, written: Path, seen: tuple[Path, ...] = ()) -> Asked:
    """What is asked of workers: to make these pseudonyms, write in a folder and see some files."""
    return Asked(_here(privacy, config), written, seen, privacy, config)


@functools.cache
def _here(privacy: Privacy, config: Path) -> Machine:
    from ingest.privacy.pseudonyms import pseudonymiser_of

    named = pseudonymiser_of(privacy, config)
    libraries = (f"{name} {version(name)}" for name in _LIBRARIES)
    return Machine(
        (f"Python {platform.python_version()}", *libraries), named.key_id if named else None
    )


def check_here(asked: Asked) -> None:
    """Refuses to work in this process if it is not as ``asked``.

    Raises:
        EngineError: it differs.
    """
    host = socket.gethostname()
    for path in (asked.written, *asked.seen):
        if not path.exists():
            raise EngineError(
                f"A worker on {host} does not see {path}.",
                "Put it on storage that all machines share, at the same path.",
            )
    if not os.access(asked.written, os.W_OK):
        raise EngineError(
            f"A worker on {host} cannot write in {asked.written}.",
            "Put it on storage that every machine can write to, as the worker's user too.",
        )
    try:
        here = _here(asked.privacy, asked.config)
    except ConfigError as error:
        raise EngineError(f"A worker on {host} cannot make pseudonyms. {error}", _SET_IT) from None
    check_same(host, here, asked.like)


def check_same(host: str, theirs: Machine, ours: Machine) -> None:
    """Refuses a worker that is not like the process that started the run.

    Raises:
        EngineError: it differs.
    """
    for their, our in zip(theirs.versions, ours.versions, strict=True):
        if their != our:
            raise EngineError(
                f"A worker on {host} has {their}; the process that started the run has {our}.",
                "Install the same versions everywhere, so that all find the same.",
            )
    if theirs.key != ours.key:
        raise EngineError(f"A worker on {host} has another key for pseudonyms.", _SET_IT)
