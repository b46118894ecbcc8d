# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Schedules, on a server of Prefect with a worker: whatever befalls a run, its identity mends.

What depends on Prefect's database is tried on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import json
import signal
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from prefect.utilities.templating import apply_values, find_placeholders

from flows.job import Job
from flows.journey import make
from flows.planning import plan
from ingest.storage.places import Folder
from tests.flow.cluster import cluster
from tests.flow.prefect_server import (
    KEY,
    ROOT,
    Prefect,
    Refused,
    amid,
    processes_of,
    tell_all,
    until,
)
from tests.flow.test_bad_input import CONFIG, LOG

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("command")]
BOTH = pytest.mark.parametrize("prefect", ["sqlite", "postgresql"], indirect=True)
ONE = pytest.mark.parametrize("prefect", ["sqlite"], indirect=True)
RARELY = "0 3 1 * *"
MARCH = [dt.datetime(2026, 3, day, tzinfo=dt.UTC) for day in (8, 16)]


@pytest.fixture(scope="module")
def prefect(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prefect]:
    """A server with a worker; its database is one of those that Prefect can have."""
    folder = tmp_path_factory.mktemp(request.param)
    on = "prefect_database" if request.param == "postgresql" else None
    server = Prefect(folder, on and request.getfixturevalue(on))
    with server.running(), server.worker():
        until(lambda: server.ask("/work_pools/filter", {}), "the worker has made its pool")
        yield server


class World:
    """A folder with an export and a config with a schedule; ``name`` is that of its process."""

    def __init__(self, folder: Path, name: str, cron: str = RARELY) -> None:
        self.folder, self.name = folder, name
        (folder / "configs").mkdir(parents=True, exist_ok=True)
        (folder / "configs" / "log.csv").write_text(LOG)
        self.config = folder / "configs" / f"{name}.yaml"
        self.write(cron)

    def write(self, cron: str | None) -> None:
        """Writes the config, with a schedule or without."""
        schedule = f"schedule: {{cron: '{cron}', timezone: UTC}}\n" if cron else ""
        config = CONFIG.replace("{id: p}", f"{{id: {self.name}}}") % "log.csv"
        one_page = config.replace("report: {", "report: {languages: [nl], ")
        self.config.write_text(f"{one_page}privacy: {{key_env: HOEKSTEEN_KEY}}\n{schedule}")

    @property
    def out(self) -> Path:
        return self.folder / "out" / self.name

    @property
    def folders(self) -> list[str]:
        """The runs that stand there whole, and nothing else that was made of a run."""
        return sorted(path.parent.name for path in self.out.glob("[!l]*/run.json"))

    def found(self, run: str = "latest") -> dict[str, Any]:
        """What a run found."""
        findings: dict[str, Any] = json.loads((self.out / run / "findings.json").read_text())
        return findings

    @property
    def stored(self) -> set[Path]:
        """The files of the store."""
        return set(self.out.glob("store/batch=*/*"))

    def is_tidy(self) -> bool:
        """Whether nothing is half-made, and nobody holds the store."""
        with Folder(self.out).hold(), Folder(self.out / "store").hold():
            return not list(self.out.glob(".making-*"))

    def planned(self, folder: Path, as_of: dt.datetime | None = None) -> Job:
        """The same run, in another folder."""
        return plan(self.config, out=folder, now=dt.datetime.now(dt.UTC), as_of=as_of)

    def by_hand(self, folder: Path, as_of: dt.datetime | None = None) -> Path:
        """The same run, undisturbed and without Prefect, made in another folder."""
        return make(self.planned(folder, as_of))


def once_soon() -> str:
    """A minute that has not begun when what has it is deployed, nor is long after that."""
    at = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
    return f"{at.minute} {at.hour} {at.day} {at.month} *"


@pytest.fixture(scope="module")
def worlds(
    prefect: Prefect, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[str, World]:
    """By the name of its test, a process for each that asks for one; all are deployed at once."""
    folder = tmp_path_factory.mktemp("worlds")
    here = [each for each in request.session.items if each.path == request.path]
    asking = {each.originalname for each in here if "world" in each.fixturenames}
    made = {
        name: World(folder, name.removeprefix("test_").replace("_", "-")) for name in sorted(asking)
    }
    if soon := made.get(test_from_a_schedule_to_a_report_though_a_machine_is_lost.__name__):
        soon.write(once_soon())  # so that other tests are at work until then
    done = prefect.hoeksteen(folder, "deploy")
    names = [f"journey/{each.name}" for each in made.values()]
    assert (done.returncode, done.stdout.split()) == (0, names), done.stderr
    return made


@pytest.fixture
def world(worlds: dict[str, World], request: pytest.FixtureRequest) -> World:
    """A process that is deployed."""
    return worlds[request.node.originalname]


@pytest.fixture(scope="module")
def settled(prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A process that was deployed and is let be."""
    made = World(tmp_path_factory.mktemp("settled") / "world", "settled")
    assert prefect.hoeksteen(made.folder, "deploy").returncode == 0
    return made


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOEKSTEEN_KEY", KEY)


def mid_run(world: World, where: str) -> None:
    """Waits until a run has written what it throws away at its end."""
    until(lambda: amid(world.out, where), where, every_seconds=0.02)


def held_mid_run(world: World, run: str, where: str) -> list[int]:
    """The processes of such a run, which stand still: it does not end before it is disturbed."""
    mid_run(world, where)
    processes = processes_of(run)
    tell_all(processes, signal.SIGSTOP)
    return processes


BEGUN, READ, STORED = "surveys", "[0-9]*", "surveys/*/events.parquet"


@BOTH
def test_a_double_firing_makes_one_run(prefect: Prefect, world: World, tmp_path: Path) -> None:
    runs = [prefect.fire(world.name) for _ in range(2)]

    assert prefect.ended(*runs) == ["COMPLETED"] * 2
    assert world.folders == [world.planned(tmp_path / "by hand").run_id]
    assert world.is_tidy()
    names = {each["name"] for each in prefect.runs(world.name) if each["id"] in runs}
    assert names == {f"{world.name} as it is known"}
    stands = f"The run stands in {world.out / world.folders[0]}."
    until(lambda: all(stands in prefect.said(run) for run in runs), "their logs are there")
    stages = [sum(" took " in said for said in prefect.said(run)) for run in runs]
    assert sorted(stages) == [0, 7]


@ONE
def test_a_late_worker_makes_nothing_twice(prefect: Prefect, world: World) -> None:
    prefect.leave_to(world.name, "late")
    now = dt.datetime.now(dt.UTC)
    runs = [prefect.fire(world.name, now - dt.timedelta(hours=hour)) for hour in (2, 1)]

    with prefect.worker("late"):
        assert prefect.ended(*runs) == ["COMPLETED"] * 2

    assert len(world.folders) == 1
    assert world.is_tidy()


@BOTH
def test_a_run_that_is_killed_blocks_no_other(
    prefect: Prefect, world: World, tmp_path: Path
) -> None:
    killed = prefect.fire(world.name)
    processes = held_mid_run(world, killed, STORED)
    next_one = prefect.fire(world.name)
    tell_all(processes, signal.SIGKILL)
    stored = world.stored
    assert list(world.out.glob(".making-*"))

    assert prefect.ended(killed, next_one) == ["CRASHED", "COMPLETED"]
    assert world.is_tidy()
    assert world.stored == stored  # what was stored is not read again
    by_hand = world.by_hand(tmp_path / "by hand")
    assert world.folders == [by_hand.name]
    assert world.found() == json.loads((by_hand / "findings.json").read_text())


@ONE
def test_a_machine_that_is_lost_blocks_no_other_for_ever(
    prefect: Prefect, world: World, tmp_path: Path
) -> None:
    prefect.leave_to(world.name, "lost")
    with prefect.worker("lost") as worker:
        lost = prefect.fire(world.name)
        processes = held_mid_run(world, lost, READ)
        next_one = prefect.fire(world.name)
        tell_all([worker.pid, *processes], signal.SIGKILL)

    assert prefect.state(lost) == "RUNNING"  # nobody could say that it is not
    prefect.let_leases_end()  # as after five minutes
    with prefect.worker("lost"):
        assert prefect.ended(next_one) == ["COMPLETED"]
    assert world.folders == [world.planned(tmp_path / "by hand").run_id]
    assert world.is_tidy()


@ONE
def test_a_run_that_was_given_up_too_early_is_harmless(
    prefect: Prefect, world: World, tmp_path: Path
) -> None:
    given_up = prefect.fire(world.name)
    processes = held_mid_run(world, given_up, READ)
    prefect.put(given_up, "CRASHED", force=True)
    next_one = prefect.fire(world.name)
    until(lambda: prefect.state(next_one) == "RUNNING", "the next run is there too")
    tell_all(processes, signal.SIGCONT)

    assert prefect.ended(next_one) == ["COMPLETED"]
    until(lambda: not processes_of(given_up), "the one that was given up ends")
    assert world.folders == [world.planned(tmp_path / "by hand").run_id]
    assert world.is_tidy()


@ONE
def test_a_run_that_is_cancelled_leaves_nothing(prefect: Prefect, world: World) -> None:
    cancelled = prefect.fire(world.name)
    mid_run(world, BEGUN)
    prefect.put(cancelled, "CANCELLING")

    assert prefect.ended(cancelled) == ["CANCELLED"]
    assert not processes_of(cancelled)
    assert world.is_tidy()
    assert not world.folders
    next_one = world.by_hand(world.out.parent)
    assert world.folders == [next_one.name]


@ONE
def test_a_back_fill_is_the_runs_one_by_one(prefect: Prefect, world: World, tmp_path: Path) -> None:
    in_order = [world.by_hand(tmp_path / "by hand", as_of) for as_of in MARCH]
    for as_of in [*reversed(MARCH), MARCH[0]]:
        assert prefect.ended(prefect.fire(world.name, as_of=as_of.isoformat())) == ["COMPLETED"]

    assert world.folders == sorted(run.name for run in in_order)
    for run in in_order:
        by_hand = json.loads((run / "findings.json").read_text())
        assert {**world.found(run.name), "changes": None} == {**by_hand, "changes": None}
    assert (world.out / "latest").resolve().name == in_order[-1].name
    names = {each["name"] for each in prefect.runs(world.name)}
    assert f"{world.name} as of 2026-03-08" in names


@ONE
def test_the_command_runs_on_the_server_that_is_configured(
    prefect: Prefect, tmp_path: Path
) -> None:
    world = World(tmp_path / "world", "by-command")

    done = prefect.hoeksteen(world.folder, "run", str(world.config))

    assert done.returncode == 0, done.stderr
    assert world.folders == [world.planned(tmp_path / "by hand").run_id]
    [run] = prefect.ask(
        "/flow_runs/filter", {"flow_runs": {"name": {"any_": ["by-command as it is known"]}}}
    )
    assert run["state_type"] == "COMPLETED"


def without_polls(deployment: dict[str, Any]) -> dict[str, Any]:
    """A deployment without what its worker says of itself."""
    return {key: deployment[key] for key in deployment if key not in ("status", "last_polled")}


@ONE
def test_deploying_again_changes_nothing(prefect: Prefect, settled: World) -> None:
    written = (settled.folder / "prefect.yaml").read_bytes()
    before = without_polls(prefect.deployment(settled.name))
    due = until(lambda: prefect.runs(settled.name), "runs are due")

    assert prefect.hoeksteen(settled.folder, "deploy").returncode == 0

    assert (settled.folder / "prefect.yaml").read_bytes() == written
    assert without_polls(prefect.deployment(settled.name)) == before
    assert {each["id"] for each in prefect.runs(settled.name)} == {each["id"] for each in due}


@ONE
def test_a_config_that_takes_the_place_of_another_says_so(prefect: Prefect, tmp_path: Path) -> None:
    first, second = (World(tmp_path / team, "taken") for team in ("here", "there"))
    assert prefect.hoeksteen(first.folder, "deploy").stderr == ""

    done = prefect.hoeksteen(second.folder, "deploy")

    was, is_now = first.config, second.config
    assert done.stderr == f"journey/taken ran {was} until now, and runs {is_now} from now on.\n"
    assert prefect.deployment("taken")["parameters"]["config"] == str(is_now)
    assert prefect.hoeksteen(second.folder, "deploy").stderr == ""


@ONE
def test_a_trigger_that_is_missing_is_made_when_it_is_deployed_again(
    prefect: Prefect, tmp_path: Path
) -> None:
    world = World(tmp_path / "world", "triggered")
    watched = world.config.read_text().replace("schedule: {", "schedule: {watch: PT1H, ")
    world.config.write_text(watched)
    assert prefect.hoeksteen(world.folder, "deploy").returncode == 0
    of = f"/automations/related-to/prefect.deployment.{prefect.deployment('triggered')['id']}"
    [made] = prefect.ask(of)
    prefect.remove(f"/automations/{made['id']}")
    assert prefect.ask(of) == []

    assert prefect.hoeksteen(world.folder, "deploy").returncode == 0

    assert [each["name"] for each in prefect.ask(of)] == [made["name"]]


@ONE
@pytest.mark.skipif(
    tuple(map(int, version("fastapi").split(".")[:2])) >= (0, 151),
    reason="`prefect deploy` ends with an error of its own server on this fastapi",
)
def test_prefect_itself_deploys_the_same_from_the_file(prefect: Prefect, settled: World) -> None:
    ours = prefect.deployment(settled.name)

    done = prefect.run("-m", "prefect", "--no-prompt", "deploy", "--all", cwd=settled.folder)

    assert done.returncode == 0, done.stderr
    theirs = prefect.deployment(settled.name)
    of_when = {
        *("updated", "updated_by", "version_id", "version_info", "schedules"),
        *("global_concurrency_limit", "status", "last_polled"),
    }
    assert {key for key in ours if ours[key] != theirs[key]} <= of_when
    keys = ("id", "schedule", "active", "slug")
    [was], [is_] = ours["schedules"], theirs["schedules"]
    assert [was[key] for key in keys] == [is_[key] for key in keys]


@ONE
def test_a_wrong_parameter_is_refused(prefect: Prefect, settled: World) -> None:
    wrong: list[dict[str, object]] = [
        {"as_of": 5},
        {"wait_seconds": -1},
        {"overrides": "analysis.top=3"},
    ]
    for parameters in wrong:
        with pytest.raises(Refused, match="409"):
            prefect.fire(settled.name, **parameters)


@ONE
def test_a_schedule_that_is_taken_away_is_not_kept(prefect: Prefect, settled: World) -> None:
    until(lambda: prefect.runs(settled.name), "runs are due")
    settled.write(cron=None)

    done = prefect.hoeksteen(settled.folder, "deploy", str(settled.config))

    assert (done.returncode, done.stdout.strip()) == (0, "")
    assert done.stderr.startswith(f"journey/{settled.name} no longer runs by itself")
    assert prefect.deployment(settled.name)["schedules"] == []
    assert prefect.runs(settled.name) == []
    assert "deployments: []" in (settled.folder / "prefect.yaml").read_text()
    again = prefect.hoeksteen(settled.folder, "deploy", str(settled.config))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "has no schedule" in again.stderr


@ONE
def test_the_template_for_a_cluster_makes_a_job_without_a_gap(
    prefect: Prefect, tmp_path: Path
) -> None:
    template = json.loads((ROOT / "docs" / "kubernetes-pool.json").read_text("utf-8"))
    pool = {"name": "cluster", "type": "kubernetes", "base_job_template": template}
    prefect.ask("/work_pools/", pool)
    world = World(tmp_path / "world", "cluster")

    done = prefect.hoeksteen(world.folder, "deploy", "--pool", "cluster")

    assert (done.returncode, prefect.deployment("cluster")["work_pool_name"]) == (0, "cluster")
    variables = template["variables"]["properties"]
    given = {name: variable.get("default", name) for name, variable in variables.items()}
    job = apply_values(template["job_configuration"], given)
    asked = {each.name for each in find_placeholders(template["job_configuration"])}
    assert (asked, find_placeholders(job)) == (set(variables), set())
    pod = job["job_manifest"]["spec"]["template"]["spec"]
    # what prefect-kubernetes refuses to be without
    required = {"parallelism": 1, "completions": 1, "restartPolicy": "Never"}
    assert required.items() <= pod.items()
    assert pod["containers"][0]["name"] == "prefect-job"
    assert (job["job_manifest"]["apiVersion"], job["job_manifest"]["kind"]) == ("batch/v1", "Job")


@ONE
def test_served_from_here_it_runs_without_a_worker(prefect: Prefect, world: World) -> None:
    config = str(world.config.relative_to(world.folder))
    deployed = prefect.deployment(world.name)
    assert deployed["work_pool_name"] == "hoeksteen"

    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as by a script that starts it with &
    with prefect.process("-m", "flows", "serve", config, cwd=world.folder) as served:
        signal.signal(signal.SIGINT, ignored)
        until(lambda: not prefect.deployment(world.name)["work_pool_name"], "it is served")
        assert prefect.ended(prefect.fire(world.name)) == ["COMPLETED"]
        (world.folder / "configs" / "log.csv").write_text(f"{LOG}{ONE_CASE_MORE}")
        under_way = prefect.fire(world.name)
        mid_run(world, BEGUN)
        served.send_signal(signal.SIGTERM)
        assert served.wait(60) == 0
    assert prefect.state(under_way) == "CANCELLED"  # so that it does not keep others waiting
    assert world.is_tidy()
    [log] = prefect.folder.glob("flows-serve-*.log")
    assert log.read_text().startswith(f"journey/{world.name}\n")
    assert "Traceback" not in log.read_text()

    assert len(world.folders) == 1
    assert prefect.deployment(world.name)["paused"]
    done = prefect.hoeksteen(world.folder, "deploy", config)
    assert (done.returncode, done.stderr) == (0, "")
    again = prefect.deployment(world.name)
    assert again["id"] == deployed["id"]
    assert (again["paused"], again["work_pool_name"]) == (False, "hoeksteen")


@ONE
def test_from_a_schedule_to_a_report_though_a_machine_is_lost(
    prefect: Prefect, world: World, tmp_path: Path
) -> None:
    fired = until(
        lambda: [each for each in prefect.runs(world.name) if each["start_time"]],
        "the schedule fires",
    )
    assert all(each["auto_scheduled"] for each in fired)
    assert set(prefect.ended(*(each["id"] for each in fired))) == {"COMPLETED"}
    assert (world.out / "latest" / "report.nl.html").is_file()
    [first] = world.folders

    with cluster(tmp_path, HOEKSTEEN_KEY=KEY) as workers:
        (world.folder / "configs" / "log.csv").write_text(f"{LOG}{ONE_CASE_MORE}")
        run = prefect.fire(world.name, overrides=[f"engine={workers.address}"])
        until(lambda: amid(world.out, "*/.*"), "a piece", every_seconds=0.01)
        workers.workers[0].kill()
        assert prefect.ended(run) == ["COMPLETED"]

    [second] = {*world.folders} - {first}
    told = json.loads((world.out / second / "run.json").read_text())
    assert told["engine"] == workers.address
    alone = json.loads((world.by_hand(tmp_path / "alone") / "findings.json").read_text())
    assert alone["log"]["cases"] == world.found(first)["log"]["cases"] + 1
    assert {**world.found(second), "changes": None} == {**alone, "changes": None}
    assert world.is_tidy()


ONE_CASE_MORE = "N;in;09-03-2026 10:00\nN;klaar;11-03-2026 10:00\n"
