# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is asked for again, and what is not, of a table that grows."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from contracts.errors import ConfigError, SourceError
from contracts.sources import Source
from ingest.asking import fetch
from ingest.databases.watermarks import highest
from ingest.sources import find

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
TABLE = """
DROP TABLE IF EXISTS groei;
CREATE TABLE groei (nr int, op {type});
GRANT SELECT ON groei TO reader;
INSERT INTO groei VALUES {rows};
"""


@pytest.fixture
def grown(database, tmp_path):
    """A function that adds rows, asks for what is new, and gives their numbers and the mark."""

    def start(type_, rows):
        database.run(TABLE.format(type=type_, rows=rows))

    def add(rows):
        database.run(f"INSERT INTO groei VALUES {rows}")

    def ask(since=None, watermark="op"):
        source = Source(path=database.trusted, table="groei", watermark=watermark)
        [address] = find(source, tmp_path / "p.yaml", 0)
        fetched = fetch(address, source, tmp_path, since)
        return set(pl.read_parquet(fetched.file.path)["nr"]), fetched.upto

    return start, add, ask


@pytest.mark.parametrize(
    ("type_", "first", "then", "again", "upto"),
    [
        (
            "timestamptz",
            "(1, '2026-03-01 10:00+01'), (2, '2026-03-04 10:00+01'), (3, '2026-03-05 10:00+01')",
            "(4, '2026-03-04 11:00+01'), (5, '2026-03-05 10:00:00.000001+01')",
            {2, 3, 4, 5},
            ("2026-03-05T09:00:00.000000+00:00", "2026-03-05T09:00:00.000001+00:00"),
        ),
        (
            "timestamp",
            "(1, '2026-03-01 10:00'), (3, '2026-03-05 10:00')",
            "(4, '2026-03-04 09:59'), (5, '2026-03-05 10:00')",
            {3, 5},
            ("2026-03-05T10:00:00.000000", "2026-03-05T10:00:00.000000"),
        ),
        (
            "date",
            "(1, '2026-03-01'), (2, '2026-03-04'), (3, '2026-03-05')",
            "(4, '2026-03-06')",
            {2, 3, 4},
            ("2026-03-05", "2026-03-06"),
        ),
        ("bigint", "(1, 9), (2, 10)", "(3, 10), (4, 9), (5, 1000)", {2, 3, 5}, ("10", "1000")),
        ("int", "(1, 9), (2, 10)", "(3, 10)", {2, 3}, ("10", "10")),
        ("text", "(1, 'B'), (2, 'a')", "(3, 'a'), (4, 'Z'), (5, 'é')", {2, 3, 5}, ("a", "é")),
        ("varchar(20)", "(1, 'a'' OR true')", "(2, 'a'), (3, 'b')", {1, 3}, ("a' OR true", "b")),
    ],
)
def test_what_is_new_is_read_and_what_may_have_been_missed(grown, type_, first, then, again, upto):
    start, add, ask = grown
    start(type_, first)
    everything, before = ask()
    add(then)

    assert everything == {int(row.split(",")[0]) for row in first[1:].split("), (")}
    assert before == upto[0]
    assert ask(before) == (again, upto[1])
    assert ask(upto[1])[1] == upto[1]


def test_rows_without_a_watermark_are_always_read(grown):
    start, add, ask = grown
    start("timestamptz", "(1, NULL), (2, '2026-03-01'), (3, 'infinity')")
    _, upto = ask()
    add("(4, NULL), (5, '2026-02-01')")

    assert ask(upto) == ({1, 2, 3, 4}, upto)


def test_a_moment_in_the_future_hides_nothing(grown):
    start, add, ask = grown
    start("timestamptz", "(1, '2026-03-01+00'), (2, '2999-01-01+00')")
    _, upto = ask()
    add("(3, '2026-03-02+00')")

    assert upto == "2026-03-01T00:00:00.000000+00:00"
    assert ask(upto)[0] == {1, 2, 3}


def test_where_nothing_is_there_nothing_is_seen(grown):
    start, _, ask = grown
    start("timestamptz", "(1, NULL)")

    assert ask() == ({1}, None)
    assert ask("2026-03-01T00:00:00.000000+00:00") == ({1}, "2026-03-01T00:00:00.000000+00:00")


@pytest.mark.parametrize(
    ("type_", "row", "watermark", "says"),
    [
        ("numeric", "(1, 2)", "op", r"is of type numeric\. .* cast it in the query"),
        ("uuid", "(1, NULL)", "op", "is of type uuid"),
        ("text", "(1, 'a')", "opp", r"one of the columns that are read\. Did you mean 'op'\?"),
    ],
)
def test_what_cannot_be_a_watermark_is_refused(grown, type_, row, watermark, says):
    start, _, ask = grown
    start(type_, row)

    with pytest.raises(ConfigError, match=says):
        ask(watermark=watermark)


def test_a_watermark_of_another_type_than_before_is_told_and_not_said(grown):
    start, _, ask = grown
    start("bigint", "(1, 1)")

    with pytest.raises(SourceError, match="could not be converted") as caught:
        ask("Jansen")

    assert "Jansen" not in str(caught.value)


@pytest.mark.parametrize(
    ("marks", "since", "expected"),
    [
        ([dt.date(2026, 10, 31), dt.date(2026, 11, 2)], None, "2026-10-31"),
        ([9, 10], "100", "100"),
        ([99, 100], "9", "100"),
        (["a"], "b", "b"),
        ([None], "b", "b"),
        ([None], None, None),
    ],
)
def test_the_highest_never_sinks(tmp_path, marks, since, expected):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"op": marks}).write_parquet(path)

    assert highest(path, "op", since, NOW) == expected
