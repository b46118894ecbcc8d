# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The configured server of Prefect, or the temporary one that a run starts for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module

import httpx
from prefect.client.orchestration import get_client
from prefect.deployments.runner import DeploymentApplyError
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_API_URL, PREFECT_HOME

from contracts.errors import EngineError, SourceError
from flows.room import free_mib
from ingest.storage.places import Folder

_ITS_DATABASE_MIB = 16  # what that of a temporary server takes, and a little more
_ELSEWHERE = "Prefect has its database there: set PREFECT_HOME to a folder that can be written in."


def check() -> None:
    """Checks that Prefect can follow a run.

    Raises:
        SourceError: the configured server does not answer.
        EngineError: none is configured, and there is too little disk space to start one.
        UsageError: none is configured, and the folder for its database cannot be written in.
    """
    if PREFECT_API_URL.value():
        with answering(), get_client(sync_client=True) as client:
            client.api_version()
        return
    home = PREFECT_HOME.value()
    if str(home) not in str(PREFECT_API_DATABASE_CONNECTION_URL.value()):
        return  # its database is elsewhere
    Folder(home).try_out(_ELSEWHERE)
    if free_mib(home) < _ITS_DATABASE_MIB:
        raise EngineError(
            f"A disk is full, or a file has reached its size limit (`ulimit -f`): {home} has no "
            f"room for {_ITS_DATABASE_MIB} MiB.",
            _ELSEWHERE,
        )


def import_starter() -> None:
    """Imports what starts the temporary server of a run, unless a server is configured.

    Done beside other imports it takes twice as long, and the server would wait for it.
    """
    if not PREFECT_API_URL.value():
        import_module("prefect.server.api.server")


@contextmanager
def answering() -> Iterator[None]:
    """Turns an error of the server into a sentence."""
    url = PREFECT_API_URL.value()
    server = f"The Prefect server{' at ' + url.rpartition('@')[2] if url else ''}"
    hint = "Check that `prefect server start` is running there, and what PREFECT_API_URL says."
    try:
        yield
    except httpx.HTTPStatusError as error:
        said = f"answers with {error.response.status_code} to {error.request.url.path}"
        why = _detail(error.response) or hint
        raise SourceError(f"{server} {said}.", why) from None
    except httpx.HTTPError as error:
        why = type(error).__name__
        raise SourceError(f"{server} does not answer ({why}).", hint) from None
    except DeploymentApplyError as error:
        raise SourceError(f"{server} refuses it: {error}", hint) from None


def _detail(answer: httpx.Response) -> str | None:
    """The text in which a server of Prefect says what is wrong; null if the answer has none."""
    try:
        said = answer.json()["detail"]
    except (ValueError, LookupError, TypeError):
        return None
    is_told = isinstance(said, str) and answer.status_code != HTTPStatus.NOT_FOUND
    return said if is_told else None
