# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The same code in several processes, each of which orders its sets in its own way."""

from __future__ import annotations

import subprocess
import sys


def printed_by_processes(code: str, *arguments: str) -> set[str]:
    """What they print; one text, where it does not hang on that order."""
    return {
        subprocess.run(
            [sys.executable, "-c", code, *arguments],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            text=True,
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
