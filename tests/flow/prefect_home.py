# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A home for Prefect with a database in it, which Prefect itself takes ten seconds to make."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DATABASE = "prefect.db"


def prefect_home(folder: Path) -> Path:
    """The home of Prefect in a folder; made where there is none yet."""
    home = folder / "prefect"
    if not home.exists():
        home.mkdir(mode=0o700)
        (home / DATABASE).write_bytes(_database())
    return home


@functools.cache
def _database() -> bytes:
    """A database of Prefect as its first server leaves it."""
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
            check=True,
            capture_output=True,
            env={**os.environ, "HOME": home, "PREFECT_HOME": home},
        )
        return (Path(home) / DATABASE).read_bytes()
