# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A run's identity follows from everything that its result follows from, and from nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.errors import UsageError
from flows import identity
from flows.job import Job
from flows.planning import again, plan
from flows.shelf import point_at

FINDINGS = "findings.json"
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CONFIG = """
process: {id: p}
sources: [{path: log.csv}]
journey: {end: [z]}
privacy: {key_env: KEY}
"""
Plan = Callable[..., Job]


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    (tmp_path / "log.csv").write_text("a")
    (tmp_path / "p.yaml").write_text(CONFIG)
    monkeypatch.setenv("KEY", "k" * 32)

    def run(**options: object) -> Job:
        return plan(tmp_path / "p.yaml", **{"out": tmp_path / "out", "now": NOW, **options})

    return run


def test_it_is_the_same_at_another_time_and_in_another_place(planned: Plan, tmp_path: Path) -> None:
    later = planned(now=NOW + dt.timedelta(days=1), out=tmp_path / "else", store=tmp_path / "s")
    elsewhere = planned(overrides=("engine=dask",))

    assert planned().run_id == later.run_id == elsewhere.run_id


def test_one_instant_is_one_as_of_in_every_zone(planned: Plan) -> None:
    instants = ["2026-01-01T01:00+01:00", "2026-01-01T00:00+00:00"]
    ids = {planned(as_of=dt.datetime.fromisoformat(text)).run_id for text in instants}

    assert len(ids) == 1


@pytest.mark.parametrize("what", ["input", "config", "style", "as_of", "key", "version", "answer"])
def test_it_is_another_when(
    what: str, planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = planned().run_id
    options: dict[str, object] = {}
    match what:
        case "input":
            (tmp_path / "log.csv").write_text("ab")
        case "style":
            (tmp_path / "style.yaml").write_text("organisation: Gemeente")
            options["overrides"] = ["report.style=style.yaml"]
            before = planned(**options).run_id
            (tmp_path / "style.yaml").write_text("organisation: Provincie")
        case "config":
            options["overrides"] = ("analysis.top=3",)
        case "as_of":
            options["as_of"] = NOW
        case "key":
            monkeypatch.setenv("KEY", "K" * 32)
        case "version":
            monkeypatch.setattr(identity, "VERSION", "9")
        case "answer":
            told = "p: [{from: a, day: 2026-10-01, answer: unknown}]"
            (tmp_path / "dialogue.yaml").write_text(told)

    assert planned(**options).run_id != before


def test_the_future_is_not_known(planned: Plan) -> None:
    with pytest.raises(UsageError, match="future"):
        planned(as_of=NOW + dt.timedelta(seconds=1))


@pytest.mark.parametrize(("failed", "done"), [([], True), (["DQ18"], True), (["DQ03"], False)])
def test_a_run_with_rows_from_the_future_is_made_again(
    planned: Plan,
    failed: list[str],
    done: bool,  # noqa: FBT001
) -> None:
    job = planned()
    job.folder.mkdir(parents=True)
    rules = ", ".join(f'{{"id": "{rule}"}}' for rule in failed)
    (job.folder / "findings.json").write_text(f'{{"validation": {{"failed": [{rules}]}}}}')

    assert job.is_done is job.is_settled is done


def test_a_config_that_is_a_link_stands_where_the_link_is(
    planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "log.csv").write_text("b")
    (elsewhere / "p.yaml").symlink_to("../p.yaml")
    monkeypatch.chdir(elsewhere)

    job = plan(Path("p.yaml"), out=tmp_path / "out", now=NOW)

    assert job.config == elsewhere.resolve() / "p.yaml"
    assert again(job).run_id == job.run_id != planned().run_id


def test_a_run_that_was_not_told_of_is_not_settled(planned: Plan) -> None:
    job = planned()
    job.folder.mkdir(parents=True)
    (job.folder / FINDINGS).write_text('{"validation": {"failed": []}}')
    job.untold.touch()

    assert (job.is_done, job.is_settled) == (True, False)


@pytest.mark.parametrize(
    ("there", "as_of", "latest"),
    [
        (None, None, "new"),
        (None, "2026-03-01", "new"),
        ("2026-02-01", "2026-03-01", "new"),
        ("2026-03-01", "2026-03-01", "new"),
        ("2026-03-02", "2026-03-01", "old"),
        ("2026-03-02", None, "new"),
        ("nothing", "2026-03-01", "new"),
    ],
)
def test_latest_does_not_move_back_to_an_earlier_view(
    planned: Plan, there: str | None, as_of: str | None, latest: str
) -> None:
    job = planned(as_of=as_of and dt.datetime.fromisoformat(f"{as_of}T00:00Z"))
    job.folder.mkdir(parents=True)
    if there:
        (job.process_folder / "latest").symlink_to("old")
    if there not in (None, "nothing"):
        (job.process_folder / "old").mkdir()
        known = {"known_at": f"{there}T00:00:00+00:00", "as_of_given": None}
        (job.process_folder / "old" / "run.json").write_text(json.dumps(known))

    point_at(job)

    expected = job.run_id if latest == "new" else "old"
    assert (job.process_folder / "latest").readlink() == Path(expected)


def test_runs_that_end_at_once_leave_latest_at_one_of_them(planned: Plan) -> None:
    job = planned()
    job.folder.mkdir(parents=True)

    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(point_at, [job] * 32))

    assert (job.process_folder / "latest").resolve() == job.folder
