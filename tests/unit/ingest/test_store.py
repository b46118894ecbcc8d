# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from contracts.errors import StoreBusy, UsageError
from ingest import store as store_module
from ingest.batches import paths_of
from ingest.candidates import scan
from ingest.store import commit, hold, known_then, newest, versions
from tests.unit.ingest.candidates_of import batch, candidates

DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
ALWAYS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def file(folder, activity, name="log", sha256="1", of=1, **columns):
    return batch(folder, candidates(activity, **columns), name, sha256, of)


def activities(version):
    return sorted(scan(paths_of(version.batches)).collect()["activity"])


def parquet_of(store):
    return sorted(store.rglob("*.parquet"))


def test_holds_a_batch_a_file(tmp_path):
    store = tmp_path / "store"

    done = commit(store, [file(tmp_path, "a"), file(tmp_path, "b", "more")], NOON, ALWAYS)

    assert done == newest(store)
    assert (done.number, done.known_at, activities(done)) == (0, NOON, ["a", "b"])
    assert [each.origin.name for each in done.batches] == ["log", "more"]


def test_the_same_files_again_change_nothing(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    files = sorted(store.rglob("*"))

    again = commit(store, first.batches, NOON + DAY, ALWAYS)

    assert again == first
    assert sorted(store.rglob("*")) == files


def test_a_batch_more_is_one_commit_and_leaves_the_others_alone(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)

    done = commit(store, [*first.batches, file(tmp_path, "b", "more", of=2)], NOON + DAY, ALWAYS)

    assert (done.number, activities(done)) == (1, ["a", "b"])
    assert set(paths_of(first.batches)) < set(paths_of(done.batches))


def test_a_corrected_file_replaces_its_earlier_rows(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a"), file(tmp_path, "b", "more")], NOON, ALWAYS)

    corrected = file(tmp_path, "x", sha256="2")
    done = commit(store, [corrected, first.batches[1]], NOON + DAY, ALWAYS)

    assert (done.number, activities(done)) == (1, ["b", "x"])


def test_other_tools_read_what_is_there_and_what_was(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a", of=4)], NOON, ALWAYS)
    commit(store, [file(tmp_path, "b", sha256="2")], NOON + DAY, ALWAYS)

    now, then = (pl.scan_delta(str(store), version=version).collect() for version in (1, 0))

    assert (now["activity"].to_list(), then["activity"].to_list()) == (["b"], ["a"])
    added = pl.DataFrame(DeltaTable(str(store)).get_add_actions(flatten=True))
    assert added["num_records"].sum() == 1
    assert (first.number, first.batches[0].staged.rows) == (0, 1)


def test_a_new_attribute_is_a_change_that_the_table_tells(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a", **{"case:regio": pl.lit("N")})], NOON, ALWAYS)

    more = file(tmp_path, "b", "more", **{"case:kanaal": pl.lit("post")})
    done = commit(store, [*first.batches, more], NOON + DAY, ALWAYS)

    assert (done.number, newest(store)) == (2, done)  # to say so is a commit of its own
    found = pl.scan_delta(str(store)).sort("activity").collect()
    assert found.select("case:regio", "case:kanaal").rows() == [("N", None), (None, "post")]


@pytest.mark.parametrize(
    ("moment", "known"),
    [
        (NOON - DAY, None),
        (NOON, ["a"]),
        (NOON + DAY / 2, ["a"]),
        (NOON + DAY, ["b"]),
        (NOON + 9 * DAY, ["b"]),
    ],
)
def test_tells_what_was_known_at_a_moment(tmp_path, moment, known):
    store = tmp_path / "store"
    commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    commit(store, [file(tmp_path, "b", sha256="2")], NOON + DAY, ALWAYS)

    then = known_then(store, moment)

    assert (then and activities(then)) == known


def test_keeps_what_was_known_since_a_moment_and_no_more(tmp_path):
    store = tmp_path / "store"
    for day, activity in enumerate("abc"):
        version = file(tmp_path, activity, sha256=activity)
        commit(store, [version], NOON + day * DAY, NOON + (day - 1) * DAY)

    known = [known_then(store, NOON + day * DAY) for day in range(3)]

    assert [each and activities(each) for each in known] == [None, ["b"], ["c"]]
    assert len(parquet_of(store)) == 2


def test_removes_what_a_commit_that_was_killed_left_and_nothing_else(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    (store / "batch=orphan").mkdir()
    (store / "batch=orphan" / "0.parquet").touch()
    (store / "notes.parquet").touch()

    commit(store, first.batches, NOON, ALWAYS)

    assert parquet_of(store) == [*paths_of(first.batches), store / "notes.parquet"]


def test_a_failed_commit_leaves_the_last_one(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    (tmp_path / "odd").mkdir()
    odd = batch(tmp_path / "odd", pl.DataFrame({"slot": [1]}), "odd")
    odd.staged.parts[0].path.write_text("no parquet")

    with pytest.raises((pl.exceptions.PolarsError, DeltaError)):
        commit(store, [odd], NOON, ALWAYS)

    assert newest(store) == first
    assert activities(first) == ["a"]


def test_tidying_the_table_does_not_make_it_unknown(tmp_path):
    store = tmp_path / "store"
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    table = DeltaTable(str(store))
    table.alter.set_table_properties({"delta.appendOnly": "false"})
    table.create_checkpoint()

    assert DeltaTable(str(store)).version() > first.number
    assert commit(store, first.batches, NOON, ALWAYS) == first
    assert activities(first) == ["a"]


def test_refuses_a_table_of_others(tmp_path):
    store = tmp_path / "store"
    pl.DataFrame({"a": [1]}).write_delta(str(store))

    with pytest.raises(UsageError, match="holds a table that is not a store of this version"):
        commit(store, [file(tmp_path, "a")], NOON, ALWAYS)


def test_nothing_stored_yet(tmp_path):
    assert newest(tmp_path) is None
    assert known_then(tmp_path, NOON) is None
    assert list(versions(tmp_path / "absent")) == []


def test_only_one_run_holds_a_store(tmp_path):
    with hold(tmp_path / "store"), pytest.raises(StoreBusy), hold(tmp_path / "store"):
        pass
    with hold(tmp_path / "store"):
        pass


ANYTHING = ["uit met spatie", "out#1", "o?x", "a%", "out[1]", "o*", "é"]


@pytest.mark.parametrize("name", ANYTHING)
def test_a_folder_may_be_called_anything(tmp_path, name):
    (tmp_path / name).mkdir()
    store = tmp_path / name / "store"

    for day, activity in enumerate("ab"):
        with hold(store):
            one = file(tmp_path / name, activity, sha256=activity)
            commit(store, [one], NOON + day * DAY, NOON + 9 * DAY)

    found = newest(store)
    assert (found.number, activities(found)) == (1, ["b"])
    assert len(parquet_of(store)) == 1


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


def test_the_log_of_the_table_is_kept(tmp_path):
    commit(tmp_path / "store", [file(tmp_path, "a")], NOON, ALWAYS)

    properties = DeltaTable(str(tmp_path / "store")).metadata().configuration

    assert properties == store_module._PROPERTIES
