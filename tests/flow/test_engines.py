# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The same run by one process and by workers of Dask, also where one of these is killed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from distributed import Client

from contracts.errors import EngineError
from flows.job import Job, plan
from flows.journey import make
from ingest import events
from ingest.batches import parts_for
from simulation.generator import LOG, Order, generate
from tests.flow.test_command_line import hoeksteen

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs" / "img.yaml"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BUCKETS = 8
KEY = "HOEKSTEEN_TEST_KEY"
SECRET = "a secret that is long enough to be the key of a pseudonym"

pytestmark = pytest.mark.xdist_group("command")


class Cluster(NamedTuple):
    """A scheduler and its workers, each a process as a machine would have it."""

    address: str
    scheduler: Path
    workers: list[subprocess.Popen[bytes]]


def dask(command: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    known = {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT), KEY: SECRET}
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{command}", "--no-dashboard", *arguments],
        env={**os.environ, **known, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def worker(scheduler: Path, **environment: str) -> subprocess.Popen[bytes]:
    place = ("--scheduler-file", str(scheduler), "--local-directory", str(scheduler.parent))
    return dask("worker", *place, "--nthreads", "1", "--no-nanny", **environment)


def wait_for(there: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    told = tmp_path / "scheduler.json"
    scheduler = dask(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told)
    )
    workers: list[subprocess.Popen[bytes]] = []
    try:
        wait_for(told.exists)
        workers += [worker(told), worker(told)]
        yield Cluster(json.loads(told.read_text("utf-8"))["address"], told, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One log in four exports."""
    made = tmp_path_factory.mktemp("engines") / "log"
    generate(Order("img", 800, 1, "statistical", defects=True), "csv", made)
    [whole] = (made / LOG).glob("*.csv")
    header, *rows = whole.read_text("utf-8").splitlines(keepends=True)
    for number in range(4):
        text = "".join([header, *rows[number::4]])
        (made.parent / f"export-{number}.csv").write_text(text, encoding="utf-8")
    return made.parent


@pytest.fixture(autouse=True)
def _many_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "parts_for", lambda _rows: BUCKETS)
    monkeypatch.setenv(KEY, SECRET)


def planned(exports: Path, out: Path, engine: str) -> Job:
    chosen = (f"sources.0.path={exports}/*.csv", f"engine={engine}", f"privacy.key_env={KEY}")
    return plan(CONFIG, out=out, now=NOW, overrides=chosen)


def digests(run: Path) -> dict[str, str]:
    """What a run wrote, but for run.json and the Data Docs, which tell when it was made."""
    names = (path.relative_to(run) for path in run.rglob("*") if path.is_file())
    return {
        str(name): hashlib.sha256((run / name).read_bytes()).hexdigest()
        for name in names
        if name.name != "run.json"
        and (name.parts[0] != "validation" or name.name in ("verdict.json", "remarks.parquet"))
    }


@pytest.fixture(scope="module")
def alone(exports: Path) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "parts_for", lambda _rows: BUCKETS)
        patch.setenv(KEY, SECRET)
        return digests(make(planned(exports, exports / "alone", "local")))


def test_workers_write_the_same_bytes(
    cluster: Cluster, exports: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    run = make(planned(exports, tmp_path / "out", cluster.address))

    assert digests(run) == alone
    assert json.loads((run / "run.json").read_text("utf-8"))["engine"] == cluster.address


def test_a_worker_that_is_killed_changes_nothing(
    cluster: Cluster, exports: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    job = planned(exports, tmp_path / "out", cluster.address)
    lost = cluster.workers[0]

    def kill_when_mining() -> None:
        wait_for(lambda: [*(job.scratch / "summaries").glob("*")])
        lost.send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_when_mining)
    killer.start()
    run = make(job)
    killer.join()

    assert lost.wait() == -signal.SIGKILL
    assert digests(run) == alone
    assert not [*run.parent.glob(".making-*")]


def test_a_worker_with_another_key_is_refused(
    cluster: Cluster, exports: Path, tmp_path: Path
) -> None:
    cluster.workers.append(worker(cluster.scheduler, **{KEY: SECRET[::-1]}))
    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(3)

    with pytest.raises(EngineError, match="has another key for pseudonyms"):
        make(planned(exports, tmp_path / "out", cluster.address))
    assert not [*tmp_path.glob("out/*/.making-*")]


@pytest.mark.flow
def test_the_command_starts_workers_of_its_own(
    tmp_path: Path, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "parts_for", parts_for)
    monkeypatch.setenv("HOEKSTEEN_ENGINE", "local")  # which the flag overrules
    chosen = (f"sources.0.path={exports}/*.csv", f"privacy.key_env={KEY}")
    options = [word for each in chosen for word in ("--set", each)]

    done = hoeksteen(tmp_path, "run", str(CONFIG), "--engine", "dask", *options)

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "distributed" not in done.stderr
    run = Path(done.stdout.split()[-1])
    assert json.loads((run / "run.json").read_text("utf-8"))["engine"] == "dask"
    assert digests(run) == digests(make(planned(exports, tmp_path / "here", "local")))


def test_where_nothing_answers_it_says_so(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.engines._ANSWERS_WITHIN_SECONDS", 0.5)

    with pytest.raises(EngineError, match=r"No scheduler of Dask .* at tcp://127\.0\.0\.1:9\."):
        make(planned(exports, tmp_path / "out", "tcp://127.0.0.1:9"))
