# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is written in a workbook is read back: all of it, and nothing that was not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import fastexcel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.dialogue import Answer
from contracts.errors import UsageError
from reporting.words.speech import Speech
from reporting.workbooks.answers import Asked, Written, answer_of, asked, read, stalls
from reporting.workbooks.book import write_books
from tests.unit.reporting import sample

ZONE = ZoneInfo("Europe/Amsterdam")
NL, EN = Speech("nl", ZONE), Speech("en", ZONE)
MAY = dt.date(2026, 5, 1)
A, B, C, D, *_ = sample.STEPS
NAMED = {"from": A, "to": B}
WORDS = st.text(max_size=40)


def answer(**keys: object) -> Answer:
    return Answer.model_validate({**NAMED, "day": MAY, "answer": "no", **keys})


def workbook(out, answers, language="nl", format_="xlsx"):
    """A workbook with these answers in it; its sheets by their name."""
    asked_for = sample.settings(report={"formats": [format_], "languages": [language]})
    facts = replace(sample.facts(), answers=tuple(answers))
    write_books(sample.shown(settings=asked_for, facts=facts), out)
    book = fastexcel.read_excel(out / f"findings.{format_}")
    return {
        name: book.load_sheet(name, header_row=None, dtypes="string").to_polars()
        for name in book.sheet_names
    }


@pytest.fixture
def places():
    return stalls(sample.findings().bottlenecks)


@pytest.mark.parametrize("format_", ["xlsx", "ods"])
@pytest.mark.parametrize("speech", [NL, EN], ids=["nl", "en"])
def test_what_we_wrote_ourselves_is_nothing_new(format_, speech, tmp_path, places):
    start, end, _ = places[0]
    told = [
        answer(**{"from": start, "to": end}, why="=1+1", step="bel", who="Jan", when="1-2"),
        answer(why="nergens meer"),
    ]

    sheets = workbook(tmp_path, told, speech.language, format_)

    for name in map(speech.say, ("Places", "Earlier answers")):
        assert read(sheets[name], "book", asked(places, told), speech) == []
    assert len(sheets[speech.say("Earlier answers")]) == 2  # with its header


@settings(max_examples=15, deadline=None)
@given(why=WORDS, step=WORDS, who=WORDS, when=WORDS)
def test_whatever_was_answered_stands_there_again(tmp_path_factory, why, step, who, when):
    places = stalls(sample.findings().bottlenecks)
    start, end, _ = places[1]
    told = [answer(**{"from": start, "to": end}, why=why, step=step, who=who, when=when)]

    for format_ in ("xlsx", "ods"):
        sheets = workbook(tmp_path_factory.mktemp("book"), told, format_=format_)
        empty = [replace(room, said=None) for room in asked(places, told).values()]
        rooms = dict(zip(asked(places, told), empty, strict=True))

        (written,) = read(sheets["Plekken"], "book", rooms, NL)
        assert answer_of(written, MAY, NL) == told[0]


def test_a_place_with_two_stalls_has_an_answer_for_each():
    places = [(A, B, "capacity"), (A, B, "rework"), (C, D, "capacity")]

    rooms = asked(places, [answer(kind="rework", why="one")])

    assert [room.place for room in rooms.values()] == [*places[:2], (C, D, None)]
    assert [room.said and room.said.why for room in rooms.values()] == [None, "one", None]


def test_what_is_no_stall_any_more_keeps_its_answer():
    gone = answer(why="gone")

    rooms = asked([(C, D, None)], [gone])

    assert [(room.place, room.is_stall, room.said) for room in rooms.values()] == [
        ((C, D, None), True, None),
        ((A, B, None), False, gone),
    ]


@pytest.mark.parametrize(
    ("speech", "choice", "said", "why"),
    [
        (NL, "Ja, want …", "yes", "omdat"),
        (NL, "Nee, want …", "no", "omdat"),
        (NL, "Dat weet ik nog niet, eerst zoeken we uit …", "unknown", "omdat"),
        (NL, "Nee, want … het duurt", "no", "het duurt omdat"),
        (NL, "Nee, want het duurt", "no", "het duurt omdat"),
        (NL, "ja", "yes", "omdat"),
        (NL, "Nee.", "no", "omdat"),
        (NL, "Jaren geleden al", None, "Jaren geleden al omdat"),
        (NL, "", None, "omdat"),
        (EN, "Nee, want … (No, because …)", "no", "omdat"),
        (EN, "No, because it takes long", "no", "it takes long omdat"),
        (EN, "No idea", None, "No idea omdat"),
    ],
)
def test_a_choice_may_be_finished_in_its_own_cell(speech, choice, said, why):
    room = Asked((A, B, None), said=None, is_stall=True)

    told = answer_of(Written(2, room, choice, ("omdat", "", "", "")), MAY, speech)

    assert (told.answer, told.why) == (said, why)


def test_an_answer_that_is_changed_is_never_older_than_it_was():
    later = dt.date(2026, 6, 1)
    room = Asked((A, B, None), said=answer(day=later), is_stall=True)

    told = answer_of(Written(2, room, "", ("anders", "", "", "")), MAY, NL)

    assert told.day == later


def test_columns_may_be_moved_and_rows_put_above(tmp_path, places):
    sheet = workbook(tmp_path, [])["Plekken"]
    moved = sheet.select(reversed(sheet.columns)).fill_null("x")
    above = moved.clear(n=3)

    written = read(above.vstack(moved), "book", asked(places, []), NL)

    assert {each.line for each in written} == {5, 6, 7, 8, 9}
    assert {each.texts for each in written} == {("x", "x", "x", "x")}


def test_a_column_that_is_gone_is_told(tmp_path, places):
    sheet = workbook(tmp_path, [])["Plekken"]

    with pytest.raises(UsageError, match="book: a column with answers is not there any more"):
        read(sheet.select(sheet.columns[:-1]), "book", asked(places, []), NL)
