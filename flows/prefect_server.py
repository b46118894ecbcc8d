# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The server of Prefect that is configured, or the one that a run starts for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module

import httpx
from prefect.client.orchestration import get_client
from prefect.deployments.runner import DeploymentApplyError
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_API_URL, PREFECT_HOME

from contracts.errors import SourceError, UsageError
from flows.room import free_mib, no_room
from ingest.storage.places import Folder

_ITS_DATABASE_MIB = 16  # what one takes that a run starts, and a little more


def check() -> None:
    """Looks whether a run can be followed by Prefect.

    Raises:
        SourceError: the server that is configured does not answer.
        EngineError: none is, and there is too little room to start one.
        UsageError: nor may anything be written where one would keep what it knows.
    """
    if PREFECT_API_URL.value():
        with answering(), get_client(sync_client=True) as client:
            client.api_version()
        return
    if free_mib(PREFECT_HOME.value()) < _ITS_DATABASE_MIB:
        raise no_room()
    check_home()


def import_starter() -> None:
    """Imports what starts the temporary server of a run, unless one is configured.

    Beside other imports that takes twice as long, and the server waits for it.
    """
    if not PREFECT_API_URL.value():
        import_module("prefect.server.api.server")


def check_home() -> None:
    """Looks whether a server that a run starts could keep what it knows.

    Raises:
        UsageError: nothing can be written there.
    """
    home = PREFECT_HOME.value()
    if str(home) not in str(PREFECT_API_DATABASE_CONNECTION_URL.value()):
        return  # its database is elsewhere
    try:
        Folder(home).try_out()
    except UsageError as error:
        hint = (
            "Prefect has its database there: set PREFECT_HOME to a folder that can be written in."
        )
        raise UsageError(error.message, hint) from None


@contextmanager
def answering() -> Iterator[None]:
    """Says in a sentence what the server does not do."""
    url = PREFECT_API_URL.value()
    server = f"The server of Prefect{' at ' + url.rpartition('@')[2] if url else ''}"
    hint = "See whether `prefect server start` is running there, and what PREFECT_API_URL says."
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
    """What a server says of what it does not do, if it is one of Prefect and says so in a text."""
    try:
        said = answer.json()["detail"]
    except (ValueError, LookupError, TypeError):
        return None
    is_told = isinstance(said, str) and answer.status_code != HTTPStatus.NOT_FOUND
    return said if is_told else None
