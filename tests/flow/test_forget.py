# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases that are forgotten, and those that ended too long ago to be kept."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from contracts.errors import ConfigError
from flows.cli import app
from flows.commands.forget import Forgotten
from ingest.privacy.pseudonyms import Pseudonymiser, of_epoch
from ingest.storage.places import Folder
from ingest.storage.store import newest
from tests.flow.test_over_time import CONFIG, DAY, JUNE, MARCH, World, rows
from tests.unit.ingest.test_zgw import TYPES, saved, status, zaak

pytestmark = pytest.mark.xdist_group("forget")
KEY = "k" * 32
TERM = "deadlines: [{id: snel, rule: {term: P3W, law: none}}]\n"
KEYED = CONFIG + TERM + "privacy: {key_env: KEY}\n"
GONE = ("Z3", "Z60")
KEYS = (Pseudonymiser(KEY.encode()), Pseudonymiser(of_epoch(KEY.encode(), "2026")))
"""That of the config, and that of its epoch 2026."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KEY", KEY)
    world = World(tmp_path / "world", KEYED)
    world.export("march.csv", MARCH)
    return world


@pytest.fixture(scope="module")
def after_march(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("march") / "world", KEYED)
    world.export("march.csv", MARCH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEY", KEY)
        world.run()
    return world


@pytest.fixture
def begun(after_march: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of which a run was made."""
    monkeypatch.setenv("KEY", KEY)
    return after_march.copy(tmp_path / "begun")


def forget(world: World, *cases: str, stdin: str | bytes | None = None) -> str:
    config, out = str(world.folder / "config.yaml"), str(world.folder / "out")
    done = CliRunner().invoke(app, ["forget", config, *cases, "--out", out], input=stdin)
    return f"{done.exit_code} {done.output}"


def test_cases_are_forgotten_under_the_key_that_runs_have(
    begun: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER", "m" * 32)

    told = forget(begun, "Z3", "--set", "privacy.key_env=OTHER")

    assert "The store has no case for 1 of the numbers" in told


def holding(world: World) -> set[str]:
    """The files among all runs in which a forgotten case is named; those of the store as one."""
    ids = Pseudonymiser(KEY.encode()).of("case", pl.Series(GONE))
    found = set()
    for path in (world.folder / "out").rglob("*"):
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path, glob=False)
            if "case_id" in frame.columns and frame["case_id"].is_in(ids.to_list()).any():
                found.add("store" if path.parent.name.startswith("batch=") else path.name)
        elif path.is_file() and any(id_ in path.read_text("utf-8", "replace") for id_ in ids):
            found.add(path.name)
    return found


def test_a_forgotten_case_is_nowhere_and_does_not_come_back(begun: World) -> None:
    first = begun.run()
    begun.export("march.csv", MARCH + rows(0, 10, "brief", days=1))
    begun.run(JUNE + DAY)
    assert holding(begun) >= {"store", "terms.parquet"}

    told = forget(begun, *GONE)

    assert told == (
        "0 Removed 4 rows from the store, and these cases from the files of 2 runs. No run takes "
        "them in again.\n"
    )
    # the list of what may not come back is all that is left
    assert holding(begun) == {"00000000000000000002.json"}
    second = begun.run(JUNE + 2 * DAY)
    begun.export("march.csv", MARCH)
    third = begun.run(JUNE + 3 * DAY)
    assert (first["log"]["cases"], second["log"]["cases"], third["log"]["cases"]) == (80, 78, 78)
    assert all(name.endswith(".json") for name in holding(begun))


def test_what_was_known_earlier_is_known_without_them(begun: World) -> None:
    begun.export("april.csv", rows(80, 120, "in"))
    begun.run(JUNE + DAY)
    forget(begun, "Z3")

    assert begun.run(JUNE + 2 * DAY, as_of=JUNE + DAY / 2)["log"]["cases"] == 79


def test_cases_may_come_from_stdin_and_need_not_be_there(begun: World) -> None:
    both = forget(begun, "-", stdin="\ufeffZ3\n\n Z999 \n")
    again = forget(begun, "Z3")

    assert both.startswith("0 Removed 2 rows from the store")
    unknown = "The store has no case for 1 of the numbers. Check how they are written"
    assert f"again. {unknown}" in both
    assert again.startswith(f"0 {unknown}")


@pytest.mark.parametrize(
    ("rows", "runs", "says"),
    [
        (1, 1, "Removed 1 row from the store, and these cases from the files of 1 run. No run"),
        (2, 0, "Removed 2 rows from the store, and these cases from the files of 0 runs. No run"),
    ],
)
def test_one_is_one(rows: int, runs: int, says: str) -> None:
    assert Forgotten(rows, runs).told.startswith(says)


def test_a_number_may_be_written_as_excel_guards_it(begun: World) -> None:
    assert forget(begun, '="Z3"').startswith("0 Removed 2 rows from the store")


def test_of_all_epochs_that_there_were_it_is_gone(begun: World) -> None:
    begun.write(KEYED.replace("key_env: KEY", "key_env: KEY, epoch: '2026'"))
    begun.run(JUNE + DAY)
    first, second = (each.of("case", pl.Series(["Z3"])).item() for each in KEYS)
    assert knows(begun, first)
    assert knows(begun, second)

    told = forget(begun, "Z3")

    assert "under another key" not in told
    assert not knows(begun, first)
    assert not knows(begun, second)
    begun.write(KEYED)
    assert begun.run(JUNE + 2 * DAY)["log"]["cases"] == 79


def test_what_another_key_hides_is_said(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name = Pseudonymiser(KEY.encode()).key_id
    monkeypatch.setenv("KEY", "l" * 32)

    told = forget(begun, "Z3")

    assert f"What was read with another key ({name}) may still hold them" in told


def test_a_number_that_the_config_hides_is_written_nowhere(begun: World) -> None:
    begun.write(KEYED.replace("key_env: KEY", "key_env: KEY, pseudonymise: [resource]"))
    begun.run(JUNE + DAY)
    begun.write(KEYED)
    begun.run(JUNE + 2 * DAY)

    told = forget(begun, "Z3")

    assert "under another key" not in told
    assert not knows(begun, "Z3")
    version = newest(begun.store)
    assert version is not None
    assert version.forgotten == {(KEYS[0].key_id, KEYS[0].of("case", pl.Series(["Z3"])).item())}
    begun.write(KEYED.replace("key_env: KEY", "key_env: KEY, epoch: '2026'"))
    with pytest.raises(ConfigError, match="forgotten under another key"):
        begun.run(JUNE + 3 * DAY)
    forget(begun, "Z3")
    assert begun.run(JUNE + 3 * DAY)["log"]["cases"] == 79


def knows(world: World, case: str) -> bool:
    """Whether any table of the store or of a run has a case."""
    tables = (world.folder / "out").rglob("*.parquet")
    frames = (pl.read_parquet(path, glob=False) for path in tables)
    return any((frame["case_id"] == case).any() for frame in frames if "case_id" in frame.columns)


@pytest.mark.parametrize(
    ("cases", "stdin"), [(("",), None), (("onbekend",), None), (("Z3", " "), None), (("-",), "\n")]
)
def test_an_empty_number_is_refused(
    world: World, cases: tuple[str, ...], stdin: str | None
) -> None:
    assert forget(world, *cases, stdin=stdin).startswith("2 hoeksteen: A case number is empty")


def test_a_number_that_is_no_text_is_refused(world: World) -> None:
    in_windows_1252 = "Z3é".encode("cp1252")
    told = forget(world, "-", stdin=in_windows_1252)

    assert told.startswith("2 hoeksteen: A case number is not text in UTF-8.")


def test_without_a_store_there_is_nothing_to_forget(world: World) -> None:
    assert forget(world, "Z3").startswith("2 hoeksteen: There is no store in ")


def test_another_key_would_bring_them_back(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(begun, "Z3")
    monkeypatch.setenv("KEY", "l" * 32)

    with pytest.raises(ConfigError, match="forgotten under another key"):
        begun.run(JUNE + DAY)
    forget(begun, "Z4")
    with pytest.raises(ConfigError, match=r"march\.csv still has cases that were forgotten"):
        begun.run(JUNE + DAY)
    forget(begun, "Z3")
    assert begun.run(JUNE + DAY)["log"]["cases"] == 78


def test_without_pseudonyms_they_would_come_back_too(begun: World) -> None:
    forget(begun, "Z3")
    begun.write(KEYED.replace("key_env: KEY", "key_env: KEY, pseudonymise: [resource]"))

    with pytest.raises(ConfigError, match="still has cases that were forgotten"):
        begun.run(JUNE + DAY)

    forget(begun, "Z3")
    assert begun.run(JUNE + DAY)["log"]["cases"] == 79


def test_cases_that_ended_too_long_ago_are_removed(begun: World) -> None:
    page = begun.folder / "out" / "test" / "latest" / "report.en.html"
    assert "are kept no more" not in page.read_text("utf-8")
    begun.write(KEYED + "store: {retention: P80D}\n")
    horizon = JUNE - 80 * DAY  # 13 March
    ended = [n for n in range(50) if dt.date(2026, 3, 8) + DAY * (n % 28) < horizon.date()]

    found = begun.run()

    assert found["log"]["cases"] == 80 - len(ended) == 70
    shown = page.read_text("utf-8")
    assert "Cases that ended before 13 March 2026 are no longer kept, as the config asks." in shown
    assert "Take care" not in shown
    ids = Pseudonymiser(KEY.encode()).of("case", pl.Series([f"Z{n}" for n in ended]))
    assert not any(knows(begun, case) for case in ids)
    version = newest(begun.store)
    assert version is not None
    assert version.forgotten == frozenset()
    later = begun.run(JUNE + DAY)
    assert later["log"]["cases"] < 70
    told = json.loads((begun.make(JUNE + DAY) / "run.json").read_text("utf-8"))
    assert told["inputs"][0]["rows"] == later["log"]["events"]


def test_a_case_leaves_the_store_once_it_should_be_destroyed(world: World) -> None:
    day = dt.date(2999, 1, 1)  # an export is read today, whenever that is
    moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
    due = [
        zaak(str(n), archiefnominatie="vernietigen", archiefactiedatum=str(day)) for n in range(3)
    ]
    others = [zaak(str(n)) for n in range(3, 40)]
    set_ = [
        status(str(n), f"2026-03-{day:02}T1{n % 9}:00:00Z", type_)
        for n in range(40)
        for day, type_ in ((2, "s"), (9, "b"))
    ]
    saved(world.folder, *due, *others, *set_, *TYPES)
    world.write(
        "process: {id: test}\nsources: [{path: log, format: zgw}]\n"
        "journey: {end: [Besloten]}\nprivacy: {key_env: KEY}\n"
    )
    assert world.run(moment)["log"]["cases"] == 40
    saved(world.folder, status("5", "2026-03-12T10:00:00Z"))
    world.run(moment + DAY / 4)
    assert _rows(world) == 81
    ids = [f"517439943 {n}" for n in range(3)]
    names = Pseudonymiser(KEY.encode()).of("case", pl.Series(ids)).to_list()
    assert sum(_has(path, names) for path in world.store.files()) == 2

    found = world.run(moment + DAY)

    assert (found["log"]["cases"], _rows(world)) == (37, 75)
    assert not any(_has(path, names) for path in world.store.files())
    version = newest(world.store)
    assert version is not None
    assert version.batches[0].staged.left_out == {"destroyed": 3}
    assert world.run(moment + DAY) == found
    assert world.run(moment + 2 * DAY) == found


def _rows(world: World) -> int:
    version = newest(world.store)
    assert version is not None
    return sum(batch.staged.rows for batch in version.batches)


def _has(path: Path, cases: list[str]) -> bool:
    return bool(pl.read_parquet(path, glob=False)["case_id"].is_in(cases).any())


def test_nor_is_what_a_run_that_was_broken_off_had_brought(world: World) -> None:
    brought = world.folder / "out" / "test" / ".landing" / "api" / "pages"
    brought.mkdir(parents=True)
    (brought / "zaken-1.json").write_text('[{"identificatie": "Z3"}]')

    told = forget(world, "Z3")

    assert told.startswith("2 hoeksteen: There is no store in ")
    assert not list((world.folder / "out").rglob("*.json"))


def test_while_the_first_run_is_made_it_says_that_one_is_there(world: World) -> None:
    with Folder(world.folder / "out" / "test").hold():
        assert forget(world, "Z3").startswith("5 hoeksteen: Another run is working in ")
