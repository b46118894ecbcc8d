# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is asked to end, ends, whatever it is at."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import click
import pytest

from flows.commands.sentences import Sentences

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
AT_IT = """
import signal
def at_it():
    signal.raise_signal(signal.SIGTERM)
    done.append("it")
"""


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Also where the tests themselves were told to ignore them, as below ``nohup``."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("file", "done_first"), [("<frozen importlib._bootstrap>", ["it"]), ("ours.py", [])]
)
def test_a_signal_ends_what_goes_on_but_no_import_halfway(file: str, done_first: list[str]) -> None:
    done: list[str] = []
    names = {"done": done}
    exec(compile(AT_IT, file, "exec"), names)

    @click.group(cls=Sentences)
    def app() -> None: ...

    @app.command()
    def work() -> None:
        names["at_it"]()  # type: ignore[operator]
        time.sleep(10)
        done.append("all")

    with pytest.raises(SystemExit) as ended:
        app(["work"], standalone_mode=False)

    assert (ended.value.code, done) == (128 + signal.SIGTERM, done_first)


@pytest.mark.parametrize("number", SIGNALS)
def test_what_a_library_makes_of_a_signal_is_no_defect(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.group(cls=Sentences)
    def app() -> None: ...

    @app.command()
    def work() -> None:
        try:
            signal.raise_signal(number)
        except BaseException:  # as pydantic does
            raise ValueError from None

    with pytest.raises(SystemExit) as ended:
        app(["work"], standalone_mode=False)

    assert ended.value.code == 128 + number
    assert capsys.readouterr().err == "hoeksteen: Stopped before it was done.\n"
