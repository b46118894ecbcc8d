# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.raw import DIGEST
from ingest.text.delimited import read_delimited
from ingest.times.instants import parsed
from ingest.times.notations import notation_of

ZONE = "Europe/Amsterdam"
CELLS = st.text(st.sampled_from("ab;,\t|\"'\n 0€é"), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20)
MOMENTS = st.lists(
    st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)).flatmap(
        lambda date: st.times().map(lambda time: dt.datetime.combine(date, time))
    ),
    min_size=1,
    max_size=50,
)


@given(
    TABLES, st.sampled_from(";,\t|"), st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
)
def test_what_was_written_is_read(table, separator, encoding):
    assume(any(any(row) for row in table))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["one", "two", "three"], *table])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        read = read_delimited(path, "a.csv", Path(folder)).frame.drop(DIGEST).collect()

    assert read.fill_null("").rows() == [(n, *row) for n, row in enumerate(table, 1) if any(row)]


@pytest.mark.parametrize(
    "format_",
    [
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S",
        "%d-%m-%Y %H:%M",
        "%Y%m%d%H%M%S",
        "%d/%m/%Y",
        "%Y/%m/%d %H:%M:%S,%f",
        "%d %b %Y %I:%M %p",
        "%a %d-%m-%Y %H.%M uur",
    ],
)
@given(moments=MOMENTS)
def test_a_local_time_is_read_as_the_zone_says(format_, moments):
    texts = [moment.strftime(format_) for moment in moments]
    frame = pl.LazyFrame({"t": texts})
    notation = notation_of(frame, "t", "a.csv")

    found = frame.select(parsed(pl.col("t"), notation, ZONE).alias("t")).unnest("t").collect()

    # datetime's own rule: fold=0 is the earlier of two, and an hour later in the gap
    zone = ZoneInfo(ZONE)
    local = [dt.datetime.strptime(text, format_).replace(tzinfo=zone) for text in texts]
    assert found["at"].to_list() == [moment.astimezone(dt.UTC) for moment in local]
    assert found["problem"].null_count() == len(moments)
