# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A workbook as plain data: sheets of rows; the type of a value says how it is shown.

Each sheet is one table that begins in its first cell, with the titles of its columns in one row, so
that a program, a screen reader and a person find the same. What no format allows is mended here.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from contracts.texts import Language

MOST_CHARACTERS = 32_767
"""The most that a cell can hold in Excel."""

_ROOM_TO_ANSWER, _MOST_HEIGHT = 6, 25  # lines of text
_MARGIN = 2  # characters: texts are indented, and not all letters have the same width
_NO_XML = re.compile(r"[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class AtLeast(int):
    """A number that is rounded down."""


class Days(float):
    """How long something takes."""


class Share(float):
    """A part of a whole; 1 is all of it."""


Value = str | int | Days | Share | dt.date | None
ValueKind = Literal["text", "number", "at_least", "days", "share", "date"]
SheetRow = Sequence[Value]


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes:
        title: what its first cell says.
        width: in characters.
        is_answer: whether readers write in it; what they write is taken as text.
        choices: the sheet whose first column has the choices for this column, if there is one.
    """

    title: str
    width: int = 13
    is_answer: bool = False
    choices: str | None = None


class Line(NamedTuple):
    """A row of cells, and how many lines of text the longest of them takes.

    Not every program works that out by itself.
    """

    values: tuple[Value, ...]
    height: int


@dataclass(frozen=True)
class Sheet:
    """A table: its name, its columns, its rows, and how many columns stay in sight."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    in_sight: int = 0

    @property
    def has_answers(self) -> bool:
        """Whether readers write in it."""
        return any(column.is_answer for column in self.columns)

    def lines(self) -> Iterator[Line]:
        """The titles and then the rows, with texts that any format allows."""
        yield self._line([column.title for column in self.columns], 1)
        for row in self.rows:
            yield self._line(row, _ROOM_TO_ANSWER if self.has_answers else 1)

    def _line(self, row: SheetRow, least: int) -> Line:
        values = tuple(plain(value) if isinstance(value, str) else value for value in row)
        texts = zip(values, self.columns, strict=True)
        heights = (_height(text, column.width) for text, column in texts if isinstance(text, str))
        return Line(values, min(max(least, *heights, 1), _MOST_HEIGHT))


@dataclass(frozen=True)
class Workbook:
    """Sheets, and what a program asks of a document: its title, its language and its time."""

    title: str
    language: Language
    made_by: str
    of: dt.datetime
    sheets: tuple[Sheet, ...]

    def choices(self, sheet: str) -> tuple[str, ...]:
        """The choices for a column: the first column of ``sheet``."""
        rows = next(each for each in self.sheets if each.name == sheet).rows
        return tuple(str(first) for first, *_ in rows)


def value_kind(value: str | float | dt.date) -> ValueKind:
    """The kind of a value."""
    match value:
        case str():
            return "text"
        case AtLeast():
            return "at_least"
        case Days():
            return "days"
        case Share():
            return "share"
        case dt.date():
            return "date"
        case _:
            return "number"


def _height(text: str, width: int) -> int:
    room = width - _MARGIN
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, len(textwrap.wrap(line, room))) for line in text.split("\n"))


def plain(text: str) -> str:
    """``text`` with a mark for what XML does not allow, and no longer than a cell can hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    units = text.encode("utf-16-le")  # programs count in these units
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", errors="ignore") + "…"
