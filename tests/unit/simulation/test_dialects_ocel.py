# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What pm4py reads in the file is the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from simulation.recording.dialects import ocel
from tests.unit.simulation.parts import PARTS, PROCESS

CASES = pl.concat(part.cases for part in PARTS)
EVENTS = pl.concat(part.events for part in PARTS).join(
    CASES.select("case", "case_id", "began_at"), on="case", how="left", maintain_order="left"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ocel")
    ocel.write(iter(PARTS), PROCESS, folder)
    return folder / "export.json"


@pytest.fixture(scope="module")
def document(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def read(path: Path) -> Any:
    import pm4py

    return pm4py.read_ocel2_json(str(path))


def none(value: Any) -> Any:
    return None if pd.isna(value) else value


def test_pm4py_reads_every_event_with_what_is_known_of_it(read: Any) -> None:
    names = ("ocel:eid", "ocel:activity", "ocel:timestamp", "resource", "organisatie", "started_at")
    found = {tuple(none(row[name]) for name in names) for row in read.events.to_dict("records")}
    assert found == {
        (
            f"{row['case_id']}-{row['number']}",
            row["activity"],
            row["at"],
            row["resource"],
            row["organisation"],
            row["started_at"],
        )
        for row in EVENTS.to_dicts()
    }


def test_pm4py_reads_of_which_case_and_by_which_team_each_event_is(read: Any) -> None:
    names = ["ocel:eid", "ocel:oid", "ocel:type", "ocel:qualifier"]
    found = sorted(read.relations[names].itertuples(index=False, name=None))
    ids = [(f"{row['case_id']}-{row['number']}", row) for row in EVENTS.to_dicts()]
    of = [(id_, row["case_id"], "zaak", "van") for id_, row in ids]
    by = [(id_, row["team"], "afdeling", "door") for id_, row in ids if row["team"]]
    assert found == sorted(of + by)


def test_pm4py_reads_the_cases_that_have_events_and_the_teams(read: Any) -> None:
    objects = read.objects.set_index("ocel:oid")
    seen = CASES.join(EVENTS, on="case", how="semi")
    assert set(objects.index) == {*seen["case_id"], "Intake", "Één loket"}
    for row in seen.to_dicts():
        found = objects.loc[row["case_id"]]
        assert [none(found[name]) for name in PROCESS.attributes] == [
            row[name] for name in PROCESS.attributes
        ]


def test_a_case_knows_its_attributes_from_when_it_began(document: dict[str, Any]) -> None:
    told = {row["id"]: row for row in document["objects"]}
    assert told["ZAAK-2025-0000001"] == {
        "id": "ZAAK-2025-0000001",
        "type": "zaak",
        "attributes": [
            {"name": "regio", "value": "Noord", "time": "2025-03-03T09:00:00Z"},
            {"name": "kanaal", "value": "papier", "time": "2025-03-03T09:00:00Z"},
        ],
    }
    assert told["ZAAK-2025-0000018"]["attributes"] == []
    assert told["ZAAK-2025-0000019"]["attributes"]  # a case without events is there too


def test_the_types_say_what_events_and_objects_have(document: dict[str, Any]) -> None:
    assert list(document) == ["eventTypes", "objectTypes", "events", "objects"]
    for of_type, those in (("eventTypes", "events"), ("objectTypes", "objects")):
        types = {
            row["name"]: {attribute["name"] for attribute in row["attributes"]}
            for row in document[of_type]
        }
        assert {row["type"] for row in document[those]} == set(types)
        for row in document[those]:
            assert {attribute["name"] for attribute in row["attributes"]} <= types[row["type"]]


def test_every_id_is_of_one_thing_and_all_that_is_referred_to_is_there(
    document: dict[str, Any],
) -> None:
    events, objects = ([row["id"] for row in document[name]] for name in ("events", "objects"))
    assert len(set(events)) == len(events)
    assert len(set(objects)) == len(objects)
    referred = {to["objectId"] for row in document["events"] for to in row["relationships"]}
    assert referred <= set(objects)


def test_all_values_are_text(document: dict[str, Any]) -> None:
    rows = document["events"] + document["objects"]
    values = [attribute["value"] for row in rows for attribute in row["attributes"]]
    assert {type(value) for value in values} == {str}


def test_the_same_log_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    ocel.write(iter(PARTS), PROCESS, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["export.json"]
    assert (tmp_path / "export.json").read_bytes() == path.read_bytes()


def test_a_log_without_cases_is_an_empty_file(tmp_path: Path) -> None:
    ocel.write(iter([]), PROCESS, tmp_path)
    document = json.loads((tmp_path / "export.json").read_text("utf-8"))
    assert (document["events"], document["objects"], document["eventTypes"]) == ([], [], [])
