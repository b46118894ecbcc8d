# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A file is put in a watched folder: a report appears, and what is wrong in it is mailed.

With a server of Prefect, and what serves the deployments, as processes of their own; and a mail
server, which does not take the first mail at once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from flows.watch import keep, look
from tests.flow.prefect_home import prefect_home
from tests.flow.test_bad_input import LOG
from tests.mail_server import WHO, MailServer, mail_server
from tests.servers import free_port

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("command")]
ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 240
CONFIG = """
process: {id: p}
sources: [{path: in/*.csv, columns: {case_id: zaak, activity: stap, timestamp: tijd}}]
journey: {end: [klaar]}
deadlines: [{id: termijn, rule: {term: P1D, law: none}}]
report: {formats: [html, parquet]}
schedule: {watch: PT1M, mail: [team@dienst.example]}
"""


@dataclass(frozen=True)
class Scene:
    """A served process: its folder, and what Prefect and the mail server have of it."""

    folder: Path
    api: str
    post: MailServer

    def arrives(self, name: str) -> None:
        """A file is put there and seen, a minute ago."""
        (self.folder / "in" / name).write_text(LOG)
        a_minute_ago = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
        keep(look(self.folder / "p.yaml", out=self.folder / "out", now=a_minute_ago))

    def looks(self) -> str:
        """How the sensor ended, run now."""
        found = self.ask("GET", "deployments/name/watch/p")
        scheduled = {"state": {"type": "SCHEDULED"}}
        run = self.ask("POST", f"deployments/{found['id']}/create_flow_run", scheduled)
        path = f"flow_runs/{run['id']}"
        until(lambda: self.ask("GET", path)["state"]["type"] in ENDED)
        return str(self.ask("GET", path)["state"]["type"])

    def runs_of(self, flow: str) -> list[dict[str, Any]]:
        asked = {"flows": {"name": {"any_": [flow]}}}
        return list(self.ask("POST", "flow_runs/filter", asked))

    def ask(self, method: str, path: str, asked: object = None) -> Any:
        """What Prefect answers; a server that is busy is asked again."""
        for _ in range(50):
            answer = httpx.request(method, f"{self.api}/{path}", json=asked, timeout=30)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.2)
        return answer.raise_for_status().json()


ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


@contextmanager
def process(log: Path, *arguments: str, env: dict[str, str]) -> Iterator[None]:
    with (
        log.open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", *arguments], stdout=out, stderr=out, env=env, cwd=ROOT
        ) as started,
    ):
        try:
            yield
        finally:
            started.terminate()


def is_there(address: str) -> bool:
    try:
        return httpx.get(address).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder, port = tmp_path_factory.mktemp("watched"), free_port()
    (folder / "in").mkdir()
    (folder / "p.yaml").write_text(CONFIG)
    with mail_server(refusals={"RCPT": ["451 not yet"]}) as post:
        who = ":".join(quote(each, safe="") for each in WHO)
        env = {
            **os.environ,
            "HOME": str(folder),
            "PREFECT_HOME": str(prefect_home(folder)),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "HOEKSTEEN_SMTP_URL": f"smtp://{who}@127.0.0.1:{post.port}",
            "HOEKSTEEN_MAIL_FROM": "hoeksteen@dienst.example",
        }
        scene = Scene(folder, env["PREFECT_API_URL"], post)
        server = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        served = ("tests.flow.serving", str(folder / "p.yaml"), str(folder / "out"))
        with process(folder / "server.log", *server, env=env):
            until(lambda: is_there(f"{scene.api}/health"))
            with process(folder / "served.log", *served, env=env):
                until(lambda: is_there(f"{scene.api}/deployments/name/mail/p"))
                yield scene


@pytest.fixture(scope="module")
def arrived(scene: Scene) -> Scene:
    """A file arrived, and all that comes of it is over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(scene.folder))
        scene.arrives("Z1 Jansen.csv")
    assert scene.looks() == "COMPLETED"
    until(lambda: scene.post.mails)
    until(lambda: [run["state_type"] for run in scene.runs_of("mail")] == ["COMPLETED"])
    return scene


def test_a_file_becomes_a_report_and_what_is_wrong_in_it_a_mail(arrived: Scene) -> None:
    [mail] = arrived.post.mails
    [report] = arrived.folder.glob("out/p/latest/report.nl.html")
    assert (mail["Subject"], mail["To"]) == ("p: 40 zaken te laat (termijn)", "team@dienst.example")
    assert "Klaar na de laatste dag: 40.\n" in mail.get_content()
    assert f"Het rapport: {report.parent.resolve()}/report.nl.html\n" in mail.get_content()
    assert not re.search(r"Z\d|Jansen", mail.as_string())


def test_nothing_happens_at_the_next_look(arrived: Scene) -> None:
    assert arrived.looks() == "COMPLETED"

    assert len(arrived.runs_of("journey")) == len(arrived.runs_of("mail")) == 1
    asked = {"filter": {"event": {"prefix": ["hoeksteen."]}}}
    [breach, ready, came] = arrived.ask("POST", "events/filter", asked)["events"]
    assert breach["event"] == "hoeksteen.norm.breached"
    assert ready["event"] == "hoeksteen.report.ready"
    assert (came["event"], came["payload"]) == (
        "hoeksteen.export.arrived",
        {"process": "p", "files": 1},
    )


def test_prefect_knows_no_more_of_a_mail_than_what_it_says_and_to_whom(arrived: Scene) -> None:
    [run] = arrived.runs_of("mail")

    assert sorted(run["parameters"]) == ["body", "subject", "to"]
    kept = b"".join(path.read_bytes() for path in arrived.folder.rglob("*") if path.is_file())
    assert b"team@dienst.example" in kept  # so it is read where it would be
    secrets = (WHO[1], quote(WHO[1], safe=""), "hoeksteen@dienst.example")
    assert [secret for secret in secrets if secret.encode() in kept] == []
