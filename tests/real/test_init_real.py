# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is guessed of real logs: a check takes the config as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.config import load
from flows.check import judge_only
from flows.init import init

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

# what begins cases, and some of what ends them, as those who published the logs tell
KNOWN = {
    "coselog_receipt.csv": (
        "Confirmation of receipt",
        "T10 Determine necessity to stop indication",
    ),
    "coselog_receipt.parquet": (
        "Confirmation of receipt",
        "T10 Determine necessity to stop indication",
    ),
    "coselog_receipt.xes.gz": (
        "Confirmation of receipt",
        "T10 Determine necessity to stop indication",
    ),
    "bpi2015_muni1.xes.gz": ("01_HOOFD_010", "01_HOOFD_530"),
    "bpi2020_DomesticDeclarations.xes.gz": (
        "Declaration SUBMITTED by EMPLOYEE",
        "Payment Handled",
    ),
    "bpi2012_pm4py.xes.gz": ("A_SUBMITTED", "A_DECLINED"),
    "rtfm_full.xes.gz": ("Create Fine", "Send for Credit Collection"),
}


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("name", KNOWN)
def test_the_config_passes_the_gate_unedited(real_logs: Path, tmp_path: Path, name: str) -> None:
    written = init(str(real_logs / name), tmp_path / "log.yaml")

    start, end = KNOWN[name]
    settings = load(written.config)
    assert written.undecided == ()
    assert settings.journey.start == (start,)
    assert end in settings.journey.end
    assert judge_only(written.config, ()).success


def test_a_row_a_case_without_a_header_passes_it_too(real_logs: Path, tmp_path: Path) -> None:
    written = init(str(real_logs / "nyc311_sample.csv"), tmp_path / "log.yaml")

    source = load(written.config).sources[0]
    assert (source.header, source.columns.case_id) == (False, "column 1")
    assert source.milestones == {"column 2": "column 2", "column 3": "column 3"}
    assert load(written.config).journey.end == ("column 3",)
    assert [sentence.split()[0] for sentence in written.undecided] == ["sources.0.milestones"]
    assert judge_only(written.config, ()).success
