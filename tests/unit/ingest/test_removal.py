# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
import shutil

import polars as pl
import pytest

from contracts.candidates import scan
from ingest.storage.batches import paths_of
from ingest.storage.bucket_folder import BucketFolder
from ingest.storage.removal import ended_before, scrub, touched, without, without_destroyed
from ingest.storage.store import commit, known_then
from tests.builders import MONDAY
from tests.unit.ingest.candidates_of import batch, candidates

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
ALWAYS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def cases(batches):
    return sorted(scan(paths_of(batches)).collect()["case_id"])


def test_the_parts_that_may_have_a_case_are_few(tmp_path):
    one = batch(tmp_path, candidates(*["a"] * 40), of=8)

    [part] = touched([one], ["c7"])

    assert "c7" in pl.read_parquet(part.path)["case_id"]
    assert touched([one], []) == []


@pytest.mark.parametrize("of", [1, 8])
def test_batches_without_some_cases(tmp_path, of):
    one = batch(tmp_path, candidates("a b", "a", "a b", "a"), of=of)
    other = batch(tmp_path, candidates("x"), "other")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    [left, same] = without([one, other], ["c2", "c3", "unknown"], scratch)

    assert cases([left]) == ["c1", "c1", "c4"]
    assert (left.origin, left.staged.rows) == (one.origin, 3)
    assert sum(part.rows for part in left.staged.parts) == 3
    assert same == other  # its c1 is none of them, and its file stays as it is
    assert cases([one]) == ["c1", "c1", "c2", "c3", "c3", "c4"]
    assert len(list(scratch.iterdir())) == len(set(paths_of([left])) - set(paths_of([one])))


def test_batches_without_cases_that_should_have_been_destroyed(tmp_path):
    day = dt.date(2026, 5, 1)
    days = {"c1": day, "c2": day + dt.timedelta(days=1), "c3": day - dt.timedelta(days=1)}
    rows = candidates("a b", "a", "a b", "a")
    one = batch(
        tmp_path, rows.with_columns(destroy_on=pl.col("case_id").replace_strict(days, default=None))
    )
    other = batch(tmp_path, candidates("x", "y", "z"), "other")
    (scratch := tmp_path / "scratch").mkdir()

    [left, same], gone = without_destroyed([one, other], day, scratch)

    assert gone == ["c3"]
    assert cases([left]) == ["c1", "c1", "c2", "c4"]
    assert cases([same]) == ["c1", "c2"]  # whatever source knows a case
    assert (left.staged.left_out, same.staged.left_out) == ({"destroyed": 1}, {})
    [again, _], gone = without_destroyed([left, same], day + dt.timedelta(days=1), scratch)
    assert (gone, again.staged.left_out) == (["c1"], {"destroyed": 2})
    assert without_destroyed([again, same], day + dt.timedelta(days=1), scratch)[1] == []


def test_the_order_of_the_rows_and_those_without_a_case_stay(tmp_path):
    rows = candidates("a", "b", "c", "d").sort("row", descending=True)
    nobody = pl.when(pl.col("case_id") == "c3").then(None).otherwise("case_id").alias("case_id")
    one = batch(tmp_path, rows.with_columns(nobody))
    (tmp_path / "scratch").mkdir()

    left = without([one], ["c1"], tmp_path / "scratch")

    assert scan(paths_of(left)).collect()["case_id"].to_list() == ["c4", None, "c2"]


def test_cases_that_ended_and_of_which_nothing_was_heard_since(tmp_path):
    early = candidates("a 1d end", "a 1d b", "end 9d b", "a 30d end")
    late = candidates("x", source=pl.lit("late")).with_columns(
        case_id=pl.lit("c1"), at=pl.lit(MONDAY + dt.timedelta(days=20), pl.Datetime("us", "UTC"))
    )
    log = batch(tmp_path, early)

    before = MONDAY + dt.timedelta(days=10)

    assert ended_before([log], ["end"], before) == ["c1", "c3"]
    assert ended_before([log, batch(tmp_path, late, "late")], ["end"], before) == ["c3"]


def test_a_case_that_was_closed_has_ended(tmp_path):
    """Not before it was, unless it shows an end, whatever day its closing is said to be of."""
    hours = pl.col("case_id").replace_strict({"c1": 1, "c2": 30, "c4": 9_000}, default=None)
    closed_at = (pl.lit(MONDAY) + hours * pl.duration(hours=1)).dt.cast_time_unit("us")
    log = batch(tmp_path, candidates("a", "a", "a", "end", closed_at=closed_at))

    assert ended_before([log], ["end"], MONDAY + dt.timedelta(hours=9)) == ["c1", "c4"]


def test_what_the_store_keeps_of_the_past_is_scrubbed_too(store, tmp_path):
    commit(store, [batch(tmp_path, candidates("a", "b"), sha256="1")], NOON, ALWAYS)
    later = NOON + dt.timedelta(days=1)
    now = commit(store, [batch(tmp_path, candidates("x", "y"), sha256="2")], later, ALWAYS)
    before = {path: path.read_bytes() for path in paths_of(now.batches)}

    scrub(store, now.batches, ["c2"])

    then = known_then(store, NOON)
    assert then is not None
    if isinstance(store, BucketFolder):  # as another machine sees it
        shutil.rmtree(store.path)
    store.bring(paths_of([*then.batches, *now.batches]))
    assert (cases(then.batches), cases(now.batches)) == (["c1"], ["c1", "c2"])
    assert {path: path.read_bytes() for path in paths_of(now.batches)} == before


def test_who_is_forgotten_stays_so(store, tmp_path):
    first = commit(store, [batch(tmp_path, candidates("a"))], NOON, ALWAYS, [("k1", "x")])
    again = commit(store, first.batches, NOON, ALWAYS, [("k1", "x")])
    more = commit(store, first.batches, NOON, ALWAYS, [(None, "x")])

    assert first.forgotten_under("k1") == {"x"}
    assert (again.number, more.number) == (0, 1)
    assert more.forgotten == {("k1", "x"), (None, "x")}
    assert more.forgotten_under("k2") == set()
