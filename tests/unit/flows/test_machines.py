# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""In what a worker may not differ, and how that is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contracts.errors import EngineError
from contracts.settings import Privacy
from flows.machines import Asked, Machine, check_here, check_same

OURS = Machine(("Python 3.11.9", "polars 2.1.0"), key="k1")


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (
            OURS._replace(versions=("Python 3.12.1", "polars 2.1.0")),
            "has Python 3.12.1; the process",
        ),
        (
            OURS._replace(versions=("Python 3.11.9", "polars 2.0.0")),
            "has polars 2.0.0; the process",
        ),
        (OURS._replace(key="k2"), "has another key"),
        (OURS._replace(key=None), "has another key"),
    ],
)
def test_a_difference_is_told(theirs: Machine, said: str) -> None:
    with pytest.raises(EngineError, match=f"^A worker on node7 {said}") as raised:
        check_same("node7", theirs, OURS)
    assert raised.value.hint


def test_one_that_is_alike_will_do() -> None:
    check_same("node7", OURS, OURS)


def test_one_that_has_no_key_is_refused(tmp_path: Path) -> None:
    asked = Asked(OURS, tmp_path, (), Privacy(key_env="NOBODY_SET_THIS"), tmp_path / "p.yaml")

    with pytest.raises(EngineError, match=r"^A worker on .* cannot make pseudonyms\. .*NOBODY_SET"):
        check_here(asked)


def test_one_that_does_not_see_the_folder_is_refused(tmp_path: Path) -> None:
    privacy = Privacy(pseudonymise=())
    asked = Asked(OURS, tmp_path, (tmp_path / "gone",), privacy, tmp_path / "p.yaml")

    with pytest.raises(EngineError, match=r"does not see .*gone"):
        check_here(asked)


def test_one_that_may_not_write_in_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(OURS, tmp_path, (), Privacy(pseudonymise=()), tmp_path / "p.yaml")
    # what a read-only disk says; whoever is root may write in any other folder
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (tmp_path, os.W_OK))

    with pytest.raises(EngineError, match=r"^A worker on .* cannot write in"):
        check_here(asked)
