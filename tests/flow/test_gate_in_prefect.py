# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the gate and the report say, as Prefect and the command line pass it on."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from flows.journey import make
from flows.planning import plan
from tests.flow.prefect_server import ROOT, Prefect
from tests.flow.test_bad_input import CONFIG, LOG
from tests.flow.test_command_line import hoeksteen

pytestmark = pytest.mark.xdist_group("command")
UNREADABLE = LOG.replace("-03-2026 10:00", " maart")
TWO_UNREADABLE = LOG.replace("01-03-2026 10:00", "1 maart")


def config(folder: Path, log: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "log.csv").write_text(log)
    path = folder / "p.yaml"
    path.write_text(CONFIG % "log.csv")
    return path


def test_the_report_leads_to_the_data_docs(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    folder = make(plan(config(tmp_path, LOG), out=tmp_path / "out", now=now))

    for report in folder.glob("report.*.html"):
        links = re.findall(r'href="(validation/[^"]*)"', report.read_text("utf-8"))
        assert [(folder / link).is_file() for link in links] == [True]


@pytest.mark.flow
def test_the_command_says_why_the_gate_stopped_it(tmp_path: Path) -> None:
    config(tmp_path, UNREADABLE)

    done = hoeksteen(tmp_path, "run", "p.yaml")

    assert (done.returncode, done.stdout, done.stderr.count("Traceback")) == (3, "", 0)
    assert "hoeksteen: The gate stopped the run. C04" in done.stderr
    assert list(tmp_path.glob("out/p/*/validation/docs/index.html"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("prefect")
    logs = (config(folder / "a", TWO_UNREADABLE), config(folder / "b", UNREADABLE))
    server = Prefect(folder)
    with server.running():
        done = server.run("-m", "tests.flow.in_prefect", *map(str, logs), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.flow
def test_a_run_that_passed_shows_its_verdict(told: dict[str, Any]) -> None:
    passed = told["passed"]

    assert passed["state"][0] == "COMPLETED"
    assert passed["said"] == []
    assert passed["artifact"]["said"].startswith("The log passed the gate.")
    few = {"rows": "not shown", "cases": "not shown"}
    whole, broken = passed["artifact"]["table"]
    assert re.fullmatch(r"all \d+ rules, 1 not met", whole.pop("rule"))
    assert whole == {"severity": "set aside", **few}
    what = "C04: Every row has a time that can be read."
    assert broken == {"rule": what, "severity": "warning", **few}


@pytest.mark.flow
def test_a_run_that_was_stopped_ends_so_and_is_no_crash(told: dict[str, Any]) -> None:
    stopped = told["stopped"]

    kind, name, sentence = stopped["state"]
    assert (kind, name) == ("FAILED", "Stopped at the gate")
    assert sentence.startswith("The gate stopped the run. C04")
    assert stopped["ended"] == f"GateStopped: {sentence}"
    assert stopped["tracebacks"] == 0
    assert stopped["artifact"]["said"].startswith("The log was stopped at the gate.")
    counts = {"severity": "critical", "rows": "80", "cases": "40"}
    assert counts.items() <= stopped["artifact"]["table"][1].items()


@pytest.mark.flow
def test_where_prefect_does_not_take_it_the_run_goes_on(told: dict[str, Any]) -> None:
    not_taken = told["not taken"]

    assert not_taken["ended"] == "went on"
    *shown, events = not_taken["said"]
    for said, what, where in zip(
        shown, ("verdict", "report"), ("validation", "report.nl.html"), strict=True
    ):
        assert said.startswith(f"Prefect was not told of the {what} (")
        assert said.endswith(f"; see {not_taken['folder']}/{where}.")
    assert events.startswith("Prefect was not told of all events (FileNotFoundError)")


@pytest.mark.flow
def test_a_new_run_raises_alarms_and_no_other_does(told: dict[str, Any]) -> None:
    """Neither the same run again nor one that looks back; a stopped one says that it was."""
    ready, stopped = told["events"]
    again, back = told["others"]

    assert again == told["passed"]["ended"] != back
    assert (ready["event"], stopped["event"]) == (
        "hoeksteen.report.ready",
        "hoeksteen.gate.stopped",
    )
    assert {each["of"] for each in told["events"]} == {"hoeksteen.process.p"}
    assert [len(each["runs"]) for each in told["events"]] == [1, 1]
    assert ready["payload"]["report"] == f"{told['passed']['ended']}/report.nl.html"
    assert "C04" in stopped["payload"]["rules"]
    assert Path(stopped["payload"]["report"], "verdict.json").is_file()
    assert not re.search(r"\bZ\d", json.dumps(told["events"]))


@pytest.mark.flow
def test_a_run_shows_its_report_in_brief_and_leads_to_it(told: dict[str, Any]) -> None:
    report, waits, page = (told["report"][each] for each in ("report", "waits", "page"))

    assert report["description"] == "Waar wachten burgers bij p?"
    assert report["data"].startswith("# Waar wachten burgers bij p?\n\n")
    assert "- **2 dagen** dan is de helft van de zaken klaar\n" in report["data"]
    rows = json.loads(waits["data"])
    assert [[type(each) for each in row.values()] for row in rows] == [[str] * 4] * len(rows)
    assert re.fullmatch("1. Tussen .in. en .klaar.", rows[0]["waar"])
    text, address = re.fullmatch(r"\[(.+)\]\((file://.+)\)", page["data"]).groups()
    assert text == "Open het rapport"
    assert Path(address.removeprefix("file://")).is_file()
    assert Path(address).parent.name == Path(told["passed"]["ended"]).name


@pytest.mark.flow
def test_prefect_knows_what_was_made_of_what(told: dict[str, Any]) -> None:
    assert told["assets"] == [
        ["prefect.asset.materialization.succeeded", "hoeksteen://p/report"],
        ["prefect.asset.materialization.succeeded", "hoeksteen://p/store"],
        ["prefect.asset.referenced", "hoeksteen://p/exports"],
        ["prefect.asset.referenced", "hoeksteen://p/store"],
    ]


@pytest.mark.flow
def test_a_stage_that_takes_too_long_is_ended(told: dict[str, Any]) -> None:
    ended, kind, name, sentence, said = told["hurried"]

    assert (kind, name) == ("FAILED", "Failed"), said
    assert sentence.startswith("The stage reading took longer than schedule.stage_at_most allows.")
    assert ended == f"EngineError: {sentence}"
