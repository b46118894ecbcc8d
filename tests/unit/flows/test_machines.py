# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""In what a worker may not differ, and how that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import EngineError
from flows.machines import Machine, check_same

OURS = Machine(("Python 3.11.9", "polars 2.1.0"), sees_folder=True, key="k1")


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (OURS._replace(versions=("Python 3.12.1", "polars 2.1.0")), "has Python 3.12.1; here it"),
        (OURS._replace(versions=("Python 3.11.9", "polars 2.0.0")), "has polars 2.0.0; here it is"),
        (OURS._replace(sees_folder=False), "does not see there/out."),
        (OURS._replace(key="k2"), "has another key"),
        (OURS._replace(key=None), "has another key"),
    ],
)
def test_a_difference_is_told(theirs: Machine, said: str) -> None:
    with pytest.raises(EngineError, match=f"^The worker at tcp://w:1 {said}") as raised:
        check_same("tcp://w:1", theirs, OURS, Path("there/out"))
    assert raised.value.hint


def test_one_that_is_alike_will_do() -> None:
    check_same("tcp://w:1", OURS, OURS, Path("there/out"))
