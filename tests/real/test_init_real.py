# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is guessed of real logs: a run takes the config as it is written, and makes a report."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from contracts.config import load
from contracts.errors import ConfigError
from flows.commands.init import init
from flows.journey import make
from flows.planning import plan
from tests.checked import checked

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

# what begins cases, some of what ends them, and how many there are, as their publishers tell
RECEIPT = ("Confirmation of receipt", "T10 Determine necessity to stop indication", 1434)
KNOWN = {
    "coselog_receipt.csv": RECEIPT,
    "coselog_receipt.parquet": RECEIPT,
    "coselog_receipt.xes.gz": RECEIPT,
    "bpi2015_muni1.xes.gz": ("01_HOOFD_010", "01_HOOFD_530", 1199),
    "bpi2015_muni2.xes.gz": ("01_HOOFD_010", "01_HOOFD_800", 832),
    "bpi2020_DomesticDeclarations.xes.gz": (
        "Declaration SUBMITTED by EMPLOYEE",
        "Payment Handled",
        10_500,
    ),
    "bpi2012_pm4py.xes.gz": ("A_SUBMITTED", "A_DECLINED", 13_087),
    "rtfm_full.xes.gz": ("Create Fine", "Send for Credit Collection", 150_370),
}
HEADERLESS = "nyc311_sample.csv"


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def reported(config: Path) -> dict[str, Any]:
    """What a run finds with a config as it is."""
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    folder = make(plan(config, out=config.parent / "out", now=now))
    assert {path.suffix for path in folder.glob("report.*")} == {".html", ".pdf"}
    found: dict[str, Any] = json.loads((folder / "findings.json").read_text("utf-8"))
    assert found["bottlenecks"]
    return found


def test_no_log_is_left_out(real_logs: Path) -> None:
    assert {path.name for path in real_logs.iterdir()} == {*KNOWN, HEADERLESS}


@pytest.mark.parametrize("name", KNOWN)
def test_the_config_makes_a_report_unedited(real_logs: Path, tmp_path: Path, name: str) -> None:
    written = init(str(real_logs / name), tmp_path / "log.yaml")

    start, end, cases = KNOWN[name]
    settings = load(written.config)
    assert written.undecided == ()
    assert settings.journey.start == (start,)
    assert end in settings.journey.end
    assert reported(written.config)["log"]["cases"] == cases


def test_so_does_that_of_a_row_a_case_without_a_header(real_logs: Path, tmp_path: Path) -> None:
    written = init(str(real_logs / HEADERLESS), tmp_path / "log.yaml")

    source = load(written.config).sources[0]
    assert (source.header, source.columns.case_id) == (False, "column 1")
    assert source.milestones == {"column 2": "column 2", "column 3": "column 3"}
    assert load(written.config).journey.end == ("column 3",)
    assert [sentence.split()[0] for sentence in written.undecided] == ["sources.0.milestones"]
    assert reported(written.config)["log"]["cases"] == 17_418


@pytest.fixture
def objects(real_logs: Path) -> Path:
    if not (folder := real_logs.parent / "ocel").is_dir():
        pytest.skip("the object-centric logs are not here")
    return folder


def test_so_does_that_of_objects(objects: Path, tmp_path: Path) -> None:
    written = init(str(objects / "logistics.sqlite"), tmp_path / "log.yaml")

    assert written.undecided == ()
    assert reported(written.config)["log"]["cases"] == 510


@pytest.mark.parametrize(
    "name",
    ["ocel20_example.sqlite", "pm4py_ocel20_example.jsonocel", "pm4py_ocel20_example.xmlocel"],
)
def test_of_a_few_objects_the_end_is_left_to_decide(
    objects: Path, tmp_path: Path, name: str
) -> None:
    written = init(str(objects / name), tmp_path / "log.yaml")

    assert written.undecided == ("journey.end could not be guessed from the export.",)
    with pytest.raises(ConfigError, match=r"'journey\.end' is missing"):
        checked(written.config)
