# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Each whole run brings the index up to date, and none fails for want of it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from flows.journey import make
from flows.planning import plan
from tests.flow.test_bad_input import CONFIG, LOG

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MIDWAY = dt.datetime(2026, 3, 14, tzinfo=dt.UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "log.csv").write_text(LOG)
    path = tmp_path / "p.yaml"
    path.write_text(CONFIG % "log.csv")
    return path


def run(config: Path, as_of: dt.datetime | None = None) -> str:
    return make(plan(config, out=config.parent / "out", now=NOW, as_of=as_of)).name


def reports(out: Path) -> list[str]:
    text = (out / "index.html").read_text("utf-8")
    return list(dict.fromkeys(re.findall(r'href="p/(\w+)/report.nl.html', text)))


def test_each_run_is_in_it_also_when_it_was_made_before(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    midway, whole = run(config, MIDWAY), run(config)
    assert reports(out) == [whole, midway]
    first = (out / "index.html").read_bytes()
    assert b'class="trend"' in first

    (out / "index.html").unlink()
    run(config)

    assert (out / "index.html").read_bytes() == first


def test_where_it_cannot_be_written_that_is_said(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "index.html").mkdir(parents=True)

    run(config)

    assert (tmp_path / "out" / "p" / "latest" / "report.nl.html").exists()
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"{tmp_path / 'out' / 'index.html'} is not up to date (Is a directory); "
        "the next run mends that."
    )
