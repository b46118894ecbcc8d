# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is asked on a terminal, of one that is real."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.config import load
from flows.cli import app
from tests.checked import checked
from tests.workbooks import xlsx

STEPS = (("10", "a"), ("11", "b"))
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


Start = Callable[[Sequence[str], int], int]
"""Runs a command on a terminal, and gives its exit code."""


def here(arguments: Sequence[str], terminal: int) -> int:
    """In this process: another would be busy with its imports above all."""
    with (
        open(terminal, closefd=False) as typed,
        open(terminal, "w", buffering=1, closefd=False) as shown,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", typed)
        patch.setattr(sys, "stdout", shown)
        patch.setattr(sys, "stderr", shown)
        try:
            app(arguments, prog_name="hoeksteen")
        except SystemExit as ended:
            return int(ended.code or 0)
    return 0


def elsewhere(arguments: Sequence[str], terminal: int) -> int:
    """In a process of its own."""
    command = [sys.executable, "-m", "flows", *arguments]
    done = subprocess.run(command, stdin=terminal, stdout=terminal, stderr=terminal, check=False)
    return done.returncode


def init(*arguments: str, typed: str, start: Start = here) -> tuple[int, str]:
    """The exit code, and what is seen on a terminal where ``typed`` is typed."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    with ThreadPoolExecutor(1) as beside:
        shown = beside.submit(seen, ours)
        try:
            exit_code = start(["init", *arguments], theirs)
        finally:
            os.close(theirs)
    os.close(ours)
    return exit_code, shown.result().decode()


def seen(terminal: int) -> bytes:
    """All that is shown on a terminal until nobody writes there any more."""
    shown = b""
    try:
        while block := os.read(terminal, 4096):
            shown += block
    except OSError:  # how the end of a terminal is told
        pass
    return shown


def write(name: str, header: str) -> None:
    rows = [
        f"Z{case};{step};{day} {9 + hour}:00;{day} {8 + hour}:{case:02}"
        for case in range(30)
        for day in [f"2026-{1 + case // 28:02}-{1 + case % 28:02}"]
        for hour, step in enumerate(("Aanvraag", "Toets", "Besluit verzonden"))
    ]
    Path(name).write_text("\n".join([header, *rows, ""]))


def test_a_column_that_cannot_be_told_is_asked_for() -> None:
    write("log.csv", "k1;k2;k3;k4")

    exit_code, shown = init("log.csv", typed="7\nx\n2\n", start=elsewhere)

    assert exit_code == 0
    assert "Which column is when it was done?" in shown
    assert shown.count("A number, or enter for 1:") == 3
    assert "TODO" not in shown
    source = load(Path("log.yaml")).sources[0]
    assert source.columns.timestamp == "k4"
    assert "timestamp: k4  # your answer" in Path("log.yaml").read_text()
    assert "Z1" not in shown
    assert checked(Path("log.yaml")).success


def test_enter_takes_the_proposal_and_so_does_the_end_of_input() -> None:
    for name, typed in (("a.csv", "\n"), ("b.csv", "\x04")):
        write(name, "k1;k2;k3;k4")

        init(name, typed=typed)

    columns = [load(Path(f"{name}.yaml")).sources[0].columns.timestamp for name in "ab"]
    assert columns == ["k3", "k3"]


def test_the_sheet_and_the_end_are_asked_for() -> None:
    rows = [("zaaknummer", "stap", "tijdstip")]
    for case in range(12):  # all at once, so that no silence tells of an end
        rows += [(f"Z{case}", step, f"2026-01-01 {hour}:{case:02}") for hour, step in STEPS]
    xlsx(Path("log.xlsx"), {"uitleg": [("x", "y")] * 50, "zaken": rows})

    exit_code, shown = init("log.xlsx", typed="2\n1\n")

    assert exit_code == 0
    assert "1  uitleg  (50 lines)" in shown
    assert "With which activity does a case end?" in shown
    settings = load(Path("log.yaml"))
    assert (settings.sources[0].sheet, settings.journey.end) == ("zaken", ("b",))


def test_sheets_that_are_called_after_persons_are_not_told() -> None:
    header = ("zaaknummer", "stap", "tijdstip")
    rows = [
        (f"Z{case}", step, f"2026-01-02 {hour}:00") for case in range(12) for hour, step in STEPS
    ]
    sheets = {
        "Uitleg": [("x", "y")] * 3,
        "Mevr. Canary": [header, *rows],
        "123456782": [header, *rows],
    }
    xlsx(Path("log.xlsx"), sheets)

    exit_code, shown = init("log.xlsx", typed="1\n1\n")

    config = Path("log.yaml").read_text()
    assert exit_code == 0
    assert "1  table 1  (25 lines)" in shown
    assert "TODO: The name of a sheet looks like a value" in shown
    assert "    sheet:  # TODO" in config
    assert "# TODO sheet: of the next one" in config
    assert len(load(Path("log.yaml")).sources) == 2
    assert not [each for each in ("Canary", "123456782") if each in config + shown]


def test_sheets_of_the_same_columns_are_sources_of_their_own() -> None:
    header = ("zaaknummer", "stap", "tijdstip")
    sheets = {
        str(year): [
            header,
            *(
                (f"Z{year}{case:02}", step, f"{year}-01-{1 + case % 28:02} {hour}:00")
                for case in range(20 + year - 2024)
                for hour, step in STEPS
            ),
        ]
        for year in (2024, 2025)
    }
    xlsx(Path("log.xlsx"), sheets)

    exit_code, shown = init("log.xlsx", typed="1\n")

    first, second = load(Path("log.yaml")).sources
    assert (exit_code, first.sheet, second.sheet) == (0, "2025", "2024")
    assert "Which sheet" not in shown
    assert second == first.model_copy(update={"sheet": "2024"})
    assert checked(Path("log.yaml")).rows == 41 * len(STEPS)
    assert "events of 41 cases" in Path("log.yaml").read_text()


def test_nothing_is_asked_where_all_is_told() -> None:
    write("log.csv", "zaaknummer;stap;tijdstip;begonnen")

    exit_code, shown = init("log.csv", typed="")

    assert (exit_code, shown.split()) == (0, ["log.yaml"])
