# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""`make bench`: the same work by us and by a peer, in turn, in one run; medians and ratios.

Each command is a process of its own, started cold. What is compared is said in words; no figure
here is a pass or a fail.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import engines, gate, mining, outputs, reading, storing, validation

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("HOEKSTEEN_DATA", ROOT.parent / "shared" / "data"))
FINES = DATA / "logs" / "rtfm_full.xes.gz"
HOEKSTEEN = [sys.executable, "-m", "flows"]
TURNS = 3


def seconds(command: Sequence[str | Path], folder: Path) -> float:
    """How long a command takes from start to end; it must succeed."""
    environment = os.environ | {"HOEKSTEEN_DATA": str(DATA)}
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)
    return time.perf_counter() - began


def peer_reads(variant: str) -> Callable[[Path], float]:
    """Times pm4py reading the log of fines with one of its importers, without importing pm4py."""
    code = (
        "import pm4py, sys, time; began = time.perf_counter(); pm4py.read_xes(sys.argv[1], "
        f"variant={variant!r}); print(time.perf_counter() - began)"
    )

    def read(folder: Path) -> float:
        command = [sys.executable, "-W", "ignore", "-c", code, str(FINES)]
        done = subprocess.run(command, check=True, cwd=folder, capture_output=True, text=True)
        return float(done.stdout.split()[-1])

    return read


def we_run(config: str, *options: str) -> Callable[[Path], float]:
    """Times our run of a config from the command to the report, in an empty folder."""

    def run(folder: Path) -> float:
        return seconds([*HOEKSTEEN, "run", str(config), "--out", str(folder), *options], folder)

    return run


def in_turn(contestants: dict[str, Callable[[Path], float]]) -> dict[str, float]:
    """The median seconds of each contestant, run one after the other, in ``TURNS`` rounds."""
    took: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(TURNS):
        for name, contestant in contestants.items():
            with tempfile.TemporaryDirectory() as folder:
                took[name].append(contestant(Path(folder)))
    for name, times in took.items():
        listed = " ".join(f"{each:.2f}" for each in sorted(times))
        print(f"  {name:<44} {statistics.median(times):7.2f} s   ({listed})")
    return {name: statistics.median(times) for name, times in took.items()}


def stages(config: str, *options: str) -> None:
    """Prints where the time of one run goes."""
    with tempfile.TemporaryDirectory() as folder:
        took = we_run(config, *options)(Path(folder))
        [run] = Path(folder).glob("*/latest/run.json")
        inside = json.loads(run.read_text("utf-8"))["stages"]
    for stage in inside:
        print(f"    {stage['stage']:<12} {stage['seconds']:6.2f} s   peak {stage['peak_mib']} MiB")
    rest = took - sum(stage["seconds"] for stage in inside)
    print(f"    {'the rest':<12} {rest:6.2f} s   Prefect's temporary server, and imports beside it")


def fines() -> None:
    """Compares us from XES to the report with what pm4py needs to read the same file."""
    print("561,470 events of fines, from XES to the report; pm4py only reads the file")
    importers = {
        f"pm4py reads ({name})": peer_reads(name) for name in ("line_by_line", "chunk_regex")
    }
    config = str(ROOT / "tests/real/configs/fines.yaml")
    took = in_turn({**importers, "hoeksteen run": we_run(config)})
    fastest = min(seconds for name, seconds in took.items() if name in importers)
    print(f"  ratio to the fastest importer: {took['hoeksteen run'] / fastest:.2f}")
    stages(config)


def small() -> None:
    """Times a CSV of about a thousand events, and ``--help``."""
    from simulation.generator import LOG, Order, generate

    print("a CSV of about 1,000 events, from the command to the report")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        generate(Order("cbr", 100, 1), "csv", made)
        [log] = (made / LOG).iterdir()
        print(f"  {len(log.read_text('utf-8').splitlines()) - 1} events")
        config, path = str(ROOT / "configs/cbr.yaml"), f"sources.0.path={log}"
        in_turn({"hoeksteen run": we_run(config, "--set", path)})
        stages(config, "--set", path)
    print("hoeksteen --help")
    in_turn({"hoeksteen --help": lambda folder: seconds([*HOEKSTEEN, "--help"], folder)})


if __name__ == "__main__":
    small()
    storing.main(10_000_000)
    mining.main(1_000_000)
    validation.main(10_000_000)
    gate.main(10_000_000)
    engines.main(500_000)
    outputs.main(20_000)
    if FINES.exists():
        reading.main(FINES)
        fines()
    else:
        print(f"The log of fines is not here ({FINES.name}); HOEKSTEEN_DATA says where it is.")
