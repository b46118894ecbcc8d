# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the gate leaves for who knows Great Expectations: files that it reads, and pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import great_expectations as gx
import pytest

from tests.unit.validation.logs import NOW, SETTINGS, case, row, written
from validation.asked import Log
from validation.engine.datasource import ParquetAsset, PolarsDatasource
from validation.gate import judge
from validation.suites import event_log_suite

ROOT = Path(__file__).parents[3]
TOLD = ROOT / "docs" / "gx-engine.md"
GOOD = [each for number in range(12) for each in case(f"p{number:02}")]
BAD = [*GOOD, *(row(f"q{number:02}", "work", None) for number in range(10))]


@pytest.fixture
def reopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gx.Checkpoint:
    """The checkpoint of a run on ``GOOD``, read again by Great Expectations to judge ``BAD``."""
    monkeypatch.setenv("TQDM_DISABLE", "1")  # this project is not quiet
    judge([written(GOOD, tmp_path)], SETTINGS, NOW, tmp_path)
    shutil.copytree(tmp_path / "validation", tmp_path / "project" / "gx")
    context = gx.get_context(mode="file", project_root_dir=tmp_path / "project")
    source = PolarsDatasource(name="candidates")
    context.add_datasource(datasource=source)
    paths = [str(written(BAD, tmp_path))]
    log = ParquetAsset(name="log", paths=paths, part_rows=100, scratch=str(tmp_path / "scratch"))
    source.add_asset(log).add_batch_definition("whole")
    return context.checkpoints.get("gate")


def test_the_checkpoint_can_be_run_again(reopened: gx.Checkpoint) -> None:
    [found] = reopened.run().run_results.values()

    broken = {each.expectation_config.meta["rule"] for each in found.results if not each.success}
    assert broken == {"C04"}
    assert found.results[0].result


def test_who_follows_the_documentation_judges_by_all_rules(tmp_path: Path) -> None:
    judge([written(GOOD, tmp_path)], SETTINGS, NOW, tmp_path)
    shutil.copytree(tmp_path / "validation", tmp_path / "project" / "gx")
    here = {
        "where/gx/is": f"{tmp_path}/project",
        "[...]": f"['{written(BAD, tmp_path)}']",
        "a/new/folder": f"{tmp_path}/scratch",
    }
    _, told = re.findall("```python\n(.*?)```", TOLD.read_text("utf-8"), re.DOTALL)
    for placeholder, really in here.items():
        told = told.replace(placeholder, really)
    told += "[found] = result.run_results.values()\nprint(len(found.results), found.success)\n"

    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT
    )

    log = Log(SETTINGS, NOW, NOW, rows=len(GOOD))
    assert done.stdout == f"{len(event_log_suite(log, log.columns).expectations)} False\n"


def test_the_suite_expects_what_was_expected(reopened: gx.Checkpoint) -> None:
    [definition] = reopened.validation_definitions
    log = Log(SETTINGS, NOW, NOW, rows=len(GOOD))
    asked = [each.configuration for each in event_log_suite(log, log.columns).expectations]

    kept = [each.configuration for each in definition.suite.expectations]
    assert [each.to_json_dict() | {"id": None} for each in kept] == [
        each.to_json_dict() | {"id": None} for each in asked
    ]
    assert len({each.id for each in kept}) == len(kept)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_log_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
        judge([written(BAD, tmp_path / name)], SETTINGS, NOW, tmp_path / name)

    here = files(tmp_path / "here" / "validation")
    assert here == files(tmp_path / "elsewhere" / "validation")
    assert not [name for name, content in here.items() if str(tmp_path).encode() in content]


def pages(folder: Path) -> dict[str, str]:
    judge([written(BAD, folder)], SETTINGS, NOW, folder)
    docs = folder / "validation" / "docs"
    return {path.name: path.read_text("utf-8") for path in docs.iterdir()}


def test_the_pages_need_nothing_from_anywhere(tmp_path: Path) -> None:
    outside = r"https?:|//|src=|url\(|@import|<(?:script|link|img|iframe)\b|\s(?:style|on\w+)="
    for text in pages(tmp_path).values():
        assert not re.search(outside, text)


def test_their_links_lead_somewhere(tmp_path: Path) -> None:
    docs = tmp_path / "validation" / "docs"
    for text in pages(tmp_path).values():
        links = re.findall(r'href="([^"]*)"', text)
        assert len(links) >= 3
        assert [link for link in links if not (docs / link).is_file()] == []


def test_broken_rules_come_first(tmp_path: Path) -> None:
    text = pages(tmp_path)["index.html"]
    rules = re.findall(r'role="rowheader">(\w+)<.*?data-of="met">(\w+)<', text)

    assert rules[:2] == [("C04", "no"), ("C01", "yes")]
    assert "stopped at the gate" in text


def test_each_expectation_says_its_rule_its_weight_and_who_can_mend_it(tmp_path: Path) -> None:
    told = pages(tmp_path)
    for page in ("results.html", "expectations.html"):
        assert "a time that can be read. (C04, warning, data engineer)" in told[page]
        assert (
            "That must be so in at least 95% of the rows. (C04, critical, data engineer)"
            in told[page]
        )
