# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A server of Prefect of a module's own, its workers, and processes in which a schedule is at work.

All of them are told by their environment where they belong, and are ended with what they started.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.flow.prefect_home import prefect_home
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
KEY = "sleutel " * 4
PATIENCE_SECONDS = 180
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def until(is_so: Callable[[], Any], what: str, every_seconds: float = 0.2) -> Any:
    """What ``is_so`` gives when it gives something."""
    for _ in range(int(PATIENCE_SECONDS / every_seconds)):
        if found := is_so():
            return found
        time.sleep(every_seconds)
    raise AssertionError(f"not in {PATIENCE_SECONDS} seconds: {what}")


def amid(process_folder: Path, where: str) -> list[Path]:
    """What a run has written, that is being made, and throws away at its end; often all goes."""
    try:
        return [*process_folder.glob(f".making-*/scratch/{where}")]
    except FileNotFoundError:  # a folder went while it was looked through
        return []


class Prefect:
    """A server at ``url``, whose files are in ``folder``."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/api"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "PREFECT" not in name},
            "HOME": str(folder),
            "PREFECT_HOME": str(prefect_home(folder)),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "HOEKSTEEN_KEY": KEY,
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_API_URL": self.url,
            "PREFECT_WORKER_QUERY_SECONDS": "0.5",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
            "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "1",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES_ON_DISK,
        }
        if database:
            self.environment["PREFECT_API_DATABASE_CONNECTION_URL"] = database
        self._address = ("--host", "127.0.0.1", "--port", str(port), "--no-ui")

    @contextmanager
    def running(self) -> Iterator[None]:
        """The server, for as long as it is wanted."""
        with self.process("-m", "prefect", "server", "start", *self._address) as server:
            until(lambda: self._is_there(server), "the server answers")
            yield

    @contextmanager
    def worker(self, pool: str = "hoeksteen") -> Iterator[subprocess.Popen[bytes]]:
        """A worker of a pool; it is there when it has said so."""
        start = ("-m", "prefect", "worker", "start", "--pool", pool, "--type", "process")
        with self.process(*start) as worker:
            yield worker

    @contextmanager
    def process(
        self, *arguments: str, cwd: Path | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process of Python, which is ended with all that it started."""
        said = self.folder / f"{'-'.join(arguments[1:4]).replace('/', '-')}.log"
        with (
            said.open("ab") as log,
            subprocess.Popen(
                [sys.executable, *arguments],
                cwd=cwd or self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                _end(process)

    def hoeksteen(self, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of ours."""
        return self.run("-m", "flows", *arguments, cwd=cwd)

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """A process of Python that ends by itself."""
        return subprocess.run(
            [sys.executable, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )

    def ask(self, path: str, said: dict[str, Any] | None = None, method: str = "") -> Any:
        """What the server answers; with something ``said`` it is asked to do it."""
        body = None if said is None else json.dumps(said).encode()
        asked = Request(
            f"{self.url}{path}",
            body,
            {"content-type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        [answer] = until(lambda: _answer(asked), f"{path} is answered")
        return answer

    def remove(self, path: str) -> None:
        """Has the server remove something."""
        self.ask(path, method="DELETE")

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment, as the server has it."""
        shown: dict[str, Any] = self.ask(f"/deployments/name/journey/{name}")
        return shown

    def leave_to(self, name: str, pool: str) -> None:
        """Has runs of a deployment be left to a new pool, which has no workers yet."""
        self.ask("/work_pools/", {"name": pool, "type": "process"})
        path, said = f"/deployments/{self.deployment(name)['id']}", {"work_pool_name": pool}
        self.ask(path, said, method="PATCH")

    def pause(self, name: str) -> None:
        """Has a deployment not be run by its schedule any more."""
        self.ask(f"/deployments/{self.deployment(name)['id']}/pause_deployment", {})

    def fire(self, name: str, due: dt.datetime | None = None, **parameters: object) -> str:
        """Has a run of a deployment be due; gives its id."""
        details = {"scheduled_time": due.isoformat()} if due else {}
        said = {"state": {"type": "SCHEDULED", "state_details": details}, "parameters": parameters}
        made = self.ask(f"/deployments/{self.deployment(name)['id']}/create_flow_run", said)
        return str(made["id"])

    def state(self, run: str) -> str:
        """How far a run is."""
        return str(self.ask(f"/flow_runs/{run}")["state_type"])

    def put(self, run: str, state: str, *, force: bool = False) -> None:
        """Has a run be in a state."""
        said = {"state": {"type": state, "name": state.capitalize()}, "force": force}
        self.ask(f"/flow_runs/{run}/set_state", said)

    def ended(self, *runs: str) -> list[str]:
        """How some runs ended, when all have."""
        until(lambda: {self.state(run) for run in runs} <= ENDED, f"{len(runs)} runs have ended")
        return [self.state(run) for run in runs]

    def runs(self, name: str) -> list[dict[str, Any]]:
        """All runs of a deployment."""
        of = {"deployments": {"id": {"any_": [self.deployment(name)["id"]]}}}
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", of)
        return found

    def let_leases_end(self) -> None:
        """Has time pass for who holds a place in a deployment and does not say so any more."""
        folder = self.folder / "prefect" / "concurrency_leases"
        for path in folder.glob("*-*.json"):
            lease = json.loads(path.read_text())
            path.write_text(json.dumps({**lease, "expiration": LONG_AGO}))
        index = folder / "expirations.json"
        index.write_text(json.dumps(dict.fromkeys(json.loads(index.read_text()), LONG_AGO)))

    def said(self, run: str) -> list[str]:
        """What was logged of a run, at INFO and above."""
        of = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
        return [each["message"] for each in self.ask("/logs/filter", of) if each["level"] >= 20]

    def _is_there(self, server: subprocess.Popen[bytes]) -> bool:
        assert server.poll() is None, "the server did not start"
        try:
            return bool(self.ask("/health"))
        except (URLError, ConnectionError, Refused):
            return False


class Refused(Exception):
    """What the server does not do; its status is the argument."""


def _answer(asked: Request) -> list[Any]:
    """What a server answers; nothing while its SQLite is busy."""
    try:
        with urlopen(asked) as answer:
            return [json.loads(answer.read() or b"null")]
    except HTTPError as error:
        error.close()
        if error.code == BUSY:
            return []
        raise Refused(error.code) from None


BUSY = 503
LONG_AGO = "2026-01-01T00:00:00+00:00"
LEASES_ON_DISK = "prefect.server.concurrency.lease_storage.filesystem"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process politely, and then what is left of it and of what it started."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def processes_of(run: str) -> list[int]:
    """The processes in which a run of a flow is made."""
    return sorted(_with_environment(f"PREFECT__FLOW_RUN_ID={run}"))


def tell_all(processes: Sequence[int], what: signal.Signals) -> None:
    """Gives a signal to processes."""
    for process in processes:
        os.kill(process, what)


def _with_environment(entry: str) -> Iterator[int]:
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if entry.encode() in environ.read_bytes().split(b"\0"):
                yield int(environ.parent.name)
        except OSError:
            continue
