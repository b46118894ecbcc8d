# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs on a store in object storage find what runs on a folder find."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from contracts.errors import StoreBusy
from flows.cli import app
from ingest.privacy.pseudonyms import Pseudonymiser
from ingest.storage.objects import opened
from ingest.storage.store import newest
from tests.flow.test_forget import KEY, KEYED
from tests.flow.test_over_time import APRIL, DAY, JUNE, LATE, MARCH, World, rows


@pytest.fixture
def world(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KEY", KEY)
    return World(tmp_path / "world", KEYED, f"{bucket}/permits")


def names_in(world: World) -> list[str]:
    bucket, _ = opened(str(world.store))
    return [each.key for each in bucket.inside("", deep=True)]


def files_in(world: World) -> list[str]:
    return [name for name in names_in(world) if name.endswith(".parquet")]


def test_a_log_that_changes_is_what_it_is_in_a_folder(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", KEYED)
    for each in (world, other):
        each.export("march.csv", MARCH)
        each.export("april.csv", rows(50, 70, "klaar", days=2))
    found = [(world.run(), other.run())]
    for each in (world, other):
        each.export("april.csv", APRIL)  # corrected
        each.export("late.csv", LATE)
        each.take_away("march.csv")
    shutil.rmtree(world.folder / "out")  # and now on another machine
    found += [(world.run(JUNE + DAY), other.run(JUNE + DAY))]
    then = JUNE + DAY / 2
    found += [(world.run(JUNE + 2 * DAY, then), other.run(JUNE + 2 * DAY, then))]

    assert all(one == another for one, another in found)
    assert [one["log"]["cases"] for one, _ in found] == [80, 120, 80]
    assert world.version == other.version == 1
    assert not world.store.path.exists()
    assert not list((world.folder / "out" / "test").glob("*store*"))


def test_the_same_files_again_are_the_same_run(world: World) -> None:
    world.export("march.csv", MARCH)
    folder = world.make()
    names = names_in(world)

    shutil.rmtree(world.folder / "out")

    assert world.make(JUNE + DAY) == folder
    assert names_in(world) == names


def test_a_forgotten_case_is_in_no_object(world: World, tmp_path: Path) -> None:
    world.export("march.csv", MARCH)
    world.run()
    world.export("march.csv", MARCH + rows(0, 10, "brief", days=1))
    world.run(JUNE + DAY)
    config, out = str(world.folder / "config.yaml"), str(tmp_path / "out of another machine")

    done = CliRunner().invoke(
        app, ["forget", config, "Z3", "Z60", "--out", out, "--store", str(world.store)]
    )

    assert done.output.startswith(
        "Removed 4 rows from the store, and these cases from the files of 0 runs."
    )
    ids = Pseudonymiser(KEY.encode()).of("case", pl.Series(["Z3", "Z60"])).to_list()
    bucket, _ = opened(str(world.store))
    kept = files_in(world)
    assert len(kept) == 2
    for name in kept:
        bucket.bring(name, tmp_path / "object")
        assert not pl.read_parquet(tmp_path / "object")["case_id"].is_in(ids).any()
    assert world.run(JUNE + 2 * DAY)["log"]["cases"] == 78
    assert world.run(JUNE + 3 * DAY, JUNE + DAY / 2)["log"]["cases"] == 78


STOPS_HALFWAY = """
import sys
from pathlib import Path
from flows.planning import plan
from flows.journey import make
from ingest.storage import lease
from ingest.storage.objects import Bucket
from tests.flow.test_over_time import JUNE

put = Bucket.put

def put_and_stop(*arguments):
    put(*arguments)
    print("half", flush=True)
    sys.stdin.read()

Bucket.put, lease.LEASE_SECONDS = put_and_stop, 4.0
folder, store = sys.argv[1:]
make(plan(Path(folder, "config.yaml"), out=Path(folder, "out"), now=JUNE, store=store))
"""


def test_a_run_that_was_killed_while_it_stored_is_made_good(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", KEYED)
    for each in (world, other):
        each.export("march.csv", MARCH)
        each.export("april.csv", APRIL)
    with subprocess.Popen(
        [sys.executable, "-c", STOPS_HALFWAY, str(world.folder), str(world.store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"half\n"
        run.send_signal(signal.SIGKILL)
    left = files_in(world)
    assert len(left) == 1
    assert newest(world.store) is None
    with pytest.raises(StoreBusy):
        world.run()

    with world.store.hold(20):  # until the other is given up
        pass

    assert world.run() == other.run()
    kept = files_in(world)
    assert len(kept) == 2
    assert not set(left) & set(kept)
