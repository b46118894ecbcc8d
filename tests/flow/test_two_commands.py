# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From a stranger's export to a report in two commands, without an edit: ``init``, then ``run``.

As processes of their own they are given in ``test_command_line``.
"""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.findings import Findings
from flows.cli import app
from flows.journey import make
from flows.planning import plan
from simulation.generator import LOG, Order, generate
from simulation.recording.dialects import DIALECTS
from tests.builders import FEW_FORMATS
from tests.unit.ingest.zgw_server import CLIENT, SECRET, serving

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CASES = 300


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def found(export: str) -> Findings:
    """What a run finds with the config that ``init`` writes, as it is."""
    done = CliRunner().invoke(app, ["init", export, "--out", "p.yaml"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "p.yaml\n", "")
    asked = plan(Path("p.yaml"), out=Path("out"), now=NOW, overrides=(FEW_FORMATS,))
    folder = make(asked)
    assert {path.name for path in folder.glob("report.*")} == {"report.en.html", "report.nl.html"}
    return Findings.model_validate_json((folder / "findings.json").read_text("utf-8"))


def is_whole(findings: Findings) -> bool:
    """Whether all cases are there, and it is told where they wait, and whose turn it was."""
    log, ledger = findings.log, findings.ledger
    return (
        log.cases == CASES and log.quarantined_rows == 0 and bool(findings.bottlenecks and ledger)
    )


@pytest.mark.parametrize(
    ("process", "dialect"),
    [
        *(("cbr", each) for each in DIALECTS),
        ("img", "csv-nl"),
        ("uht", "csv-nl"),
        ("vis", "csv-nl"),
    ],
)
def test_an_export_becomes_a_report(process: str, dialect: str) -> None:
    generate(Order(process, CASES, 1), dialect, Path("made"))

    assert is_whole(found(f"made/{LOG}"))


def test_an_api_becomes_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZGW_CLIENT_ID", CLIENT)
    monkeypatch.setenv("ZGW_CLIENT_SECRET", SECRET)
    generate(Order("cbr", CASES, 1), "zgw", Path("made"))

    with serving(Path("made") / LOG, now=time.time() + 60) as api:
        assert is_whole(found(api.zaken))
