# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from contracts.candidates import scan
from contracts.errors import StoreBusy, UsageError
from ingest.storage import store as store_module
from ingest.storage.batches import paths_of
from ingest.storage.bucket_folder import BucketFolder
from ingest.storage.objects import opened
from ingest.storage.places import Folder
from ingest.storage.store import commit, known_then, newest, versions
from tests.unit.ingest.candidates_of import batch, candidates

DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
ALWAYS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def file(folder, activity, name="log", sha256="1", of=1, **columns):
    return batch(folder, candidates(activity, **columns), name, sha256, of)


def activities(store, version):
    """As another machine reads them."""
    if isinstance(store, BucketFolder):
        for folder in store.path.glob("batch=*"):
            shutil.rmtree(folder)
    store.bring(paths_of(version.batches))
    return sorted(scan(paths_of(version.batches)).collect()["activity"])


def parquet_of(store):
    """The names of all Parquet files that are there."""
    return [name for name in names_in(store) if name.endswith(".parquet")]


def names_in(store):
    """The names of all that is there."""
    if isinstance(store, BucketFolder):
        bucket, folder = opened(store.url)
        names = [each.key.removeprefix(f"{folder}/") for each in bucket.inside(folder, deep=True)]
    else:
        names = [path.relative_to(store.path).as_posix() for path in store.path.rglob("*")]
    return sorted(names)


def names_of(store, version):
    return [path.relative_to(store.path).as_posix() for path in paths_of(version.batches)]


def write(store, name):
    path = store.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("no parquet")
    store.put(path)


def test_holds_a_batch_a_file(store, tmp_path):

    done = commit(store, [file(tmp_path, "a"), file(tmp_path, "b", "more")], NOON, ALWAYS)

    assert done == newest(store)
    assert (done.number, done.known_at, activities(store, done)) == (0, NOON, ["a", "b"])
    assert [each.origin.name for each in done.batches] == ["log", "more"]


def test_the_same_files_again_change_nothing(store, tmp_path):
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    files = sorted(store.files()), list(store.log())

    again = commit(store, first.batches, NOON + DAY, ALWAYS)

    assert again == first
    assert (sorted(store.files()), list(store.log())) == files


def test_a_batch_more_is_one_commit_and_leaves_the_others_alone(store, tmp_path):
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)

    done = commit(store, [*first.batches, file(tmp_path, "b", "more", of=2)], NOON + DAY, ALWAYS)

    assert (done.number, activities(store, done)) == (1, ["a", "b"])
    assert set(paths_of(first.batches)) < set(paths_of(done.batches))


def test_a_corrected_file_replaces_its_earlier_rows(store, tmp_path):
    first = commit(store, [file(tmp_path, "a"), file(tmp_path, "b", "more")], NOON, ALWAYS)

    corrected = file(tmp_path, "x", sha256="2")
    done = commit(store, [corrected, first.batches[1]], NOON + DAY, ALWAYS)

    assert (done.number, activities(store, done)) == (1, ["b", "x"])


def test_other_tools_read_what_is_there_and_what_was(store, tmp_path):
    first = commit(store, [file(tmp_path, "a", of=4)], NOON, ALWAYS)
    commit(store, [file(tmp_path, "b", sha256="2")], NOON + DAY, ALWAYS)

    now, then = (pl.scan_delta(str(store), version=version).collect() for version in (1, 0))

    assert (now["activity"].to_list(), then["activity"].to_list()) == (["b"], ["a"])
    added = pl.DataFrame(DeltaTable(str(store)).get_add_actions(flatten=True))
    assert added["num_records"].sum() == 1
    assert (first.number, first.batches[0].staged.rows) == (0, 1)


def test_a_new_attribute_is_a_change_that_the_table_tells(store, tmp_path):
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
def test_tells_what_was_known_at_a_moment(store, tmp_path, moment, known):
    commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    commit(store, [file(tmp_path, "b", sha256="2")], NOON + DAY, ALWAYS)

    then = known_then(store, moment)

    assert (then and activities(store, then)) == known


def test_keeps_what_was_known_since_a_moment_and_no_more(store, tmp_path):
    for day, activity in enumerate("abc"):
        version = file(tmp_path, activity, sha256=activity)
        commit(store, [version], NOON + day * DAY, NOON + (day - 1) * DAY)

    known = [known_then(store, NOON + day * DAY) for day in range(3)]

    assert [each and activities(store, each) for each in known] == [None, ["b"], ["c"]]
    assert len(parquet_of(store)) == 2


def test_removes_what_a_commit_that_was_killed_left_and_nothing_else(store, tmp_path):
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    write(store, "batch=orphan/0.parquet")
    write(store, "notes.parquet")

    commit(store, first.batches, NOON, ALWAYS)

    assert parquet_of(store) == [*names_of(store, first), "notes.parquet"]


def test_a_failed_commit_leaves_the_last_one(store, tmp_path):
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    (tmp_path / "odd").mkdir()
    odd = batch(tmp_path / "odd", pl.DataFrame({"slot": [1]}), "odd")
    odd.staged.parts[0].path.write_text("no parquet")

    with pytest.raises((pl.exceptions.PolarsError, DeltaError)):
        commit(store, [odd], NOON, ALWAYS)

    assert newest(store) == first
    assert activities(store, first) == ["a"]


def test_a_store_may_be_moved_and_a_long_log_is_read_from_its_checkpoint(bucket, tmp_path):
    folder = Folder(tmp_path / "store")
    done = commit(folder, [file(tmp_path, "a")], NOON, NOON)
    with folder.hold():
        for number in range(98):
            done = commit(folder, done.batches, NOON, NOON, [(None, str(number))])
    moved = BucketFolder(f"{bucket}/permits", tmp_path / "store")
    for path in filter(Path.is_file, folder.path.rglob("*")):
        moved.put(path)

    store = replace(moved, path=tmp_path / "here")
    with store.hold():
        for day in (1, 2):  # deltalake sums up every hundred commits
            done = newest(store)
            more = file(tmp_path, "b", f"more of day {day}")
            done = commit(store, [*done.batches, more], NOON + day * DAY, NOON + day * DAY)

        assert (done.number, activities(store, done)) == (100, ["a", "b", "b"])
    assert "_delta_log/00000000000000000099.checkpoint.parquet" in names_in(store)
    assert len(DeltaTable(str(store)).file_uris()) == 3


def test_tidying_the_table_does_not_make_it_unknown(store, tmp_path):
    first = commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    table = DeltaTable(str(store))
    table.alter.set_table_properties({"delta.appendOnly": "false"})
    table.create_checkpoint()

    assert DeltaTable(str(store)).version() > first.number
    assert commit(store, first.batches, NOON, ALWAYS) == first
    assert activities(store, first) == ["a"]


def test_refuses_a_table_of_others(store, tmp_path):
    pl.DataFrame({"a": [1]}).write_delta(str(store))

    with pytest.raises(UsageError, match="holds a table that is not a store of this version"):
        commit(store, [file(tmp_path, "a")], NOON, ALWAYS)


def test_refuses_a_store_of_another_version(tmp_path):
    store = Folder(tmp_path / "store")
    with store.hold():
        commit(store, [file(tmp_path, "a")], NOON, ALWAYS)
    [written] = store.path.glob("_delta_log/*.json")
    written.write_text(written.read_text().replace("sha256", "blake3"))

    with pytest.raises(UsageError, match="was written by another version of hoeksteen"):
        newest(store)


def test_nothing_stored_yet(store):
    assert newest(store) is None
    assert known_then(store, NOON) is None
    assert list(versions(store)) == []


def test_only_one_run_holds_a_store(store):
    with pytest.raises(StoreBusy, match="Another run is working in "):
        store.hold().__enter__()


def test_a_store_may_be_held_after_another(tmp_path):
    for _ in range(2):
        with Folder(tmp_path / "store").hold():
            pass


ANYTHING = ["uit met spatie", "out#1", "o?x", "a%", "out[1]", "o*", "é"]


@pytest.mark.parametrize("name", ANYTHING)
def test_a_folder_may_be_called_anything(tmp_path, name):
    (tmp_path / name).mkdir()
    store = Folder(tmp_path / name / "store")

    for day, activity in enumerate("ab"):
        with store.hold():
            one = file(tmp_path / name, activity, sha256=activity)
            commit(store, [one], NOON + day * DAY, NOON + 9 * DAY)

    found = newest(store)
    assert (found.number, activities(store, found)) == (1, ["b"])
    assert len(parquet_of(store)) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("file", "Nothing can be written in .*: File exists"),
        ("file/store", "Nothing can be written in .*: Not a directory"),
        ("x" * 300, "Nothing can be written in .*: File name too long"),
        ("out%20x", "cannot be made in .* misreads a percent sign"),
    ],
)
def test_says_where_there_cannot_be_a_store(tmp_path, name, says):
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match=says):
        Folder(tmp_path / name).hold().__enter__()


def test_the_log_of_the_table_is_kept(store, tmp_path):
    commit(store, [file(tmp_path, "a")], NOON, ALWAYS)

    properties = DeltaTable(str(store)).metadata().configuration

    assert properties == store_module._PROPERTIES
