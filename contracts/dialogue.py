# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The answers of a team to the question at the end of each stall; nothing is computed from them."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from contracts.attributes import Name
from contracts.config import parse
from contracts.errors import ConfigError
from contracts.findings import Kind
from contracts.mistakes import Document, refusal
from contracts.models import Model, in_text

FILE = "dialogue.yaml"
MOST_CHARACTERS = 4000
Said = Literal["yes", "no", "unknown"]
WORDS = ("why", "step", "who", "when")
"""The keys of an answer that hold a text."""

Place = tuple[str, str | None, Kind | None]


def one_line(text: str) -> str:
    """``text`` without invisible characters, and with one space between words."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _said(value: object) -> object:
    """Turns true and false back into yes and no, which YAML takes for those."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _short(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"write at most {MOST_CHARACTERS} characters")
    return one_line(text)


Words = Annotated[str, BeforeValidator(in_text), AfterValidator(_short)]


class Answer(Model):
    """The answer of a team on the wait between two steps, to the report of ``day``.

    ``end`` is null if no case was ever seen to go on; ``kind`` tells two stalls of one place apart.
    ``why``, the first small ``step``, ``who`` takes it and ``when`` are in their own words.
    """

    start: Name = Field(alias="from")
    end: Name | None = Field(default=None, alias="to")
    kind: Kind | None = None
    day: dt.date
    answer: Annotated[Said | None, BeforeValidator(_said)] = None
    why: Words = ""
    step: Words = ""
    who: Words = ""
    when: Words = ""

    @model_validator(mode="after")
    def _says_something(self) -> Answer:
        if not (self.answer or any(self.words)):
            raise ValueError("nothing is answered; write answer, why or step")
        return self

    @property
    def place(self) -> Place:
        """The place and kind of stall that it is about."""
        return self.start, self.end, self.kind

    @property
    def words(self) -> tuple[str, ...]:
        """The texts of ``WORDS``."""
        return tuple(getattr(self, name) for name in WORDS)

    def is_of(self, start: str, end: str | None, kind: Kind | None) -> bool:
        """Whether it is about a stall."""
        return (self.start, self.end) == (start, end) and self.kind in (None, kind)


class Answers(Model):
    """All answers: those in a ``file`` beside the config, and in the ``workbook`` of reports."""

    file: tuple[Answer, ...] = ()
    workbook: tuple[Answer, ...] = ()

    @property
    def newest(self) -> tuple[Answer, ...]:
        """The newest answer on each place, in the order of places.

        If both are of one day, that in the workbook counts, where the one in the file was shown.
        """
        newest: dict[Place, Answer] = {}
        for answer in (*self.file, *self.workbook):
            before = newest.get(answer.place)
            if before is None or before.day <= answer.day:
                newest[answer.place] = answer
        return tuple(sorted(newest.values(), key=lambda each: repr(each.place)))


def said_of(
    answers: Iterable[Answer], start: str, end: str | None, kind: Kind | None
) -> Answer | None:
    """The newest answer about a stall; null if there is none."""
    return max(
        (each for each in answers if each.is_of(start, end, kind)),
        key=lambda each: (each.day, each.kind is not None),
        default=None,
    )


_DIALOGUE = Document("dialogue", Answer, "docs/dialogue.md")
_OF_PROCESSES = TypeAdapter(dict[str, tuple[Answer, ...]])


def load(config: Path, process: str) -> tuple[Answer, ...]:
    """The answers on a process in the file beside its config; none if there is no file.

    Raises:
        ConfigError: the file cannot be read, or holds what it should not.
    """
    path = config.parent / FILE
    if not path.exists():
        return ()
    try:
        told = _OF_PROCESSES.validate_python(parse(path, _DIALOGUE))
    except ValidationError as error:
        raise refusal(path, error, _DIALOGUE) from None
    if process not in told:
        _refuse_strange(path, process, told.keys(), _processes_beside(config))
    return told.get(process, ())


def _processes_beside(config: Path) -> set[str]:
    """The processes of all configs in the folder; files that cannot be read are passed over."""
    found = set()
    for path in sorted({*config.parent.glob("*.yaml"), *config.parent.glob("*.yml")}):
        with suppress(OSError, ValueError, yaml.YAMLError, RecursionError):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            named = document.get("process") if isinstance(document, dict) else None
            found |= {str(named["id"])} if isinstance(named, dict) and "id" in named else set()
    return found


def _refuse_strange(path: Path, process: str, told: Iterable[str], others: Set[str]) -> None:
    """Refuses answers on an unknown process, which would silently be passed over."""
    strange = sorted(set(told) - others)
    near = difflib.get_close_matches(process, strange, n=1)
    if near:
        raise ConfigError(
            f"{path}: '{near[0]}' is not the process of this config.",
            f"Did you mean '{process}', the process.id of the config?",
        )
    if strange:
        known = ", ".join(sorted({process, *others}))
        raise ConfigError(
            f"{path}: no config in this folder has the process '{strange[0]}'.",
            f"The processes are: {known}. Remove what belongs to none of these.",
        )
