# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
import json

import polars as pl

from contracts.findings import Findings
from contracts.tables import TABLES
from reporting.files import write_findings, write_tables
from tests.unit.reporting import sample


def test_findings_read_back_as_they_were(tmp_path):
    shown = sample.shown()

    write_findings(shown, tmp_path)

    text = (tmp_path / "findings.json").read_text(encoding="utf-8")
    assert Findings.model_validate_json(text) == shown.findings


def test_findings_use_the_names_of_the_contract_and_utc(tmp_path):
    east = dt.timezone(dt.timedelta(hours=2))
    found = sample.findings().model_copy(update={"as_of": dt.datetime(2026, 3, 2, 1, tzinfo=east)})

    write_findings(sample.shown(findings=found), tmp_path)

    document = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert document["as_of"] == "2026-03-01T23:00:00Z"
    assert document["bottlenecks"][0]["from"] == sample.H
    assert document["explained_waits"][0]["class"] == "waiting_on_citizen"
    assert list(document) == list(Findings.model_fields)


def test_tables_have_the_shapes_of_the_contract(tmp_path):
    write_tables(sample.shown(), tmp_path)

    paths = (tmp_path / "tables").iterdir()
    assert {path.stem: pl.read_parquet_schema(path) for path in paths} == dict(TABLES)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        write_findings(sample.shown(), out)
        write_tables(sample.shown(), out)
        made.append({each.name: each.read_bytes() for each in out.rglob("*.*")})

    assert made[0] == made[1]
