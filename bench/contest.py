# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Contestants that do the same work on one table, each in a process of its own, in turn.

Each tells what it found, how long it took without its imports, and its peak of memory.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

TURNS = 3


def contest(contestant: Callable[[Path], list[Any]], path: Path) -> None:
    """Runs one contestant in this process; prints what it found, its seconds and its peak."""
    # importing Great Expectations is not what is measured
    import great_expectations.expectations  # noqa: F401

    began = time.perf_counter()
    found = contestant(path)
    seconds = time.perf_counter() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"found": found, "seconds": seconds, "peak_mib": peak_mib}))


def compare(
    module: str,
    names: Iterable[str],
    write: Callable[[int, Path], None],
    rows: int,
    turns: int = TURNS,
) -> None:
    """Runs the contestants of ``module`` on a table of ``rows`` rows; prints medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        write(rows, path)
        compare_on(path, module, names, turns)


def compare_on(path: Path, module: str, names: Iterable[str], turns: int = TURNS) -> None:
    """Runs the contestants of ``module`` on a file; prints medians and ratios."""
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(turns):
        for name, runs in told.items():
            command = [sys.executable, "-W", "ignore", "-m", module, name, str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    medians = {
        name: statistics.median(each["seconds"] for each in runs) for name, runs in told.items()
    }
    for name, runs in told.items():
        peak_mib = max(each["peak_mib"] for each in runs)
        ratio = medians[name] / next(iter(medians.values()))
        print(f"  {name:<28} {medians[name]:7.2f} s   peak {peak_mib:,} MiB   {ratio:.2f} x")
        print(f"    found {runs[0]['found']}")
