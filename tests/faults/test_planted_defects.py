# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every fault that is put in a synthetic export is found, by its rule, in the rows that have it.

With ``-s`` the recall and precision of each are printed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import cloudpickle
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from contracts.config import load
from contracts.settings import Settings
from contracts.verdict import Verdict
from ingest.source_files import find_files
from ingest.staging import stage
from simulation.description import process
from simulation.generator import Order, Simulated
from simulation.recording.defect_records import DEFECTS, TOUCHED
from simulation.recording.dialects import DIALECTS
from simulation.recording.log import Part
from validation.gate import judge

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
CASES = 3000
PROCESSES = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"faults of {name}"))
    for name in ("img", "cbr", "uht", "vis")
]
"""The tests of a process share its logs, so that they are made in one place."""

ROW_DEFECTS = ("late", "repeated", "swapped", "noted")
CASE_DEFECTS = ("batch", "reopened")

Place = tuple[str, int | None]


class Found(NamedTuple):
    """What was planted and what was found, by defect; the rows of the file, and the verdict."""

    planted: dict[str, set[Place]]
    found: dict[str, set[Place]]
    rows: list[Place]
    verdict: Verdict

    def score(self, defect: str) -> tuple[float, float]:
        """Recall and precision."""
        planted, found = self.planted[defect], self.found[defect]
        hits = len(planted & found)
        return hits / max(1, len(planted)), hits / max(1, len(found))


@cache
def export(key: str, dialect: str, *, defects: bool = True) -> Found:
    """A log, with faults or without, written and read in a dialect, and judged."""
    simulated = Simulated(Order(key, CASES, 7, "statistical", defects=defects))
    parts = list(simulated.parts())
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "log").mkdir()
        DIALECTS[dialect](iter(parts), process(key), folder / "log")
        settings = asked(key, dialect, folder / "log")
        verdict = judged(settings, folder)
        marked = pl.concat(
            pl.read_parquet(file).select("source", "row", "reasons")
            for file in (folder / "quarantine.parquet", folder / "validation" / "remarks.parquet")
        )
        candidates = pl.scan_parquet(folder / "staged" / "*" / "*.parquet").select(
            "source", "row", "case_id"
        )
        told = marked.explode("reasons").join(candidates.collect(), on=["source", "row"])
    rows = [] if dialect == "zgw" else list(places(parts))
    return Found(planted(simulated.touched), found(told, rows), rows, verdict)


def asked(key: str, dialect: str, log: Path) -> Settings:
    """The shipped config of a process, for this export of it, ids as they are."""
    settings = load(ROOT / "configs" / f"{key}.yaml").model_dump(mode="json", by_alias=True)
    source = settings["sources"][0]
    if dialect == "zgw":
        columns = {"closing_timestamp": "einddatum"}
        source |= {"path": str(log), "format": "zgw", "columns": columns, "case_attributes": []}
        settings |= {"analysis": {}, "deadlines": []}
    else:
        source["path"] = str(log / "*.csv")
        source["columns"]["recorded_timestamp"] = "vastgelegd"
    return Settings.model_validate(settings | {"privacy": {"pseudonymise": []}})


def judged(settings: Settings, folder: Path, **how: Any) -> Verdict:
    (folder / "staged").mkdir(parents=True)
    config = folder / "c.yaml"
    source = settings.sources[0]
    files = find_files(source, config, 0)
    staged = [stage(file, source, settings, config, 0, folder / "staged") for file in files]
    return judge([path for each in staged for path in each.paths], settings, NOW, folder, **how)


def planted(touched: Iterable[pl.DataFrame]) -> dict[str, set[Place]]:
    rows = pl.concat([TOUCHED.to_frame(), *touched]).select("defect", "case_id", "number")
    return {name: set(rows.filter(defect=name).drop("defect").iter_rows()) for name in DEFECTS}


def found(told: pl.DataFrame, rows: Sequence[Place]) -> dict[str, set[Place]]:
    """What each rule tells of: rows by their place, where the file has those rows, or cases."""
    return {
        name: {
            rows[row - 1] if name in ROW_DEFECTS else (case_id.split(" ")[-1], None)
            for row, case_id in told.filter(reasons=defect.dq).select("row", "case_id").iter_rows()
        }
        for name, defect in DEFECTS.items()
        if rows or name not in ROW_DEFECTS
    }


def places(parts: Iterable[Part]) -> Iterator[Place]:
    """The case and place of each row, in the order of the file."""
    for part in parts:
        events = part.events.sort("case", "number", maintain_order=True)
        ids = events.join(part.cases.select("case", "case_id"), on="case", maintain_order="left")
        yield from ids.select("case_id", "number").iter_rows()


def assert_found(key: str, dialect: str, defect: str, least_precision: float) -> None:
    log = export(key, dialect)
    recall, precision = log.score(defect)

    print(f"{key} {defect}: recall {recall:.3f}, precision {precision:.3f}")
    assert log.planted[defect]
    assert recall >= 0.99
    assert precision >= least_precision


def elsewhere(do: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    """What comes of items that were sent to another process, which has an order of its own."""
    sent = [cloudpickle.dumps((do, item)) for item in items]
    told = {n: _done(sent[n]) for n in reversed(range(len(sent)))}
    return (told[n] for n in range(len(sent)))


def _done(sent: bytes) -> Any:
    do, item = cloudpickle.loads(sent)
    return do(item)


@pytest.mark.parametrize("key", PROCESSES)
def test_a_log_may_be_judged_in_pieces_elsewhere(key: str, tmp_path: Path) -> None:
    order = Order(key, 400, 7, "statistical", defects=True)
    (tmp_path / "log").mkdir()
    DIALECTS["csv"](Simulated(order).parts(), process(key), tmp_path / "log")
    settings = asked(key, "csv", tmp_path / "log")
    here, there = tmp_path / "here", tmp_path / "there"

    assert judged(settings, there, part_rows=700, each=elsewhere) == judged(settings, here)
    for name in ("quarantine.parquet", "validation/remarks.parquet"):
        of_here, of_there = (pl.read_parquet(each / name) for each in (here, there))
        assert of_here.height > 0
        assert_frame_equal(of_here, of_there)


@pytest.mark.parametrize("defect", ROW_DEFECTS)
@pytest.mark.parametrize("key", PROCESSES)
def test_faulty_rows_are_found(key: str, defect: str) -> None:
    assert_found(key, "csv", defect, 0.99)


@pytest.mark.parametrize("defect", CASE_DEFECTS)
@pytest.mark.parametrize("key", PROCESSES)
def test_faulty_cases_are_found(key: str, defect: str) -> None:
    # a desk where somebody comes, pays and is admitted within two seconds is no fault of anyone
    assert_found(key, "csv", defect, 0.95)


@pytest.mark.parametrize("key", PROCESSES)
def test_an_end_that_went_missing_is_found(key: str) -> None:
    assert_found(key, "zgw", "unended", 0.99)


@pytest.mark.parametrize("key", PROCESSES)
def test_the_stretch_in_utc_is_found(key: str) -> None:
    log = export(key, "csv")

    clock = next(each for each in log.verdict.rules if each.id == "DQ19")
    print(f"{key} utc: {clock.found}")
    first, last = (
        int(n.replace(",", "")) for n in re.findall(r"rows ([\d,]+) to ([\d,]+)", clock.found)[0]
    )
    hit = [case_id for case_id, _ in log.rows[first - 1 : last]]
    assert sum((case_id, None) in log.planted["utc"] for case_id in hit) >= 0.8 * len(hit)


@pytest.mark.parametrize("key", PROCESSES)
def test_where_nothing_was_put_in_nothing_is_found(key: str) -> None:
    clean = export(key, "csv", defects=False)

    faults = {defect.dq for defect in DEFECTS.values()}
    by_chance = {"DQ05"}  # as at the desk above
    assert faults & {each.id for each in clean.verdict.failed} <= by_chance
