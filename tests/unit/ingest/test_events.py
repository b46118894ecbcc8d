# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from contracts.errors import SourceError
from contracts.events import CANDIDATES, EVENTS, ORDER
from ingest.closing import Closing
from ingest.events import events_of, log_of
from ingest.lifecycle import pair
from ingest.storage import batches as batches_module
from ingest.storage.batches import Part, parts_for
from tests.builders import MONDAY
from tests.unit.ingest.candidates_of import batch, candidates, quarantine


def everything(log):
    return pl.concat(events_of(log, bucket) for bucket in range(log.buckets)).collect()


@pytest.mark.parametrize("of", [1, 2, 16])
@pytest.mark.parametrize("rows_a_part", [1_000_000, 100, 7])
def test_events_are_what_was_accepted(tmp_path, monkeypatch, rows_a_part, of):
    monkeypatch.setattr(batches_module, "ROWS_A_PART", rows_a_part)
    rows = candidates(*["a 1h b 1h c"] * 200)

    log = log_of([batch(tmp_path, rows, of=of)], quarantine(tmp_path, (1, 5)))

    found = everything(log)
    expected = rows.filter(~pl.col("row").is_in([1, 5])).sort(ORDER)
    assert sum(log.transitions.values()) == expected.height == 598
    assert log.last_at == expected["at"].max()
    assert_frame_equal(
        found.sort(ORDER).drop("bucket"),
        expected.with_columns(is_done=True, is_mark=False).select(found.columns[1:]),
    )


def test_every_bucket_is_in_order_and_holds_whole_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(batches_module, "ROWS_A_PART", 2_000)
    rows = candidates(*["a 1h b b b 1h c"] * 5_000)

    log = log_of([batch(tmp_path, rows, of=4)], quarantine(tmp_path))

    buckets = [events_of(log, bucket).collect() for bucket in range(log.buckets)]
    assert log.buckets == 16
    assert all(bucket.schema == EVENTS for bucket in buckets)
    assert all(bucket.equals(bucket.sort(ORDER)) for bucket in buckets)
    assert sum(bucket["case_id"].n_unique() for bucket in buckets) == 5_000


def test_a_case_that_was_closed_ends_though_it_shows_no_end(tmp_path):
    hours = {"c1": 6, "c2": 6, "c4": -1, "c5": -30, "c6": 2}
    closed = pl.col("case_id").replace_strict(hours, default=None) * pl.duration(hours=1)
    traces = ("a 1h b", "a 1h end", "a 1h b", "a 1h b", "a 1h b", "a 1h b 47h b")
    rows = candidates(*traces, closed_at=(pl.lit(MONDAY) + closed).dt.cast_time_unit("us"))
    log = log_of(
        [batch(tmp_path, rows)], quarantine(tmp_path), closing=Closing("closed", ("end", "stop"))
    )

    found = everything(log)

    closings = found.filter(pl.col("activity") == "closed")
    assert dict(closings.select("case_id", "at").iter_rows()) == {
        "c1": MONDAY + dt.timedelta(hours=6),
        "c4": MONDAY + dt.timedelta(hours=1),  # of that day all that is told comes before
        "c6": MONDAY + dt.timedelta(hours=2),
    }
    assert closings["is_done"].all()
    assert found.equals(found.sort(ORDER))
    assert found.filter(pl.col("case_id") == "c4")["activity"].to_list() == ["a", "b", "closed"]
    assert found.height == rows.height + 3


def test_a_closing_is_the_last_of_what_is_told_until_then(tmp_path):
    rows = candidates("a 0h b 200h c", closed_at=pl.lit(MONDAY).dt.cast_time_unit("us"))
    rows = rows.with_columns(row=pl.col("activity").replace_strict({"a": 5, "b": 1, "c": 2}))
    log = log_of([batch(tmp_path, rows)], quarantine(tmp_path), closing=Closing("closed", ("end",)))

    assert everything(log).sort(ORDER)["activity"].to_list() == ["b", "a", "closed", "c"]


def test_a_date_among_hours_stands_where_the_source_has_it(tmp_path):
    midnight = MONDAY.replace(hour=0)
    is_date = pl.col("activity") == "b"
    at = pl.when(is_date).then(pl.lit(midnight).dt.cast_time_unit("us")).otherwise("at")
    rows = candidates("a 1h b 1h c").with_columns(at=at, is_day=is_date)
    log = log_of([batch(tmp_path, rows)], quarantine(tmp_path))

    found = everything(log).sort(ORDER)

    assert found["activity"].to_list() == ["a", "b", "c"]
    assert found["at"][1] == found["at"][0] == MONDAY


def test_late_events_of_another_batch_are_in_the_right_case(tmp_path):
    early = batch(tmp_path, candidates("a 1h b"), "log")
    late = batch(tmp_path, candidates("x", source=pl.lit("more")), "more", of=2)

    found = everything(log_of([late, early], quarantine(tmp_path)))

    assert found.select("case_id", "activity").rows() == [("c1", "a"), ("c1", "x"), ("c1", "b")]


def test_attributes_of_every_source_are_kept(tmp_path):
    north = candidates("a", **{"case:regio": pl.lit("Noord")})
    south = candidates("b", **{"case:kanaal": pl.lit("post"), "source": pl.lit("log2")})

    log = log_of([batch(tmp_path, north), batch(tmp_path, south, "log2")], quarantine(tmp_path))

    assert everything(log).select("activity", "case:kanaal", "case:regio").rows() == [
        ("a", None, "Noord"),
        ("b", "post", None),
    ]


def test_an_attribute_that_no_part_of_a_bucket_has_is_null(tmp_path, monkeypatch):
    monkeypatch.setattr(batches_module, "ROWS_A_PART", 1)
    plain = candidates(*["a"] * 8)
    told = candidates("a").with_columns(
        **{"case:regio": pl.lit("Noord"), "source": pl.lit("log2"), "slot": pl.lit(0, pl.Int32)}
    )

    log = log_of(
        [batch(tmp_path, plain, of=4), batch(tmp_path, told, "log2", of=4)], quarantine(tmp_path)
    )

    assert everything(log)["case:regio"].drop_nulls().to_list() == ["Noord"]


def test_pairs_and_counts_what_is_no_step(tmp_path):
    rows = candidates("a 1h a 1h a").sort("row")
    rows = rows.with_columns(lifecycle=pl.Series(["schedule", "start", "complete"]))

    log = log_of([batch(tmp_path, rows)], quarantine(tmp_path))

    assert log.no_steps == {"schedule": 1}
    assert everything(log)["started_at"].to_list() == rows["at"][1:2].to_list()
    assert pair(rows.lazy()).collect()["at"].to_list() == rows["at"][2:].to_list()


def test_says_what_is_not_done(tmp_path):
    rows = candidates("a a a").sort("row")
    rows = rows.with_columns(lifecycle=pl.Series(["start", "complete", "start"]))

    found = everything(log_of([batch(tmp_path, rows)], quarantine(tmp_path)))

    assert found.select("row", "is_done").rows() == [(2, True), (3, False)]


def test_what_was_recorded_later_was_not_known(tmp_path):
    rows = candidates("a 1h b 1h c").sort("row")
    recorded = pl.Series([None, MONDAY, MONDAY + dt.timedelta(days=9)], dtype=CANDIDATES["at"])
    rows = rows.with_columns(recorded_at=recorded)

    log = log_of([batch(tmp_path, rows)], quarantine(tmp_path), MONDAY + dt.timedelta(days=1))

    assert sum(log.transitions.values()) == 2
    assert everything(log)["activity"].to_list() == ["a", "b"]


def test_a_log_may_be_rejected_whole(tmp_path):
    log = log_of([batch(tmp_path, candidates("a"))], quarantine(tmp_path, (1,)))

    assert (log.transitions, log.buckets, log.last_at) == ({}, 1, None)
    assert everything(log).schema == EVENTS


@pytest.mark.parametrize(
    ("transitions", "is_refused"),
    [
        (["klaar", "schedule"], True),
        (["klaar", "start"], False),
        (["klaar", "complete"], False),
    ],
)
def test_refuses_a_log_without_a_transition_that_is_known(tmp_path, transitions, is_refused):
    log = [batch(tmp_path, candidates("a a", lifecycle=pl.Series(transitions)))]

    if is_refused:
        with pytest.raises(SourceError, match="'lifecycle:transition'") as caught:
            log_of(log, quarantine(tmp_path))
        assert "klaar" not in str(caught.value)
    else:
        assert everything(log_of(log, quarantine(tmp_path))).height == 1


@pytest.mark.parametrize(
    ("rows", "parts"),
    [(0, 1), (500_000, 1), (500_001, 2), (1_500_001, 4), (10_000_000, 32), (10**9, 256)],
)
def test_number_of_parts(rows, parts):
    assert parts_for(rows) == parts


@pytest.mark.parametrize(
    ("bucket", "of", "touches"),
    [
        (0, 1, [(0, 1), (3, 4)]),
        (1, 4, [(0, 1), (1, 4), (0, 2), (2, 8), (3, 8)]),
        (3, 4, [(1, 2), (6, 8), (7, 8)]),
    ],
)
def test_a_part_touches_the_buckets_that_share_slots(tmp_path, bucket, of, touches):
    part = Part(tmp_path, bucket, of, 1)

    others = [(n, count) for count in (1, 2, 4, 8) for n in range(count)]
    slots = set(range(bucket * 8 // of, (bucket + 1) * 8 // of))
    shared = [
        (n, count)
        for n, count in others
        if slots & set(range(n * 8 // count, (n + 1) * 8 // count))
    ]
    assert [each for each in others if part.touches(*each)] == shared
    assert set(touches) <= set(shared)


def test_candidates_are_what_staging_leaves():
    assert candidates("a").schema == CANDIDATES
