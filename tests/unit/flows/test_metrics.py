# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The metrics are as Prometheus reads them, and tell no more than reports do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from contracts.errors import GateStopped
from flows.journey import make
from flows.metrics import FILE
from flows.planning import plan
from flows.shelf import tell_of_all
from tests.flow.test_bad_input import CONFIG, LOG

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BAD = LOG.replace("-03-2026 10:00", " maart")
FEW = LOG.replace("03-03-2026 10:00", "3 maart")


def run(folder: Path, log: str, process: str = "p") -> Path:
    (folder / "log.csv").write_text(log)
    config = folder / f"{process}.yaml"
    config.write_text((CONFIG % "log.csv").replace("id: p", f"id: {process}"))
    return make(plan(config, out=folder / "out", now=NOW))


def told(folder: Path) -> dict[tuple[str, ...], float]:
    """By its name and its labels, each value of the file."""
    families = text_string_to_metric_families((folder / "out" / FILE).read_text("utf-8"))
    samples = [sample for family in families for sample in family.samples]
    found = {(each.name, *each.labels.values()): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def test_a_run_tells_of_itself(tmp_path: Path) -> None:
    folder = run(tmp_path, LOG)

    found = told(tmp_path)

    stages = json.loads((folder / "run.json").read_text())["stages"]
    assert found["hoeksteen_cases", "p"] == 40
    assert found["hoeksteen_events", "p"] == 80
    assert found["hoeksteen_quarantined_rows", "p"] == 0
    assert found["hoeksteen_stopped_at_gate", "p"] == 0
    assert found["hoeksteen_as_of_timestamp_seconds", "p"] == (
        dt.datetime(2026, 3, 22, 9, tzinfo=dt.UTC).timestamp()
    )
    latest = (tmp_path / "out" / "p" / "latest").lstat()
    assert found["hoeksteen_last_run_timestamp_seconds", "p"] == latest.st_mtime
    for stage in stages:
        assert found["hoeksteen_stage_seconds", "p", stage["stage"]] == stage["seconds"]
        bytes_ = found["hoeksteen_stage_peak_bytes", "p", stage["stage"]]
        assert bytes_ == stage["peak_mib"] * 1024**2
    assert len(found) == 6 + 2 * len(stages)
    assert {path.name for path in (tmp_path / "out").glob(".*")} == {".index"}


def test_a_count_that_a_report_hides_is_not_there(tmp_path: Path) -> None:
    run(tmp_path, FEW)

    assert ("hoeksteen_quarantined_rows", "p") not in told(tmp_path)
    assert ("hoeksteen_cases", "p") in told(tmp_path)


def test_events_that_a_report_rounds_down_are_at_least_so_many(tmp_path: Path) -> None:
    # of a step that one case had the exact number would tell
    folder = run(tmp_path, LOG + "Z0;anders;02-03-2026 10:00\n")

    assert json.loads((folder / "findings.json").read_text())["log"]["events_at_least"]
    assert told(tmp_path)["hoeksteen_events", "p"] == 80
    assert "Events in the log, rounded down" in (tmp_path / "out" / FILE).read_text("utf-8")


def test_two_runs_do_not_tell_of_the_few_cases_that_came_between(tmp_path: Path) -> None:
    run(tmp_path, LOG)
    before = told(tmp_path)
    more = "".join(f"Y{n};in;02-03-2026 10:00\nY{n};klaar;03-03-2026 10:00\n" for n in (1, 2, 3))

    newest = run(tmp_path, LOG + more)

    assert json.loads((newest / "findings.json").read_text())["log"]["cases"] == 43
    after = told(tmp_path)
    for name in ("hoeksteen_cases", "hoeksteen_events"):
        assert after[name, "p"] == before[name, "p"]


def test_a_run_that_the_gate_stopped_is_told_until_one_is_whole(tmp_path: Path) -> None:
    run(tmp_path, LOG, "q")
    with pytest.raises(GateStopped):
        run(tmp_path, BAD)
    first = told(tmp_path)
    assert first["hoeksteen_stopped_at_gate", "p"] == 1
    assert {name for name, *of in first if of[0] == "p"} == {"hoeksteen_stopped_at_gate"}

    run(tmp_path, LOG)
    assert told(tmp_path)["hoeksteen_stopped_at_gate", "p"] == 0
    with pytest.raises(GateStopped):
        run(tmp_path, BAD)
    after = told(tmp_path)
    assert (after["hoeksteen_stopped_at_gate", "p"], after["hoeksteen_cases", "p"]) == (1, 40)
    run(tmp_path, LOG)  # it was there already
    assert told(tmp_path)["hoeksteen_stopped_at_gate", "p"] == 0
    assert told(tmp_path)["hoeksteen_stopped_at_gate", "q"] == 0


@pytest.mark.parametrize("name", ["findings.json", "run.json"])
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"as_of": 1}', "[" * 99_999, "\xff"])
def test_what_is_no_run_is_not_there(tmp_path: Path, name: str, text: str) -> None:
    folder = tmp_path / "out" / 'a "b"\\\n' / "x"
    folder.mkdir(parents=True)
    for each in ("findings.json", "run.json"):
        (folder / each).write_text('{"as_of": "2026-01-01", "log": {}, "stages": []}')
    (folder / name).write_text(text, encoding="latin-1")
    (folder.parent / "latest").symlink_to("x")

    tell_of_all(tmp_path / "out")

    assert told(tmp_path) == {}


def test_a_strange_name_is_a_label(tmp_path: Path) -> None:
    process = 'a "b"\\\n'
    folder = tmp_path / "out" / process / "x"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")

    tell_of_all(tmp_path / "out")

    assert told(tmp_path) == {("hoeksteen_stopped_at_gate", process): 1}
