# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A defect is told without words; a disk that is full, or a folder that is shut, is none."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from contracts.errors import EngineError, UsageError
from flows.defects import Defect, wordless
from flows.tracking import prefect_server

FULL = Path("/dev/full")
ROWS = pl.DataFrame({"zaak": ["Z1"]})

of_full_disks = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


@of_full_disks
@pytest.mark.parametrize(
    "write",
    [
        lambda: FULL.write_text("Z1"),
        lambda: ROWS.write_parquet(FULL),
        lambda: ROWS.lazy().sink_parquet(FULL),
        lambda: ROWS.write_csv(FULL),
    ],
)
def test_a_full_disk_is_told_as_such(write: Callable[[], object]) -> None:
    with pytest.raises(EngineError, match="A disk is full"):
        wordless(write)()


@of_full_disks
def test_so_it_is_where_something_else_failed_by_it() -> None:
    def report() -> None:
        try:
            FULL.write_text("Z1")
        except OSError:
            raise ValueError("Z1") from None

    with pytest.raises(EngineError, match="A disk is full"):
        wordless(report)()


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may become larger than a mebibyte meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_so_it_is_where_files_may_not_grow_so_large(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="or a file has reached"):
        wordless((tmp_path / "a").write_bytes)(bytes(2 << 20))
    home: dict[Any, Any] = {PREFECT_API_URL: None, PREFECT_HOME: tmp_path}
    with temporary_settings(home), pytest.raises(EngineError, match="or a file has reached"):
        prefect_server.check()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_what_is_shut_to_us_is_told_as_such(number: int) -> None:
    def write() -> None:
        raise OSError(number, os.strerror(number), "/srv/out")

    with pytest.raises(UsageError, match=f"/srv/out cannot be used by .*: {os.strerror(number)}"):
        wordless(write)()


@pytest.mark.parametrize(
    ("name", "use"),
    [("o" * 300, Path.open), ("loop", Path.open), ("loop", lambda path: path.resolve().open())],
)
def test_a_path_that_cannot_be_one_is_told_as_such(
    tmp_path: Path, name: str, use: Callable[[Path], object]
) -> None:
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(UsageError, match=f"{name} is not a usable path: "):
        wordless(use)(tmp_path / name)


def test_what_a_defect_says_of_a_value_is_not_told() -> None:
    name = "Jansen"

    with pytest.raises(Defect) as told:
        wordless(int)(name)

    assert str(told.value) == "ValueError"
    assert "Jansen" not in repr(told.value)
    assert (told.value.__cause__, told.value.__context__) == (None, None)


def test_prefect_is_not_started_where_it_could_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefect_server, "_ITS_DATABASE_MIB", float("inf"))
    home = {PREFECT_HOME: tmp_path / "not there yet", PREFECT_API_URL: None}

    with temporary_settings(home), pytest.raises(EngineError, match=r"full.*/not there yet has no"):
        prefect_server.check()


def test_nor_where_it_may_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "_ITS_DATABASE_MIB", 0)
    home = {PREFECT_HOME: Path("/proc/nowhere"), PREFECT_API_URL: None}

    with temporary_settings(home), pytest.raises(UsageError, match="set PREFECT_HOME"):
        prefect_server.check()


def test_a_defect_tells_where_it_arose_and_no_line_of_whoever_called(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("def asked(do):\n    return do('Z1')\n", "utf-8")
    scope: dict[str, Any] = {}
    exec(compile(script.read_text("utf-8"), str(script), "exec"), scope)

    with pytest.raises(Defect) as caught:
        wordless(scope["asked"])(int)

    assert caught.value.kind == "ValueError"
    assert f'File "{script}", line 2, in asked' in "".join(caught.value.frames)
    assert "Z1" not in "".join(caught.value.frames)
