# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the gate writes, and what it keeps to itself."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from contracts.errors import EngineError
from contracts.verdict import QUARANTINE, Verdict
from tests.unit.validation.logs import NOW, SETTINGS, Row, case, row, table, written
from validation.gate import judge

LATE = 24 * 31
BAD = [
    *case("secret-case"),
    row("secret-case", None, LATE),
    row(None, "work"),
    row("secret-case", "work", 1, source="a.csv"),
    row("other-secret", "work", None, resource="secret-person", team="secret-team"),
]


@pytest.fixture
def judged(tmp_path: Path) -> tuple[Verdict, Path]:
    return judge([written(BAD, tmp_path)], SETTINGS, NOW, tmp_path), tmp_path


def test_the_quarantine_names_every_reason(judged: tuple[Verdict, Path]) -> None:
    expected = [
        ("log.csv", 2, "secret-case", ["DQ18"]),
        ("log.csv", 4, "secret-case", ["C03", "DQ03"]),
        ("log.csv", 5, None, ["C02"]),
        ("log.csv", 7, "other-secret", ["C04"]),
    ]
    written_rows = pl.read_parquet(judged[1] / "quarantine.parquet")
    assert_frame_equal(written_rows, pl.DataFrame(expected, schema=QUARANTINE, orient="row"))
    assert judged[0].quarantined_rows == 4
    assert judged[0].quarantined_cases == 2


def test_an_empty_quarantine_has_its_columns(tmp_path: Path) -> None:
    judge([written(case("p"), tmp_path)], SETTINGS, NOW, tmp_path)
    assert_frame_equal(
        pl.read_parquet(tmp_path / "quarantine.parquet"), pl.DataFrame(schema=QUARANTINE)
    )


MANY = [row(f"p{n:02}", "work", None) for n in range(10)]


def page_of(folder: Path, name: str = "index") -> str:
    return (folder / "validation" / "docs" / f"{name}.html").read_text(encoding="utf-8")


def test_a_verdict_of_no_small_group_is_written_as_it_is_returned(tmp_path: Path) -> None:
    verdict = judge([written([*case("p"), *MANY], tmp_path)], SETTINGS, NOW, tmp_path)
    text = (tmp_path / "validation" / "verdict.json").read_text(encoding="utf-8")
    assert Verdict.model_validate_json(text) == verdict
    assert "Set aside: 10 (rows), of 10 (cases)" in page_of(tmp_path)
    assert "10 unexpected values found" in page_of(tmp_path, "results")


def test_small_counts_are_returned_but_not_written(tmp_path: Path) -> None:
    rows = [*case("p"), *MANY, row("q", "work", 24 * 31), *(row("p", None, n) for n in range(12))]
    verdict = judge([written(rows, tmp_path)], SETTINGS, NOW, tmp_path)
    exact = {each.id: (each.rows, each.cases) for each in verdict.rules}
    text = (tmp_path / "validation" / "verdict.json").read_text(encoding="utf-8")
    told = {each["id"]: (each["rows"], each["cases"]) for each in json.loads(text)["rules"]}
    assert (exact["DQ03"], exact["C03"], exact["C04"]) == ((1, 1), (12, 1), (10, 10))
    hidden = dict.fromkeys(("DQ03", "C03", "C04"), (None, None))  # C04: else 2 cases are the rest
    assert told == exact | hidden
    assert page_of(tmp_path).count(">not shown</td>") == 6
    assert "unexpected values found" not in page_of(tmp_path, "results")


def test_a_log_of_few_rows_is_not_counted(judged: tuple[Verdict, Path]) -> None:
    text = (judged[1] / "validation" / "verdict.json").read_text(encoding="utf-8")
    assert not re.search(r'(rows|cases)": [1-9]', text)
    assert "Rows that were judged: not shown." in page_of(judged[1])


@pytest.mark.parametrize("part_rows", [3, 100])
def test_sources_may_have_attributes_of_their_own(part_rows: int, tmp_path: Path) -> None:
    folder = tmp_path / "out[1]"
    folder.mkdir()
    paths = [folder / "a.parquet", folder / "b.parquet"]
    table(case("p")).write_parquet(paths[0])
    table(case("q")).drop("case:region").with_columns(
        pl.lit("b.csv").alias("source"), pl.lit("x").alias("case:kind")
    ).write_parquet(paths[1])
    source = SETTINGS.sources[0]
    other = source.model_copy(update={"case_attributes": ("kind",)})
    settings = SETTINGS.model_copy(update={"sources": (source, other)})
    verdict = judge(paths, settings, NOW, folder, part_rows=part_rows)
    assert (verdict.success, verdict.rows, verdict.failed) == (True, 6, ())


def test_nothing_else_is_written(judged: tuple[Verdict, Path]) -> None:
    files = {str(path.relative_to(judged[1])) for path in judged[1].rglob("*") if path.is_file()}
    pages = {f"validation/docs/{name}.html" for name in ("index", "results", "expectations")}
    definitions = {
        "validation/expectations/event_log.json",
        "validation/validation_definitions/gate.json",
        "validation/checkpoints/gate.json",
    }
    kept = {"candidates.parquet", "quarantine.parquet", "validation/verdict.json"}
    kept.add("validation/remarks.parquet")
    assert files == kept | pages | definitions


def test_no_value_of_a_cell_leaves(judged: tuple[Verdict, Path]) -> None:
    pages = [page for page in (judged[1] / "validation").rglob("*.*") if page.is_file()]
    assert not [page for page in pages if b"secret" in page.read_bytes()]


UNTIMED = [row(f"q{number}", "work", None, is_day=None) for number in range(40)]


@pytest.mark.parametrize("untimed", [[], UNTIMED])
@pytest.mark.parametrize(("dates", "is_told"), [(1, False), (9, False), (10, True)])
def test_a_share_of_few_rows_is_not_told(
    dates: int, untimed: list[Row], tmp_path: Path, *, is_told: bool
) -> None:
    """It is of the rows that have a time, which may be fewer than all."""
    whole = [each for number in range(50) for each in case(f"p{number}", number)]
    rows = [{**each, "is_day": number < dates} for number, each in enumerate(whole)]

    judge([written(rows + untimed, tmp_path)], SETTINGS, NOW, tmp_path)

    of_dates = page_of(tmp_path, "results").partition("only a date")[2]
    assert (str(dates / len(rows))[:6] in of_dates) is is_told


def test_a_name_that_looks_like_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    end = "<script>alert('x')</script>"
    journey = SETTINGS.journey.model_copy(update={"end": (end,)})
    settings = SETTINGS.model_copy(update={"journey": journey})
    judge([written(case("p"), tmp_path)], settings, NOW, tmp_path)
    for page in ("index", "results", "expectations"):
        assert "<script>" not in page_of(tmp_path, page)
        assert "&lt;script&gt;" in page_of(tmp_path, page)


QUIET = """
import socket, sys, datetime, pathlib
def refuse(*_, **__): raise OSError("a connection was attempted")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import validation
assert "great_expectations" not in sys.modules
from validation.gate import judge
from tests.unit.validation.logs import NOW, SETTINGS
assert not judge([pathlib.Path(sys.argv[1])], SETTINGS, NOW, pathlib.Path(sys.argv[2])).success
"""


class Worked:
    """Has every piece of work fail, and counts how often it was asked."""

    def __init__(self, failure: Exception) -> None:
        self.failure, self.asked = failure, 0

    def __call__(self, _do: object, _items: object) -> list[object]:
        self.asked += 1
        raise self.failure


def test_what_keeps_the_work_from_being_done_is_told_and_nothing_is_tried_again(
    tmp_path: Path,
) -> None:
    lost = Worked(EngineError("There are no workers any more."))
    with pytest.raises(EngineError, match="no workers"):
        judge([written(case("p"), tmp_path)], SETTINGS, NOW, tmp_path, each=lost)

    full = Worked(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(RuntimeError, match="could not compute") as told:
        judge([written(case("p"), tmp_path)], SETTINGS, NOW, tmp_path, each=full)
    assert told.value.__cause__ is full.failure
    assert (lost.asked, full.asked) == (1, 1)


def test_a_run_is_offline_silent_and_tidy(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    root = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", QUIET, written(BAD, tmp_path), out],
        cwd=elsewhere,
        env={"PYTHONPATH": str(root), "TMPDIR": str(elsewhere), "HOME": str(elsewhere)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(elsewhere.iterdir()) == []
