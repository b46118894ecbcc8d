# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A workbook as plain data: sheets of rows, in which what a value is says how it is shown.

Each sheet is one table that begins in its first cell, with the names of its columns in one row, so
that a program, a screen reader and a person find the same. What no format can hold is mended here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.settings import Language

MOST_CHARACTERS = 32_767
"""That a cell can hold, in Excel."""

_NO_XML = re.compile(r"[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Days(float):
    """How long something takes."""


class Share(float):
    """A part of a whole, 1 is all of it."""


Value = str | int | Days | Share | dt.date | None
Kind = Literal["text", "number", "days", "share", "date"]
Row = Sequence[Value]


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes:
        title: what its first cell says.
        width: in characters.
        is_answer: whether a reader writes in it; what is written there is taken as text.
        choices: the sheet whose first column holds what may be chosen here, if there is one.
    """

    title: str
    width: int = 13
    is_answer: bool = False
    choices: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A table: its name, its columns, its rows; so many columns stay in sight."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    in_sight: int = 0

    def lines(self) -> Iterator[tuple[Value, ...]]:
        """The titles and then the rows, each text as any format can hold it."""
        for line in ([column.title for column in self.columns], *self.rows):
            yield tuple(plain(value) if isinstance(value, str) else value for value in line)


@dataclass(frozen=True)
class Workbook:
    """Sheets with what a program asks of a document: its title, its language, when it is of."""

    title: str
    language: Language
    made_by: str
    of: dt.datetime
    sheets: tuple[Sheet, ...]

    def choices(self, sheet: str) -> tuple[str, ...]:
        """What may be chosen: the first column of a sheet."""
        lines = next(each for each in self.sheets if each.name == sheet).lines()
        return tuple(str(value) for value, *_ in lines)[1:]


def kind(value: str | float | dt.date) -> Kind:
    """What a value is."""
    match value:
        case str():
            return "text"
        case Days():
            return "days"
        case Share():
            return "share"
        case dt.date():
            return "date"
        case _:
            return "number"


def height(values: Row, columns: Sequence[Column]) -> int:
    """How many lines of text a row needs, which not every program finds out by itself."""
    return max(
        sum(1 + len(line) // column.width for line in value.split("\n"))
        if isinstance(value, str)
        else 1
        for value, column in zip(values, columns, strict=True)
    )


def plain(text: str) -> str:
    """``text`` with a mark for what XML has no place for, and no longer than a cell can be."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    units = text.encode("utf-16-le")  # a program counts in these
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", errors="ignore") + "…"
