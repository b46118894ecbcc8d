# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the pieces of a stage are done: in this process, or by the workers of Dask.

A piece reads files and writes files that all can reach, and is the same wherever it is done. So a
worker may be lost: another one does its pieces again. Workers know nothing of Prefect.
"""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from contracts.errors import EngineError
from flows.defects import wordless
from flows.job import Job
from flows.machines import check_alike

if TYPE_CHECKING:
    from distributed import Client

_KIB_IN_MIB = 1024
_PIECES_A_WORKER = 4
_ANSWERS_WITHIN_SECONDS = 30


class Engine(Protocol):
    """Does pieces of work."""

    @property
    def pieces(self) -> int:
        """In how many pieces it is kept busy with what one process can take at once."""

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """``do(*given, item)`` for every item; what that gives in the order of the items."""

    def peak_mib(self) -> int:
        """The most memory that one process had so far."""


class Local:
    """This process does a piece after the other; polars uses all cores for each."""

    pieces = 1

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """One after the other."""
        return (do(*given, item) for item in items)

    def peak_mib(self) -> int:
        """That of this process."""
        return peak_mib()


class Dask:
    """The workers of Dask do as many pieces at once as there are workers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def pieces(self) -> int:
        """Some for each worker, as no two take as long."""
        return _PIECES_A_WORKER * max(1, len(self._client.nthreads()))

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """All at once; what is not done when one fails is not begun any more.

        Raises:
            EngineError: workers were lost, one after the other, at the same piece.
        """
        from distributed import KilledWorker

        futures = self._client.map(wordless(partial(do, *given)), items, pure=False)
        try:
            for future in futures:
                yield future.result()
        except KilledWorker:
            raise EngineError(
                "Worker after worker was lost at the same piece of work.",
                "Give the workers more memory, or look in their logs.",
            ) from None
        finally:
            self._client.cancel(futures)

    def peak_mib(self) -> int:
        """That of the process that had most, of the workers that are there and this one."""
        theirs: dict[str, int] = self._client.run(peak_mib)
        return max([peak_mib(), *theirs.values()])


@contextmanager
def started(job: Job) -> Iterator[Engine]:
    """The engine of a job, for as long as it is needed.

    Raises:
        EngineError: the workers are not there, or are not fit for the job.
    """
    if job.settings.engine == "local":
        yield Local()
    elif job.settings.engine == "dask":
        with workers_here() as client:
            yield Dask(client)
    else:
        with _scheduler_at(job.settings.engine) as client:
            check_alike(client, job)
            yield Dask(client)


@contextmanager
def workers_here() -> Iterator[Client]:
    """A worker a core of this machine, each with one thread of polars."""
    import dask
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(
        logging.ERROR
    )  # it tells of all its comings and goings
    one_thread = {"distributed.nanny.pre-spawn-environ.POLARS_MAX_THREADS": "1"}
    with (
        dask.config.set(one_thread),
        LocalCluster(
            threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _scheduler_at(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=_ANSWERS_WITHIN_SECONDS, set_as_default=False)
        client.wait_for_workers(1, timeout=_ANSWERS_WITHIN_SECONDS)
    except (OSError, TimeoutError):
        raise EngineError(
            f"No scheduler of Dask with workers answers at {address}.",
            "Start `dask scheduler` and `dask worker`, or leave engine out to work here.",
        ) from None
    with client:
        yield client


def peak_mib() -> int:
    """The most memory that this process had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / _KIB_IN_MIB if sys.platform != "darwin" else peak / _KIB_IN_MIB**2)
