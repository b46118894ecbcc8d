# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen demo``: per process a synthetic log, a config that reads it, and what was found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from contracts.findings import Findings
from simulation.description import process_names
from simulation.generator import LOG, TRUTH, Order, generate
from simulation.score import Match, Score, score

_CONFIGS = Path(__file__).parents[2] / "configs"
_DIALECT = "csv-nl"


class Demo(NamedTuple):
    """A log that was written, the config that reads it, and what overrides that config."""

    folder: Path
    config: Path
    overrides: tuple[str, ...]


def prepare(process: str | None, cases: int, seed: int, folder: Path) -> Iterator[Demo]:
    """Writes the logs in place of those of an earlier demo.

    Raises:
        UsageError: there is no such process.
    """
    for name in [process] if process else process_names():
        written = folder.resolve() / f"{name}-{cases}-{seed}"
        shutil.rmtree(written, ignore_errors=True)
        generate(Order(name, cases, seed), _DIALECT, written)
        source = written / LOG / "export.csv"
        yield Demo(
            written,
            _CONFIGS / f"{name}.yaml",
            (f"sources.0.path={json.dumps(str(source), ensure_ascii=False)}",),
        )


def scored(demo: Demo, run_folder: Path) -> Score:
    """The score of a run on a demo's log."""
    truth = json.loads((demo.folder / TRUTH).read_text("utf-8"))
    found = Findings.model_validate_json((run_folder / "findings.json").read_text("utf-8"))
    return score(truth, found)


def table(told: Score) -> str:
    """A score in words: a line per plant, and which decoys were called a stall."""
    header = ("planted", "kind", "found at", "called", "days per case", "estimated")
    lines = [header, *(_line(found) for found in told.found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    blamed = [called.decoy for called in told.called if called.is_blamed]
    return "\n".join(
        [
            *("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines),
            f"decoys called a stall: {', '.join(blamed) or 'none'} (of {len(told.called)})",
        ]
    )


def _line(found: Match) -> tuple[str, ...]:
    said = found.effect_said_days
    return (
        found.plant,
        found.kind,
        "-" if found.rank is None else str(found.rank),
        found.kind_said or "-",
        f"{found.effect_days:.1f}",
        "-" if said is None else f"{said:.1f}",
    )
