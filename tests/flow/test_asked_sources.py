# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A log says the same wherever it is kept; and nothing of it stays behind where it was brought."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.errors import HoeksteenError
from flows.cli import app
from flows.journey import make
from flows.planning import plan
from ingest.storage.objects import opened
from ingest.storage.places import place_of
from ingest.storage.store import newest
from simulation.generator import LOG, Order, generate
from tests.builders import FEW_FORMATS
from tests.mariadb import MariaDB
from tests.servers import Database

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CONFIG = Path(__file__).parents[2] / "configs" / "vis.yaml"
HALFWAY = "2024-06-01"
TIMES = ("tijdstip", "begonnen", "vastgelegd")
OF_THE_RUN = ("run_id", "changes")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    generate(Order("vis", 200, 1), "csv", folder / "made")
    return folder / "made" / LOG / "export.csv"


def findings(
    folder: Path, *overrides: str, now: dt.datetime = NOW, store: str | None = None
) -> dict[str, Any]:
    job = plan(CONFIG, out=folder, now=now, store=store, overrides=(*overrides, FEW_FORMATS))
    made = make(job)
    assert not list(job.process_folder.glob(".landing/*"))
    found = json.loads((made / "findings.json").read_text("utf-8"))
    del found["validation"]["expectations"]  # more is asked of a log of several batches
    return {key: value for key, value in found.items() if key not in OF_THE_RUN}


def test_nothing_that_was_brought_stays_where_it_cannot_be_staged(
    database: Database, export: Path, tmp_path: Path
) -> None:
    database.load(export, TIMES)
    asks = "sources.0.query=SELECT zaaknummer, stap FROM export"

    with pytest.raises(HoeksteenError, match="has no column") as error:
        findings(tmp_path, f"sources.0.path={database.trusted}", asks)

    assert error.value.exit_code == 2
    assert not list(tmp_path.rglob("*.parquet"))


def test_rows_that_come_while_the_watermark_stays_are_kept(
    database: Database, export: Path, tmp_path: Path
) -> None:
    names = database.load(export, TIMES).removeprefix("SELECT ").partition(" FROM ")[0]
    database.run("ALTER TABLE export ADD COLUMN noted date DEFAULT '2026-10-31'")
    database.run("CREATE TABLE everything AS SELECT * FROM export")
    asks = f"sources.0.query=SELECT {names}, noted FROM export"
    marked = (f"sources.0.path={database.trusted}", asks, "sources.0.watermark=noted")
    parts = (f"< '{HALFWAY}'", f"BETWEEN '{HALFWAY}' AND '2025-01-01'", "> '2025-01-01'")
    database.run("DELETE FROM export")
    events, rows = [], []
    for hours, part in enumerate((*parts, "IS NULL")):
        database.run(f"INSERT INTO export SELECT * FROM everything WHERE tijdstip {part}")
        found = findings(tmp_path, *marked, now=NOW + dt.timedelta(hours=hours))
        version = newest(place_of(tmp_path / "visum-kort-verblijf" / "store", tmp_path))
        assert version is not None
        events.append(found["log"]["events"])
        rows.append([batch.staged.rows for batch in version.batches])

    counts = [
        int(database.run(f"SELECT count(*) FROM everything WHERE tijdstip {p}")) for p in parts
    ]
    assert rows == [counts[:1], counts[:2], counts, counts]
    assert events[0] < events[1] < events[2] == events[3]


@pytest.fixture(params=["postgresql", "mariadb"])
def asked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[Database | MariaDB, list[str]]:
    """A database, and how it is reached."""
    if request.param == "postgresql":
        database: Database = request.getfixturevalue("database")
        return database, [f"sources.0.path={database.trusted}"]
    mariadb: MariaDB = request.getfixturevalue("mariadb")
    monkeypatch.setenv("READER_PASSWORD", "geheim")
    return mariadb, [f"sources.0.path={mariadb.url}", "sources.0.password_env=READER_PASSWORD"]


def test_of_a_table_that_grows_only_what_is_new_is_asked_and_the_log_is_whole(
    asked: tuple[Database | MariaDB, list[str]], bucket: str, export: Path, tmp_path: Path
) -> None:
    database, reached = asked
    query = database.load(export, TIMES)
    names = query.removeprefix("SELECT ").partition(" FROM ")[0]
    database.run(f"CREATE TABLE later AS SELECT * FROM export WHERE tijdstip > '{HALFWAY}'")
    database.run(f"DELETE FROM export WHERE tijdstip > '{HALFWAY}'")
    asks = (*reached, f"sources.0.query=SELECT {names} FROM export")
    marked = (*asks, "sources.0.watermark=tijdstip")

    first = findings(tmp_path, *marked, store=bucket)
    database.run("INSERT INTO export SELECT * FROM later")
    second = findings(tmp_path, *marked, now=NOW + dt.timedelta(days=1), store=bucket)
    third = findings(tmp_path, *marked, now=NOW + dt.timedelta(days=2), store=bucket)

    whole = findings(tmp_path / "whole", *asks)
    assert first["log"]["events"] < second["log"]["events"]
    assert {**second, "log": second["log"]} == whole == third
    version = newest(place_of(bucket, tmp_path / "here"))
    assert version is not None
    rows = [batch.staged.rows for batch in version.batches]
    assert len(rows) == 2  # the third run found nothing new
    told = whole["log"]["events"] + whole["log"]["quarantined_rows"]
    assert 0 <= sum(rows) - told < 10  # events are rounded down
    assert version.number == 1


def test_where_a_table_got_a_column_no_row_is_there_twice(
    database: Database, export: Path, tmp_path: Path
) -> None:
    database.load(export, TIMES)
    database.run(f"CREATE TABLE newer AS SELECT * FROM export WHERE tijdstip > '{HALFWAY}'")
    database.run(f"DELETE FROM export WHERE tijdstip > '{HALFWAY}'")
    asks = (f"sources.0.path={database.trusted}", "sources.0.query=SELECT * FROM export")
    marked = (*asks, "sources.0.watermark=tijdstip")
    findings(tmp_path, *marked)

    database.run("INSERT INTO export SELECT * FROM newer")
    database.run("ALTER TABLE export ADD COLUMN zaaksoort int DEFAULT 1")
    found = findings(tmp_path, *marked, now=NOW + dt.timedelta(days=1))

    assert found == findings(tmp_path / "whole", *asks)


def test_a_row_of_a_case_that_changed_tells_only_its_new_milestones(
    database: Database, tmp_path: Path
) -> None:
    database.run(
        "DROP TABLE IF EXISTS wide; CREATE TABLE wide AS SELECT 'Z' || n AS zaak,"
        " timestamp '2026-01-05 09:00' + n * interval '1 hour' AS aangevraagd,"
        " CASE WHEN n < 20 THEN timestamp '2026-02-01' + n * interval '1 hour' END AS opgehaald,"
        " date '2026-03-01' AS gewijzigd FROM generate_series(1, 60) AS n"
    )
    source = (
        f"path: '{database.trusted}', columns: {{case_id: zaak}}, query: SELECT * FROM wide,"
        " milestones: {Afspraak aangevraagd: aangevraagd, Paspoort opgehaald: opgehaald}"
    )
    asks = ("analysis.segments=[]", f"sources=[{{{source}}}]")
    marked = (*asks, "sources.0.watermark=gewijzigd")
    findings(tmp_path, *marked)

    database.run(
        "UPDATE wide SET opgehaald = aangevraagd + interval '70 days', gewijzigd = '2026-04-01'"
        " WHERE opgehaald IS NULL AND aangevraagd < '2026-01-07'"
    )
    found = findings(tmp_path, *marked, now=NOW + dt.timedelta(days=1))

    assert found == findings(tmp_path / "whole", *asks)


def test_where_the_last_rows_are_of_a_case_that_is_forgotten_not_all_is_asked_for_again(
    database: Database, export: Path, tmp_path: Path
) -> None:
    names = database.load(export, TIMES).removeprefix("SELECT ").partition(" FROM ")[0]
    asks = f"sources.0.query=SELECT {names} FROM export"
    marked = (f"sources.0.path={database.trusted}", asks, "sources.0.watermark=tijdstip")
    first = findings(tmp_path, *marked)
    database.run(
        f"CREATE TEMP TABLE late AS SELECT {names} FROM export ORDER BY tijdstip DESC LIMIT 1;"
        "UPDATE late SET zaaknummer = 'LAATST', tijdstip = tijdstip + interval '9 days';"
        f"INSERT INTO export ({names}) SELECT {names} FROM late"
    )
    findings(tmp_path, *marked, now=NOW + dt.timedelta(days=1))

    told = CliRunner().invoke(app, ["forget", str(CONFIG), "LAATST", "--out", str(tmp_path)])
    again = findings(tmp_path, *marked, now=NOW + dt.timedelta(days=2))

    assert told.output.startswith("Removed 1 row from the store")
    assert again["log"]["cases"] == first["log"]["cases"]
    version = newest(place_of(tmp_path / "visum-kort-verblijf" / "store", tmp_path))
    assert version is not None
    assert [batch.staged.rows for batch in version.batches][1:] == [0]


def test_what_another_url_gave_is_not_gone_on_with(
    database: Database, export: Path, tmp_path: Path
) -> None:
    database.load(export, TIMES)
    database.run(
        "CREATE SCHEMA archief; GRANT USAGE ON SCHEMA archief TO reader;"
        f"CREATE TABLE archief.export AS SELECT * FROM export WHERE tijdstip < '{HALFWAY}';"
        "GRANT SELECT ON archief.export TO reader"
    )
    asks = ("sources.0.query=SELECT * FROM export",)
    elsewhere = (f"sources.0.path={database.trusted}&options=-csearch_path%3Darchief", *asks)
    findings(tmp_path, f"sources.0.path={database.trusted}", *asks, "sources.0.watermark=tijdstip")

    later = NOW + dt.timedelta(days=1)
    found = findings(tmp_path, *elsewhere, "sources.0.watermark=tijdstip", now=later)

    assert found == findings(tmp_path / "whole", *elsewhere)


def test_a_table_without_rows_is_told(database: Database, export: Path, tmp_path: Path) -> None:
    query = database.load(export, TIMES).replace(" ORDER", " WHERE false ORDER")

    with pytest.raises(HoeksteenError, match="has no rows"):
        findings(tmp_path, f"sources.0.path={database.trusted}", f"sources.0.query={query}")


def test_the_same_object_again_is_the_same_run(bucket: str, export: Path, tmp_path: Path) -> None:
    opened(bucket)[0].put(export, "again/2026.csv")
    asked = {"out": tmp_path, "overrides": (f"sources.0.path={bucket}/again/2026.csv",)}
    folder = make(plan(CONFIG, now=NOW, **asked))

    assert plan(CONFIG, now=NOW + dt.timedelta(days=1), **asked).folder == folder
    opened(bucket)[0].delete("again/2026.csv")
