# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is wrong is told in a line that says what to do; what is right is left as it was."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import http.server
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import prefect
import pytest
from packaging.requirements import Requirement
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from contracts.errors import SourceError
from flows.commands.doctor import examine, exit_code
from flows.commands.forget import forget
from flows.health import surroundings
from flows.health.symptoms import Symptom, examined
from flows.journey import make
from flows.planning import plan
from flows.tracking import prefect_server
from ingest.privacy.pseudonyms import own_key_path
from ingest.storage.places import Folder, place_of
from tests.flow.test_bad_input import LOG

CONFIG = """
process: {id: p}
sources: [{path: in/*.csv, columns: {case_id: zaak, activity: stap, timestamp: tijd}}]
journey: {end: [klaar]}
"""
ODBC = CONFIG.replace("in/*.csv", "odbc://x, table: t, password_env: NOT_SET")
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
KEY = b"sleutel " * 4


class Scene:
    """A folder in which a run can be made, unless somebody breaks something."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.config, self.store = folder / "p.yaml", ""
        self.config.write_text(CONFIG)
        (folder / "in").mkdir()
        (folder / "in" / "Jansen.csv").write_text(LOG)
        own_key_path().parent.mkdir(parents=True)
        own_key_path().write_bytes(KEY)
        own_key_path().chmod(0o600)

    def says(self) -> list[Symptom]:
        with temporary_settings({PREFECT_API_URL: None}):
            return list(examine([self.config], self.out, self.store or None))

    def amiss(self) -> list[Symptom]:
        return [each for each in self.says() if each.level != "ok"]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    for variable in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    (tmp_path / "scene").mkdir()
    return Scene(tmp_path / "scene")


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.name != ".hold"}


def test_where_all_is_well_nothing_is_amiss_and_nothing_is_left(scene: Scene) -> None:
    before = files(scene.folder.parent)

    told = scene.says()

    assert [each.line(0) for each in told if each.level != "ok"] == []
    assert exit_code(told) == 0
    assert files(scene.folder.parent) == before
    assert [each.found for each in told if each.what == "p: sources"] == ["1 file, 0.0 MiB"]


def test_after_a_run_it_tells_of_it(scene: Scene) -> None:
    folder = make(plan(scene.config, out=scene.out, now=NOW))
    before = files(scene.folder)

    told = {each.what: each.found for each in scene.says()}

    assert told["p: last run"] == f"{folder.name}, 0.0 hours ago"
    assert told["p: store"] == f"{folder.parent}/store holds 1 file, and can be written to"
    assert files(scene.folder) == before


def lose_a_file(scene: Scene) -> None:
    next((scene.out / "p" / "store").glob("batch=*/*")).unlink()


def cut_a_file_short(scene: Scene) -> None:
    path = next((scene.out / "p" / "store").glob("batch=*/*"))
    path.write_bytes(path.read_bytes()[:-9])


def garble_a_file(scene: Scene) -> None:
    path = next((scene.out / "p" / "store").glob("batch=*/*"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(len(whole) // 3) + whole[4 + len(whole) // 3 :])


def cut_a_commit_short(scene: Scene) -> None:
    [path] = (scene.out / "p" / "store" / "_delta_log").glob("*.json")
    path.write_bytes(path.read_bytes()[:99])


@pytest.mark.parametrize(
    "damage", [lose_a_file, cut_a_file_short, garble_a_file, cut_a_commit_short]
)
def test_a_store_that_is_damaged_is_told(scene: Scene, damage: Callable[[Scene], None]) -> None:
    make(plan(scene.config, out=scene.out, now=NOW))
    damage(scene)
    with pytest.raises(SourceError, match="is damaged"):
        make(plan(scene.config, out=scene.out, now=NOW, as_of=NOW))
    with pytest.raises(SourceError, match="is damaged"):
        forget(scene.config, ["Z1"], scene.out, None)
    if damage != garble_a_file:  # which only shows when it is read
        assert ("p: store", 4) in [(each.what, each.exit_code) for each in scene.amiss()]


Break = Callable[[Scene], object]


def write(text: str) -> Break:
    return lambda scene: scene.config.write_text(text)


def of_key(content: bytes, mode: int = 0o600) -> Break:
    def break_(_: Scene) -> None:
        own_key_path().write_bytes(content)
        own_key_path().chmod(mode)

    return break_


def give(**what: object) -> Break:
    return lambda scene: scene.__dict__.update(what)


@pytest.mark.parametrize(
    ("break_", "what", "code", "said"),
    [
        (lambda s: s.config.unlink(), "p.yaml", 2, "There is no config file"),
        (write("["), "p.yaml", 2, "is not valid YAML at line 1"),
        (write(CONFIG.replace("end:", "ends:")), "p.yaml", 2, "Did you mean 'end'?"),
        (lambda s: (s.folder / "in" / "Jansen.csv").unlink(), "p: sources", 4, "no in/*.csv"),
        (of_key(b"short"), "p: key", 2, "is damaged"),
        (of_key(KEY, 0o644), "p: key", 0, "which others can read  chmod 600"),
        (lambda _: own_key_path().unlink(), "p: key", 0, "the first run makes one in"),
        (write(CONFIG + "privacy: {key_env: NOT_SET}"), "p: key", 2, "NOT_SET is not set"),
        (write(ODBC), "p: variables", 2, "not set: NOT_SET  The sources in the config name them"),
        (write(CONFIG + "privacy: {pseudonymise: []}"), "p: key", 0, "Ids are kept as they are"),
        (give(store="ftp://x"), "p.yaml", 2, "There cannot be a store at ftp://"),
        (give(store="/proc/nowhere/store"), "p: store", 2, "Nothing can be written in /proc"),
        (give(out=Path("/proc/nowhere")), "out", 2, "/proc: "),
    ],
)
def test_what_is_wrong_is_one_line(
    scene: Scene, break_: Break, what: str, code: int, said: str
) -> None:
    break_(scene)

    first, *others = scene.amiss()

    assert first.what.endswith(what)
    assert said in first.line(0)
    assert first.exit_code == code
    assert "\n" not in first.line(0)
    assert {each.what for each in others} <= {"p: store", "disk of out"}  # in the same folder


def test_a_source_that_may_not_be_read_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    can = os.access  # of root all can be read
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK and can(path, mode))

    told = [each for each in scene.says() if each.level == "FAIL"]
    found = [(each.what, each.found, each.exit_code) for each in told]
    assert found == [("p: sources", "1 file cannot be read", 4)]


def test_a_disk_without_file_locks_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)  # as on some network file systems

    told = {each.what: each for each in scene.amiss()}

    assert told["file locks"].level == "FAIL"
    assert told["file locks"].hint.endswith("or give another --out.")


def test_a_key_that_cannot_be_made_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")

    told = [each for each in scene.says() if each.level == "FAIL"]

    assert [(each.what, each.exit_code) for each in told] == [("p: key", 2)]
    assert "Nothing can be written in /proc" in told[0].found
    assert "name that in privacy.key_env" in told[0].hint


def test_prefect_that_cannot_keep_what_it_knows_is_told(scene: Scene) -> None:
    with temporary_settings({PREFECT_HOME: Path("/proc/nowhere")}):
        failed = [each for each in scene.says() if each.level == "FAIL"]

    assert [(each.what, each.exit_code) for each in failed] == [("prefect", 2)]


def test_nor_has_room_for_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "_ITS_DATABASE_MIB", float("inf"))

    failed = [each for each in scene.says() if each.level == "FAIL"]

    assert [(each.what, each.exit_code) for each in failed] == [("prefect", 4)]


def test_a_file_where_a_folder_should_be_is_told(scene: Scene) -> None:
    scene.out.write_text("a file")

    assert [each.what for each in scene.amiss() if each.level == "FAIL"] == ["out", "p: store"]


@pytest.mark.parametrize("folder", ["p", "p/store"])
def test_a_run_that_is_at_work_is_told(scene: Scene, folder: str) -> None:
    with Folder(scene.out / folder).hold():
        [told] = scene.amiss()

    assert (told.level, "a run is using it now" in told.found) == ("warn", True)
    assert scene.amiss() == []


def test_a_store_in_a_bucket_is_tried_out(scene: Scene, bucket: str) -> None:
    scene.store = f"{bucket}/p"
    assert scene.amiss() == []
    with place_of(scene.store, scene.folder / "here").hold():
        [told] = scene.amiss()
    assert "a run is using it now" in told.found

    scene.store = "s3://no-such-bucket/p"
    assert {(each.level, each.exit_code) for each in scene.amiss()} == {("FAIL", 4)}


def test_neither_a_key_nor_the_name_of_an_export_is_told(scene: Scene) -> None:
    told = " ".join(each.line(0) for each in scene.says())

    assert "Jansen" not in told
    assert KEY.decode() not in told


@contextmanager
def answering(version: str, settings: object) -> Iterator[str]:
    """The URL of what answers as a server of Prefect, to who asks its version and its settings."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            told = version if self.path.endswith("version") else json.dumps(settings)
            self.wfile.write(told.encode())

        def log_message(self, *_: object) -> None:
            """Not here."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield f"http://me:geheim@127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()
        serving.join()


def on(driver: str | None) -> object:
    return {"server": {"database": {"driver": driver}}}


@pytest.mark.parametrize(
    ("version", "settings", "level", "said"),
    [
        (f'"{prefect.__version__}"', on(None), "ok", f"is {prefect.__version__}"),
        (f'"{prefect.__version__}"', on("postgresql+asyncpg"), "ok", "on postgresql+asyncpg"),
        ('"3.7.9"', on(None), "warn", "is 3.7.9, and hoeksteen has"),
        ('"3.8.8"', "moved", "FAIL", "does not answer as Prefect does (TypeError)"),
        ('"3.8.8"', {"server": {}}, "FAIL", "does not answer as Prefect does (KeyError)"),
        ("<html>", on(None), "FAIL", "does not answer as Prefect does (JSONDecodeError)"),
    ],
)
def test_what_a_server_answers_is_told(
    version: str, settings: object, level: str, said: str
) -> None:
    with answering(version, settings) as url, temporary_settings({PREFECT_API_URL: url}):
        [told] = surroundings.prefect()

    assert told.level == level
    assert said in told.found
    assert told.exit_code == (4 if level == "FAIL" else 0)
    assert "geheim" not in told.line(0)


def test_where_no_server_is_that_is_told() -> None:
    with answering("", None) as url:
        pass
    with temporary_settings({PREFECT_API_URL: url}):
        [told] = surroundings.prefect()

    assert (told.level, told.exit_code, "does not answer" in told.found) == ("FAIL", 4, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fastapi<0.1", "The server of Prefect 3.8 does not start with another version."),
        ("no-such-library>=1", "not installed, but >=1 is needed"),
        ("click>=1", ""),
    ],
)
def test_a_library_that_does_not_fit_is_told(asked: str, said: str) -> None:
    told = [each.line(0) for each in surroundings.library(Requirement(asked))]

    assert len(told) == bool(said)
    assert all(said in each for each in told)


def test_an_examination_of_a_link_to_itself_says_so(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    def look() -> Iterator[Symptom]:
        try:
            (tmp_path / "loop").touch()
            yield from ()
        except OSError as error:
            raise RuntimeError from error  # as pathlib does, before Python 3.13

    [told] = examined("x", look)

    assert (told.level, told.exit_code) == ("FAIL", 2)
    assert "loop is not a usable path" in told.found


def test_an_examination_of_what_is_shut_names_it() -> None:
    def look() -> Iterator[Symptom]:
        raise PermissionError(errno.EACCES, "Permission denied", "/root/.prefect/profiles.toml")

    [told] = examined("x", look)

    assert (told.level, told.exit_code) == ("FAIL", 2)
    assert "/root/.prefect/profiles.toml cannot be used" in told.found


def test_an_examination_that_fails_tells_its_kind_alone() -> None:
    def look() -> Iterator[Symptom]:
        raise KeyError("Jansen")

    [told] = examined("x", look)

    assert (told.level, told.exit_code) == ("FAIL", 1)
    assert told.found == "It cannot be checked (KeyError)."
