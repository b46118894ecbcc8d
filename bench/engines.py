# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The same run by one worker with one core and by two: what another machine saves.

The process that starts a run shares the core of the first worker, and rests while the workers work.
One thread of polars may use more than one core, as other threads write files: so each process is
kept to one core by the taskset of Linux.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.generator import LOG, Order, generate

ROOT = Path(__file__).parents[1]
FILES = 16
ONE_CORE = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)}
_READY_WITHIN_SECONDS = 60


def write(cases: int, folder: Path) -> int:
    """Writes a synthetic log as several exports; gives the number of its events."""
    generate(Order("cbr", cases, 1, "statistical"), "csv", folder / "whole")
    [whole] = (folder / "whole" / LOG).iterdir()
    with whole.open("rb") as rows:
        header = next(rows)
        events = sum(1 for _ in rows)
    with whole.open("rb") as rows:
        next(rows)
        for number in range(FILES):
            with (folder / f"export-{number:02}.csv").open("wb") as part:
                part.write(header)
                part.writelines(itertools.islice(rows, -(-events // FILES)))
    whole.unlink()
    return events


@contextmanager
def workers(count: int, folder: Path) -> Iterator[str]:
    """The address of a scheduler with ``count`` workers of one core each."""
    told = folder / f"scheduler-{count}.json"
    told.unlink(missing_ok=True)  # left by the turn before
    begin = [sys.executable, "-m"]
    here = ["--no-dashboard", "--scheduler-file", str(told)]
    scheduler = [*begin, "distributed.cli.dask_scheduler", "--port", "0", *here]
    one = [*begin, "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *here]
    processes = [
        subprocess.Popen(
            [*on_core(core), *command], env=ONE_CORE, cwd=folder, stderr=subprocess.DEVNULL
        )
        for core, command in [(0, scheduler), *((core, one) for core in range(count))]
    ]
    try:
        until = time.monotonic() + _READY_WITHIN_SECONDS
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
        yield json.loads(told.read_text("utf-8"))["address"]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def on_core(number: int) -> list[str]:
    """The words to put before a command to keep it to one core."""
    return ["taskset", "--cpu-list", str(number)]


def run(count: int, folder: Path) -> tuple[float, dict[str, float], int]:
    """The seconds of a whole run and of its stages, and the most memory that a process used."""
    with tempfile.TemporaryDirectory(dir=folder) as out, workers(count, folder) as address:
        command = [sys.executable, "-m", "flows", "run", str(ROOT / "configs" / "cbr.yaml")]
        source = f"sources.0.path={folder}/export-*.csv"
        how = ["--engine", address, "--out", out, "--set", source]
        began = time.perf_counter()
        subprocess.run([*on_core(0), *command, *how], env=ONE_CORE, check=True, capture_output=True)
        seconds = time.perf_counter() - began
        [told] = Path(out).glob("*/latest/run.json")
        stages = json.loads(told.read_text("utf-8"))["stages"]
    took = {each["stage"]: each["seconds"] for each in stages}
    return seconds, took, max(each["peak_mib"] for each in stages)


def main(cases: int, turns: int = 1) -> None:
    """Runs a log with one worker and with two, in turn; prints medians, stages and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"a run of {write(cases, folder):,} events by workers of one core each")
        told: dict[int, list[tuple[float, dict[str, float], int]]] = {1: [], 2: []}
        for _, count in itertools.product(range(turns), told):
            told[count].append(run(count, folder))
    medians = {n: statistics.median(each[0] for each in runs) for n, runs in told.items()}
    for count, runs in told.items():
        peak_mib = max(each[2] for each in runs)
        print(f"  {count} worker(s) {medians[count]:8.1f} s   peak {peak_mib:,} MiB a process")
        print("    " + "  ".join(f"{name} {took:.1f}" for name, took in runs[0][1].items()))
    print(f"  ratio {medians[2] / medians[1]:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
