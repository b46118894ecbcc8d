# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bringing a CSV into the store, against polars alone, which only writes it as Parquet.

The store has pseudonyms, instants and a digest of each row, and was searched for personal data.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.contest import TURNS, compare, contest
from contracts.settings import Settings
from ingest.source_files import SourceFile
from ingest.staging import stage
from ingest.storage.batches import Batch, Origin
from ingest.storage.places import Folder
from ingest.storage.store import commit

CHUNK, STEPS_A_CASE = 5_000_000, 10
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": "tijd", "resource": "wie"}


def write(rows: int, path: Path) -> None:
    """Writes cases of ten steps like an export of a case system: about 70 bytes per row."""
    with path.open("wb") as file:
        for first in range(0, rows, CHUNK):
            numbers = np.arange(first, min(rows, first + CHUNK))
            _piece(numbers).write_csv(file, separator=";", include_header=first == 0)


def _piece(numbers: np.ndarray[Any, Any]) -> pl.DataFrame:
    random = np.random.default_rng(int(numbers[0]))
    case, step = numbers // STEPS_A_CASE, numbers % STEPS_A_CASE
    seconds = case * 60 % 60_000_000 + step * 200_000 + random.integers(0, 90_000, len(numbers))
    moment = np.datetime64("2023-01-01", "ms") + (seconds * 1000).astype("timedelta64[ms]")
    who, region = random.integers(0, 400, len(numbers)), case % 12
    return pl.DataFrame(
        {"case": case, "step": step, "moment": moment, "who": who, "region": region}
    ).select(
        zaak=pl.format("ZAAK-2024-{}", pl.col("case").cast(pl.String).str.zfill(8)),
        stap=pl.format("Stap {} van de behandeling", "step"),
        tijd=pl.col("moment").dt.strftime("%d-%m-%Y %H:%M:%S"),
        wie=pl.format("m{}", "who"),
        regio=pl.format("regio {}", "region"),
    )


def alone(path: Path) -> list[Any]:
    """Writes the file as Parquet with polars."""
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "log.parquet"
        pl.scan_csv(path, separator=";").sink_parquet(to)
        return [pl.scan_parquet(to).select(pl.len()).collect().item()]


def stored(path: Path) -> list[Any]:
    """Brings the same file into a new store."""
    settings = Settings.model_validate(
        {
            "process": {"id": "bench"},
            "sources": [{"path": str(path), "columns": COLUMNS, "case_attributes": ["regio"]}],
            "journey": {"end": ["Stap 9 van de behandeling"]},
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "scratch"
        out.mkdir()
        file = SourceFile(path, path.name, "csv")
        staged = stage(file, settings.sources[0], settings, path, 0, out)
        batch = Batch(Origin(path.name, str(path), "", "", None), staged)
        [kept] = commit(Folder(Path(folder) / "store"), [batch], NOW, NOW).batches
        return [kept.staged.rows]


CONTESTANTS: dict[str, Callable[[Path], list[Any]]] = {
    "polars alone, to Parquet": alone,
    "hoeksteen, into the store": stored,
}


def main(rows: int, turns: int = TURNS) -> None:
    """Runs the contestants in turn and prints medians, peaks and ratios."""
    print(f"a CSV of {rows:,} rows into the store")
    compare("bench.storing", CONTESTANTS, write, rows, turns)


if __name__ == "__main__":
    contest(CONTESTANTS[sys.argv[1]], Path(sys.argv[2]))
