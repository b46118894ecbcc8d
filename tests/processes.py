# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs the same code in several processes, each of which orders its sets differently."""

from __future__ import annotations

import subprocess
import sys


def printed_by_processes(code: str, *arguments: str) -> set[str]:
    """The different texts that they print: one, if the order does not matter."""
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
