# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The index is made of the whole runs of a folder, whatever else is in it."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.shelf import tell_of_all
from reporting.files import write_findings
from tests.unit.reporting import runs, sample


def put(out: Path, process: str, run_id: str, day: str = "2026-03-01", **config: object) -> Path:
    """A run as it stands in its folder, as far as an index looks."""
    folder = out / process / run_id
    folder.mkdir(parents=True)
    found = runs.findings(day, process=process, run_id=run_id)
    write_findings(sample.shown(findings=found), folder)
    settings = sample.settings(process={"id": process}).model_dump(mode="json", by_alias=True)
    run = {"config": settings | config, "versions": {"hoeksteen": "0.1.0"}}
    (folder / "run.json").write_text(json.dumps(run))
    for language in ("nl", "en"):
        (folder / f"report.{language}.html").touch()
    return folder


def leads_to(out: Path, name: str = "index.html") -> list[str]:
    """The reports that an index leads to, each once."""
    links = re.findall(r'href="([^"#]*/[^"#]*)"', (out / name).read_text("utf-8"))
    return list(dict.fromkeys(links))


def spoil(path: Path, text: str) -> None:
    path.write_text(text)


def test_each_process_and_run_is_there(tmp_path: Path) -> None:
    for process, run_id, day in (
        ("a", "a1", "2026-01-01"),
        ("b", "b1", "2026-02-01"),
        ("a", "a2", "2026-02-01"),
    ):
        put(tmp_path, process, run_id, day)
    (tmp_path / "a" / "latest").symlink_to("a2")

    tell_of_all(tmp_path)

    pages = sorted(path.name for path in tmp_path.glob("*.html"))
    assert pages == ["index.en.html", "index.html", "index.nl.html"]
    assert leads_to(tmp_path) == [f"{each}/report.nl.html" for each in ("a/a2", "a/a1", "b/b1")]
    assert leads_to(tmp_path, "index.en.html")[0] == "a/a2/report.en.html"
    assert (tmp_path / "index.nl.html").read_bytes() == (tmp_path / "index.html").read_bytes()
    assert not list(tmp_path.glob(".*.making"))


FINDINGS, RUN = "findings.json", "run.json"


@pytest.mark.parametrize(
    "break_",
    [
        pytest.param(lambda run: (run / FINDINGS).unlink(), id="stopped by the gate"),
        pytest.param(lambda run: (run / RUN).unlink(), id="no run.json"),
        pytest.param(lambda run: spoil(run / FINDINGS, '{"schema_ver'), id="half a file"),
        pytest.param(lambda run: spoil(run / FINDINGS, "{}"), id="no findings"),
        pytest.param(lambda run: spoil(run / RUN, "[]"), id="another run.json"),
        pytest.param(lambda run: spoil(run / RUN, '{"config": {"sources": []}}'), id="no source"),
        pytest.param(lambda run: spoil(run / RUN, '{"config": null}'), id="no config"),
        pytest.param(lambda run: spoil(run / RUN, "[" * 99_999), id="no end to it"),
        pytest.param(lambda run: spoil(run / FINDINGS, "[" * 99_999), id="nor to that"),
        pytest.param(lambda run: (run / RUN).write_bytes(b"\xff\xfe{"), id="no text"),
        pytest.param(lambda run: run.rename(run.with_name(".making-x")), id="half made"),
        pytest.param(lambda run: run.rename(run.with_name("copy of x")), id="a copy"),
        pytest.param(lambda run: [p.unlink() for p in run.glob("*.html")], id="without a page"),
    ],
)
def test_what_is_no_whole_run_is_not_there(tmp_path: Path, break_) -> None:
    put(tmp_path, "a", "good")
    break_(put(tmp_path, "a", "x"))
    (tmp_path / "notes.txt").write_text("a file beside them")

    tell_of_all(tmp_path)

    assert leads_to(tmp_path) == ["a/good/report.nl.html"]


def test_a_config_of_another_version_is_read_for_what_is_needed(tmp_path: Path) -> None:
    put(tmp_path, "a", "x", calendar={"moon": "full"}, whatever={"was": "there"})

    tell_of_all(tmp_path)

    assert leads_to(tmp_path) == ["a/x/report.nl.html"]


def test_without_any_run_there_is_no_index(tmp_path: Path) -> None:
    tell_of_all(tmp_path)

    assert not list(tmp_path.glob("*.html"))


def test_runs_that_end_at_once_leave_none_out(tmp_path: Path) -> None:
    def end(number: int) -> None:
        put(tmp_path, f"p{number}", "x")
        tell_of_all(tmp_path)

    with ThreadPoolExecutor(6) as at_once:
        list(at_once.map(end, range(12)))

    assert len(leads_to(tmp_path)) == 12
