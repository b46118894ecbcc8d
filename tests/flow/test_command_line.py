# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The command as a user has it: a process of its own, with Prefect's temporary server.

What comes to no run needs neither, and is told in this process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from contracts.findings import Findings
from flows.cli import DIALECT_NAMES, app
from flows.commands.forget import from_stdin
from flows.commands.questions import someone_to_ask
from ingest.storage.places import Folder
from simulation.recording.dialects import DIALECTS
from tests.flow.prefect_home import prefect_home
from tests.flow.test_bad_input import CONFIG, LOG

pytestmark = pytest.mark.xdist_group("command")
REPORTS = {f"report.{language}.{form}" for language in ("nl", "en") for form in ("html", "pdf")}
IN_A_RUN = {
    *REPORTS,
    *("findings.json", "findings.xlsx", "findings.ods", "tables", "journey.bpmn"),
    *("cases", "quarantine.parquet", "validation", "run.json"),
}
"""The folder of a run, where the config does not say which forms it should have."""
MADE = ("--cases", "5", "--seed", "1", "--out", "made")


def hoeksteen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with started(folder, *arguments) as process:
        stdout, stderr = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command that is under way."""
    home = {"PREFECT_HOME": str(prefect_home(folder)), "HOME": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "flows", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, **home, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def told_here(*arguments: str) -> Result:
    """A command that starts nothing, in this process."""
    return CliRunner().invoke(app, arguments, prog_name="hoeksteen")


def be_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has commands in this process be given where ``hoeksteen`` gives them."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are given in this process."""
    be_in(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A log and its config."""
    (tmp_path / "log.csv").write_text(LOG)
    path = tmp_path / "p.yaml"
    path.write_text(CONFIG % "log.csv")
    return path


class Ran(NamedTuple):
    """A run with a report on paper: where it was asked for, how, and what came of it.

    ``written``: what came of ``init``, which wrote its config.
    """

    folder: Path
    written: subprocess.CompletedProcess[str]
    arguments: tuple[str, ...]
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("ran")
    (folder / "log.csv").write_text(LOG)
    written = hoeksteen(folder, "init", "log.csv", "--out", "p.yaml")
    arguments = ("run", str(folder / "p.yaml"), "--set=report.formats=[html, pdf]")
    return Ran(folder, written, arguments, hoeksteen(folder, *arguments))


@pytest.mark.flow
def test_init_ends_with_its_config_which_a_run_takes_as_it_is(ran: Ran) -> None:
    assert (ran.written.returncode, ran.written.stdout) == (0, "p.yaml\n")
    assert ran.done.returncode == 0


@pytest.mark.flow
def test_a_run_ends_with_its_folder_and_leaves_no_process(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (ran.done.returncode, ran.done.stderr.count("Traceback")) == (0, 0)
    *pages, folder = ran.done.stdout.split()
    assert [Path(page).name for page in pages] == sorted(REPORTS)
    findings = Findings.model_validate_json((Path(folder) / "findings.json").read_text("utf-8"))
    assert (findings.log.cases, findings.log.open_cases) == (40, 0)
    assert findings.throughput_days.p50 == 2
    assert not running_in(ran.folder)

    be_in(ran.folder, monkeypatch)
    again = told_here(*ran.arguments, "--json")
    assert json.loads(again.stdout.splitlines()[-1]) == {"run": folder, "reports": pages}


@pytest.mark.flow
def test_a_run_writes_the_report_on_paper_if_its_config_asks(ran: Ran) -> None:
    *pages, folder = map(Path, ran.done.stdout.split())

    assert {page.name for page in folder.glob("*.pdf")} == {"report.nl.pdf", "report.en.pdf"}
    for page, paper in zip(pages[::2], pages[1::2], strict=True):
        assert f'href="{paper.name}"' in page.read_text("utf-8")
        assert "report.formats" not in page.read_text("utf-8")


def running_in(folder: Path) -> list[str]:
    """The processes whose environment says that they were started for ``folder``."""
    mine = f"PREFECT_HOME={folder / 'prefect'}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mine in environ.read_bytes():
                found.append(environ.parent.joinpath("cmdline").read_text())
        except OSError:  # it has ended, or is not ours
            continue
    return found


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["run", "nowhere.yaml"], 2, "There is no config file nowhere.yaml"),
        (["run", "p.yaml", "--set", "jurney.end=[x]"], 2, "Did you mean 'journey'?"),
        (["run", "p.yaml", "--set", "sources.0.path=nope.csv"], 4, "there is no nope.csv"),
        (["run", "p.yaml", "--as-of", "yesterday"], 2, "is not a time"),
        (["run", "p.yaml", "--as-of", "0001-01-01T00:00+14:00"], 2, "is not a time"),
        (["run", "p.yaml", "--engine", "spark"], 2, "'engine': write local, dask"),
        (["demo", "cbrr"], 2, "Did you mean cbr?"),
        (["demo", "--cases", "0"], 2, "--cases"),
        (["generate", "vsi", *MADE], 2, "Did you mean vis?"),
        (["generate", "vis", *MADE, "--cases", "-5"], 2, "--cases"),
        (["generate", "vis", *MADE, "--dialect", "sap"], 2, "'sap' is not"),
        (["generate", "vis", *MADE, "--out", "."], 2, "'.' exists already"),
        (
            ["generate", "vis", *MADE, "--out", "p.yaml/made"],
            2,
            "Nothing can be written in 'p.yaml'",
        ),
        (["generate", "vis", "--cases", "5", "--seed", "1"], 2, "--out"),
        (["fly"], 2, "No such command"),
    ],
)
@pytest.mark.usefixtures("here", "config")
def test_a_mistake_ends_with_its_exit_code(arguments: list[str], exit_code: int, said: str) -> None:
    done = told_here(*arguments)

    assert done.exit_code == exit_code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "p.yaml", "--as-of", "yesterday"], ["fly"], ["check", "--fly"]]
)
def test_wrong_use_is_told_as_json_too(arguments: list[str]) -> None:
    done = told_here(*arguments, "--json")

    told = json.loads(done.stdout.splitlines()[-1])
    assert (done.exit_code, told["exit_code"]) == (2, 2)
    assert told["error"] in done.stderr


@pytest.fixture
def heeds_a_closed_terminal() -> Iterator[None]:
    """What is begun here does, also where these tests were begun with `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.flow
@pytest.mark.usefixtures("heeds_a_closed_terminal")
def test_a_run_whose_terminal_is_closed_leaves_no_process(config: Path) -> None:
    with started(config.parent, "run", str(config)) as run:
        assert run.stderr
        for line in run.stderr:
            if line.startswith("reading"):  # then it has started a server
                run.send_signal(signal.SIGHUP)
        assert run.wait(60) == 128 + signal.SIGHUP

    assert not running_in(config.parent)
    assert not list((config.parent / "out" / "p").glob(".making-*"))


def test_a_signal_is_not_lost_where_a_library_ignores_what_it_raises() -> None:
    code = """
import signal, sys, time
from flows.cli import app

class Ignoring:  # as all that compiled code calls
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

@app.command()
def work():
    Ignoring()
    time.sleep(60)

app(["work"])
"""

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50
    )

    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")


def test_what_is_interrupted_when_all_is_done_says_nothing() -> None:
    late = "import atexit, signal; atexit.register(signal.raise_signal, signal.SIGINT)"
    code = f"{late}; from flows.cli import app; app(['schema'])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_stdin_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert someone_to_ask() is None
    assert from_stdin() == ()


@pytest.mark.flow
def test_a_store_in_use_is_left_alone(config: Path, tmp_path: Path) -> None:
    with Folder(tmp_path / "store").hold():
        done = hoeksteen(tmp_path, "run", str(config), "--store", "store", "--json")

    assert done.returncode == 5
    assert json.loads(done.stdout.splitlines()[-1])["exit_code"] == 5
    assert not list((tmp_path / "out" / "p").glob(".making-*"))


def test_check_says_each_rule_and_leaves_nothing(config: Path, here: Path) -> None:
    done = told_here("check", str(config))

    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("The log is fit to mine")
    assert {line.split()[1] for line in done.stdout.splitlines()[:-1]} >= {"C01", "C04", "DQ18"}
    assert not (here / "out").exists()


def test_a_log_that_is_not_fit_has_a_verdict_too(config: Path) -> None:
    asked = ("check", str(config), "--set", "journey.end=[klar]")

    done, as_json = told_here(*asked), told_here(*asked, "--json")

    assert (done.exit_code, as_json.exit_code) == (3, 3)
    assert done.stdout.splitlines()[-1].startswith("The log is not fit to mine")
    assert "klaar" in done.stderr
    [told] = map(json.loads, as_json.stdout.splitlines())
    assert (told["success"], told["exit_code"]) == (False, 3)
    assert "E01" in {rule["id"] for rule in told["rules"] if not rule["success"]}


@pytest.mark.parametrize("of", ["config", "findings"])
def test_the_schemas_are_json(of: str) -> None:
    done = told_here("schema", of)

    assert json.loads(done.stdout)["additionalProperties"] is False


def test_a_log_is_generated_in_every_dialect_that_the_command_names(here: Path) -> None:
    assert set(DIALECT_NAMES) == set(DIALECTS)

    done = told_here("generate", "vis", *MADE, "--dialect", "zgw", "--defects")

    assert (done.exit_code, done.stdout) == (0, "made\n")
    assert json.loads((here / "made" / "truth.json").read_text("utf-8"))["cases"] == 5
    assert (here / "made" / "log" / "zaken" / "page-00001.json").exists()


@pytest.mark.flow
def test_the_demo_tells_what_was_planted_and_what_was_found(here: Path) -> None:
    done = hoeksteen(here, "demo", "img", "--cases", "600", "--json")

    told = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0
    assert [each["plant"] for each in told["scores"]["mijnbouwschade"]["found"]] == [
        "IMG-B1",
        "IMG-B2",
        "IMG-B3",
    ]
    assert {Path(page).name for page in told["reports"]} == REPORTS
    assert {path.name for path in Path(told["reports"][0]).parent.iterdir()} == IN_A_RUN

    again = told_here("demo", "img", "--cases", "600")
    plants = [line.split()[0] for line in again.stdout.splitlines() if line.startswith("IMG-B")]
    assert plants == ["IMG-B1", "IMG-B2", "IMG-B3"]
    index, *reports = again.stdout.splitlines()[-1 - len(REPORTS) :]
    assert (index, reports) == (told["index"], told["reports"])
    assert index == str(here / "out" / "index.html")
    assert Path(index).is_file()
