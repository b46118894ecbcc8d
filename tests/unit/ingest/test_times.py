# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from contracts.errors import SourceError
from ingest.times.instants import parsed, typed
from ingest.times.notations import notation_of

ZONE = "Europe/Amsterdam"


def read(*texts, zone=ZONE, among_real=False):
    """Each text as UTC without the zone, or as the reason that there is none."""
    frame = pl.LazyFrame({"t": texts}, schema={"t": pl.String})
    notation = notation_of(frame, "t", "log.csv", among_real=among_real)
    return outcome(frame.select(parsed(pl.col("t"), notation, zone).alias("t")))


def outcome(frame):
    rows = frame.unnest("t").select("at", "problem").collect().rows()
    return [
        problem if at is None else at.strftime("%Y-%m-%d %H:%M:%S.%f")[:23] for at, problem in rows
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12T10:00:00Z", "2026-03-12 10:00:00.000"),
        ("2026-03-12T10:00:00.123456789+01:00", "2026-03-12 09:00:00.123"),
        ("2026-03-12 10:00:00.5+0100", "2026-03-12 09:00:00.500"),
        ("2026-03-12 10:00:00 +01:00", "2026-03-12 09:00:00.000"),
        ("2026-03-12T10:00", "2026-03-12 09:00:00.000"),
        ("2026-03-12 10:00:07", "2026-03-12 09:00:07.000"),
        ("2026-03-12", "2026-03-11 23:00:00.000"),
        ("12-03-2026", "2026-03-11 23:00:00.000"),
        ("12-3-2026 9:05", "2026-03-12 08:05:00.000"),
        ("12-03-2026 13:05:07", "2026-03-12 12:05:07.000"),
        ("12/03/2026", "2026-03-11 23:00:00.000"),
        ("12.03.2026 13:05", "2026-03-12 12:05:00.000"),
        ("03/13/2026 01:05:07 PM", "2026-03-13 12:05:07.000"),
        ("03/12/2026 12:05:07 AM", "2026-03-11 23:05:07.000"),
        ("20260312", "2026-03-11 23:00:00.000"),
        ("20260312130507", "2026-03-12 12:05:07.000"),
        ("20260312130507123", "2026-03-12 12:05:07.123"),
        ("12 mrt 2026", "2026-03-11 23:00:00.000"),
        ("12 mrt. 2026 13:05", "2026-03-12 12:05:00.000"),
        ("1 Augustus 2026", "2026-07-31 22:00:00.000"),
        ("31-OKT-2026", "2026-10-30 23:00:00.000"),
        ("46093", "2026-03-11 23:00:00.000"),
        ("46093,5", "2026-03-12 11:00:00.000"),
        ("46093.75", "2026-03-12 17:00:00.000"),
        ("  2026-03-12  ", "2026-03-11 23:00:00.000"),
        ("2026/03/12 13:05:07.500", "2026-03-12 12:05:07.500"),
        ("2026/3/2 9:05", "2026-03-02 08:05:00.000"),
        ("2026-03-12 13:05:07,123", "2026-03-12 12:05:07.123"),
        ("12 Mar 2026", "2026-03-11 23:00:00.000"),
        ("12-MAY-2026 09:05:00", "2026-05-12 07:05:00.000"),
        ("12/Mar/26 9:05 PM", "2026-03-12 20:05:00.000"),
        ("12-MAR-26 09.05.07.500000 PM", "2026-03-12 20:05:07.500"),
        ("Mar 12, 2026, 9:05 PM", "2026-03-12 20:05:00.000"),
        ("12-3-2026, 13:05:00", "2026-03-12 12:05:00.000"),
        ("2026-03-12 13:05:07 UTC", "2026-03-12 13:05:07.000"),
        ("12-07-2026 13:05 GMT", "2026-07-12 13:05:00.000"),
        ("2026-07-12 13:05:07 CET", "2026-07-12 12:05:07.000"),
        ("2026-07-12 13:05 CEST", "2026-07-12 11:05:00.000"),
        ("2026-03-12T13:05:07+01:00[Europe/Amsterdam]", "2026-03-12 12:05:07.000"),
        ("2026-03-12T13:05 UTC", "2026-03-12 13:05:00.000"),
        ("2026-03-12 13:05Z[UTC]", "2026-03-12 13:05:00.000"),
        ("ma 12-03-2026", "2026-03-11 23:00:00.000"),
        ("Thu, 12 Mar 2026 13:05:07 GMT", "2026-03-12 13:05:07.000"),
        ("donderdag 12 maart 2026 13.05 uur", "2026-03-12 12:05:00.000"),
        ("12-03-2026 13.05 uur", "2026-03-12 12:05:00.000"),
        ("12 maart 2026 om 13.05 uur", "2026-03-12 12:05:00.000"),
        ("March 12, 2026 at 13:05", "2026-03-12 12:05:00.000"),
        ("2026-03-12-13.05.07.123456", "2026-03-12 12:05:07.123"),
        ("20260312 13:05", "2026-03-12 12:05:00.000"),
        ("20260312T13:05:07", "2026-03-12 12:05:07.000"),
        ("13-03-2026 1:05:07 p.m.", "2026-03-13 12:05:07.000"),
        ("12/03/2026 - 13:05", "2026-03-12 12:05:00.000"),
        ("2026/03/12 13:05:07.123456 -04:00", "2026-03-12 17:05:07.123"),
        ("12-03-2026 13u05", "2026-03-12 12:05:00.000"),
        ("Thu Mar 12 13:05:07 2026", "2026-03-12 12:05:07.000"),
        ("Thu Mar 12 13:05:07 CET 2026", "2026-03-12 12:05:07.000"),
        ("Sun Jul 12 13:05:07 CEST 2026", "2026-07-12 11:05:07.000"),
        ("12-03-26", "2026-03-11 23:00:00.000"),
        ("12/03/69 13:05", "2069-03-12 12:05:00.000"),
        ("12-03-70", "unreadable"),
        ("1773320707", "2026-03-12 13:05:07.000"),
        ("1773320707.5", "2026-03-12 13:05:07.500"),
        ("1773320707123", "2026-03-12 13:05:07.123"),
        ("4200000000", "unreadable"),
    ],
)
def test_reads(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param("2026-03-29 01:59:59", "2026-03-29 00:59:59.000", id="before the gap"),
        pytest.param("2026-03-29 02:30:00", "2026-03-29 01:30:00.000", id="in it: an hour later"),
        pytest.param("2026-03-29 03:00:00", "2026-03-29 01:00:00.000", id="after it"),
        pytest.param("2026-10-25 02:30:00", "2026-10-25 00:30:00.000", id="twice: the earlier"),
        pytest.param("2026-10-25 03:00:00", "2026-10-25 02:00:00.000", id="after the double hour"),
    ],
)
def test_local_times_at_the_change_of_the_clock(local, utc):
    assert read(local) == [utc]


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "-", "n.v.t.", "NVT", "onbekend", "00-00-0000", "0000-00-00 00:00:00",
        "31-12-9999", "9999-12-31T00:00:00Z", "31-12-9999 23:59:59", "01-01-1900", "1900-01-01",
        "1900-01-01T00:00:00.000+01:00", "99991231",
    ],
)  # fmt: skip
@pytest.mark.parametrize("other", ["12-03-2026", "2026-03-12T10:00:00Z", "20260312"])
def test_placeholders_are_missing(text, other):
    assert read(other, text)[1] == "missing"


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (("12-03-2026", "31-02-2026"), "unreadable"),
        (("12-03-2026", "morgen"), "unreadable"),
        (("12-03-2026", "12-03-26"), "unreadable"),
        (("2026-03-12", "2026-03-13", "12-03-2026"), "unreadable"),
        (("46093", "1e400"), "unreadable"),
        (("12-03-2026", "14-03-2026 13:05"), "2026-03-14 12:05:00.000"),
        (("2026-03-12T10:00:00Z", "2026-03-12"), "2026-03-11 23:00:00.000"),
        (("2026-03-12", "2026-03-13", "2026/03/14"), "2026-03-13 23:00:00.000"),
        (("12 jan 2026", "13 jan 2026", "14 May 2026"), "2026-05-13 22:00:00.000"),
        (("1773320707", "1773320708", "1773320707123"), "unreadable"),
        (("12-03-2026 13u05", *["14-03-26"] * 2), "2026-03-13 23:00:00.000"),
        (("12-03-2026 - 13:05:00", *["14/3/26 9:05"] * 2), "2026-03-14 08:05:00.000"),
        (("12-03-2026 13u05", "17-04-2026 9u05", "26-03-12", "26-03-13", "26-03-14"), "unreadable"),
        (("26-03-12", "26-03-13", "26-03-14"), "unreadable"),  # the year seems to stand first
    ],
)
def test_one_notation_a_column(texts, last):
    assert read(*texts)[-1] == last


@pytest.mark.parametrize(
    ("texts", "first_day"),
    [
        pytest.param(("03-04-2026",), "2026-04-02", id="day first"),
        pytest.param(("03/04/2026", "03/25/2026"), "2026-03-03", id="unless impossible"),
        pytest.param(("03/04/2026 01:00:00 AM",), "2026-03-04", id="unless the clock is American"),
        pytest.param(("03/04/2026 01:00 AM", "25/04/2026 01:00 AM"), "2026-04-02", id="or both"),
        pytest.param(
            ("3/4/26 1:00 PM", "3/25/26 1:00 AM"), "2026-03-04", id="two digits of a year"
        ),
        pytest.param(("wo 03/04/2026", " wo 03/25/2026"), "2026-03-03", id="behind a weekday"),
        pytest.param(
            ("03-04-2026", *["05-06-2026"] * 20_000, "03-25-2026"), "2026-03-03", id="far down"
        ),
    ],
)
def test_which_place_holds_the_day(texts, first_day):
    assert read(*texts)[0][:10] == first_day


def test_refuses_days_in_both_places():
    with pytest.raises(SourceError, match=r"log\.csv: the dates in column 't' are ambiguous"):
        read("25-03-2026", "03-25-2026")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            ["2026-03-12 10:00:00", "2026-03-13 10:00:00", "14-03-2026"],
            ["2026-03-12", "2026-03-13", "2026-03-13"],
            id="days first",
        ),
        pytest.param(
            ["2026-03-12T10:00:00", "2026-03-13T10:00:00.5", "14-03-2026 9:05", "2026-03-15"],
            ["2026-03-12", "2026-03-13", "2026-03-14", "2026-03-14"],
            id="of LibreOffice",
        ),
        pytest.param(
            ["2026-04-03T10:00:00", "2026-04-03", "03/25/2026", "04/03/2026"],
            ["2026-04-03", "2026-04-02", "2026-03-24", "2026-04-02"],
            id="of LibreOffice, months first",
        ),
        pytest.param(
            ["2026-04-03 10:00:00", "03/25/2026", "04/03/2026"],
            ["2026-04-03", "2026-03-24", "2026-04-02"],
            id="months first",
        ),
        pytest.param(["2026-03-12 10:00:00", "46094"], ["2026-03-12", "unreadable"], id="numbers"),
        pytest.param(["2026-03-12 10:00:00", "-"], ["2026-03-12", "missing"], id="real dates"),
    ],
)
def test_texts_among_the_real_dates_of_a_workbook(texts, expected):
    assert [found[:10] for found in read(*texts, among_real=True)] == expected


def test_a_column_without_times_is_unreadable():
    assert read("morgen", "gisteren") == ["unreadable", "unreadable"]


LOCAL = dt.datetime.fromisoformat("2026-03-29T02:30")
UTC = LOCAL.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        (pl.Date, dt.date(2026, 3, 12), "2026-03-11 23:00:00.000"),
        (pl.Datetime("ns"), LOCAL, "2026-03-29 01:30:00.000"),
        (pl.Datetime("ms", "UTC"), UTC, "2026-03-29 02:30:00.000"),
        (pl.Date, dt.date(9999, 12, 31), "missing"),
        (pl.Date, dt.date(1899, 1, 1), "unreadable"),
        (pl.Date, None, "missing"),
    ],
)
def test_typed_times(dtype, value, expected):
    frame = pl.LazyFrame({"t": [value]}, schema={"t": dtype})

    assert outcome(frame.select(typed(pl.col("t"), ZONE).alias("t"))) == [expected]


@pytest.mark.parametrize(
    ("zone", "texts", "expected"),
    [
        pytest.param(ZONE, ["2026-03-12", "2026-03-12 00:00"], [True, True], id="a date"),
        pytest.param(ZONE, ["2026-03-12 00:00:01", None], [False, None], id="a second later"),
        pytest.param(ZONE, ["2026-03-11T23:00:00Z", "2026-03-12T00:00:00Z"], [True, False], id="Z"),
        pytest.param(
            "America/Santiago", ["2026-09-06", "2026-09-06 01:00"], [True, False], id="skipped"
        ),
    ],
)
def test_tells_a_local_midnight_also_one_that_the_clock_skipped(zone, texts, expected):
    frame = pl.LazyFrame({"t": texts}, schema={"t": pl.String})
    read_in = parsed(pl.col("t"), notation_of(frame, "t", "log.csv"), zone)

    found = frame.select(read_in.struct.field("is_day")).collect().to_series()

    assert found.to_list() == expected
