# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which rules a log is held against follows from its files, however the config names them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from contracts.errors import GateStopped
from tests.checked import checked

OF_OCEL = {"DQ22", "DQ29", "DQ30"}


def event(number: int, type_: str, *others: str) -> dict[str, object]:
    return {
        "id": f"e{number}-{type_}",
        "type": type_,
        "time": f"2026-03-{number % 28 + 1:02}T{9 if type_ == 'in' else 10}:00:00Z",
        "relationships": [{"objectId": each, "qualifier": ""} for each in (f"z{number}", *others)],
    }


def objects(path: Path) -> None:
    """Of thirty cases, one with an object that is not there."""
    log = {
        "objectTypes": [{"name": "zaak", "attributes": []}],
        "eventTypes": [{"name": name, "attributes": []} for name in ("in", "klaar")],
        "objects": [{"id": f"z{number}", "type": "zaak"} for number in range(30)],
        "events": [event(number, name) for number in range(30) for name in ("in", "klaar")],
    }
    log["events"][0] = event(0, "in", "weg")
    path.write_text(json.dumps(log), encoding="utf-8")


def table(path: Path) -> None:
    rows = (
        f"z{number};{name};{number % 28 + 1}-3-2026 {hour}:00\n"
        for number in range(30)
        for name, hour in (("in", 9), ("klaar", 10))
    )
    path.write_text("zaak;stap;tijd\n" + "".join(rows), encoding="utf-8")


TABLE = "columns: {case_id: zaak, activity: stap, timestamp: tijd}"


@pytest.mark.parametrize(
    ("source", "asked", "broken"),
    [
        ("{path: objects}", OF_OCEL, {"DQ22"}),
        ("{path: objects, format: ocel}", OF_OCEL, {"DQ22"}),
        ("{path: objects/log.jsonocel}", OF_OCEL, {"DQ22"}),
        (f"{{path: tables, {TABLE}}}", set(), set()),
    ],
)
def test_a_log_is_held_against_the_rules_of_its_formats(
    source: str, asked: set[str], broken: set[str], tmp_path: Path
) -> None:
    for folder in ("objects", "tables"):
        (tmp_path / folder).mkdir()
    objects(tmp_path / "objects" / "log.jsonocel")
    table(tmp_path / "tables" / "log.csv")
    config = tmp_path / "p.yaml"
    config.write_text(
        f"process: {{id: p}}\nsources: [{source}]\njourney: {{end: [klaar]}}\n"
        "privacy: {pseudonymise: []}\n"
    )

    verdict = checked(config)

    assert {rule.id for rule in verdict.rules} & OF_OCEL == asked
    assert {rule.id for rule in verdict.failed} & OF_OCEL == broken


@pytest.mark.parametrize(("term", "rows"), [("P9Y", 64), ("P9D", 4)])
def test_what_a_run_would_remove_is_not_judged(term: str, rows: int, tmp_path: Path) -> None:
    table(tmp_path / "log.csv")
    config = tmp_path / "p.yaml"
    config.write_text(
        f"process: {{id: p}}\nsources: [{{path: log.csv, {TABLE}}}]\njourney: {{end: [klaar]}}\n"
        f"privacy: {{pseudonymise: []}}\nstore: {{retention: {term}}}\n"
    )
    with (tmp_path / "log.csv").open("a", encoding="utf-8") as log:
        log.write("open;in;1-3-2026 9:00\nopen;stap;2-3-2026 9:00\n")
    if term == "P9D":
        with pytest.raises(GateStopped, match="klaar") as stopped:
            checked(config)
        assert "`store.retention: P9D` keeps no case that ended longer ago" in str(stopped.value)
    yesterday = f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=1):%d-%m-%Y}"
    with (tmp_path / "log.csv").open("a", encoding="utf-8") as log:
        log.write(f"new;in;{yesterday} 9:00\nnew;klaar;{yesterday} 10:00\n")

    assert checked(config).rows == rows


def test_where_no_row_is_asked_for_it_is_said_why(tmp_path: Path) -> None:
    table(tmp_path / "log.csv")
    config = tmp_path / "p.yaml"
    source = f"{{path: log.csv, only: {{stap: [Klaar]}}, {TABLE}}}"
    config.write_text(
        f"process: {{id: p}}\nsources: [{source}]\njourney: {{end: [klaar]}}\n"
        "privacy: {pseudonymise: []}\n"
    )

    with pytest.raises(GateStopped, match=r"No row has a value that `sources\.only` asks for"):
        checked(config)
