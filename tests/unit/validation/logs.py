# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Candidates in one line, for the tests of the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import polars as pl
from great_expectations import ExpectationSuite

from contracts.events import CANDIDATES
from contracts.settings import Settings
from contracts.verdict import RuleResult
from tests.builders import MONDAY
from validation.asked import Log
from validation.engine.datasource import PART_ROWS, ParquetAsset
from validation.gate import held_against
from validation.suites import event_log_suite, rule_of

NOW = MONDAY + dt.timedelta(days=30)
SETTINGS = Settings.model_validate(
    {
        "process": {"id": "test"},
        "sources": [
            {
                "path": "log.csv",
                "columns": {"registration_timestamp": "registered"},
                "case_attributes": ["region"],
            }
        ],
        "journey": {
            "start": ["begin"],
            "end": ["end"],
            "steps": {"work": {}, "registered": {"label": "Registered"}},
            "pauses": [{"activity": "work", "from": "2026-01-01", "to": "2026-01-02"}],
        },
    }
)
COLUMNS = {**CANDIDATES, "case:region": pl.String}

_SAID = [name for name in COLUMNS if name not in ("source", "row", "slot", "is_day", "noticed")]

Row = Mapping[str, object]


def row(case_id: str | None, activity: str | None, hours: float | None = 0, **more: object) -> Row:
    """A candidate, ``hours`` after Monday morning; null is a time that could not be read."""
    at = None if hours is None else MONDAY + dt.timedelta(hours=hours)
    return {
        "source": "log.csv",
        "slot": None if case_id is None else crc32(case_id.encode()) % (1 << 16),
        "case_id": case_id,
        "activity": activity,
        "at": at,
        "is_day": False,
        "lifecycle": "complete",
        "at_problem": "missing" if at is None else None,
        **more,
    }


def table(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows in the shape of candidates; one without a number is numbered by its place."""
    numbered = [{"row": number, **each} for number, each in enumerate(rows, start=1)]
    frame = pl.DataFrame(numbered, schema=COLUMNS)
    return frame.with_columns(digest=pl.struct(_SAID).hash())


def written(rows: Sequence[Row], folder: Path) -> Path:
    """The parquet file of ``table(rows)``."""
    path = folder / "candidates.parquet"
    table(rows).write_parquet(path)
    return path


def judged_by(  # noqa: PLR0913 - all that the gate is told
    name: str,
    candidates: Path,
    settings: Settings,
    folder: Path,
    *,
    as_of: dt.datetime = NOW,
    missing: int = 0,
    part_rows: int = PART_ROWS,
) -> RuleResult:
    """What the gate says of one rule, and the rows that it sets aside for that rule alone.

    Other rules would not change that, and would take most of the time.
    """
    frame = pl.scan_parquet(candidates)
    rows = frame.select(pl.len()).collect().item()
    several = frame.select(pl.col("source").n_unique() > 1).collect().item()
    log = Log(settings, NOW, as_of, missing, rows, several=several)
    every = event_log_suite(log, frame.collect_schema().names()).expectations
    asked = [each for each in every if rule_of(each) in ("R01", name)]
    suite = ExpectationSuite("event_log", expectations=asked)
    (folder / "validation").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder) as scratch:
        asset = ParquetAsset(
            name="log", paths=[str(candidates)], part_rows=part_rows, scratch=scratch
        )
        _, verdict = held_against(suite, log, asset, folder)
    return next(each for each in verdict.rules if each.id == name)


def case(case_id: str, first: float = 0) -> list[Row]:
    """A case that breaks no rule."""
    names = ("begin", "work", "end")
    return [row(case_id, name, first + hours) for hours, name in enumerate(names)]
