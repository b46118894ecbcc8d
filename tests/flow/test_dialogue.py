# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Answers go from a report into the next one, and none is lost on the way."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contracts.errors import ConfigError, SourceError, UsageError
from tests.flow.test_over_time import DAY, EVERY_FORMAT, World
from tests.flow.test_what_changed import FIRST, JULY, NEW

pytestmark = pytest.mark.xdist_group("dialogue")
QUESTION = "Draagt dit nu volgens jou bij aan excellente dienstverlening?"
WHY, STEP = "Jouw antwoord", "De eerste kleine stap"
NO = "Nee, want …"
BSN = "1234.56.782"


def new_world(folder: Path) -> World:
    world = World(folder, EVERY_FORMAT + "report: {formats: [html, xlsx, ods]}\n")
    world.export("log.csv", FIRST)
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path / "world")


@pytest.fixture(scope="module")
def after_first(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = new_world(tmp_path_factory.mktemp("first") / "world")
    world.make(JULY)
    return world


@pytest.fixture
def begun(after_first: World, tmp_path: Path) -> World:
    """A world of which the first run was made, in July."""
    return after_first.copy(tmp_path / "begun")


def write(run: Path, row: int, **texts: str | None) -> None:
    """Answers in the workbook of a run, as somebody does in a spreadsheet program."""
    named = {"choice": QUESTION, "why": WHY, "step": STEP}
    path = run / "findings.xlsx"
    book = openpyxl.load_workbook(path)
    titles = {cell.value: cell.column for cell in book["Plekken"][1]}
    for name, text in texts.items():
        book["Plekken"].cell(row, titles[named[name]]).value = text
    book.save(path)


def beside(world: World, **keys: Any) -> None:
    """Answers in ``dialogue.yaml``."""
    told = {"from": "brief", "to": "klaar", "day": "2026-05-05", **keys}
    (world.folder / "dialogue.yaml").write_text(json.dumps({"test": [told]}), encoding="utf-8")


def said(run: Path) -> list[str]:
    """The texts of the answers of which a run tells."""
    told = json.loads((run / "run.json").read_text("utf-8"))["answers"]
    return [each["why"] for each in (*told["file"], *told["workbook"])]


def page(run: Path) -> str:
    return (run / "report.nl.html").read_text("utf-8")


def test_an_answer_makes_a_new_report_once(begun: World) -> None:
    first = begun.make(JULY)
    write(first, 2, choice=NO, why="de brief ligt stil", step="bellen")

    second = begun.make(JULY + DAY)

    assert second != first
    assert '<strong lang="nl">Nee, want …</strong> de brief ligt stil' in page(second)
    assert begun.make(JULY + 2 * DAY) == second
    write(second, 2, why="de brief ligt stil")  # saved, but nothing was changed
    assert begun.make(JULY + 3 * DAY) == second


def test_of_two_workbooks_the_one_that_was_saved_last_counts_where_they_differ(
    begun: World,
) -> None:
    first = begun.make(JULY)
    write(first, 2, why="eerst in de ene")
    write(first, 3, why="alleen in de ene")
    with zipfile.ZipFile(first / "findings.ods") as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    begin = '<table:table-cell table:style-name="answer"'
    text = f'{begin} office:value-type="string"><text:p>toen in de andere</text:p>'
    content = parts["content.xml"].replace(f"{begin}/>", f"{text}</table:table-cell>", 1)
    with zipfile.ZipFile(first / "findings.ods", "w") as book:
        for name, part in {**parts, "content.xml": content}.items():
            book.writestr(name, part)

    second = begun.make(JULY + DAY)

    assert sorted(said(second)) == ["alleen in de ene", "toen in de andere"]


def test_a_formula_without_a_value_is_named_and_not_passed_over(begun: World) -> None:
    write(begun.make(JULY), 3, why="=1+1")

    with pytest.raises(UsageError) as refused:
        begun.make(JULY + DAY)

    assert "findings.xlsx, Plekken, cell S3: it holds a formula" in str(refused.value)


def test_an_answer_is_carried_over_with_what_moved_since(begun: World) -> None:
    write(begun.make(JULY), 2, choice=NO, why="de brief ligt stil")
    begun.make(JULY + DAY)
    begun.export("new.csv", NEW)

    later = begun.make(JULY + 2 * DAY)

    told = page(later)
    assert "de brief ligt stil" in told
    assert "Wat jullie zeiden bij het rapport van 5 mei 2026" in told
    assert "Wat er sindsdien is veranderd" in told
    book = openpyxl.load_workbook(later / "findings.xlsx")
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"de brief ligt stil", NO, dt.datetime.fromisoformat("2026-05-05")} <= cells


def test_an_answer_in_either_workbook_or_beside_the_config_is_told(world: World) -> None:
    beside(world, why="uit het bestand")
    first = world.make(JULY)
    assert said(first) == ["uit het bestand"]

    write(first, 2, why="uit de werkmap")
    second = world.make(JULY + DAY)
    assert "uit de werkmap" in page(second)
    assert "uit het bestand" not in page(second)  # of the same day, and the workbook showed it

    beside(world, why="weer uit het bestand", day="2026-06-01")
    assert "weer uit het bestand" in page(world.make(JULY + 2 * DAY))


def test_an_answer_that_is_taken_away_is_gone(begun: World) -> None:
    first = begun.make(JULY)
    write(first, 2, choice=NO, why="liever niet")
    write(first, 3, choice=NO, why="dit wel")
    second = begun.make(JULY + DAY)
    write(second, 2, choice=None, why=None)

    third = begun.make(JULY + 2 * DAY)

    assert said(third) == ["dit wel"]
    assert "liever niet" not in page(third)


def test_an_answer_about_no_stall_is_not_lost(world: World) -> None:
    beside(world, **{"from": "klaar", "to": "in"}, why="ooit gezegd")
    first = world.make(JULY)
    world.export("new.csv", NEW)

    second = world.make(JULY + DAY)

    for run in (first, second):
        section = page(run).partition('id="earlier"')[2]
        assert "ooit gezegd" in section
        assert "ooit gezegd" in {
            cell.value
            for row in openpyxl.load_workbook(run / "findings.xlsx")["Eerdere antwoorden"]
            for cell in row
        }


def test_answers_are_as_much_a_part_of_a_run_as_its_log(begun: World) -> None:
    plain = begun.make(JULY)
    beside(begun, why="nieuw")
    answered = begun.make(JULY + DAY)
    (begun.folder / "dialogue.yaml").unlink()

    assert answered != plain
    assert begun.make(JULY + 2 * DAY) == plain


@pytest.mark.parametrize("text", [BSN, f"mevrouw met bsn {BSN}", "123456782"])
def test_a_number_of_a_citizen_is_refused_and_not_repeated(text: str, begun: World) -> None:
    first = begun.make(JULY)
    write(first, 2, why=text)
    with pytest.raises(UsageError) as in_workbook:
        begun.make(JULY + DAY)
    write(first, 2, why=None)
    beside(begun, who=text, why="so")
    with pytest.raises(ConfigError) as in_file:
        begun.make(JULY + DAY)

    assert "findings.xlsx, Plekken, row 2" in str(in_workbook.value)
    assert "dialogue.yaml: 'test.0.who'" in str(in_file.value)
    assert text not in f"{in_workbook.value} {in_file.value}"


def test_a_text_that_is_too_long_is_refused(begun: World) -> None:
    write(begun.make(JULY), 2, why="x" * 4001)

    with pytest.raises(UsageError, match=r"row 2: an answer is too long"):
        begun.make(JULY + DAY)


def test_a_workbook_that_cannot_be_read_stops_the_run(begun: World) -> None:
    first = begun.make(JULY)
    (first / "findings.ods").write_bytes(b"PK\x03\x04 is no workbook")

    with pytest.raises(SourceError, match=r"findings\.ods is not a whole workbook"):
        begun.make(JULY + DAY)

    (first / "findings.ods").unlink()  # who throws it away has nothing more to say in it
    assert begun.make(JULY + DAY) == first
