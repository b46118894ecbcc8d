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
from collections.abc import Iterator
from pathlib import Path

import dask
import pytest
from distributed import Client

from contracts.errors import EngineError
from flows import engines, machines
from flows.engines import Dask, workers_here
from flows.health.readiness import readiness
from flows.health.symptoms import Symptom
from flows.job import Job
from flows.journey import make
from flows.machines import Asked, asked_by
from flows.planning import plan
from flows.stages import steps
from ingest import events
from ingest.storage.batches import parts_for
from ingest.storage.places import Folder
from simulation.generator import LOG, Order, generate
from tests.builders import FEW_FORMATS
from tests.flow.cluster import Cluster, cluster
from tests.flow.prefect_home import prefect_home
from tests.flow.prefect_server import amid, until
from tests.flow.test_command_line import hoeksteen

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs" / "img.yaml"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BUCKETS = 8
KEY = "HOEKSTEEN_TEST_KEY"
SECRET = "a secret that is long enough to be the key of a pseudonym"

pytestmark = pytest.mark.xdist_group("command")


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path, **{KEY: SECRET}) as made:
        yield made


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Workers for tests that leave them as they are."""
    with cluster(tmp_path_factory.mktemp("crew"), **{KEY: SECRET}) as made:
        yield made


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One log in four exports."""
    made = tmp_path_factory.mktemp("engines") / "log"
    generate(Order("img", 250, 1, "statistical", defects=True), "csv", made)
    [whole] = (made / LOG).glob("*.csv")
    header, *rows = whole.read_text("utf-8").splitlines(keepends=True)
    for number in range(4):
        text = "".join([header, *rows[number::4]])
        (made.parent / f"export-{number}.csv").write_text(text, encoding="utf-8")
    return made.parent


@pytest.fixture(autouse=True)
def _many_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "parts_for", lambda _rows: BUCKETS)
    monkeypatch.setattr(engines, "_PIECES_A_WORKER", 100_000)
    monkeypatch.setattr(steps, "_LEAST_ROWS", 200)
    monkeypatch.setenv(KEY, SECRET)


def planned(exports: Path, out: Path, engine: str, *more: str) -> Job:
    source = f"sources.0.path={exports}/*.csv"
    chosen = (source, f"engine={engine}", f"privacy.key_env={KEY}", *more)
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


def test_workers_write_the_same_bytes_though_one_is_killed(
    workers: Cluster, exports: Path, alone: dict[str, str], tmp_path: Path
) -> None:
    job = planned(exports, tmp_path / "out", workers.address)
    lost = workers.workers[0]

    def kill_when_mining() -> None:
        until(lambda: [*(job.scratch / "summaries").glob("*")], "mining", every_seconds=0.02)
        lost.send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_when_mining)
    killer.start()
    run = make(job)
    killer.join()

    assert lost.wait(60) == -signal.SIGKILL
    assert digests(run) == alone
    assert json.loads((run / "run.json").read_text("utf-8"))["engine"] == workers.address
    assert not [*run.parent.glob(".making-*")]


def test_a_worker_with_another_key_is_refused(
    workers: Cluster, exports: Path, tmp_path: Path
) -> None:
    workers.join(**{KEY: SECRET[::-1]})
    with Client(workers.address, set_as_default=False) as client:
        client.wait_for_workers(3)

    with pytest.raises(EngineError, match="has another key for pseudonyms"):
        make(planned(exports, tmp_path / "out", workers.address))
    assert not [*tmp_path.glob("out/*/.making-*")]


def test_the_doctor_looks_at_every_worker(
    crew: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "p.yaml"
    of_key = f"privacy: {{key_env: {KEY}}}"
    config.write_text(f"{CONFIG_TO_LOOK_AT}{of_key}\nengine: {crew.address}\n")
    with Client(crew.address, set_as_default=False) as client:
        client.wait_for_workers(2)

    assert engine_as_the_doctor_sees_it(config) == Symptom(
        "ok", "p: engine", f"{crew.address} has 2 workers, with the same versions, key and folders"
    )

    monkeypatch.setenv(KEY, SECRET[::-1])
    unfit = engine_as_the_doctor_sees_it(config)
    assert (unfit.level, unfit.exit_code) == ("FAIL", EngineError.exit_code)
    assert "has another key for pseudonyms" in unfit.found


def engine_as_the_doctor_sees_it(config: Path) -> Symptom:
    machines._here.cache_clear()
    [told] = [
        each
        for each in readiness(config, config.parent / "out", None, NOW)
        if each.what == "p: engine"
    ]
    return told


CONFIG_TO_LOOK_AT = """
process: {id: p}
sources: [{path: log.csv, columns: {case_id: zaak, activity: stap, timestamp: tijd}}]
journey: {end: [klaar]}
"""


@pytest.mark.flow
def test_the_command_starts_workers_of_its_own(
    tmp_path: Path, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "parts_for", parts_for)
    monkeypatch.setenv("HOEKSTEEN_ENGINE", "local")  # which the flag overrules
    chosen = (f"sources.0.path={exports}/*.csv", f"privacy.key_env={KEY}", FEW_FORMATS)
    options = [word for each in chosen for word in ("--set", each)]

    done = hoeksteen(tmp_path, "run", str(CONFIG), "--engine", "dask", *options)

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "distributed" not in done.stderr
    run = Path(done.stdout.split()[-1])
    assert json.loads((run / "run.json").read_text("utf-8"))["engine"] == "dask"
    assert digests(run) == digests(make(planned(exports, tmp_path / "here", "local", FEW_FORMATS)))


@pytest.mark.flow
def test_a_run_that_is_stopped_amid_their_work_leaves_nothing(
    crew: Cluster, exports: Path, tmp_path: Path
) -> None:
    job = planned(exports, tmp_path / "out", crew.address)
    options = [word for each in job.overrides for word in ("--set", each)]
    command = [sys.executable, "-m", "flows", "run", str(CONFIG), *options]
    home = str(prefect_home(tmp_path))
    here = {"HOME": str(tmp_path), "PREFECT_HOME": home, "PYTHONPATH": str(ROOT)}

    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, **here}, stderr=subprocess.PIPE
    ) as run:
        until(lambda: amid(job.process_folder, "*/.*"), "a piece", 0.01)
        run.terminate()
        _, said = run.communicate(timeout=60)

    assert (run.returncode, said.count(b"Traceback")) == (128 + signal.SIGTERM, 0), said.decode()
    with Folder(job.process_folder).hold():
        assert not [*job.process_folder.glob(".making-*")]
    assert crew.workers[0].poll() is None


def test_a_piece_that_kills_every_worker_ends_the_run(asked: Asked) -> None:
    sooner = dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with (
        sooner,
        workers_here() as client,
        pytest.raises(EngineError, match="at the same piece of work"),
    ):
        list(Dask(client, asked).each(os._exit, (), [1]))


@pytest.fixture
def asked(exports: Path, tmp_path: Path) -> Asked:
    """What a run asks of its workers."""
    job = planned(exports, tmp_path, "dask")
    for folder in (job.making, job.process_folder / "store"):
        folder.mkdir(parents=True)
    return asked_by(job)


def test_where_the_last_worker_is_lost_it_says_so(
    workers: Cluster, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_LOOKS_EVERY_SECONDS", 0.2)
    with Client(workers.address, set_as_default=False) as client:
        client.wait_for_workers(2)
        results = Dask(client, asked).each(sleep_and_tell, (), [0, 600, 600])
        assert next(results) == 0
        for worker in workers.workers:
            worker.kill()

        with pytest.raises(EngineError, match="There are no Dask workers left"):
            next(results)


def test_where_the_scheduler_is_lost_it_says_so(workers: Cluster, asked: Asked) -> None:
    with Client(workers.address, timeout=2, set_as_default=False) as client:
        worked = Dask(client, asked)
        results = worked.each(sleep_and_tell, (), [0, 600])
        assert next(results) == 0
        workers.scheduler.kill()

        for given in (results, worked.each(sleep_and_tell, (), [0])):
            with pytest.raises(EngineError, match="The Dask scheduler was lost"):
                next(given)
        assert worked.peak_mib() > 0


def sleep_and_tell(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_where_nothing_answers_it_says_so(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.engines._ANSWERS_WITHIN_SECONDS", 0.5)

    with pytest.raises(EngineError, match=r"No Dask scheduler .* at tcp://127\.0\.0\.1:9\."):
        make(planned(exports, tmp_path / "out", "tcp://127.0.0.1:9"))
