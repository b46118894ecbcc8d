# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A folder is there whole or not at all, whoever else makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.settling import whole


def test_it_is_there_when_all_is_written(tmp_path: Path) -> None:
    with whole(tmp_path / "1") as aside:
        (aside / "a").write_text("x")
        assert not (tmp_path / "1").exists()

    assert [path.name for path in tmp_path.rglob("*")] == ["1", "a"]


def test_of_what_failed_nothing_is_left(tmp_path: Path) -> None:
    def fail() -> None:
        with whole(tmp_path / "1") as aside:
            (aside / "a").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not [*tmp_path.iterdir()]


def test_the_first_of_two_stays(tmp_path: Path) -> None:
    with whole(tmp_path / "1") as late, whole(tmp_path / "1") as first:
        (first / "a").write_text("first")
        (late / "a").write_text("late")

    assert (tmp_path / "1" / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_who_comes_back_after_the_end_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole(tmp_path / "gone" / "1"):
        pytest.fail("there is nothing to write in")

    assert not [*tmp_path.iterdir()]


def test_a_file_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("x")

    with pytest.raises(NotADirectoryError), whole(tmp_path / "1") as aside:
        (aside / "a").write_text("x")
