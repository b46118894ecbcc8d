# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder in which a run is made is gone when the run ends, whoever still writes in it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.job import Job
from flows.planning import plan
from flows.workplace import made

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CONFIG = "{process: {id: p}, sources: [{path: log.csv}], journey: {end: [z]}}"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "log.csv").write_text("a")
    (tmp_path / "p.yaml").write_text(CONFIG)
    return plan(tmp_path / "p.yaml", out=tmp_path / "out", now=NOW)


def test_what_a_worker_writes_on_is_gone_too(job: Job) -> None:
    with ThreadPoolExecutor() as worker:
        with made(job):
            writing = worker.submit(write_on, job.scratch / "summaries")
        assert isinstance(writing.exception(), FileNotFoundError)

    assert not job.making.exists()


def test_what_earlier_tries_left_is_gone_too(job: Job) -> None:
    """Also where one was ended while it removed its folder, and a worker made that anew."""
    for name in (".making-a", ".making-a-gone", ".making-b-gone"):
        (job.process_folder / name / "scratch").mkdir(parents=True)
    (job.process_folder / ".making-c").write_text("is no folder, and stays")

    for _ in range(3):
        with made(job):
            pass

    left = [path.name for path in job.process_folder.iterdir()]
    assert left == [".making-c-gone"]


def write_on(folder: Path) -> None:
    for number in range(50_000):
        (folder / str(number)).touch()
