# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The folder in which a run is made is gone when the run ends, whoever still writes in it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.planning import plan
from flows.steps import workplace

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CONFIG = "{process: {id: p}, sources: [{path: log.csv}], journey: {end: [z]}}"


def test_what_a_worker_writes_on_is_gone_too(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("a")
    (tmp_path / "p.yaml").write_text(CONFIG)
    job = plan(tmp_path / "p.yaml", out=tmp_path / "out", now=NOW)

    with ThreadPoolExecutor() as worker:
        with workplace(job):
            writing = worker.submit(write_on, job.scratch / "summaries")
        assert isinstance(writing.exception(), FileNotFoundError)

    assert not job.making.exists()


def write_on(folder: Path) -> None:
    for number in range(50_000):
        (folder / str(number)).touch()
