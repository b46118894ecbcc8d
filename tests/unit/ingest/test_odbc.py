# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a real MariaDB gives by its ODBC driver, and how it is told what it does not."""

from __future__ import annotations

import datetime as dt
import stat
import sys
import threading
import time

import polars as pl
import pytest
from pydantic import ValidationError

from contracts.errors import ConfigError, SourceError
from contracts.sources import Source
from ingest.asking import fetch
from ingest.databases.odbc import attributes_of
from ingest.databases.odbc_query import asked as query_of
from ingest.raw import DIGEST, ROW
from ingest.sources import Address, find, name_for_readers
from ingest.staging import read
from tests.mariadb import skip_without_driver

CELL = "Jansen 900101"
TABLES = f"""
CREATE OR REPLACE TABLE stappen (zaak varchar(20), wie text);
INSERT INTO stappen VALUES ('Z1', '{CELL}');
CREATE OR REPLACE TABLE leeg (zaak varchar(20), om datetime);
CREATE OR REPLACE TABLE groei (n bigint, d date, om datetime(6), t varchar(9), g decimal(9, 2),
  k decimal(18));
INSERT INTO groei VALUES
  (1, '2026-03-01', '2026-03-01 10:00', 'a', 1, 1),
  (2, '2026-03-02', '2026-03-02 10:00:00.25', 'b', 1, 2),
  (3, '2026-03-04', '2026-03-04 10:00', 'c', 1, 3),
  (NULL, NULL, NULL, NULL, NULL, NULL);
CREATE OR REPLACE TABLE mysql.dicht (zaak varchar(20));
"""
OURS = "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'"


@pytest.fixture(scope="module")
def tables(mariadb):
    mariadb.run(TABLES)
    return mariadb


@pytest.fixture
def fetched(tables, tmp_path, monkeypatch):
    """A function that brings what a database is asked."""
    monkeypatch.setenv("READER_PASSWORD", "geheim")

    def run(query=None, url=None, since=None, **keys):
        asked = {"path": url or tables.url, "password_env": "READER_PASSWORD", "query": query}
        source = Source(**asked | keys)
        [address] = find(source, tmp_path / "p.yaml", 0)
        return source, fetch(address, source, tmp_path, since)

    return run


@pytest.fixture
def asked(fetched, tmp_path):
    """A function that reads what a database is asked, as the reader of its format gives it."""

    def run(*args, **keys):
        source, brought = fetched(*args, **keys)
        raw = read(brought.file, source, [], tmp_path)
        places = {place: name for name, place in raw.places.items()}
        return raw.frame.drop(ROW, DIGEST).collect().rename(places)

    return run


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("timestamp('2026-03-02 10:00:00')", dt.datetime(2026, 3, 2, 10)),  # noqa: DTZ001
        (
            "timestamp('2026-03-02 10:00:00.123456')",
            dt.datetime(2026, 3, 2, 10, 0, 0, 123456),  # noqa: DTZ001
        ),
        ("date('2026-03-02')", dt.date(2026, 3, 2)),
        ("timestamp('9999-12-31 23:59:59')", dt.datetime(9999, 12, 31, 23, 59, 59)),  # noqa: DTZ001
        ("cast('10:00' as time)", dt.time(10)),
        ("NULL", None),
        ("cast(12.50 as decimal(9, 2))", "12.50"),
        ("cast('12345678901234567890.1' as decimal(38, 1))", "12345678901234567890.1"),
        ("7", "7"),
        ("cast(9007199254740993 as signed)", "9007199254740993"),
        ("cast(18446744073709551615 as unsigned)", "18446744073709551615"),
        ("cast(0.1 as double)", 0.1),
        ("true", "1"),
        ("'é\U0001f600'", "é\U0001f600"),
        ("repeat('é', 60000)", "é" * 60000),
        ("'{\"a\": 1}'", '{"a": 1}'),
        ("uuid()", 36),
    ],
)
def test_a_value_is_what_it_was(asked, written, expected):
    [value] = asked(f"SELECT {written} AS x")["x"]

    assert value == expected or len(value) == expected


@pytest.mark.parametrize(
    "query",
    ["SELECT zaak FROM stappen", "SELECT zaak FROM stappen;\n", "SELECT zaak FROM stappen -- alle",
     "-- alle\nSELECT zaak FROM stappen", "/* DROP */ (SELECT zaak FROM stappen)",
     "WITH s AS (SELECT * FROM stappen) SELECT zaak FROM s"],
)  # fmt: skip
def test_any_one_select_is_asked(asked, query):
    assert asked(query).rows() == [("Z1",)]


@pytest.mark.parametrize("table", ["stappen", "zaken.stappen"])
def test_a_table_is_read(asked, table):
    assert asked(table=table).to_dicts() == [{"zaak": "Z1", "wie": CELL}]


def test_the_order_of_the_query_is_kept(asked):
    rows = asked("SELECT seq FROM seq_1_to_70000 ORDER BY seq % 97, seq DESC")["seq"].cast(int)

    assert rows.to_list() == sorted(range(1, 70001), key=lambda n: (n % 97, -n))


def test_no_rows_have_their_columns(asked):
    rows = asked("SELECT * FROM leeg")

    assert rows.schema == {"zaak": pl.String, "om": pl.Datetime("us")}
    assert rows.is_empty()


def test_what_was_brought_is_for_its_owner_alone(asked, tmp_path):
    asked("SELECT 1 AS x")

    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
    assert stat.S_IMODE((tmp_path / "rows.parquet").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "query",
    ["UPDATE stappen SET zaak = 'x'", "DROP TABLE stappen", "DELETE FROM stappen RETURNING zaak",
     "SELECT 1; DELETE FROM stappen", "/* SELECT */ DELETE FROM stappen",
     "WITH s AS (SELECT 1) DELETE FROM stappen"],
)  # fmt: skip
def test_a_query_does_not_write(fetched, tables, query, monkeypatch):
    owner = tables.url.replace("reader@", "root@")  # one that may do all of it
    monkeypatch.setenv("READER_PASSWORD", "owner")
    tables.run("SET PASSWORD FOR root@'127.0.0.1' = PASSWORD('owner')", "mysql")

    with pytest.raises((ConfigError, SourceError)):
        fetched(query, owner)

    assert tables.run("SELECT zaak FROM stappen") == "Z1\n"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * FROM nergens", "there is no such table or view"),
        ("SELECT stap FROM stappen", "there is no such column"),
        ("SELECT * FROM mysql.dicht", "or this user may not read that"),
        ("SELECT FROM stappen", "cannot be run as it stands"),
        ("SELEC zaak FROM stappen", "is not one SELECT"),
        ("SELECT zaak, zaak FROM stappen", "more than one column 'zaak'"),
        ("SELECT repeat(wie, 10000) AS x FROM stappen", "a text is longer than it can be here"),
        (
            "SELECT exp(length(wie) * seq) AS x FROM stappen, seq_1_to_99 WHERE wie LIKE 'Jansen%'",
            "could not be converted or computed",
        ),
    ],
)
def test_what_is_wrong_with_a_query_is_told(asked, tmp_path, query, says):
    with pytest.raises((ConfigError, SourceError)) as caught:
        asked(query)

    assert says in str(caught.value)
    assert "Jansen" not in "".join(map(str, (caught.value, caught.value.__cause__)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * FROM nergens", "there is no such table or view"),
        ("SELECT stap FROM pg_class", "there is no such column"),
        ("SELECT * FROM pg_authid", "or this user may not read that"),
    ],
)
def test_of_postgresql_too_is_told_what_is_wrong(database, tmp_path, monkeypatch, query, says):
    skip_without_driver("PostgreSQL Unicode")
    monkeypatch.setenv("READER_PASSWORD", "geheim")
    path = f"odbc://reader@127.0.0.1:{database.port}/zaken?Driver=PostgreSQL Unicode"
    source = Source(path=path, password_env="READER_PASSWORD", query=query)

    with pytest.raises(SourceError, match=says):
        fetch(*find(source, tmp_path / "p.yaml", 0), source, tmp_path)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("odbc://reader@127.0.0.1:1/zaken?Driver=MariaDB Unicode", "no connection could be made"),
        ("odbc://reader@127.0.0.1:{port}/geen?Driver=MariaDB Unicode", "no such database, or"),
        ("odbc://niemand@127.0.0.1:{port}/zaken?Driver=MariaDB Unicode", "does not let us in"),
        ("odbc://reader@127.0.0.1:{port}/zaken?Driver=Geen", "driver is not installed here"),
        ("odbc://reader@geen", "knows no data source or driver of that name"),
    ],
)
def test_what_keeps_us_out_is_told(fetched, mariadb, path, says):
    with pytest.raises(SourceError) as caught:
        fetched("SELECT 1 AS x", path.format(port=mariadb.port))

    assert says in str(caught.value)
    assert "geheim" not in str(caught.value)
    tried_again = isinstance(caught.value.__cause__, OSError)
    assert tried_again == ("no connection" in says)


def test_a_data_source_of_odbc_ini_is_read(asked, mariadb, monkeypatch, tmp_path_factory):
    file = tmp_path_factory.mktemp("home") / "odbc.ini"
    where = f"Driver=MariaDB Unicode\nServer=127.0.0.1\nPort={mariadb.port}\nDatabase=zaken\n"
    file.write_text(f"[zaken van nu]\n{where}Password=geheim\n")
    monkeypatch.setenv("ODBCINI", str(file))

    url = "odbc://reader@zaken%20van%20nu"

    assert asked("SELECT zaak FROM stappen", url, password_env=None).item() == "Z1"


def test_a_password_that_is_not_set_is_told(fetched, monkeypatch):
    monkeypatch.delenv("READER_PASSWORD")

    with pytest.raises(ConfigError, match="variable READER_PASSWORD is not set"):
        fetched("SELECT 1 AS x")


@pytest.mark.parametrize("password", ["{zwaluw}", "a;b}c{=d", "zwäluw€", "%41+b"])
def test_any_password_is_handed_over_as_it_is(asked, tables, monkeypatch, password):
    tables.run(
        f"CREATE OR REPLACE USER 'r;1'@'127.0.0.1' IDENTIFIED BY '{password}';"
        "GRANT SELECT ON zaken.* TO 'r;1'@'127.0.0.1'",
        "mysql",
    )
    monkeypatch.setenv("READER_PASSWORD", password)

    url = tables.url.replace("reader@", "r;1@")

    assert asked("SELECT zaak FROM stappen", url).item() == "Z1"


def test_without_a_driver_manager_that_is_told(fetched, monkeypatch):
    monkeypatch.setitem(sys.modules, "arrow_odbc", None)

    with pytest.raises(SourceError, match="there is no ODBC driver manager here"):
        fetched("SELECT 1 AS x")


def test_a_connection_that_is_lost_is_tried_again(fetched, tables):
    def cut():
        while not (asking := tables.run(OURS).split()):
            time.sleep(0.01)
        tables.run(f"KILL {asking[0]}")

    cutting = threading.Thread(target=cut)
    cutting.start()
    with pytest.raises(SourceError, match="the connection was lost") as caught:
        fetched("SELECT sleep(30) AS x")
    cutting.join()

    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    ("column", "since", "rows", "upto"),
    [
        ("n", None, 4, "3"),
        ("n", "2", 3, "3"),
        ("n", "9", 1, "9"),
        ("k", "2", 3, "3"),
        ("d", None, 4, "2026-03-04"),
        ("d", "2026-03-04", 2, "2026-03-04"),
        ("d", "2026-03-03", 3, "2026-03-04"),
        ("om", None, 4, "2026-03-04T10:00:00.000000"),
        ("om", "2026-03-03T10:00:00.500000", 3, "2026-03-04T10:00:00.000000"),
        ("om", "2026-03-03T10:00:01.000000", 2, "2026-03-04T10:00:00.000000"),
    ],
)
@pytest.mark.parametrize(
    "asks", [{"table": "groei"}, {"query": "SELECT * FROM (SELECT * FROM groei ORDER BY n) x"}]
)
def test_what_is_new_is_asked_for(fetched, asks, column, since, rows, upto):
    _, brought = fetched(since=since, watermark=column, **asks)

    assert pl.read_parquet(brought.file.path).height == rows
    assert brought.upto == upto


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        ({"table": "groei", "watermark": "t"}, "watermark 't' is a string"),
        ({"table": "groei", "watermark": "g"}, "watermark 'g' is a string"),
        ({"table": "groei", "watermark": "o"}, "watermark 'o' is not one of the columns"),
        ({"table": "groei", "watermark": "om op"}, "the name 'om op' needs quotes"),
        ({"table": "stap;pen"}, "the name 'stap;pen' needs quotes"),
        (
            {"query": "SELECT n FROM groei ORDER  BY (n)", "watermark": "n"},
            "cannot have an ORDER BY",
        ),
        (
            {"query": """SELECT n AS "'" FROM t ORDER BY "'" """, "watermark": "n"},
            "cannot have an ORDER BY",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(fetched, asks, says):
    with pytest.raises(ConfigError) as caught:
        fetched(**asks)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    "query",
    ["SELECT n FROM t -- no ORDER BY", "SELECT 'order by' AS n FROM t",
     "SELECT row_number() OVER (ORDER BY ')') AS n FROM t"],
)  # fmt: skip
def test_an_order_that_is_none_of_the_rows_is_let_be(query):
    source = Source(path="odbc://x", query=query, watermark="n")

    assert query in query_of(source, "x", None)


def test_the_first_day_has_none_before_it():
    source = Source(path="odbc://x", table="t", watermark="n")

    assert "n >= {d '0001-01-01'}" in query_of(source, "x", "0001-01-01")
    assert "n >= {d '0001-01-02'}" in query_of(source, "x", "0001-01-03")
    assert "n >= {ts '0001-01-02 10:00:00'}" in query_of(source, "x", "0001-01-03T10:00:00.500000")


@pytest.mark.parametrize(
    ("url", "attributes"),
    [
        ("odbc://zaken", "DSN=zaken;"),
        ("odbc://reader@zaken/archief", "DSN=zaken;Database=archief;UID=reader;"),
        (
            "odbc://reader@db:1433/zaken?Driver=ODBC Driver 18 for SQL Server",
            "Server=db;Port=1433;Database=zaken;UID=reader;Driver={ODBC Driver 18 for SQL Server};",
        ),
        ("odbc://a%40b@x?driver=d&Server=db,1433", "Server={db,1433};UID={a@b};driver=d;"),
        ("odbc://[::1]:3306/z?Driver=d", "Server=::1;Port=3306;Database=z;Driver=d;"),
        ("odbc://[::1]?Driver=d", "Server=::1;Driver=d;"),
        ("odbc://?Driver=a}b;c", "Driver={a}}b;c};"),
        ("odbc://x?Schema=A#B", "DSN=x;Schema={A#B};"),
    ],
)
def test_a_url_is_a_connection_string(url, attributes):
    assert attributes_of(url) == attributes


def test_its_name_tells_the_table_and_nothing_that_is_asked_with(tmp_path):
    source = Source(path="ODBC://reader@zaken van nu?Encrypt=yes", table="zaken.stappen")

    [address] = find(source, tmp_path / "p.yaml", 0)

    name = "ODBC://reader@zaken%20van%20nu zaken.stappen"
    assert address == Address(source.path, name, "sql")
    assert name_for_readers(address.name) == "odbc, zaken.stappen"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"path": "odbc://reader:zwaluw@db/zaken", "table": "t"}, "must not hold a password"),
        ({"path": "odbc://db?PWD=zwaluw", "table": "t"}, "must not hold a password"),
        ({"path": "odbc://DSN=db;UID=a;PWD=zwaluw", "table": "t"}, "must not hold a password"),
        ({"path": "odbc://?Driver={a};%50wd = zwaluw", "table": "t"}, "must not hold a password"),
        ({"path": "odbc://db?Auth_Client_Secret=zwaluw", "table": "t"}, "must not hold a password"),
        ({"path": "odbc://db"}, "either a query or a table"),
        ({"path": "postgresql://db/z", "table": "t", "password_env": "P"}, "is for odbc://"),
        ({"path": "stappen.csv", "password_env": "P"}, "password_env is for a database"),
    ],
)
def test_a_config_that_cannot_be_asked_is_refused(source, says):
    with pytest.raises(ValidationError) as caught:
        Source(**source)

    [error] = caught.value.errors()
    assert says in error["msg"]
    assert "zwaluw" not in error["msg"]
