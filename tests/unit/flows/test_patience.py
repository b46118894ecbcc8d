# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may pass is tried again, what is wrong is not."""

from __future__ import annotations

import pytest

from contracts.errors import ConfigError, SourceError
from flows import patience
from flows.patience import patient


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSES_SECONDS", (0, 0, 0))


def failing(times: int, error: Exception, cause: Exception | None = None):
    """Fails so many times, then gives how often it was tried."""
    tries = []

    @patient
    def do() -> int:
        tries.append(1)
        if len(tries) <= times:
            raise error from cause
        return len(tries)

    return do, tries


WORLD = SourceError("log.csv cannot be read.", "Is it there?")


@pytest.mark.parametrize("cause", [OSError("reset"), ConnectionError(), TimeoutError()])
def test_the_world_is_given_time(cause: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    do, _ = failing(3, WORLD, cause)

    assert do() == 4
    assert capsys.readouterr().err == "log.csv cannot be read. It will be tried again.\n" * 3


def test_in_the_end_it_fails() -> None:
    do, tries = failing(9, WORLD, OSError("reset"))

    with pytest.raises(SourceError):
        do()
    assert len(tries) == 4


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (WORLD, None),
        (WORLD, ValueError()),
        (WORLD, FileNotFoundError()),
        (WORLD, PermissionError()),
        (ConfigError("wrong"), OSError()),
        (ZeroDivisionError(), None),
    ],
)
def test_what_would_fail_again_is_not_tried_again(
    error: Exception, cause: Exception | None
) -> None:
    do, tries = failing(1, error, cause)

    with pytest.raises(type(error)):
        do()
    assert len(tries) == 1
