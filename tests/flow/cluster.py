# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A scheduler of Dask and its workers, each a process as a machine would have it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.flow.prefect_server import ROOT, until

WORKERS = 2


@dataclass(frozen=True)
class Cluster:
    """A scheduler, its address, the file that tells it to workers, and these."""

    scheduler: subprocess.Popen[bytes]
    address: str
    told: Path
    workers: list[subprocess.Popen[bytes]]

    def join(self, **environment: str) -> None:
        """One worker more."""
        place = ("--scheduler-file", str(self.told), "--local-directory", str(self.told.parent))
        one = dask("worker", *place, "--nthreads", "1", "--no-nanny", **environment)
        self.workers.append(one)


@contextmanager
def cluster(folder: Path, **environment: str) -> Iterator[Cluster]:
    """Two workers, for as long as they are wanted."""
    told = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
    scheduler, workers = dask("scheduler", *here), []
    try:
        until(lambda: told.exists() and told.read_text(), "the scheduler is there", 0.02)
        address = json.loads(told.read_text("utf-8"))["address"]
        made = Cluster(scheduler, address, told, workers)
        for _ in range(WORKERS):
            made.join(**environment)
        yield made
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def dask(command: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A process of Dask."""
    known = {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{command}", "--no-dashboard", *arguments],
        env={**os.environ, **known, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
