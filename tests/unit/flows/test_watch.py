# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is new and still is told, until there is a run of it; what is not, is not."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import ConfigError, GateStopped, SourceError
from flows.journey import make
from flows.planning import plan
from flows.watch import MEMORY, keep, look
from ingest.storage.objects import opened
from tests.flow.test_bad_input import LOG

START = dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)
EVERY = 5  # minutes
CONFIG = """
process: {id: p}
sources: [{path: %s, format: csv, columns: {case_id: zaak, activity: stap, timestamp: tijd}}]
journey: {end: [klaar]}
schedule: {watch: PT5M}
"""


class Scene:
    """A watched folder, at so many minutes after the first look."""

    def __init__(self, folder: Path, path: str = "in/*.csv") -> None:
        self.folder, self.minute = folder, 0.0
        self.config = folder / "p.yaml"
        self.config.write_text(CONFIG % path)
        (folder / "in").mkdir(exist_ok=True)

    @property
    def now(self) -> dt.datetime:
        return START + dt.timedelta(minutes=self.minute)

    def put(self, name: str = "a.csv", text: str = LOG) -> None:
        path = self.folder / "in" / name
        path.write_text(text)
        moment = self.now.timestamp()
        os.utime(path, (moment, moment))

    def looks(self, minutes: float = EVERY) -> bool:
        """Whether a look, so long after the last one, is told of."""
        self.minute += minutes
        seen = look(self.config, out=self.folder / "out", now=self.now)
        keep(seen)
        return seen.is_news

    def run(self) -> None:
        make(plan(self.config, out=self.folder / "out", now=self.now))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_what_is_still_is_told_once_and_is_taken_by_a_run(scene: Scene) -> None:
    assert [scene.looks(), scene.looks()] == [False, False]
    scene.put()
    assert [scene.looks(), scene.looks(), scene.looks()] == [False, True, False]
    scene.run()
    assert not any(scene.looks() for _ in range(50))


def test_what_is_in_a_run_already_is_not_told(scene: Scene) -> None:
    scene.put()
    scene.run()

    assert not any(scene.looks() for _ in range(5))


def test_a_file_that_is_still_being_copied_is_let_alone(scene: Scene) -> None:
    for part in range(1, 5):
        scene.put(text=LOG[: len(LOG) * part // 5])
        assert not scene.looks()
    scene.put()

    assert [scene.looks(), scene.looks()] == [False, True]


def test_two_looks_at_once_do_not_make_it_still(scene: Scene) -> None:
    scene.put()

    assert [scene.looks(), scene.looks(0.01), scene.looks(0.01)] == [False, False, False]
    assert scene.looks()


def test_what_nothing_comes_of_is_told_again_less_and_less_often(scene: Scene) -> None:
    scene.put()

    told = [scene.looks() for _ in range(40)]

    assert [number for number, is_told in enumerate(told) if is_told] == [1, 3, 7, 15, 31]
    assert [scene.looks(minutes=60 * 24) for _ in range(9)] == [True] * 9


def test_without_its_memory_it_looks_anew(scene: Scene) -> None:
    scene.put()
    assert [scene.looks(), scene.looks()] == [False, True]
    (scene.folder / "out" / "p" / MEMORY).write_text("{")

    assert [scene.looks(), scene.looks()] == [False, True]


def test_a_log_that_the_gate_stopped_is_told_when_it_is_mended(scene: Scene) -> None:
    scene.put(text=LOG.replace("-03-2026 10:00", " maart"))
    assert [scene.looks(), scene.looks()] == [False, True]
    with pytest.raises(GateStopped):
        scene.run()
    assert not any(scene.looks() for _ in range(20))

    scene.put()
    assert [scene.looks(), scene.looks()] == [False, True]


def test_what_is_as_it_was_before_the_last_run_is_told(scene: Scene) -> None:
    for text in (LOG, LOG.replace("Z1;", "Z99;")):
        scene.put(text=text)
        scene.run()
    scene.put()

    assert [scene.looks(), scene.looks()] == [False, True]


def test_files_that_went_are_no_export(scene: Scene) -> None:
    for name in ("a.csv", "b.csv"):
        scene.put(name)
    scene.run()

    for name in ("a.csv", "b.csv"):
        (scene.folder / "in" / name).unlink()
        assert not any(scene.looks() for _ in range(5))


def test_an_event_and_the_memory_name_no_file(scene: Scene) -> None:
    scene.put("Jansen 900112.csv")
    scene.looks()

    kept = (scene.folder / "out" / "p" / MEMORY).read_text()
    assert sorted(json.loads(kept)) == ["digest", "due", "pause"]
    assert "Jansen" not in kept


@given(arrives=st.integers(0, 5), changes=st.lists(st.booleans(), min_size=8, max_size=8))
def test_it_is_never_told_in_the_look_that_sees_it_change(
    arrives: int, changes: list[bool], tmp_path_factory: pytest.TempPathFactory
) -> None:
    scene = Scene(tmp_path_factory.mktemp("scene"))
    for number, is_changed in enumerate(changes):
        if number == arrives or (number > arrives and is_changed):
            scene.put(text=LOG[: -number or None])
            assert not scene.looks()
        else:
            scene.looks()


def test_an_object_is_known_by_its_version(tmp_path: Path, bucket: str) -> None:
    scene = Scene(tmp_path, f"'{bucket}/in/*.csv'")
    assert not scene.looks()
    scene.put()
    opened(bucket)[0].put(tmp_path / "in" / "a.csv", "in/a.csv")

    assert [scene.looks(), scene.looks(), scene.looks()] == [False, True, False]
    scene.run()
    assert not any(scene.looks() for _ in range(5))
    scene.put(text=LOG.replace("Z1;", "Z99;"))
    opened(bucket)[0].put(tmp_path / "in" / "a.csv", "in/a.csv")
    assert [scene.looks(), scene.looks()] == [False, True]


def test_a_config_that_is_not_watched_says_so(scene: Scene) -> None:
    scene.config.write_text((CONFIG % "in/*.csv").replace("watch: PT5M", "cron: '0 6 * * *'"))

    with pytest.raises(ConfigError, match=r"'schedule\.watch' is missing"):
        scene.looks()


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no in/a\.csv"):
        Scene(tmp_path, "in/a.csv").looks()
