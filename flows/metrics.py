# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the runs of all processes go, in a file that Prometheus reads.

It has only what reports show: no count that is hidden there. As Prometheus keeps each value, counts
are rounded down to a multiple of the smallest group that is shown: two exact ones would tell what a
few cases did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from flows.files import read_json
from flows.room import MIB

FILE = "metrics.prom"
_HELP = {
    "last_run_timestamp_seconds": "When a run last succeeded, also if nothing had changed.",
    "as_of_timestamp_seconds": "The moment up to which that run counted.",
    "stopped_at_gate": "Whether the gate stopped a run since then.",
    "cases": "Cases in the log, rounded down.",
    "events": "Events in the log, rounded down.",
    "quarantined_rows": "Rows that were set aside, rounded down.",
    "stage_seconds": "How long a stage of that run took.",
    "stage_peak_bytes": "The peak memory of the process up to the end of a stage.",
}

Sample = tuple[str, dict[str, str], float]
"""The name of a metric, its labels and its value."""


def text(out: Path) -> str:
    """The metrics of all processes that have a folder in ``out``."""
    samples = [sample for folder in sorted(out.glob("[!.]*/")) for sample in _of_process(folder)]
    return "".join(
        f"# HELP hoeksteen_{name} {help_}\n# TYPE hoeksteen_{name} gauge\n"
        + "".join(_line(sample) for sample in samples if sample[0] == name)
        for name, help_ in _HELP.items()
    )


def _line(sample: Sample) -> str:
    name, labels, value = sample
    said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"hoeksteen_{name}{{{said}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _of_process(folder: Path) -> list[Sample]:
    """The metrics of a process; a folder without a run of ours gives none."""
    of, latest = {"process": folder.name}, folder / "latest"
    try:
        since = latest.lstat().st_mtime if (latest / "findings.json").exists() else None
        tries = [path for path in folder.glob("[!.]*/run.json") if not _is_whole(path)]
        stops = [path for path in tries if since is None or path.stat().st_mtime > since]
        whole = [] if since is None else [("last_run_timestamp_seconds", of, since)]
        stopped = [("stopped_at_gate", of, float(bool(stops)))] if whole or stops else []
        return [*whole, *stopped, *(_of_run(latest, of) if whole else ())]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return []


def _is_whole(run: Path) -> bool:
    return run.with_name("findings.json").exists()


def _of_run(folder: Path, of: dict[str, str]) -> Iterator[Sample]:
    found, run = (read_json(folder / name) for name in ("findings.json", "run.json"))
    least = run["config"]["privacy"]["minimum_group"]
    yield "as_of_timestamp_seconds", of, dt.datetime.fromisoformat(found["as_of"]).timestamp()
    for name in ("cases", "events", "quarantined_rows"):
        if found["log"][name] is not None:
            yield name, of, float(found["log"][name] // least * least)
    for stage in run["stages"]:
        at = {**of, "stage": stage["stage"]}
        yield "stage_seconds", at, float(stage["seconds"])
        yield "stage_peak_bytes", at, float(stage["peak_mib"] * MIB)
