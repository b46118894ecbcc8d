# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the pieces of a stage are done: in this process, or by the workers of Dask.

A piece reads and writes files that all can reach, and gives the same wherever it is done. So if a
worker is lost, another one does its pieces again. Workers know nothing of Prefect.
"""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from contracts.errors import EngineError
from flows.defects import wordless
from flows.job import Job
from flows.machines import Asked, asked_by, check_here

if TYPE_CHECKING:
    from distributed import Client

_KIB_IN_MIB = 1024
_PIECES_A_WORKER = 4
_ANSWERS_WITHIN_SECONDS = 30
_LOOKS, _LOOKS_EVERY_SECONDS = 20, 15  # without any worker, before it gives up


class Engine(Protocol):
    """Does pieces of work."""

    @property
    def pieces(self) -> int:
        """Into how many pieces to divide what one process could take at once, to keep it busy."""

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """The results of ``do(*given, item)``, in the order of the items."""

    def peak_mib(self) -> int:
        """The most memory that one process had so far."""


class Local:
    """This process, which does one piece after another; polars uses all cores for each."""

    pieces = 1

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """One after the other."""
        return (do(*given, item) for item in items)

    def peak_mib(self) -> int:
        """The most memory that this process had so far."""
        return peak_mib()


class Dask:
    """The workers of Dask, which do as many pieces at once as there are workers."""

    def __init__(self, client: Client, asked: Asked) -> None:
        self._client, self._asked = client, asked
        # several for each worker, as some take longer than others
        self.pieces = _PIECES_A_WORKER * max(1, len(client.nthreads()))

    def each(
        self, do: Callable[..., Any], given: Sequence[Any], items: Sequence[Any]
    ) -> Iterator[Any]:
        """All at once; when one fails, no other is begun any more.

        Raises:
            EngineError: a worker is not fit for the run, or workers or their scheduler were lost.
        """
        from distributed import KilledWorker

        fit = wordless(partial(_done_if_alike, self._asked, do, given))
        try:
            yield from self._results(self._client.map(fit, items, pure=False))
        except KilledWorker:
            raise EngineError(
                "Several workers were lost at the same piece of work.",
                "Give the workers more memory, or look in their logs.",
            ) from None
        except _lost():
            raise EngineError(
                "The Dask scheduler was lost.", "Look in its log, and run again."
            ) from None

    def _results(self, futures: list[Any]) -> Iterator[Any]:
        """The results in order; when a piece fails, those not yet begun are cancelled."""
        try:
            for future in futures:
                yield self._result(future)
        finally:
            self._client.cancel(futures)

    def _result(self, future: Any) -> Any:
        """The result of a piece, awaited as long as there are workers to do it."""
        looks_without = 0
        while looks_without < _LOOKS:
            try:
                return future.result(timeout=_LOOKS_EVERY_SECONDS)
            except TimeoutError:
                looks_without = 0 if self._client.nthreads() else looks_without + 1
        raise EngineError(
            "There are no Dask workers left.",
            "Start some, look in their logs, and run again.",
        )

    def peak_mib(self) -> int:
        """The most that one process had: this one, or a worker that can be asked."""
        theirs: dict[str, int] = {}
        if self._client.status == "running":
            with suppress(*_lost()):  # whatever needs a worker will report it
                theirs = self._client.run(peak_mib, on_error="ignore")
        return max([peak_mib(), *theirs.values()])


def _lost() -> tuple[type[Exception], ...]:
    """The errors of a client that lost its scheduler."""
    from distributed.client import ClosedClientError
    from distributed.comm import CommClosedError

    return (CancelledError, CommClosedError, ClosedClientError)


def _done_if_alike(asked: Asked, do: Callable[..., Any], given: Sequence[Any], item: Any) -> Any:
    check_here(asked)
    return do(*given, item)


@contextmanager
def started(job: Job) -> Iterator[Engine]:
    """The engine of a job, for as long as it is needed.

    Raises:
        EngineError: Dask is not installed, or there is no scheduler with workers at the address.
    """
    where = job.settings.engine
    if where == "local":
        yield Local()
        return
    with _workers(where) as client:
        yield Dask(client, asked_by(job))


def count_workers(where: str, asked: Asked) -> int:
    """The number of workers, after a check that all are as ``asked``.

    Raises:
        EngineError: there are none, or one is not fit.
    """
    with _workers(where) as client:
        return len(client.run(wordless(check_here), asked))


@contextmanager
def _workers(where: str) -> Iterator[Client]:
    """The workers of the scheduler at an address, or our own if that is ``dask``."""
    try:
        import distributed  # noqa: F401 - an extra of the project
    except ImportError:
        raise EngineError(
            f"The engine {where} needs Dask.", "Install it: pip install 'hoeksteen[dask]'."
        ) from None
    with workers_here() if where == "dask" else _scheduler_at(where) as client:
        yield client


@contextmanager
def workers_here() -> Iterator[Client]:
    """A worker per core of this machine, each with one thread of polars."""
    import dask
    from distributed import Client, LocalCluster

    # it logs all its comings and goings, and errors that we report anyway
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    one_thread = {"distributed.nanny.pre-spawn-environ.POLARS_MAX_THREADS": "1"}
    with (
        dask.config.set(one_thread),
        LocalCluster(threads_per_worker=1, **quiet) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _scheduler_at(address: str) -> Iterator[Client]:
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_ANSWERS_WITHIN_SECONDS, set_as_default=False)
    except (OSError, TypeError, ValueError):  # also for a bad address or certificate
        raise _no_workers(address) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_ANSWERS_WITHIN_SECONDS)
        except TimeoutError:
            raise _no_workers(address) from None
        yield client


def _no_workers(address: str) -> EngineError:
    return EngineError(
        f"No Dask scheduler with workers answers at {address}.",
        "Start `dask scheduler` and `dask worker`, or leave engine out to work here.",
    )


def peak_mib() -> int:
    """The most memory that this process had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak / _KIB_IN_MIB if sys.platform != "darwin" else peak / _KIB_IN_MIB**2)
