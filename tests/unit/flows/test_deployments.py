# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which configs become deployments, the file that tells of them, and what is said when none can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from prefect.cli.deploy._models import PrefectYamlModel
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from contracts.errors import ConfigError, UsageError
from flows.cli import app
from flows.deploying import prefect_yaml
from flows.deploying.deployables import deployments_of
from flows.deploying.scheduled import find

CONFIG = """
process: {id: %s, name: {nl: 'Vergunning: "dakkapel"', en: 'Permit: "dormer" #1'}}
sources: [{path: log.csv}]
journey: {end: [z]}
"""
MONDAYS = 'schedule: {cron: "0 6 * * mon"}\n'
NOWHERE = "http://127.0.0.1:9/api"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()

    def config(name: str, process: str | None = None, schedule: str = MONDAYS) -> Path:
        path = Path("configs") / f"{name}.yaml"
        path.write_text(CONFIG % (process or name) + schedule)
        return path

    return config


def test_those_in_configs_that_have_a_schedule_are_found(write: Write) -> None:
    for name in ("b", "a"):
        write(name)
    without = write("c", schedule="")
    Path("configs/broken.yaml").write_text("process: {id: '${NOBODY_SET_THIS}'}")

    found = find([], Path("out"), None)

    assert [each.name for each in found.scheduled] == ["a", "b"]
    assert without.resolve() in found.without


def test_those_that_are_named_are_found_each_once(write: Write) -> None:
    write("a")
    path = write("b")

    found = find([path, Path("configs/../configs/b.yaml")], Path("out"), None)

    assert [each.name for each in found.scheduled] == ["b"]


def test_runs_are_told_of_places_that_are_the_same_from_everywhere(
    write: Write, tmp_path: Path
) -> None:
    write("a")

    def told(store: str | None) -> dict[str, object]:
        [each] = find([], Path("out"), store).scheduled
        return each.parameters

    places = {"config": str(tmp_path / "configs/a.yaml"), "out": str(tmp_path / "out")}
    assert told(None) == {**places, "wait_seconds": 3600}
    assert told("stores")["store"] == str(tmp_path / "stores" / "a")
    assert told("s3://bucket/stores/")["store"] == "s3://bucket/stores/a"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda write: (write("a", "same"), write("b", "same")), "are for the same process: same"),
        (lambda write: write("a", schedule='schedule: {cron: "0 25 * * *"}'), "bad hour"),
        (lambda write: write("a", schedule="schedule: {crom: x}"), "Did you mean 'cron'"),
        (lambda write: write("a", schedule=f"{MONDAYS}journal: 1"), "'journal' is not a key"),
    ],
)
def test_a_wrong_config_is_refused(
    write: Write, wrong: Callable[[Write], object], said: str
) -> None:
    wrong(write)

    with pytest.raises(ConfigError, match=said):
        find([], Path("out"), None)


def test_the_file_tells_prefect_what_we_tell_it(write: Write) -> None:
    for name in ("a", "b"):
        write(name)
    found = wanted("s3://bucket/stores")

    text = prefect_yaml.text(found, "a pool: of ours")

    model = PrefectYamlModel.model_validate(yaml.safe_load(text))
    assert model.pull == []
    assert [each.name for each in model.deployments] == ["a", "b"]
    first = model.deployments[0]
    assert first.parameters == found[0].parameters
    assert first.description == 'Shows where citizens wait in Permit: "dormer" #1.'
    assert first.work_pool
    assert first.work_pool.name == "a pool: of ours"
    assert first.schedules
    assert first.schedules[0].cron == "0 6 * * mon"
    assert text == prefect_yaml.text(wanted("s3://bucket/stores"), "a pool: of ours")


def wanted(store: str | None = None) -> list[RunnerDeployment]:
    scheduled = find([], Path("out"), store).scheduled
    return [made for each in scheduled for made in deployments_of(each)]


@pytest.mark.parametrize(
    ("schedule", "names"),
    [
        ('{cron: "0 6 * * mon"}', ["journey/a"]),
        ("{watch: PT5M}", ["journey/a", "watch/a"]),
        ('{cron: "0 6 * * mon", watch: PT5M}', ["journey/a", "watch/a"]),
        ("{watch: PT5M, mail: [team@dienst.example]}", ["journey/a", "watch/a", "mail/a"]),
    ],
)
def test_a_config_asks_for_what_watches_and_mails_for_its_journey(
    write: Write, schedule: str, names: list[str]
) -> None:
    write("a", schedule=f"schedule: {schedule}\n")

    journey, *others = made = wanted("stores")

    assert [each.full_name for each in made] == names
    assert [each.schedule.cron for each in journey.schedules] == ["0 6 * * mon"] * (
        "cron" in schedule
    )
    assert len(journey.triggers) == len([each for each in others if each.flow_name == "watch"])
    for each in others:
        assert set(each.parameters) in ({"config", "out", "store"}, {"to"})
    model = PrefectYamlModel.model_validate(yaml.safe_load(prefect_yaml.text(made, "pool")))
    for ours, theirs in zip(made, model.deployments, strict=True):
        assert theirs.entrypoint == ours.entrypoint
        assert (theirs.parameters or {}) == ours.parameters
        triggers = [dict(each) for each in theirs.triggers or ()]
        told = [
            DeploymentEventTrigger.model_validate(each).model_dump(exclude={"job_variables"})
            for each in triggers
        ]
        assert told == [each.model_dump(exclude={"job_variables"}) for each in ours.triggers]


@pytest.mark.parametrize("theirs", ["deployments: []\n", ""])
def test_a_file_of_somebody_else_is_left_as_it_is(write: Write, theirs: str) -> None:
    write("a")
    Path("prefect.yaml").write_text(theirs)

    with pytest.raises(UsageError, match="not written by hoeksteen"):
        prefect_yaml.check_ours()
    done = invoke("deploy")

    assert done.exit_code == 2
    assert Path("prefect.yaml").read_text() == theirs


def test_our_own_file_may_be_overwritten(write: Write) -> None:
    write("a")
    prefect_yaml.check_ours()
    prefect_yaml.write(wanted(), "pool")

    prefect_yaml.check_ours()
    prefect_yaml.write([], "pool")

    assert yaml.safe_load(Path("prefect.yaml").read_text())["deployments"] == []


def invoke(*arguments: str, server: str | None = NOWHERE) -> Result:
    with temporary_settings({PREFECT_API_URL: server, PREFECT_CLIENT_MAX_RETRIES: 0}):
        return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("command", ["deploy", "serve"])
@pytest.mark.parametrize(
    ("schedule", "server", "exit_code", "said"),
    [
        ("", None, 2, "No config has a schedule"),
        (MONDAYS, None, 2, "Start one with `prefect server start`"),
        (MONDAYS, NOWHERE, 4, "does not answer (ConnectError)"),
        (MONDAYS, "127.0.0.1:9", 4, "does not answer (UnsupportedProtocol)"),
        (MONDAYS, "http://u:geheim@127.0.0.1:9/api", 4, "at 127.0.0.1:9/api does not answer"),
    ],
)
def test_without_a_server_it_says_so(
    write: Write, command: str, schedule: str, server: str | None, exit_code: int, said: str
) -> None:
    write("a", schedule=schedule)

    done = invoke(command, server=server)

    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "geheim" not in done.stderr
    assert not Path("prefect.yaml").exists()


def test_where_there_can_be_no_store_it_says_so(write: Write) -> None:
    write("a")

    done = invoke("deploy", "--store", "ftp://there")

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "There cannot be a store at ftp://" in done.stderr
