# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where a workbook has room for answers, and what was written there."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.dialogue import WORDS, Answer, Place, Said, one_line, said_of
from contracts.errors import UsageError
from contracts.findings import QUESTION, Bottleneck
from reporting.words.speech import Speech, sentence
from reporting.words.vocabulary import ANSWERS
from reporting.workbooks.workbook import Column, Value

CHOICES = sentence("Answers")
_MARK = sentence("mark of the place (leave it as it is)")
_ANSWERED_ON = sentence("answered at the report of")
_MIDNIGHT = " 00:00:00"  # is added when a day that was written as a date is read
_AS_WORD: dict[Said, re.Pattern[str]] = {
    "yes": re.compile(r"(?:ja|yes)(?:,? (?:want|because)|[,.:;]|$)[ …]*", re.IGNORECASE),
    "no": re.compile(r"(?:nee|no)(?:,? (?:want|because)|[,.:;]|$)[ …]*", re.IGNORECASE),
}


@dataclass(frozen=True)
class Asked:
    """A row with room for an answer: about which place, what it says now, whether it is a stall."""

    place: Place
    said: Answer | None
    is_stall: bool


@dataclass(frozen=True)
class Written:
    """What a reader wrote in such a row: the cell with the choice, and four texts."""

    line: int
    room: Asked
    choice: str
    texts: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the answer was removed."""
        return not (self.choice or any(self.texts))


def stall(found: Bottleneck) -> Place:
    """What identifies a bottleneck in later reports."""
    return found.from_, found.to, found.kind


def stalls(found: Iterable[Bottleneck]) -> list[Place]:
    """What identifies each of many bottlenecks."""
    return [stall(each) for each in found]


def mark(place: Place) -> str:
    """A mark that identifies a place, whatever its name in whatever language."""
    return hashlib.sha256(json.dumps(place).encode()).hexdigest()[:12]


def asked(places: Sequence[Place], answers: Sequence[Answer]) -> dict[str, Asked]:
    """All rows with room for an answer, by their mark: stalls and former stalls."""
    often = Counter(place[:2] for place in places)
    rooms: dict[str, Asked] = {}
    for start, end, kind in places:
        told_apart_by = kind if often[start, end] > 1 else None
        room = Asked((start, end, told_apart_by), said_of(answers, start, end, kind), is_stall=True)
        rooms.setdefault(mark((start, end, kind)), room)
    for answer in answers:
        if not any(answer.is_of(*place) for place in places):
            rooms.setdefault(mark(answer.place), Asked(answer.place, answer, is_stall=False))
    return rooms


def answer_columns(speech: Speech) -> tuple[Column, ...]:
    """The columns for the answer, for its day, and for the mark of the place."""
    question = beside(QUESTION.nl, QUESTION.en, speech)
    return (
        Column(question, 30, is_answer=True, choices=speech.say(CHOICES)),
        Column(speech.say("Your answer"), 44, is_answer=True),
        Column(speech.say("The first small step"), 30, is_answer=True),
        Column(speech.say("Who"), 16, is_answer=True),
        Column(speech.say("When"), 14, is_answer=True),
        Column(speech.say(_ANSWERED_ON), 14),
        Column(speech.say(_MARK), 14),
    )


def answer_cells(mark_: str, said: Answer | None, speech: Speech) -> tuple[Value, ...]:
    """The content of those columns."""
    if said is None:
        return *(None,) * 6, mark_
    choice = said.answer and choices(speech)[said.answer]
    return choice, *(text or None for text in said.words), said.day, mark_


def beside(dutch: str, english: str, speech: Speech) -> str:
    """The Dutch question or answer; in another language with the translation beside it."""
    return dutch if speech.language == "nl" else f"{dutch} ({english})"


def choices(speech: Speech) -> dict[Said, str]:
    """The possible answers."""
    return {said: beside(dutch, english, speech) for said, dutch, english in ANSWERS}


def read(
    cells: pl.DataFrame, name: str, rooms: Mapping[str, Asked], speech: Speech
) -> list[Written]:
    """The rows of a sheet whose content is no longer what we wrote there.

    Args:
        cells: the sheet, every cell a text, its columns in any order.
        name: the name of the sheet in errors.
        rooms: the rows that the sheet had, by their mark.
        speech: in the language of the workbook.

    Raises:
        UsageError: a column with answers is missing.
    """
    titles = [column.title for column in answer_columns(speech)]
    lines = [[one_line(cell or "") for cell in line] for line in cells.iter_rows()]
    top = next((n for n, line in enumerate(lines) if set(titles) <= set(line)), None)
    if top is None:
        raise UsageError(
            f"{name}: a column with answers is not there any more, or is called otherwise.",
            f"These must stand in one row: {', '.join(titles)}.",
        )
    places = [lines[top].index(title) for title in titles]
    written = []
    for number, line in enumerate(lines[top + 1 :], top + 2):
        choice, *texts, _, mark_ = (line[place].removesuffix(_MIDNIGHT) for place in places)
        if mark_ in rooms:
            now = Written(number, rooms[mark_], choice, tuple(texts))
            if (choice, *texts) != _stood(now.room, speech):
                written.append(now)
    return written


def _stood(room: Asked, speech: Speech) -> tuple[str, ...]:
    cells = answer_cells("", room.said, speech)[:5]
    return tuple(str(cell or "") for cell in cells)


def answer_of(written: Written, day: dt.date, speech: Speech) -> Answer:
    """What a reader wrote, as an answer to the report of ``day``."""
    start, end, kind = written.room.place
    said, rest = _chosen(written.choice, speech)
    why, *others = written.texts
    texts = dict(zip(WORDS, (" ".join(filter(None, (rest, why))), *others), strict=True))
    place = {"from": start, "to": end, "kind": kind}
    newest = max(day, written.room.said.day) if written.room.said else day
    return Answer.model_validate({**place, "day": newest, "answer": said, **texts})


def _chosen(text: str, speech: Speech) -> tuple[Said | None, str]:
    """What was chosen, and what was written after it."""
    for said, choice in choices(speech).items():
        if text.startswith(choice):
            return said, text.removeprefix(choice).strip()
    for word, pattern in _AS_WORD.items():
        begin = pattern.match(text)
        if begin:
            return word, text[begin.end() :]
    return None, text
