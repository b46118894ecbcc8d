# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a run writes of single cases, and where it does not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from contracts.case_terms import CASE_TERMS
from tests.flow.test_bad_input import CONFIG, run

DAYS = 200
# who came in on an even day is done after 10 days, the others after 30; the last are open
LOG = "zaak;stap;tijd\n" + "".join(
    f"Z{n};{step};{day:%d-%m-%Y} 10:00\n"
    for n in range(DAYS)
    for step, later in (("in", 0), ("klaar", 10 if n % 2 == 0 else 30))
    if n + later < DAYS
    for day in [dt.date(2026, 1, 1) + dt.timedelta(days=n + later)]
)
TERM = CONFIG + "deadlines: [{id: snel, rule: {term: P3W, law: none}}]\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("run"), "log.csv", LOG, TERM)


def test_of_each_case_how_its_last_day_came_about(folder: Path) -> None:
    terms = pl.read_parquet(folder / "cases" / "terms.parquet")

    assert terms.columns == [*CASE_TERMS, "explanation_nl", "explanation_en"]
    assert terms.height == DAYS
    assert dict(terms["status"].value_counts().iter_rows()) == {
        "within": 95,
        "late": 85,
        "open_within": 16,
        "open_late": 4,
    }
    # 3 weeks are 21 days: 11 left after 10, 9 too few after 30
    assert set(terms.filter(status="within")["days_left"]) == {11}
    assert set(terms.filter(status="late")["days_left"]) == {-9}


def test_who_can_still_be_in_time(folder: Path) -> None:
    listed = pl.read_csv(folder / "cases" / "rescue.csv")

    assert listed.height == 16
    assert listed["chance_to_be_late"].is_sorted(descending=True)
    # who is not done after 10 days will be done after 30
    assert set(listed.filter(pl.col("days_left") < 10)["chance_to_be_late"]) == {1.0}
    tested = pl.read_parquet(folder / "tables" / "rescue.parquet")
    assert tested.is_empty()  # on a day on which fewer than fifty cases could be in time


def test_only_the_owner_can_read_it(folder: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder / "cases").iterdir()}

    assert (folder / "cases").stat().st_mode & 0o777 == 0o700
    assert modes == {"terms.parquet": 0o600, "rescue.csv": 0o600}


def test_no_case_is_named_elsewhere(folder: Path) -> None:
    ids = pl.read_parquet(folder / "cases" / "terms.parquet")["case_id"].to_list()
    assert not any(name.startswith("Z") for name in ids)

    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "cases":
            content = path.read_bytes()
            assert not any(name.encode() in content for name in ids), path


def test_without_a_deadline_there_are_no_such_files(tmp_path: Path) -> None:
    assert not (run(tmp_path, "log.csv", LOG) / "cases").exists()
