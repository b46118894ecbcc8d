# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Nothing that tells who somebody is is in any byte that is written, nor is the key.

Commands are processes of their own, of which all that they may write in is a folder here: their
home, their temporary files, Prefect's database and logs, what they say. The exports are elsewhere.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from tests.flow.prefect_home import prefect_home
from tests.flow.sentinels import CASES, SPOKEN_OF, VISIT, case_id, needles, write
from tests.scan import Needles, told
from tests.servers import Database
from tests.unit.ingest.zgw_server import CLIENT, SECRET, serving

pytestmark = pytest.mark.xdist_group("bytes")
ROOT = Path(__file__).parents[2]
KEY = "Qsleutel " * 4
AT = "columns: {case_id: zaaknummer, activity: stap, timestamp: tijdstip, resource: medewerker}"
READ = "case_attributes: [reisdoel, locatie]"
SOURCES = {
    "csv": f"{{path: '%s/export.csv', {AT}, {READ}}}",
    "excel": f"{{path: '%s/*.xlsx', {AT}, {READ}}}",
    "parquet": f"{{path: '%s/export.parquet', {AT}, {READ}}}",
    "xes": f"{{path: '%s/export.xes', {READ}}}",
    "ocel": f"{{path: '%s/export.json', format: ocel, object_type: zaak, {READ}, "
    "columns: {resource: resource}}",
    "zgw": f"{{path: '%s', format: zgw, {READ}}}",
    "sql": f"{{path: '%s', table: export, {AT}, {READ}}}",
    "api": f"{{path: '%s', format: zgw, {READ}, client_id_env: ZGW_CLIENT_ID, "
    "client_secret_env: ZGW_CLIENT_SECRET}",
}
DIALECT_OF = {"sql": "csv", "api": "zgw"}
CONFIG = """
process: {id: p}
sources: [%s]
journey: {start: [Afspraak aangevraagd], end: [Paspoort opgehaald, Aanvraag ingetrokken]}
deadlines: [{id: beslistermijn, rule: {term: P15D, law: none}}]
validation: {rules: {DQ14: {severity: info}}}
analysis: {segments: [reisdoel, locatie]}
privacy: {key_env: HOEKSTEEN_KEY}
"""
HIDDEN = "#########"


EACH = """
import json, sys
from flows.cli import app

codes = []
for arguments in json.loads(sys.argv[1]):
    try:
        app(arguments, prog_name="hoeksteen")
    except SystemExit as ended:
        codes.append(ended.code or 0)
print(json.dumps(codes))
"""


class Scene:
    """A folder in which all is written, and the commands that write in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = {
            name: folder / name.lower()
            for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        }
        for place in (*self.places.values(), folder / "said"):
            place.mkdir(parents=True)
        self.places["PREFECT_HOME"] = prefect_home(folder)

    def config(self, text: str, name: str = "p") -> None:
        (self.folder / f"{name}.yaml").write_text(text)

    def run(self, *arguments: str, code: str = "", stdin: str = "") -> subprocess.CompletedProcess:
        """What a command says is kept among what it writes."""
        module = ["-c", code] if code else ["-m", "flows"]
        secrets = {"HOEKSTEEN_KEY": KEY, "ZGW_CLIENT_ID": CLIENT, "ZGW_CLIENT_SECRET": SECRET}
        done = subprocess.run(
            [sys.executable, *module, *arguments],
            check=False,
            capture_output=True,
            input=stdin.encode(),
            cwd=self.folder,
            env={
                **os.environ,
                **{name: str(place) for name, place in self.places.items()},
                **secrets,
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PREFECT_LOGGING_LEVEL": "DEBUG",  # and kept in Prefect's database
            },
        )
        number = len(list((self.folder / "said").iterdir()))
        (self.folder / "said" / f"{number}.txt").write_bytes(done.stdout + done.stderr)
        return done

    def run_each(
        self, commands: Iterable[list[str]], first: str = ""
    ) -> tuple[list[int], subprocess.CompletedProcess]:
        """How each of some commands ended, in one process, which does ``first`` before them."""
        done = self.run(json.dumps(list(commands)), code=first + EACH)
        return json.loads(done.stdout.splitlines()[-1]), done

    def tells(self) -> set[tuple[str, str]]:
        """What stands in the folder that may not."""
        return told(self.folder, SENTINELS)


def of_key(key: bytes) -> Needles:
    """A key as it is, in hex and in base64."""
    return Needles([key.decode("latin-1"), key.hex(), base64.b64encode(key).decode()])


SENTINELS = needles(list(SOURCES)) | of_key(KEY.encode())


@pytest.fixture(scope="module")
def places(
    tmp_path_factory: pytest.TempPathFactory, database: Database
) -> Iterator[dict[str, str]]:
    """Where the log is, by how it is exported; each with cases of its own."""
    folder = tmp_path_factory.mktemp("exports")
    for export in SOURCES:
        write(export, DIALECT_OF.get(export, export), folder / export)
    database.load(folder / "sql" / "export.csv", times=("tijdstip", "begonnen"))
    with serving(folder / "api", now=time.time() + 600) as api:
        files = {export: str(folder / export) for export in SOURCES}
        yield {**files, "sql": database.trusted, "api": api.zaken}


def of(places: dict[str, str], *exports: str) -> str:
    """The config that reads these exports."""
    return CONFIG % ", ".join(SOURCES[each] % places[each] for each in exports or SOURCES)


DAMAGED = {
    "csv": lambda text: text.replace(b"Qzaak", b'"Qzaak', 900),
    "excel": lambda text: text[: len(text) // 2],
    "parquet": lambda text: text[: len(text) // 2],
    "xes": lambda text: text[: len(text) // 2],
    "ocel": lambda text: text[: len(text) // 2],
    "zgw": lambda text: text[: len(text) // 2],
}


def damaged(places: dict[str, str], export: str, folder: Path) -> dict[str, str]:
    """The same exports, of which one is not whole."""
    for path in Path(places[export]).rglob("*.*"):
        copy = folder / path.relative_to(places[export])
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(DAMAGED[export](path.read_bytes()))
    return {**places, export: str(folder)}


DEFECT = """
from flows.stages import steps

def gather(job, read, whole=steps.gather):
    if job.settings.process.id == "defect":
        raise ValueError("Qzaak-csv-0001: Qachternaam1 <qpost1@qmail.example>")
    return whole(job, read)

steps.gather = gather
"""


class Runs(NamedTuple):
    """Runs in one folder: how each ended, what they said of mistakes, and what stands there."""

    scene: Scene
    codes: list[int]
    said: bytes
    tells: set[tuple[str, str]]


@pytest.fixture(scope="module")
def whole(places: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A run of all exports at once, and after it three that fail."""
    folder = tmp_path_factory.mktemp("whole")
    scene = Scene(folder / "scene")
    stopped = of(places, "csv", "zgw").replace(": {severity: info}", ": {severity: critical}")
    half = of(damaged(places, "xes", folder / "damaged"), "xes")
    scene.config(of(places))
    for name, text in {"stopped": stopped, "half": half, "defect": of(places, "csv")}.items():
        scene.config(text.replace("{id: p}", f"{{id: {name}}}"), name)
    names = ("p", "stopped", "half", "defect")
    codes, done = scene.run_each((["run", f"{name}.yaml"] for name in names), first=DEFECT)
    assert codes[0] == 0, done.stderr.decode()
    return Runs(scene, codes, done.stderr, scene.tells())


class Looked(NamedTuple):
    """Looks at exports in one folder: how each ended, by what was asked, and the same."""

    folder: Path
    codes: dict[str, list[int]]
    said: bytes
    tells: set[tuple[str, str]]


GUESSED = [each for each in SOURCES if each != "sql"]


@pytest.fixture(scope="module")
def looked(places: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """All exports are checked; each also as its config asks too much, or damaged; or guessed at."""
    folder = tmp_path_factory.mktemp("looked")
    scene = Scene(folder / "scene")
    scene.config(of(places), "whole")
    for export in SOURCES:
        scene.config(of(places, export).replace("[reisdoel,", "[reisdoelen,"), export)
    for export in DAMAGED:
        broken = damaged(places, export, folder / export)
        scene.config(of(broken, export), f"damaged-{export}")
    of_the_user = of(places, "csv").replace("privacy: {key_env: HOEKSTEEN_KEY}", "")
    scene.config(of_the_user, "key-of-the-user")
    asked = {
        "check": [["check", f"{name}.yaml"] for name in ("whole", *SOURCES)],
        "damaged": [["check", f"damaged-{export}.yaml"] for export in DAMAGED],
        "init": [["init", places[each], "--out", f"guessed-{each}.yaml"] for each in GUESSED],
        "key": [["check", "key-of-the-user.yaml"]],
    }
    codes, done = scene.run_each(chain.from_iterable(asked.values()))
    ended = iter(codes)
    by_what = {what: [next(ended) for _ in commands] for what, commands in asked.items()}
    return Looked(scene.folder, by_what, done.stderr, scene.tells())


@pytest.mark.flow
def test_a_run_tells_nothing_of_anybody(whole: Runs) -> None:
    assert whole.tells == set()
    findings = json.loads(
        (whole.scene.folder / "out" / "p" / "latest" / "findings.json").read_text()
    )
    # what tells who somebody is is set aside
    assert findings["log"]["cases"] == (CASES - 1) * len(SOURCES)
    names = {path.name for path in whole.scene.folder.rglob("*")}
    assert {"prefect.db", "terms.parquet", "remarks.parquet", "quarantine.parquet"} <= names


@pytest.mark.flow
def test_a_number_of_a_citizen_is_stored_without_its_digits(whole: Runs) -> None:
    stored = pl.concat(
        pl.read_parquet(path, glob=False).select("source", "activity", "case:reisdoel")
        for path in whole.scene.folder.glob("out/p/store/batch=*/*.parquet")
    )
    masked = stored.filter(
        (pl.col("activity") == SPOKEN_OF + HIDDEN)
        | (pl.col("case:reisdoel") == f"{VISIT}{HIDDEN})")
    )

    assert masked["source"].n_unique() == stored["source"].n_unique() == len(SOURCES)
    assert masked["activity"].str.contains(HIDDEN).any()
    assert masked["case:reisdoel"].str.contains(HIDDEN).any()


@pytest.mark.flow
def test_nor_does_forgetting(whole: Runs) -> None:
    gone = [case_id(export, number) for export in ("csv", "xes", "ocel") for number in range(3)]

    done = whole.scene.run("forget", "p.yaml", "-", stdin="\n".join(gone))

    assert done.stdout.decode().split(" rows")[0] != "0"
    assert whole.scene.tells() == set()


def test_nor_does_a_check(looked: Looked) -> None:
    codes = looked.codes["check"]

    assert codes == [0, *(2 for _ in SOURCES)]
    assert looked.said.count(b"reisdoelen") >= len(SOURCES)
    assert looked.tells == set()


def test_nor_does_a_damaged_file(looked: Looked) -> None:
    assert len(looked.codes["damaged"]) == len(DAMAGED)
    assert set(looked.codes["damaged"]) <= {3, 4}
    assert looked.tells == set()


def test_nor_does_the_config_that_is_guessed(looked: Looked) -> None:
    guessed = looked.folder.glob("guessed-*.yaml")

    assert looked.codes["init"] == [0 for _ in GUESSED], looked.said.decode()
    assert {path.stem.removeprefix("guessed-") for path in guessed} == set(GUESSED)
    assert looked.tells == set()


@pytest.mark.flow
def test_nor_does_a_run_that_fails(whole: Runs) -> None:
    """The gate stops it, a file cannot be read, or it meets a defect of ours."""
    assert whole.codes[1:] == [3, 4, 1]
    assert b"This is a defect of hoeksteen" in whole.said
    [account] = whole.scene.folder.rglob("hoeksteen-defect-*.txt")
    assert account.read_text().startswith("ValueError\n")
    assert list(whole.scene.folder.glob("out/stopped/*/quarantine.parquet"))
    assert whole.tells == set()


def test_the_key_of_the_user_is_for_their_eyes_alone(looked: Looked) -> None:
    assert looked.codes["key"] == [0]
    [path] = looked.folder.rglob("hoeksteen/key")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    assert told(looked.folder, of_key(path.read_bytes()), without=[path]) == set()
    assert told(looked.folder, of_key(path.read_bytes())) != set()
