# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reading XES: every event, with all that it and its trace say, by us and by pm4py.

Then we read the same log four times over, to see that memory does not grow with it.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

# imported before anything is measured, for every contestant
import pm4py
import polars as pl

from bench.contest import compare_on, contest
from ingest.xes.reader import read_xes

TIMES = 4
_ALL = (
    *("case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition"),
    *("org:resource", "amount", "article", "dismissal", "expense", "lastSent", "matricola"),
    *("notificationType", "paymentAmount", "points", "totalPaymentAmount", "vehicleClass"),
)
"""The columns of the log of fines."""


def ours(path: Path) -> list[Any]:
    """Reads all columns with our reader, each counted to the end."""
    with tempfile.TemporaryDirectory() as folder:
        raw = read_xes(path, path.name, _ALL, Path(folder))
        values = pl.sum_horizontal(pl.col(raw.places[each]).count() for each in _ALL)
        return list(raw.frame.select(pl.len(), values).collect(engine="streaming").row(0))


def theirs(path: Path) -> list[Any]:
    """Reads with the default importer of pm4py, which gives a pandas frame."""
    frame = pm4py.read_xes(str(path))
    return [len(frame), int(frame[list(_ALL)].count().sum())]


CONTESTANTS: dict[str, Callable[[Path], list[Any]]] = {"hoeksteen": ours, "pm4py": theirs}


def main(log: Path) -> None:
    """Compares both on a log, and then measures us on a longer one."""
    print(f"reading {log.name}, all events and attributes")
    compare_on(log, "bench.reading", CONTESTANTS)
    print(f"the same {TIMES} times over")
    with tempfile.TemporaryDirectory() as folder:
        longer = Path(folder) / "longer.xes.gz"
        _repeat(log, longer)
        compare_on(longer, "bench.reading", ["hoeksteen"], turns=1)


def _repeat(log: Path, to: Path) -> None:
    with gzip.open(log) as file:
        text = file.read()
    begin, end = text.index(b"<trace"), text.rindex(b"</trace>") + len(b"</trace>")
    with gzip.open(to, "wb", compresslevel=1) as file:
        file.write(text[:begin])
        for _ in range(TIMES):
            file.write(text[begin:end])
        file.write(text[end:])


if __name__ == "__main__":
    contest(CONTESTANTS[sys.argv[1]], Path(sys.argv[2]))
