# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Runs on one store, one after the other, against one run on a new store with all files at hand."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.errors import ConfigError, GateStopped, SourceError, StoreBusy
from flows.job import Job
from flows.journey import make
from flows.planning import plan
from flows.progress import NOBODY, Nobody
from ingest.storage.batches import paths_of
from ingest.storage.places import Folder, StorePlace, place_of
from ingest.storage.store import newest

pytestmark = pytest.mark.xdist_group("over-time")
DAY = dt.timedelta(days=1)
JUNE = dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
HEADER = "zaak;stap;tijd;regio\n"
EVERY_FORMAT = """
process: {id: test}
sources:
  - path: exports/*.csv
    columns: {case_id: zaak, activity: stap, timestamp: tijd}
    case_attributes: [regio]
journey: {start: [in], end: [klaar]}
"""
CONFIG = EVERY_FORMAT + "report: {formats: [html, parquet]}\n"


def rows(first: int, last: int, step: str, days: int = 0) -> str:
    """A row for each of some cases, whose n-th came in on the n-th of March."""
    came_in = [dt.date(2026, 3, 1) + dt.timedelta(days=n % 28) for n in range(first, last)]
    return "".join(
        f"Z{n};{step};{day + dt.timedelta(days=days):%d-%m-%Y} 1{n % 9}:00;Noord\n"
        for n, day in zip(range(first, last), came_in, strict=True)
    )


MARCH = rows(0, 80, "in") + rows(0, 50, "klaar", days=7)
APRIL = rows(50, 70, "klaar", days=20) + rows(80, 120, "in")
LATE = rows(0, 40, "brief", days=3)


class World:
    """A folder with a config, exports and the runs that were made of them."""

    def __init__(self, folder: Path, config: str = CONFIG, url: str | None = None) -> None:
        self.folder = folder
        self.url = url
        (folder / "exports").mkdir(parents=True, exist_ok=True)
        self.write(config)

    def write(self, config: str) -> None:
        """Writes the config."""
        (self.folder / "config.yaml").write_text(config, encoding="utf-8")

    def export(self, name: str, content: str) -> None:
        """Writes an export."""
        (self.folder / "exports" / name).write_text(HEADER + content, encoding="utf-8")

    def take_away(self, name: str) -> None:
        """Removes an export."""
        (self.folder / "exports" / name).unlink()

    def run(self, now: dt.datetime = JUNE, as_of: dt.datetime | None = None) -> dict[str, Any]:
        """Makes a run; gives its findings without its name, and the run that it came after."""
        found = json.loads((self.make(now, as_of) / "findings.json").read_text("utf-8"))
        del found["run_id"], found["changes"]
        return found

    def make(self, now: dt.datetime = JUNE, as_of: dt.datetime | None = None) -> Path:
        """Makes a run; gives its folder."""
        config, out = self.folder / "config.yaml", self.folder / "out"
        return make(plan(config, out=out, now=now, as_of=as_of, store=self.url))

    def copy(self, folder: Path) -> World:
        """The same in another folder, with all that was made in this one."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return World(folder, (folder / "config.yaml").read_text("utf-8"))

    @property
    def store(self) -> StorePlace:
        """Where its store is: by default among the runs."""
        here = self.folder / "out" / "test"
        return place_of(self.url or here / "store", here / "store-here")

    @property
    def version(self) -> int:
        """The number of the newest commit."""
        version = newest(self.store)
        assert version is not None
        return version.number


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@pytest.fixture(scope="module")
def after_march(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("march") / "world")
    world.export("march.csv", MARCH)
    world.run()
    return world


@pytest.fixture
def march(after_march: World, tmp_path: Path) -> World:
    """A world with one export, of which a run was made."""
    return after_march.copy(tmp_path / "march")


Afresh = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def afresh(tmp_path_factory: pytest.TempPathFactory) -> Afresh:
    """The findings of one run with these exports and nothing in store."""

    @cache
    def found(*names: str) -> dict[str, Any]:
        other = World(tmp_path_factory.mktemp("afresh") / "world")
        for name in names:
            other.export(f"{name}.csv", {"march": MARCH, "april": APRIL, "late": LATE}[name])
        return other.run()

    return found


def test_a_full_export_in_other_words_is_no_second_log(march: World) -> None:
    later = (HEADER + MARCH).splitlines()
    dated = [f"{later[0]};peildatum", *(f"{line};1-4-2026" for line in later[1:])]
    exports = march.folder / "exports"
    (exports / "later.csv").write_text("\n".join(dated), encoding="utf-8")

    with pytest.raises(GateStopped, match=r"DQ32: .* exports/march\.csv \(100%\)"):
        march.run(JUNE + DAY)

    (exports / "later.csv").replace(exports / "march.csv")
    assert march.run(JUNE + DAY)["log"]["events"] == 130


def test_a_file_more_is_the_same_as_all_at_once(march: World, afresh: Afresh) -> None:
    first = march.run()
    march.export("april.csv", APRIL)

    second = march.run(JUNE + DAY)

    assert second == afresh("march", "april")
    assert (first["log"]["cases"], second["log"]["cases"]) == (80, 120)
    assert march.version == 1


def test_the_same_files_again_are_the_same_run(world: World) -> None:
    world.export("march.csv", MARCH)
    folder = world.make()

    assert world.make(JUNE + DAY) == folder
    world.take_away("march.csv")
    world.export("march.csv", MARCH)
    assert world.make(JUNE + 2 * DAY) == folder
    assert world.version == 0


def test_what_was_brought_halfway_is_left_by_a_run_that_looks_back(march: World) -> None:
    march.export("april.csv", APRIL)
    march.run(JUNE + 2 * DAY)
    halfway = march.folder / "out" / "test" / ".landing" / "of an address" / "page.json"
    halfway.parent.mkdir(parents=True)
    halfway.touch()

    march.make(JUNE + 3 * DAY, as_of=JUNE + DAY)
    assert halfway.exists()

    march.export("may.csv", LATE)
    march.run(JUNE + 4 * DAY)  # which has no address
    assert not halfway.parent.exists()


def test_what_came_while_it_waited_is_not_from_the_future(world: World) -> None:
    world.export("march.csv", MARCH + "Z0;brief;01-06-2026 04:00;Noord\n")
    half_a_second_before = JUNE - dt.timedelta(seconds=0.5)
    planned = plan(world.folder / "config.yaml", out=world.folder / "out", now=half_a_second_before)

    with ThreadPoolExecutor() as elsewhere:
        with Folder(planned.process_folder).hold():
            made = elsewhere.submit(make, planned, NOBODY, 60)
            time.sleep(1.5)
            assert not made.done()
        folder = made.result()

    found = json.loads((folder / "findings.json").read_text("utf-8"))
    assert found["log"]["quarantined_rows"] == 0


def test_a_run_that_died_as_it_told_is_told_of_the_next_time(world: World) -> None:
    class Dying(Nobody):
        told = 0

        def published(self, job: Job) -> None:  # noqa: ARG002
            self.told += 1
            if self.told == 1:
                raise KeyboardInterrupt

    world.export("march.csv", MARCH)
    follower = Dying()

    def again() -> Path:
        job = plan(world.folder / "config.yaml", out=world.folder / "out", now=JUNE)
        return make(job, follower)

    with pytest.raises(KeyboardInterrupt):
        again()
    folder = again()
    assert again() == folder
    assert follower.told == 2
    assert not [*folder.glob(".*")]


def test_the_same_run_again_removes_what_was_kept_long_enough(world: World) -> None:
    world.export("march.csv", MARCH + rows(0, 9, "brief"))
    world.run()
    world.export("march.csv", MARCH)
    folder = world.make(JUNE + DAY)
    assert len(world.store.files()) == 2

    assert world.make(JUNE + 90 * DAY) == folder
    assert len(world.store.files()) == 2  # of the day before it was replaced
    with world.store.hold():
        assert world.make(JUNE + 90 * DAY) == folder  # there is nothing to do
        with pytest.raises(StoreBusy):
            world.make(JUNE + 92 * DAY)

    assert world.make(JUNE + 92 * DAY) == folder
    assert len(world.store.files()) == 1
    assert world.version == 1


def test_a_file_under_another_name_brings_no_new_rows_to_count(march: World) -> None:
    first = march.run()
    march.export("copy.csv", MARCH)

    second = march.run(JUNE + DAY)

    assert second["throughput_days"] == first["throughput_days"]
    assert second["log"]["events"] == first["log"]["events"]
    assert second["log"]["quarantined_rows"] == 130


def test_a_corrected_file_replaces_its_rows(world: World, afresh: Afresh) -> None:
    world.export("march.csv", MARCH)
    world.export("april.csv", rows(50, 70, "klaar", days=2))
    world.run()
    world.export("april.csv", APRIL)

    assert world.run(JUNE + DAY) == afresh("march", "april")


def test_late_events_land_in_their_cases(march: World, afresh: Afresh) -> None:
    march.export("late.csv", LATE)

    second = march.run(JUNE + DAY)

    assert second == afresh("march", "late")
    assert (second["log"]["cases"], second["log"]["events"]) == (80, 170)


def test_a_file_that_is_not_there_any_more_is_not_forgotten(march: World, afresh: Afresh) -> None:
    march.take_away("march.csv")
    march.export("april.csv", APRIL)

    assert march.run(JUNE + DAY) == afresh("march", "april")
    march.take_away("april.csv")
    folder = march.make(JUNE + 2 * DAY)
    told = json.loads((folder / "run.json").read_text("utf-8"))["inputs"]
    assert [each["name"] for each in told] == ["exports/april.csv", "exports/march.csv"]


def test_what_the_config_does_not_name_any_more_is_not_in_the_log(
    world: World, afresh: Afresh
) -> None:
    world.export("march.csv", MARCH)
    world.export("april.csv", APRIL)
    world.run()
    world.write(CONFIG.replace("*.csv", "march.csv"))

    assert world.run(JUNE + DAY) == afresh("march")


def test_a_look_back_does_not_take_the_place_of_what_is_known_since(march: World) -> None:
    latest = march.folder / "out" / "test" / "latest"
    march.export("april.csv", APRIL)
    newest_run = march.make(JUNE + 2 * DAY)

    march.make(JUNE + 3 * DAY, as_of=JUNE + DAY)
    assert latest.resolve() == newest_run

    later = march.make(JUNE + 4 * DAY, as_of=JUNE + 3 * DAY)
    assert latest.resolve() == later


@pytest.fixture
def march_gone(march: World) -> World:
    """A world that goes on with another export, where the first is not there any more."""
    march.export("april.csv", APRIL)
    march.run(JUNE + DAY)
    march.take_away("march.csv")
    return march


def test_a_file_that_is_gone_is_told_of(march: World) -> None:
    march.export("april.csv", APRIL)
    before = march.make(JUNE + DAY)
    march.take_away("march.csv")

    after = march.make(JUNE + 2 * DAY)

    told = [(run / "report.en.html").read_text("utf-8") for run in (before, after)]
    assert ["(no longer there; read for an earlier run)" in page for page in told] == [
        False,
        True,
    ]
    assert march.make(JUNE + 3 * DAY) == after


@pytest.mark.parametrize(
    ("was", "is_now", "key"),
    [
        ("activity: stap", "activity: regio", "columns.activity"),
        ("case_attributes", "timezone: UTC\n    case_attributes", "timezone"),
        ("[regio]", "[regio, stap]", "case_attributes"),
        ("journey:", "privacy: {pseudonymise: [case_id]}\njourney:", "privacy.pseudonymise"),
    ],
)
def test_a_file_that_is_gone_is_not_mixed_with_another_reading(
    march_gone: World, was: str, is_now: str, key: str
) -> None:
    before = march_gone.version
    march_gone.write(CONFIG.replace(was, is_now))

    with pytest.raises(
        ConfigError, match=rf"\(exports/march\.csv\).* with other settings: {key}\. .*"
    ):
        march_gone.run(JUNE + 2 * DAY)

    assert march_gone.version == before


def test_an_attribute_that_is_not_kept_any_more_goes_from_files_that_are_gone(
    march_gone: World,
) -> None:
    march_gone.write(CONFIG.replace("[regio]", "[]"))

    march_gone.run(JUNE + 2 * DAY)

    version = newest(march_gone.store)
    assert version is not None
    paths = paths_of(version.batches)
    assert not any("case:regio" in pl.read_parquet_schema(path) for path in paths)
    assert march_gone.run(JUNE + 2 * DAY, as_of=JUNE)["log"]["events"] == 130
    march_gone.write(CONFIG)
    with pytest.raises(ConfigError, match="case_attributes"):
        march_gone.run(JUNE + 3 * DAY)


def test_a_named_file_that_is_gone_is_a_mistake(world: World) -> None:
    world.write(CONFIG.replace("*.csv", "march.csv"))
    world.export("march.csv", MARCH)
    world.run()
    world.take_away("march.csv")

    with pytest.raises(SourceError, match=r"there is no exports/march\.csv"):
        world.run()


def test_a_config_that_reads_otherwise_reads_again(world: World, afresh: Afresh) -> None:
    world.export("march.csv", MARCH)
    world.write(CONFIG.replace("    case_attributes: [regio]\n", ""))
    without = world.run()
    world.write(CONFIG)

    assert world.run(JUNE + DAY) == afresh("march") == without
    version = newest(world.store)
    assert version is not None
    assert len(version.batches) == 1


def test_a_run_says_up_to_when_it_looked(march: World) -> None:
    run = march.make()

    found, told = (json.loads((run / f"{name}.json").read_text()) for name in ("findings", "run"))
    assert (told["as_of"], told["as_of_given"]) == (found["as_of"], None)


def test_as_of_a_moment_that_the_store_knew_is_the_log_of_then(march: World) -> None:
    first = march.run()
    march.export("late.csv", LATE)
    march.export("march.csv", rows(0, 40, "in") + rows(0, 30, "klaar", days=9))
    march.run(JUNE + 2 * DAY)
    march.take_away("late.csv")

    then = march.run(JUNE + 3 * DAY, as_of=JUNE + DAY)

    assert then["log"] == first["log"]
    assert then["validation"] == first["validation"]
    assert march.version == 1


def test_as_of_a_moment_before_the_store_is_what_is_known_of_it_now(march: World) -> None:
    march.export("late.csv", LATE)
    march.run(JUNE + DAY)

    then = march.run(JUNE + 2 * DAY, as_of=dt.datetime(2026, 3, 20, tzinfo=dt.UTC))

    assert then["as_of"].startswith("2026-03-20")
    assert then["log"]["cases"] == 57
    assert then["log"]["events"] == 57 + 24 + 28


def test_what_a_run_brings_was_there_at_its_as_of(march: World) -> None:
    night = JUNE + DAY / 2
    march.export("late.csv", LATE)

    folder = march.make(JUNE + DAY, as_of=night)

    assert json.loads((folder / "run.json").read_text("utf-8"))["known_at"] == night.isoformat()
    assert march.make(JUNE + 9 * DAY, as_of=night) == folder


def test_cases_are_not_known_again_under_another_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "k" * 32)
    world.write(CONFIG + "privacy: {key_env: KEY}\n")
    world.export("march.csv", MARCH)
    world.run()
    monkeypatch.setenv("KEY", "l" * 32)
    world.export("april.csv", APRIL)

    assert world.run(JUNE + DAY)["log"]["cases"] == 120  # both files are read again
    world.take_away("march.csv")
    monkeypatch.setenv("KEY", "m" * 32)
    with pytest.raises(ConfigError, match="pseudonyms of another key"):
        world.run(JUNE + 2 * DAY)


def test_in_another_epoch_no_case_has_the_pseudonym_that_it_had(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "k" * 32)
    world.export("march.csv", MARCH)
    named, keys = [], []
    for epoch in (2025, 2026):
        world.write(CONFIG + f"privacy: {{key_env: KEY, epoch: {epoch}}}\n")
        folder = world.make(JUNE + (epoch - 2025) * DAY)
        told = json.loads((folder / "run.json").read_text("utf-8"))
        assert told["config"]["privacy"]["epoch"] == str(epoch)
        version = newest(world.store)
        assert version is not None
        keys += [each["key"] for each in told["inputs"]]
        named.append(set(pl.read_parquet(paths_of(version.batches))["case_id"]))

    assert len(named[0]) == len(named[1]) == 80
    assert not named[0] & named[1]
    assert keys == [next(iter(names)).split(":")[0] for names in named]


def test_a_run_that_is_stopped_changes_nothing_in_store(march: World) -> None:
    from contracts.errors import GateStopped

    march.export("april.csv", "Z1;;;\n" * 2000)

    with pytest.raises(GateStopped):
        march.run(JUNE + DAY)

    assert march.version == 0


def test_a_run_may_wait_for_another(world: World) -> None:
    world.export("march.csv", MARCH)
    job = plan(world.folder / "config.yaml", out=world.folder / "out", now=JUNE)

    with job.store.hold(), pytest.raises(StoreBusy):
        make(job, wait_seconds=0.2)


DAYS = [JUNE - back * DAY for back in (60, 40, 20)]


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of which a run was made for each of some days, in their order."""
    world = World(tmp_path_factory.mktemp("one by one") / "world")
    world.export("march.csv", MARCH)
    world.export("april.csv", APRIL)
    for day in DAYS:
        world.make(as_of=day)
    return world


@pytest.mark.parametrize("order", [(2, 0, 1, 0), (1, 2, 0, 1), (2, 1, 0)])
def test_a_back_fill_is_the_same_in_any_order(
    world: World, one_by_one: World, order: tuple[int, ...]
) -> None:
    world.export("march.csv", MARCH)
    world.export("april.csv", APRIL)
    expected = {day: one_by_one.make(as_of=day).name for day in DAYS}

    made = {DAYS[n]: world.make(as_of=DAYS[n]) for n in order}

    assert {day: folder.name for day, folder in made.items()} == expected
    assert [world.run(as_of=day) for day in DAYS] == [one_by_one.run(as_of=day) for day in DAYS]
    latest = [
        (each.folder / "out" / "test" / "latest").resolve().name for each in (world, one_by_one)
    ]
    assert latest == [expected[DAYS[-1]]] * 2
