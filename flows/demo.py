# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``hoeksteen demo``: a synthetic log a process, and the config that reads it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from contracts.errors import UsageError
from simulation.generator import generate, process_names, write_csv

_CONFIGS = Path(__file__).parents[1] / "configs"


def prepare(
    process: str | None, cases: int, seed: int, folder: Path
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Writes the logs; gives each one's config, and what to overrule in it.

    Raises:
        UsageError: there is no such process.
    """
    names = process_names()
    if process is not None and process not in names:
        near = difflib.get_close_matches(process, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(names)}."
        raise UsageError(f"There is no process '{process}'.", hint)
    for name in [process] if process else names:
        log = folder.resolve() / name / "export.csv"
        write_csv(generate(name, cases, seed), log)
        yield _CONFIGS / f"{name}.yaml", (f"sources.0.path={log}",)
