# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a real PostgreSQL gives, and how it is told what it does not."""

from __future__ import annotations

import datetime as dt
import stat

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.errors import SourceError
from contracts.sources import Source
from ingest.asking import fetch
from ingest.databases.postgresql_faults import told
from ingest.raw import DIGEST, ROW
from ingest.sources import Address, find
from ingest.staging import read

CELL = "Jansen 900101"
LOCAL = dt.datetime(2026, 3, 2, 10, 0, 0, 123456)  # noqa: DTZ001 - a local time
TABLES = f"""
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
CREATE TYPE soort AS ENUM ('aanvraag', 'besluit');
CREATE TABLE stappen AS SELECT 'Z1'::text AS zaak, '{CELL}'::text AS wie;
CREATE TABLE "Open Zaken" AS TABLE stappen;
CREATE TABLE leeg (zaak text, om timestamptz);
CREATE TABLE dicht (zaak text);
REVOKE ALL ON dicht FROM reader;
"""

LATE = """
SELECT CASE WHEN g > 400000 THEN (wie || g)::int END AS x
FROM stappen, generate_series(1, 500000) g
"""


@pytest.fixture(scope="module")
def tables(database):
    database.run(TABLES)
    return database


@pytest.fixture
def asked(tables, tmp_path):
    """A function that reads what a database is asked, as the reader of its format gives it."""

    def run(query=None, url=None, **keys):
        source = Source(path=url or tables.trusted, query=query, **keys)
        [address] = find(source, tmp_path / "p.yaml", 0)
        fetched = fetch(address, source, tmp_path)
        raw = read(fetched.file, source, [], tmp_path)
        places = {place: name for name, place in raw.places.items()}
        return raw.frame.drop(ROW, DIGEST).collect().rename(places)

    return run


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'2026-03-02 10:00+01'::timestamptz", dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)),
        ("'2026-03-02 10:00:00.123456'::timestamp", LOCAL),
        ("'2026-03-02'::date", dt.date(2026, 3, 2)),
        ("'9999-12-31 23:59'::timestamptz", dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)),
        ("'infinity'::timestamptz", None),
        ("'-infinity'::timestamp", None),
        ("'infinity'::date", None),
        ("'0044-03-15 BC'::timestamptz", None),
        ("'294276-12-31'::timestamp", None),
        ("'5874897-12-31'::date", None),
        ("NULL::timestamptz", None),
        ("NULL", None),
        ("12.50::numeric", "12.50"),
        ("12345678901234567890::numeric", "12345678901234567890"),
        ("'NaN'::numeric", "NaN"),
        ("7::smallint", 7),
        ("9007199254740993::bigint", 9007199254740993),
        ("1.5::float8", 1.5),
        ("true", True),
        ("'12.50'::money", "$12.50"),
        ("'é\U0001f600'::text", "é\U0001f600"),
        ("'Z1'::char(6)", "Z1"),
        ("'besluit'::soort", "besluit"),
        ("ARRAY['a', 'b']", "{a,b}"),
        ("ARRAY['besluit']::soort[]", "{besluit}"),
        ("'{\"a\": 1}'::json", '{"a": 1}'),
        ("'{\"a\":1}'::jsonb", '{"a": 1}'),
        (
            "'123e4567-e89b-12d3-a456-426614174000'::uuid",
            "123e4567-e89b-12d3-a456-426614174000",
        ),
        ("'\\x01ff'::bytea", "\\x01ff"),
        ("interval '1 day 2 hours'", "1 day 02:00:00"),
        ("'10:00'::time", dt.time(10)),
        ("'10.0.0.1'::inet", "10.0.0.1/32"),
        ("ROW('a', 1)", "(a,1)"),
        ("int4range(1, 3)", "[1,3)"),
    ],
)
def test_a_value_is_what_it_was(asked, written, expected):
    assert asked(f"SELECT {written} AS x").to_dicts() == [{"x": expected}]


@pytest.mark.parametrize(
    "query",
    ["SELECT zaak FROM stappen", "SELECT zaak FROM stappen;\n", "SELECT zaak FROM stappen -- alle",
     "WITH s AS (SELECT * FROM stappen) SELECT zaak FROM s", "VALUES ('Z1')"],
)  # fmt: skip
def test_any_one_select_is_asked(asked, query):
    assert asked(query).rows() == [("Z1",)]


@pytest.mark.parametrize("table", ["stappen", "public.stappen"])
def test_a_table_is_read(asked, table):
    assert asked(table=table).to_dicts() == [{"zaak": "Z1", "wie": CELL}]


def test_the_order_of_the_query_is_kept(asked):
    rows = asked("SELECT g FROM generate_series(1, 50000) g ORDER BY g % 97, g DESC")["g"].to_list()

    assert rows == sorted(range(1, 50001), key=lambda g: (g % 97, -g))


def test_no_rows_have_their_columns(asked):
    rows = asked("SELECT * FROM leeg")

    assert rows.schema == {"zaak": pl.String, "om": pl.Datetime("us", "UTC")}
    assert rows.is_empty()


def test_what_was_brought_is_for_its_owner_alone(asked, tmp_path):
    asked("SELECT 1 AS x")

    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
    assert stat.S_IMODE((tmp_path / "rows.parquet").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE stappen SET zaak = 'x'",
        "DELETE FROM stappen RETURNING *",
        "WITH gone AS (DELETE FROM stappen RETURNING *) SELECT * FROM gone",
        "SELECT * INTO kopie FROM stappen",
        "SELECT 1; DELETE FROM stappen",
        "SELECT 1) AS asked; DELETE FROM stappen; SELECT * FROM (SELECT 1",
        "COPY stappen TO PROGRAM 'true'",
        "SELECT * FROM stappen FOR UPDATE",
        "SELECT lo_create(0)",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "COMMIT",
    ],
)
def test_a_query_cannot_write(asked, tables, query):
    owner = tables.trusted.replace("reader@", "postgres@")  # one that may do all of it

    with pytest.raises(SourceError, match=r"is not one SELECT|would change something"):
        asked(query, owner)

    assert tables.run("SELECT zaak FROM stappen; SELECT to_regclass('kopie')") == "Z1\n\n"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT *\nFROM nergens", "no such table, view or schema, in line 2 of the query"),
        ("SELECT * FROM geen.stappen", "no such table, view or schema, in line 1 of the query"),
        ("SELECT zaak,\n  stap\nFROM stappen", "no such column, in line 2 of the query"),
        ("SELECT * FROM dicht", "this role may not read that"),
        ("SELEC zaak FROM stappen", "is not one SELECT, in line 1 of the query"),
        ("SELECT count(zaak), wie FROM stappen", "cannot be run as it stands"),
        (f"SELECT '{CELL}'::int AS x", "could not be converted or computed, in line 1"),
        ("SELECT wie::int FROM stappen", "could not be converted or computed"),
        ("SELECT wie::timestamptz FROM stappen", "could not be converted or computed"),
        ("SELECT 1 / (length(wie) - 13) AS x FROM stappen", "could not be converted or computed"),
        ("SELECT zaak, zaak FROM stappen", "more than one column 'zaak'"),
        ("SELECT FROM stappen", "gives no columns"),
        (LATE, "could not be converted or computed"),
    ],
)
def test_what_is_wrong_with_a_query_is_told(asked, tmp_path, query, says):
    with pytest.raises(SourceError) as caught:
        asked(query)

    assert says in str(caught.value)
    assert "Jansen" not in "".join(map(str, (caught.value, caught.value.__cause__)))
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_absent_has_no_line(asked):
    with pytest.raises(
        SourceError, match=r"zaken Stappen: there is no such table, view or schema\."
    ):
        asked(table="Stappen")


def test_a_query_that_takes_too_long_is_told(asked, tables):
    with pytest.raises(SourceError, match="it took too long"):
        asked("SELECT pg_sleep(9)::text AS x", f"{tables.trusted}&options=-cstatement_timeout%3D50")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("postgresql://reader@127.0.0.1:1/zaken", "zaken: nothing answers there"),
        ("postgresql://reader@nergens.invalid/zaken", "no host with that name"),
        ("postgresql://reader@/zaken?host={folder}&port=1", "nothing answers there"),
        ("postgresql://reader@/geen?host={folder}&port={port}", "no such database or role"),
        ("postgresql://niemand@/zaken?host={folder}&port={port}", "no such database or role"),
        ("postgresql://reader@127.0.0.1:{port}/zaken", "it asks for a password"),
        ("postgresql://reader@127.0.0.1:{port}/zaken?sslmode=require", "no encrypted connection"),
        ("postgresql://reader@127.0.0.1:{port}/zaken?ssl=1", "not a valid PostgreSQL URL"),
        ("postgresql://reader@127.0.0.1:99999/zaken", "not a valid PostgreSQL URL"),
        ("postgresql://reader@127.0.0.1:x/zaken", "not a valid PostgreSQL URL"),
    ],
)
def test_what_keeps_us_out_is_told(asked, database, path, says):
    url = path.format(folder=database.folder, port=database.port)

    with pytest.raises(SourceError) as caught:
        asked("SELECT 1 AS x", url)

    assert says in str(caught.value)
    tried_again = isinstance(caught.value.__cause__, OSError)
    assert tried_again == ("nothing answers" in says)


def test_a_password_comes_from_the_environment(asked, database, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "geheim")

    assert asked("SELECT current_user::text AS x", database.url).item() == "reader"


def test_a_password_comes_from_a_file(asked, database, monkeypatch, tmp_path_factory):
    file = tmp_path_factory.mktemp("home") / "pgpass"
    file.write_text(f"127.0.0.1:{database.port}:zaken:reader:geheim\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))

    assert asked("SELECT current_user::text AS x", database.url).item() == "reader"


def test_a_wrong_password_is_told_and_not_said(asked, database, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "zwaluw")

    with pytest.raises(SourceError, match="does not let us in") as caught:
        asked("SELECT 1 AS x", database.url)

    assert "zwaluw" not in str(caught.value)


def test_a_connection_that_is_lost_is_tried_again():
    with (
        pytest.raises(SourceError, match="zaken: the connection was lost") as caught,
        told("zaken"),
    ):
        raise OSError("[libpq] server closed the connection unexpectedly")

    assert isinstance(caught.value.__cause__, OSError)


def test_its_name_tells_the_table_and_nothing_that_is_asked_with(tmp_path):
    source = Source(path="postgres://reader@db/zaken?sslmode=require", table="zaken.stappen")

    [address] = find(source, tmp_path / "p.yaml", 0)

    assert address == Address(source.path, "postgres://reader@db/zaken zaken.stappen", "sql")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"path": "postgresql://reader:zwaluw@db/zaken", "table": "t"}, "must not hold a password"),
        (
            {"path": "postgresql://db/zaken?user=a&password=zwaluw", "table": "t"},
            "must not hold a password",
        ),
        *(
            ({"path": f"postgresql://a:{first}zwaluw@db/z", "table": "t"}, "must not hold a pass")
            for first in ("/", "5/", "?", "5?", "#", "5#", "@/")
        ),
        ({"path": "postgresql://a@org:5/zwaluw@db/z", "table": "t"}, "must not hold a password"),
        ({"path": "postgresql://db/zaken"}, "either a query or a table"),
        (
            {"path": "postgresql://db/zaken", "table": "t", "query": "SELECT 1"},
            "either a query or a table",
        ),
        ({"path": "zaken.db", "format": "sql", "table": "t"}, "postgresql://host/database"),
        (
            {"path": "stappen.csv", "query": "SELECT 1"},
            "query is for a database; write path: postgresql",
        ),
        ({"path": "sqlite:///zaken.sqlite", "query": "SELECT 1"}, "or odbc://name of another one"),
        ({"path": "mysql://db/zaken", "table": "stappen"}, "table is for a database; write path"),
        ({"path": "postgresql://db/zaken", "table": 'a"; DROP'}, "pattern"),
    ],
)
def test_a_config_that_cannot_be_asked_is_refused(source, says):
    with pytest.raises(ValidationError) as caught:
        Source(**source)

    [error] = caught.value.errors()
    assert says in error["msg"]
    assert "zwaluw" not in error["msg"]


@pytest.mark.parametrize(
    "path",
    [
        "postgresql://db:5432/zaken?user=reader@org",
        "postgresql://reader@db:5432/zaken?options=a@b",
        "odbc://?Driver={a};Server=tcp:db,1433;UID=reader@org",
        "abfss://zaken@account/2026:1@2.csv",
        "s3://zaken/2026-01-01T10:00/team@dienst.csv",
    ],
)
def test_an_at_sign_or_a_colon_alone_is_no_password(path):
    asked = {"table": "t"} if path.startswith(("postgresql", "odbc")) else {}

    assert Source(path=path, **asked).path == path


@pytest.mark.parametrize(
    "path",
    [
        *("mysql://db/zaken", "duckdb:///zaken.db", "snowflake://account/zaken"),
        *("postgresql+psycopg://db/zaken", "jdbc:mysql://db/zaken", "sqlite:///zaken.sqlite"),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"format": "sql", "query": "SELECT 1"}])
def test_other_databases_are_not_read(tmp_path, path, asked):
    with pytest.raises(SourceError, match=r"does not read: .*://\. PostgreSQL can be read"):
        find(Source(path=path, **asked), tmp_path / "p.yaml", 0)
