# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Published object-centric logs, flattened by us and by pm4py, are the same rows."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from contracts.candidates import scan
from contracts.settings import Settings
from ingest.ocel.reader import object_types, read_ocel
from ingest.source_files import find_files
from ingest.staging import stage

ROOT = Path(__file__).parents[2]
LOGS = (ROOT / os.environ.get("HOEKSTEEN_DATA", "../shared/data") / "ocel").resolve()
EXAMPLE = ("pm4py_ocel20_example.jsonocel", "pm4py_ocel20_example.xmlocel", "ocel20_example.sqlite")
FILES = (*EXAMPLE, "logistics.sqlite")
COLUMNS = ("case:concept:name", "concept:name", "time:timestamp")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LOGS.is_dir(), reason=f"the object-centric logs are not in {LOGS}"),
]


def flattened_by_pm4py(path: Path) -> dict[str, Any]:
    """By type of object: case, activity and time of every row, and attributes of every case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py

        read = {
            ".jsonocel": pm4py.read_ocel2_json,
            ".xmlocel": pm4py.read_ocel2_xml,
            ".sqlite": pm4py.read_ocel2_sqlite,
        }[path.suffix]
        log = read(str(path))
        types = pm4py.ocel_get_object_types(log)
        return {type_: pm4py.ocel_flattening(log, type_) for type_ in types}


@pytest.mark.parametrize("name", FILES)
def test_pm4py_flattens_alike(name: str, tmp_path: Path) -> None:
    theirs = flattened_by_pm4py(LOGS / name)
    scratch = tmp_path / "types"
    scratch.mkdir()

    assert set(object_types(LOGS / name, name, scratch)) == set(theirs)
    for number, (type_, frame) in enumerate(theirs.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        attributes = [each for each in frame.columns if is_attribute(each)]
        raw = read_ocel(LOGS / name, name, (*COLUMNS, *attributes), folder, type_)
        ours = raw.frame.collect()

        assert sorted(told(ours, raw.places, COLUMNS)) == sorted(told(frame, {}, COLUMNS))
        for column in attributes:
            # pm4py leaves out what a case got only later, where the file is a database
            wanted = {row for row in told(frame, {}, (COLUMNS[0], column)) if row[1]}
            assert not wanted or wanted <= set(told(ours, raw.places, (COLUMNS[0], column)))


def told(rows: Any, places: Mapping[str, str], columns: Iterable[str]) -> list[tuple[str, ...]]:
    """Rows as text; times without the offsets that pm4py gives all of them."""
    texts = (as_texts(rows[places.get(each, each)]) for each in columns)
    return list(zip(*texts, strict=True))


def as_texts(values: Iterable[Any]) -> list[str]:
    texts = ("" if pd.isna(value) else str(value).removesuffix(".0") for value in values)
    return [re.sub(r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d).*", r"\1 \2", t) for t in texts]


def is_attribute(column: str) -> bool:
    return column.startswith("case:") and not column.startswith(("case:concept:", "case:ocel:"))


def test_three_encodings_give_one_log(tmp_path: Path) -> None:
    """Times of one of them have offsets, those of the others are local."""
    json, xml, sqlite = (staged(name, tmp_path) for name in EXAMPLE)

    assert json.height == 9  # of three invoices
    assert json.equals(xml)
    assert json.equals(sqlite)


def staged(name: str, folder: Path) -> pl.DataFrame:
    source = {"path": str(LOGS / name), "object_type": "Invoice", "case_attributes": ["is_blocked"]}
    settings = Settings.model_validate(
        {
            "process": {"id": "real"},
            "sources": [source],
            "journey": {"end": ["Insert Payment"]},
            "privacy": {"pseudonymise": []},
        }
    )
    [file] = find_files(settings.sources[0], folder / "c.yaml", 0)
    done = stage(file, settings.sources[0], settings, folder / "c.yaml", 0, folder)
    return scan(done.paths).collect().drop("source", "digest")
