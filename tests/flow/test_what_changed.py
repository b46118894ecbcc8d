# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs on logs whose changes were planted, so that what changed and what that did is known.

At the first run 100 cases took 10 days, and 20 had only begun. By the second

- of the first 60 the last step was moved: they took 14 days;
- of 30 a step has another name, of 12 it is gone, and of 20 there is one more;
- 15 cases are not there any more;
- the 20 that had begun are done, after 40 days;
- there are 150 new ones, of 20 days.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.tables import TABLES
from tests.flow.test_forget import KEY, KEYED, forget
from tests.flow.test_over_time import CONFIG, DAY, World

pytestmark = pytest.mark.xdist_group("what-changed")
JULY = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
APRIL_1, MAY_5, MAY_6 = dt.date(2026, 4, 1), dt.date(2026, 5, 5), dt.date(2026, 5, 6)


def rows(first: int, last: int, step: str, days: int = 0, since: dt.date = APRIL_1) -> str:
    """A row for each of some cases, so many days after the n-th (of twenty) day since a date."""
    return "".join(
        f"Z{n};{step};{since + dt.timedelta(days=n % 20 + days):%d-%m-%Y} 1{n % 9}:00;Noord\n"
        for n in range(first, last)
    )


def begun(step: str, days: int = 0) -> str:
    """What was done in the twenty cases that had only begun, all on one day."""
    day = MAY_5 + dt.timedelta(days=days)
    return "".join(f"Z{n};{step};{day:%d-%m-%Y} 12:00;Noord\n" for n in range(100, 120))


FIRST = rows(0, 100, "in") + rows(0, 100, "brief", 3) + rows(0, 100, "klaar", 10) + begun("in")
CORRECTED = (
    rows(0, 85, "in")
    + rows(0, 30, "brief verstuurd", 3)
    + rows(42, 85, "brief", 3)
    + rows(0, 60, "klaar", 14)
    + rows(60, 85, "klaar", 10)
    + begun("in")
)
LATE = rows(0, 20, "bezoek", 5)
NEW = begun("klaar", 40) + rows(120, 270, "in", 0, MAY_6) + rows(120, 270, "klaar", 20, MAY_6)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "world")
    world.export("log.csv", FIRST)
    return world


@pytest.fixture(scope="module")
def after_first(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("first") / "world")
    world.export("log.csv", FIRST)
    run(world)
    return world


@pytest.fixture
def begun(after_first: World, tmp_path: Path) -> World:
    """A world of which the first run was made."""
    return after_first.copy(tmp_path / "begun")


def run(world: World, now: dt.datetime = JULY, **options: Any) -> dict[str, Any]:
    """The findings of a run, with what changed."""
    document: dict[str, Any] = json.loads(
        (world.make(now, **options) / "findings.json").read_text("utf-8")
    )
    return document


def page(world: World, language: str = "en", run_id: str = "latest") -> str:
    path = world.folder / "out" / "test" / run_id / f"report.{language}.html"
    return path.read_text("utf-8")


def test_planted_changes_are_told_with_what_they_did(begun: World) -> None:
    first = run(begun)
    begun.export("log.csv", CORRECTED)
    begun.export("late.csv", LATE)
    begun.export("new.csv", NEW)

    second = run(begun, JULY + DAY)

    changes = second["changes"]
    counts = {each["what"]: (each["cases"], each["events"]) for each in changes["counts"]}
    assert counts == {
        "removed": (0, 0),
        "told_otherwise": (0, 0),
        "late": (20, 20),
        "edited": (60, 60),
        "relabelled": (30, 30),
        "gone_events": (10, 10),  # twelve
        "gone_cases": (10, 40),  # fifteen, of three steps each
        "went_on": (20, 20),
        "new_cases": (150, 300),
    }
    effects = {
        "+".join(each["what"]): tuple(each["effect_days"].values()) for each in changes["effects"]
    }
    assert effects == {
        **dict.fromkeys(["definitions", *list(counts)[1:]], (0, 0)),
        "edited": (4, 4),
        "went_on": (0, 26),
        "new_cases": (6, -20),
    }
    assert changes["relabelled"] == [
        {"from": "brief", "to": "brief verstuurd", "cases": 30, "events": 30}
    ]
    assert _days(first) == {"p50": 10, "p90": 10} == changes["since"]["days"]
    assert _days(second) == {"p50": 20, "p90": 20} == changes["effects"][-1]["days"]


def _days(found: dict[str, Any]) -> dict[str, float | None]:
    return {name: found["throughput_days"][name] for name in ("p50", "p90")}


def test_the_table_and_the_pages_tell_the_same(begun: World) -> None:
    begun.export("log.csv", CORRECTED)
    run(begun, JULY + DAY)

    folder = begun.folder / "out" / "test" / "latest"
    table = pl.read_parquet(folder / "tables" / "changes.parquet")
    assert table.schema == TABLES["changes"]
    edited = table.row(by_predicate=pl.col("what") == "edited", named=True)
    assert (edited["cases"], edited["p50_effect_days"]) == (60, 4)
    assert table["to"].drop_nulls().to_list() == ["brief verstuurd"]
    assert "+4 days" in page(begun).replace("\N{NO-BREAK SPACE}", " ")
    assert "Wat is er veranderd sinds het vorige rapport?" in page(begun, "nl")


def test_the_first_run_has_nothing_to_be_compared_with(begun: World) -> None:
    assert run(begun)["changes"] is None
    assert 'id="changes"' not in page(begun)


def test_other_definitions_have_their_own_effect(begun: World) -> None:
    begun.write(
        CONFIG.replace("[klaar]", "[brief]")
        + """definitions:
  - {from: 2026-04-10, activity: brief, what: {nl: ook per mail, en: by mail too}}
"""
    )

    changes = run(begun, JULY + DAY)["changes"]

    assert changes["config"] == ["journey.end"]
    assert changes["effects"][0]["what"] == ["definitions"]
    assert changes["effects"][0]["effect_days"] == {"p50": -7, "p90": -7}
    assert all(each["cases"] == 0 for each in changes["counts"])
    assert changes["definitions"][0]["what"] == {"nl": "ook per mail", "en": "by mail too"}
    told = "10 April 2026: \N{LEFT SINGLE QUOTATION MARK}brief\N{RIGHT SINGLE QUOTATION MARK}: by"
    assert page(begun).count(told) == 2  # beside what changed, and in the method

    begun.export("late.csv", LATE)
    later = run(begun, JULY + 2 * DAY)["changes"]
    assert (later["config"], later["definitions"]) == ([], [])
    assert page(begun).count(told) == 1


def test_what_few_cases_did_is_told_with_something_else(begun: World) -> None:
    begun.export("late.csv", rows(0, 3, "bezoek", 5))
    begun.export("new.csv", rows(120, 270, "in", 0, MAY_6) + rows(120, 270, "klaar", 20, MAY_6))

    changes = run(begun, JULY + DAY)["changes"]

    told = {each["what"]: each["cases"] for each in changes["counts"] if each["cases"] != 0}
    assert told == {"late": None, "new_cases": None}
    assert changes["effects"][-1]["what"][0] == "late"
    assert changes["effects"][-1]["what"][-1] == "new_cases"
    assert "steps from before the last report that came in after it; new cases" in page(begun)


def test_a_case_that_was_forgotten_is_not_told_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEY)
    world.write(KEYED)
    run(world)
    forget(world, "Z3")

    changes = run(world, JULY + DAY)["changes"]

    assert changes["since"]["cases"] == 120
    assert {each["cases"] for each in changes["counts"]} == {None, 0}
    assert len(changes["effects"]) == 1


def test_a_run_after_one_that_was_made_before_is_compared_with_that(begun: World) -> None:
    begun.export("log.csv", CORRECTED)
    second = run(begun, JULY + DAY)
    begun.export("log.csv", FIRST)
    run(begun, JULY + 2 * DAY)  # as the first
    begun.export("log.csv", CORRECTED)
    begun.export("new.csv", NEW)

    changes = run(begun, JULY + 3 * DAY)["changes"]

    assert changes["counts"][3] == second["changes"]["counts"][3]
    assert changes["counts"][3]["cases"] == 60


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("looks_back", "This report looks back"),
        ("few", "too few cases to say what changed"),
        ("not_kept", "was not kept, so it is not known"),
        ("other_names", "were replaced in another way"),
    ],
)
def test_why_nothing_is_compared_is_said(
    what: str, said: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEY)
    world.write(CONFIG + "privacy: {key_env: KEY}\n")
    if what == "few":
        world.export("log.csv", rows(0, 8, "in") + rows(0, 8, "klaar", 1))
    run(world)
    world.export("log.csv", CORRECTED)
    options = {"as_of": JULY - 20 * DAY} if what == "looks_back" else {}
    if what == "not_kept":
        run(world, JULY + DAY)
        for folder in (world.folder / "out" / "test" / "store").glob("batch=*"):
            shutil.rmtree(folder)
        shutil.rmtree(world.folder / "out" / "test" / "store" / "_delta_log")
        world.export("new.csv", NEW)
    if what == "other_names":
        monkeypatch.setenv("KEY", "l" * 32)

    found = run(world, JULY + 2 * DAY, **options)
    assert found["changes"] is None
    assert said in page(world, run_id=found["run_id"])


def test_a_run_that_is_made_again_stays_what_it_was(world: World) -> None:
    run(world)
    world.export("log.csv", CORRECTED)
    second = run(world, JULY + DAY)

    assert run(world, JULY + 2 * DAY) == second


def test_a_run_after_files_went_is_compared_with_it(world: World) -> None:
    run(world)
    world.export("more.csv", LATE)
    run(world, JULY + DAY)
    world.take_away("log.csv")
    before = run(world, JULY + 2 * DAY)
    world.export("more.csv", LATE + NEW)

    changes = run(world, JULY + 3 * DAY)["changes"]

    assert changes is not None
    assert changes["since"]["run_id"] == before["run_id"]
