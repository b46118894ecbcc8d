# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The copy for the public: in round numbers, of which no two releases tell of a few cases."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.tables import TABLES
from tests.flow.test_over_time import EVERY_FORMAT, World
from tests.flow.test_what_changed import JULY, rows

PUBLIC = EVERY_FORMAT + "report: {languages: [nl], formats: [html, ods], public: true}\n"


def log(cases: int) -> str:
    """Of each case the first step and the last."""
    return rows(0, cases, "in") + rows(0, cases, "klaar", 10)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Runs of a log of 300 cases, of three more, and of forty more."""
    world = World(tmp_path_factory.mktemp("public") / "world", PUBLIC)
    made = []
    for days, cases in enumerate((300, 303, 343)):
        world.export("log.csv", log(cases))
        made.append(world.make(JULY + dt.timedelta(days=days)))
    return made


def found(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "findings.json").read_text("utf-8"))
    return document


def test_inside_the_run_says_what_it_found(runs: list[Path]) -> None:
    assert [found(run)["log"]["cases"] for run in runs] == [300, 303, 343]


def test_three_cases_more_are_not_told_and_forty_are(runs: list[Path]) -> None:
    public = [found(run / "public") for run in runs]

    assert [each["log"]["cases"] for each in public] == [300, 300, 345]
    assert [each["changes"] for each in public] == [None] * 3


def test_every_form_of_it_says_the_same(runs: list[Path]) -> None:
    folder = runs[1] / "public"
    page = (folder / "report.nl.html").read_text("utf-8")

    assert "Openbare versie, in ronde aantallen" in page
    assert "findings.ods" not in page  # an answer in this workbook is read by no run

    assert {path.name for path in folder.iterdir()} == {
        "findings.json", "findings.ods", "report.nl.html", "tables",
    }  # fmt: skip
    assert ("300 zaken" in page, "303" in page, "log.csv" in page) == (True, False, False)
    assert "Dit is de openbare versie van het rapport." in page
    assert "validation/" not in page
    for name in TABLES:
        table = pl.read_parquet(folder / "tables" / f"{name}.parquet")
        counts = [table[column] for column in ("cases", "n", "events") if column in table.columns]
        assert [n for column in counts for n in column.drop_nulls() if n % 5] == []


def test_who_asks_for_none_gets_none(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    world.export("log.csv", log(20))

    assert not (world.make(JULY) / "public").exists()
