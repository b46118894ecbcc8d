# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""One log in every dialect, and wherever it is kept: the findings are the same, to the last digit.

What is equal is all of ``findings.json`` but the name of the run, and all tables. The gate asks
more of some formats; what more is said here by rule. What a dialect cannot tell, or tells besides,
is put in a table as well, and that must have the same findings.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from flows.journey import make
from flows.planning import plan
from ingest.storage.objects import opened
from simulation.description import process
from simulation.generator import Order, Simulated
from simulation.recording.dialects import DIALECTS
from tests.builders import FEW_FORMATS
from tests.flow.answers import answers
from tests.mariadb import MariaDB
from tests.servers import Database
from tests.unit.ingest.zgw_server import CLIENT, SECRET, serving

CONFIGS = Path(__file__).parents[2] / "configs"
CASES, SEED = 200, 1
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
EACH = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"dialects-{name}"))
    for name in ("cbr", "img", "uht", "vis")
]

FLAT = {
    "csv-nl": "export.csv",
    "csv-excel": "export.csv",
    "excel": "*.xlsx",
    "parquet": "*.parquet",
}
XES = "{path: %s/export.xes, columns: {org: organisatie}, case_attributes: %s}"
OCEL = (
    "{path: %s/export.json, format: ocel, object_type: zaak, case_attributes: %s, columns: "
    "{start_timestamp: started_at, resource: resource, team: 'ocel:type:afdeling', "
    "org: organisatie}}"
)
MORE_OF_OBJECTS = {"DQ22", "DQ29", "DQ30"}

ZGW = (
    "{path: '%s', format: zgw, case_attributes: %s, columns: {registration_timestamp: "
    "registratiedatum, closing_timestamp: einddatum, recorded_timestamp: aanmaakdatum}%s}"
)
ASKING = ", client_id_env: ZGW_CLIENT, client_secret_env: ZGW_SECRET"
AS_ZGW = (
    "{path: %s, case_attributes: %s, columns: {case_id: zaak, activity: status, timestamp: gezet, "
    "resource: wie, team: rol, registration_timestamp: registratiedatum, "
    "closing_timestamp: einddatum, recorded_timestamp: aanmaakdatum}}"
)
MORE_OF_ZGW = {"DQ11", "DQ16", "DQ17", "DQ22"}
ONE_PAGE = "report.languages=[nl]"
SUSPENDED = "journey.suspensions=[{from: Opgeschort, to: Hervat}]"


class Told(NamedTuple):
    """What a run says of its log, and the rules that the gate held it against."""

    findings: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    rules: set[str]


class Log:
    """A log of one process, simulated once; ``written`` gives the folder of a dialect of it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.process = name, folder, process(name)
        self.parts = list(Simulated(Order(name, CASES, SEED)).parts())
        self.written = cache(self._written)
        self.attributes = json.dumps(list(self.process.attributes))

    def _written(self, dialect: str) -> Path:
        (folder := self.folder / dialect).mkdir()
        DIALECTS[dialect](self.parts, self.process, folder)
        return folder

    def told(self, name: str, *overrides: str) -> Told:
        """What a run says, of the process's own config with these keys overruled."""
        out = self.folder / "out" / name
        config = CONFIGS / f"{self.name}.yaml"
        job = plan(config, out=out, now=NOW, overrides=(*overrides, FEW_FORMATS, ONE_PAGE))
        folder = make(job)
        findings = json.loads((folder / "findings.json").read_text("utf-8"))
        verdict = json.loads((folder / "validation" / "verdict.json").read_text("utf-8"))
        rules = {rule["id"] for rule in verdict["rules"]}
        assert findings.pop("run_id") == job.run_id
        assert findings["validation"].pop("expectations") == len(rules)
        tables = {
            path.stem: pl.read_parquet(path, glob=False).to_dicts()
            for path in (folder / "tables").iterdir()
        }
        return Told(findings, tables, rules)


@pytest.fixture(scope="module", params=EACH)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Log:
    return Log(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def table(log: Log) -> Told:
    told = log.told("csv", f"sources.0.path={log.written('csv')}/export.csv")
    assert told.findings["log"]["cases"] == CASES
    assert told.findings["bottlenecks"]
    return told


@pytest.mark.parametrize("dialect", FLAT)
def test_a_table_says_the_same_in_every_notation(log: Log, table: Told, dialect: str) -> None:
    assert log.told(dialect, f"sources.0.path={log.written(dialect)}/{FLAT[dialect]}") == table


def test_starts_and_completions_say_what_the_table_does(log: Log, table: Told) -> None:
    source = XES % (log.written("xes"), log.attributes)

    assert log.told("xes", f"sources.0={source}") == table


def test_objects_say_what_the_table_does(log: Log, table: Told) -> None:
    source = OCEL % (log.written("ocel"), log.attributes)

    objects = log.told("ocel", f"sources.0={source}")

    assert objects.rules - table.rules == MORE_OF_OBJECTS
    assert objects[:2] == table[:2]


def test_a_database_says_what_its_export_does(log: Log, table: Told, database: Database) -> None:
    query = database.load(log.written("csv") / "export.csv", times=("tijdstip", "begonnen"))
    keys = {"path": database.trusted, "query": query}

    assert log.told("sql", *(f"sources.0.{key}={value}" for key, value in keys.items())) == table


def test_a_database_by_odbc_says_what_its_export_does(
    log: Log, table: Told, mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READER_PASSWORD", "geheim")
    query = mariadb.load(log.written("csv") / "export.csv", times=("tijdstip", "begonnen"))
    keys = {"path": mariadb.url, "query": query, "password_env": "READER_PASSWORD"}

    assert log.told("odbc", *(f"sources.0.{key}={value}" for key, value in keys.items())) == table


def test_a_bucket_says_what_its_export_does(log: Log, table: Told, bucket: str) -> None:
    opened(bucket)[0].put(log.written("csv") / "export.csv", "exports/2026.csv")

    assert log.told("s3", f"sources.0.path={bucket}/exports/*.csv") == table


@pytest.mark.xdist_group("dialects-vis")
def test_a_date_is_the_same_date_in_every_notation(tmp_path: Path) -> None:
    log = Log("vis", tmp_path)
    times = ("tijdstip", "begonnen", "vastgelegd")
    export = pl.read_csv(log.written("csv") / "export.csv", infer_schema=False)
    dates = export.with_columns(pl.col(times).str.head(10).str.to_date())
    export.with_columns(pl.col(times).str.head(10)).write_csv(tmp_path / "iso.csv")
    dates.write_csv(tmp_path / "nl.csv", separator=";", date_format="%d-%m-%Y")
    dates.write_excel(tmp_path / "cells.xlsx")
    dates.write_parquet(tmp_path / "typed.parquet")
    dates.cast(dict.fromkeys(times, pl.Datetime)).write_parquet(tmp_path / "midnight.parquet")

    iso, *others = (
        log.told(name.replace(".", "-"), f"sources.0.path={tmp_path / name}")
        for name in ("iso.csv", "nl.csv", "cells.xlsx", "typed.parquet", "midnight.parquet")
    )

    assert iso.findings["throughput_days"]["p50"].is_integer()
    assert others == [iso] * 4


@pytest.fixture(scope="module")
def as_zgw(log: Log) -> Told:
    """What a table says that tells what the ZGW APIs can tell, and no more."""
    path = log.folder / "as_zgw.csv"
    answers(log.parts, log.process).write_csv(path)
    return log.told("as_zgw", f"sources.0={AS_ZGW % (path, log.attributes)}", SUSPENDED)


def test_answers_of_zgw_say_what_a_table_of_them_does(log: Log, as_zgw: Told) -> None:
    source = ZGW % (log.written("zgw"), log.attributes, "")

    told = log.told("zgw", f"sources.0={source}", SUSPENDED)

    assert told.rules - as_zgw.rules == MORE_OF_ZGW
    assert told[:2] == as_zgw[:2]


def test_a_zgw_api_says_what_a_table_of_its_answers_does(
    log: Log, as_zgw: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZGW_CLIENT", CLIENT)
    monkeypatch.setenv("ZGW_SECRET", SECRET)

    with serving(log.written("zgw"), now=time.time() + 60) as api:
        source = ZGW % (api.zaken, log.attributes, ASKING)
        told = log.told("api", f"sources.0={source}", SUSPENDED)

    assert told.rules - as_zgw.rules == MORE_OF_ZGW
    assert told[:2] == as_zgw[:2]
