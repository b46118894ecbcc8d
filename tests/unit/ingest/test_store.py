# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from contracts.errors import SourceError, StoreBusy, UsageError
from contracts.events import CANDIDATES, EVENTS, ORDER
from contracts.verdict import QUARANTINE
from ingest import store as store_module
from ingest.lifecycle import pair
from ingest.pseudonyms import pseudonymise
from ingest.store import commit, events_of, hold, stored
from tests.builders import event_log

_OF_THE_GATE = ("closed_at", "recorded_at", "noticed")


@pytest.fixture
def batch(tmp_path):
    """A function that writes candidates and a quarantine and says where they are."""

    def write(frame, rejected=(), name="staged"):
        staged = tmp_path / f"{name}.parquet"
        frame.write_parquet(staged)
        quarantine = tmp_path / "quarantine.parquet"
        rows = [{"source": "log", "row": row, "reasons": ["DQ18"]} for row in rejected]
        pl.DataFrame(rows, schema=QUARANTINE).write_parquet(quarantine)
        return [staged], quarantine

    return write


def candidates(*traces, **columns):
    """A log as staging leaves it, in no order."""
    log = event_log(*traces).with_columns(
        pl.col("row").alias("digest"),
        pl.lit("complete").alias("lifecycle"),
        pl.lit(None, pl.String).alias("instance"),
        pl.lit(None, pl.String).alias("at_problem"),
        *(pl.lit(None, CANDIDATES[name]).alias(name) for name in _OF_THE_GATE),
    )
    frame = pseudonymise(log, (), None).select(*CANDIDATES).collect()
    return frame.with_columns(**columns).sample(fraction=1.0, shuffle=True, seed=1)


def everything(store):
    return pl.concat(events_of(store, b) for b in range(stored(store).buckets)).collect()


@pytest.mark.parametrize("rows_per_bucket", [1_000_000, 100, 7])
def test_holds_what_was_accepted(batch, tmp_path, monkeypatch, rows_per_bucket):
    monkeypatch.setattr(store_module, "ROWS_PER_BUCKET", rows_per_bucket)
    log = candidates(*["a 1h b 1h c"] * 200)

    done = commit(*batch(log, rejected=[1, 5]), tmp_path / "store", "one")

    found = everything(tmp_path / "store")
    expected = log.filter(~pl.col("row").is_in([1, 5])).sort(ORDER)
    assert done.events == expected.height == 598
    assert done.last_at == expected["at"].max()
    assert_frame_equal(
        found.sort(ORDER).drop("bucket"),
        expected.with_columns(is_done=True, is_mark=False).select(found.columns[1:]),
    )


@pytest.mark.parametrize(
    ("rows", "buckets"),
    [(0, 1), (500_000, 1), (500_001, 2), (1_500_001, 4), (10_000_000, 32), (10**9, 256)],
)
def test_number_of_buckets(rows, buckets):
    assert store_module._buckets(rows) == buckets


def test_every_bucket_is_in_order_and_holds_whole_cases(batch, tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "ROWS_PER_BUCKET", 2_000)
    log = candidates(*["a 1h b b b 1h c"] * 5_000)

    done = commit(*batch(log), tmp_path / "store", "one")

    buckets = [events_of(tmp_path / "store", b).collect() for b in range(done.buckets)]
    assert done.buckets == 16
    assert all(bucket.schema == EVENTS for bucket in buckets)
    assert all(bucket.equals(bucket.sort(ORDER)) for bucket in buckets)
    assert sum(bucket["case_id"].n_unique() for bucket in buckets) == 5_000


def test_keeps_case_attributes_of_every_source(batch, tmp_path):
    north = candidates("a", **{"case:regio": pl.lit("Noord")})
    south = candidates("b", **{"case:kanaal": pl.lit("post"), "source": pl.lit("log2")})
    [one], quarantine = batch(north, name="one")
    [two], _ = batch(south, name="two")

    commit([one, two], quarantine, tmp_path / "store", "one")

    found = everything(tmp_path / "store")
    assert found.select("activity", "case:kanaal", "case:regio").rows() == [
        ("a", None, "Noord"),
        ("b", "post", None),
    ]


def test_pairs_and_counts_what_is_no_step(batch, tmp_path):
    log = candidates("a 1h a 1h a").sort("row")
    log = log.with_columns(lifecycle=pl.Series(["schedule", "start", "complete"]))

    done = commit(*batch(log), tmp_path / "store", "one")

    assert (done.events, done.set_aside) == (1, {"schedule": 1})
    assert everything(tmp_path / "store")["started_at"].to_list() == log["at"][1:2].to_list()
    assert pair(log.lazy()).collect()["at"].to_list() == log["at"][2:].to_list()


def test_running_twice_changes_nothing(batch, tmp_path):
    store = tmp_path / "store"
    first = commit(*batch(candidates("a")), store, "one")
    files = sorted(store.rglob("*"))

    again = commit(*batch(candidates("other")), store, "one")

    assert again == first == stored(store)
    assert sorted(store.rglob("*")) == files


def test_tidying_the_table_does_not_make_it_unknown(batch, tmp_path):
    store = tmp_path / "store"
    commit(*batch(candidates("old")), store, "none")
    first = commit(*batch(candidates("a")), store, "one")
    DeltaTable(str(store)).vacuum(
        retention_hours=0, enforce_retention_duration=False, dry_run=False
    )

    assert DeltaTable(str(store)).version() > first.version
    assert commit(*batch(candidates("other")), store, "one") == first
    assert everything(store)["activity"].to_list() == ["a"]


def test_another_batch_replaces_the_first(batch, tmp_path):
    store = tmp_path / "store"
    commit(*batch(candidates("a", **{"case:regio": pl.lit("Noord")})), store, "one")

    done = commit(*batch(candidates("b b")), store, "two")

    assert (done.version, done.events) == (1, 2)
    assert everything(store)["activity"].to_list() == ["b", "b"]
    assert "case:regio" not in everything(store).columns


def test_a_failed_commit_leaves_the_last_one(batch, tmp_path):
    store = tmp_path / "store"
    first = commit(*batch(candidates("a")), store, "one")

    with pytest.raises(pl.exceptions.PolarsError):
        commit(*batch(pl.DataFrame({"not": ["candidates"]})), store, "two")

    assert stored(store) == first
    assert everything(store)["activity"].to_list() == ["a"]


def test_a_log_may_be_rejected_whole(batch, tmp_path):
    done = commit(*batch(candidates("a"), rejected=[1]), tmp_path / "store", "one")

    assert (done.events, done.buckets, done.last_at) == (0, 1, None)
    assert everything(tmp_path / "store").schema == EVENTS


def test_nothing_stored_yet(tmp_path):
    with pytest.raises(FileNotFoundError):
        stored(tmp_path)


def test_only_one_run_holds_a_store(tmp_path):
    with hold(tmp_path / "store"), pytest.raises(StoreBusy), hold(tmp_path / "store"):
        pass
    with hold(tmp_path / "store"):
        pass


def test_candidates_are_what_staging_leaves():
    assert candidates("a").schema == CANDIDATES


ANYTHING = ["uit met spatie", "out#1", "o?x", "a%", "out[1]", "o*", "é"]


@pytest.mark.parametrize("name", ANYTHING)
def test_a_folder_may_be_called_anything(tmp_path, name):
    store = tmp_path / name / "store"
    staged, quarantine = tmp_path / name / "staged.parquet", tmp_path / name / "quarantine.parquet"
    (tmp_path / name).mkdir()
    pl.DataFrame(schema=QUARANTINE).write_parquet(quarantine)

    for activity in ("a", "b"):
        candidates(activity).write_parquet(staged)
        with hold(store):
            commit([staged], quarantine, store, activity)

    assert stored(store).version == 1
    assert everything(store)["activity"].to_list() == ["b"]
    assert len(parquet_of(store)) == 1


def parquet_of(store):
    return sorted(store.rglob("*.parquet"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("file", "File exists"),
        ("file/store", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("out%20x", "misreads a percent sign"),
    ],
)
def test_says_where_there_cannot_be_a_store(tmp_path, name, says):
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match=f"The store cannot be made in .*{says}"):
        hold(tmp_path / name).__enter__()


def test_keeps_nothing_but_the_newest_commit(batch, tmp_path):
    store = tmp_path / "store"
    commit(*batch(candidates("old")), store, "one")
    old = parquet_of(store)
    (store / ".commit-killed" / "bucket=0").mkdir(parents=True)
    (store / ".commit-killed" / "bucket=0" / "0.parquet").touch()
    (store / "bucket=0" / "orphan.parquet").touch()
    (store / "notes.parquet").touch()

    commit(*batch(candidates("old")), store, "one")
    assert parquet_of(store) == [*old, store / "notes.parquet"]
    assert not list(store.glob(".commit-*"))

    commit(*batch(candidates("new")), store, "two")
    assert len(parquet_of(store)) == 2
    assert not set(old) & set(parquet_of(store))
    assert everything(store)["activity"].to_list() == ["new"]


@pytest.mark.parametrize(
    ("transitions", "is_refused"),
    [
        (["voltooid", "schedule"], True),
        (["voltooid", "start"], False),
        (["voltooid", "complete"], False),
    ],
)
def test_refuses_a_log_without_a_transition_that_is_known(batch, tmp_path, transitions, is_refused):
    log = candidates("a a", lifecycle=pl.Series(transitions))

    if is_refused:
        with pytest.raises(SourceError, match="'lifecycle:transition'") as caught:
            commit(*batch(log), tmp_path / "store", "one")
        assert "voltooid" not in str(caught.value)
    else:
        assert commit(*batch(log), tmp_path / "store", "one").events == 1


def test_says_what_is_not_done(batch, tmp_path):
    log = candidates("a a a").sort("row")
    log = log.with_columns(lifecycle=pl.Series(["start", "complete", "start"]))

    commit(*batch(log), tmp_path / "store", "one")

    assert everything(tmp_path / "store").select("row", "is_done").rows() == [(2, True), (3, False)]
