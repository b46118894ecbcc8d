# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long it takes to write all outputs of a run, in five forms and two languages.

``python -m bench.outputs FOLDER`` measures it for an existing run of any log.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from bench.contest import TURNS
from contracts.findings import Findings
from contracts.settings import Settings
from reporting.facts import Facts
from reporting.files import write_findings, write_tables
from reporting.outputs import write_outputs
from reporting.page.pages import write_pages
from reporting.page.paper import write_papers
from reporting.shown import Shown
from reporting.workbooks.book import write_books
from simulation.generator import LOG, Order, generate

CONFIG = Path(__file__).parents[1] / "configs" / "cbr.yaml"
KIB = 1024
WRITERS: dict[str, Callable[[Shown, Path], object]] = {
    "findings.json": write_findings,
    "tables": write_tables,
    "pages": write_pages,
    "papers": write_papers,
    "workbooks": write_books,
    "all of it": write_outputs,
}


def found_by(run: Path) -> Shown:
    """The findings of a run, from its folder."""
    config = json.loads((run / "run.json").read_text("utf-8"))["config"]
    findings = Findings.model_validate_json((run / "findings.json").read_bytes())
    tables = {path.stem: pl.read_parquet(path) for path in (run / "tables").iterdir()}
    return Shown(findings, tables, Settings.model_validate(config), Facts(version="bench"))


def measure(run: Path, turns: int) -> None:
    """Prints how long each writer takes, and the size of the largest file of each kind."""
    began = time.perf_counter()
    shown = found_by(run)
    print(
        f"  {'read it, and hide small groups once more':<44} {time.perf_counter() - began:7.2f} s"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, write in WRITERS.items():
            took = []
            for _ in range(turns):
                began = time.perf_counter()
                write(shown, Path(folder))
                took.append(time.perf_counter() - began)
            listed = " ".join(f"{each:.2f}" for each in sorted(took))
            print(f"  {name:<44} {statistics.median(took):7.2f} s   ({listed})")
        sizes: dict[str, int] = {}
        for path in sorted(Path(folder).glob("*.*")):
            sizes[path.suffix] = max(sizes.get(path.suffix, 0), path.stat().st_size // KIB)
    print("  " + ", ".join(f"{kind} {size} KiB" for kind, size in sizes.items()))


def main(cases: int, turns: int = TURNS) -> None:
    """Makes a run of a synthetic log, and measures how long it takes to write its findings."""
    print(f"all outputs of a run of {cases:,} cases, from its findings")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(Order("cbr", cases, 1, "statistical"), "parquet", folder / "made")
        source = f"sources.0.path={folder / 'made' / LOG}/*.parquet"
        command = [sys.executable, "-m", "flows", "run", str(CONFIG), "--set", source]
        subprocess.run([*command, "--out", str(folder / "out")], check=True, capture_output=True)
        [run] = (folder / "out").glob("*/latest")
        measure(run, turns)


if __name__ == "__main__":
    measure(Path(sys.argv[1]), TURNS)
