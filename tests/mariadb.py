# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A MariaDB for this session on loopback, asked through ODBC and thrown away after it."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port

DRIVER = "MariaDB Unicode"
_STARTS_SECONDS = 60
_TABLE = "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' IGNORE 1 LINES"


@dataclass(frozen=True)
class MariaDB:
    """A database in which ``reader``, with the password ``geheim``, may read ``zaken``."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The URL with the driver, without a named data source."""
        return f"odbc://reader@127.0.0.1:{self.port}/zaken?Driver={DRIVER}"

    def run(self, statements: str, database: str = "zaken") -> str:
        """Runs statements as the owner of the database; gives what its client prints."""
        done = self._client("mariadb", "-N", "--local-infile", database, given=statements)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, export: Path, times: Collection[str]) -> str:
        """Puts a csv in a table ``export``, with typed times; gives a query for it in order."""
        header = export.read_text("utf-8").partition("\n")[0].split(",")
        columns = [f"{name} {'datetime(6)' if name in times else 'text'}" for name in header]
        values = [f"{name} = nullif(@{name}, '')" for name in header]
        self.run(
            f"CREATE OR REPLACE TABLE export ({', '.join(columns)}, nummer serial);"
            f"LOAD DATA LOCAL INFILE '{export}' INTO TABLE export CHARACTER SET utf8mb4 {_TABLE} "
            f"({', '.join(f'@{name}' for name in header)}) SET {', '.join(values)};"
        )
        return f"SELECT {', '.join(header)} FROM export ORDER BY nummer"

    def wait(self) -> None:
        """Waits until it answers."""
        late = time.monotonic() + _STARTS_SECONDS
        while self._client("mariadb-admin", "ping").returncode:
            assert time.monotonic() < late, "MariaDB does not start"
            time.sleep(0.1)

    def _client(
        self, program: str, *asked: str, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        where = ("--no-defaults", f"--socket={self.folder}/socket", "-uroot")
        how = ("--default-character-set=utf8mb4", *asked)
        return subprocess.run(
            [program, *where, *how], input=given, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A database ``zaken`` with a user that may read; skipped if it cannot be run or asked."""
    _skip_without("mariadbd", "mariadb", "mariadb-admin", "mariadb-install-db", "odbcinst")
    folder = Path(tempfile.mkdtemp(prefix="hoeksteen-mariadb-", dir="/tmp"))  # a short path
    server = MariaDB(folder, free_port())
    ours = ("--no-defaults", f"--datadir={folder}/data", f"--user={getpass.getuser()}")
    made = ("--auth-root-authentication-method=normal", "--skip-test-db")
    subprocess.run(["mariadb-install-db", *ours, *made], check=True, capture_output=True)
    heard = (f"--socket={folder}/socket", f"--port={server.port}", "--bind-address=127.0.0.1")
    with subprocess.Popen(
        ["mariadbd", *ours, *heard, "--skip-name-resolve"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            server.wait()
            server.run(
                "CREATE DATABASE zaken CHARACTER SET utf8mb4;"
                "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'geheim';"
                "GRANT SELECT ON zaken.* TO reader@'127.0.0.1';",
                "mysql",
            )
            yield server
        finally:
            running.terminate()
    shutil.rmtree(folder)


def _skip_without(*programs: str) -> None:
    absent = [each for each in programs if shutil.which(each) is None]
    if absent:
        pytest.skip(f"a MariaDB and its ODBC driver are not here: {absent[0]}")
    skip_without_driver(DRIVER)


def skip_without_driver(name: str) -> None:
    """Skips a test if the ODBC driver manager knows no driver of this name."""
    known = subprocess.run(["odbcinst", "-q", "-d"], capture_output=True, text=True, check=False)
    if f"[{name}]" not in known.stdout:
        pytest.skip(f"there is no ODBC driver {name} here")
