# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Every sentence has a translation, every translation has a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import reporting
from reporting.page.paper import sentences
from reporting.words.speech import LOCALE

ROOM = Path(reporting.__file__).parent
KEYWORDS = {"_": None, "say": None, "sentence": None, "forms": (1, 2)}
LINES = (LOCALE / "nl.po").read_text(encoding="utf-8").splitlines()
CATALOG = read_po(LINES, locale="nl")
JARGON = ("p90", "p50", "DFG", "doorlooptijd", "mediaan", "percentiel", "afdoening", "verdagen")


def _said() -> Iterator[str | tuple[str, ...]]:
    yield from sentences()
    for path, method in (
        *((path, "python") for path in ROOM.rglob("*.py")),
        *((path, babel_extract) for path in ROOM.rglob("*.html")),
    ):
        with path.open("rb") as file:
            for _, message, _, _ in extract(
                method, file, KEYWORDS, options={"trim_blocks": "true"}
            ):
                yield message


@cache
def said() -> dict[str, str | tuple[str, ...]]:
    return {_id(message): message for message in _said()}


def _id(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


TRANSLATED = {_id(message.id): message for message in CATALOG if message.id}


def test_every_sentence_is_translated():
    assert sorted(said().keys() - TRANSLATED.keys()) == []


def test_no_sentence_is_translated_twice():
    assert sum(line.startswith("msgid ") for line in LINES) == len(list(CATALOG))


def test_no_translation_is_left_over():
    assert sorted(TRANSLATED.keys() - said().keys()) == []


@pytest.mark.parametrize("message", TRANSLATED.values(), ids=list(TRANSLATED))
def test_a_translation_fills_in_the_same(message):
    ids = [message.id] if isinstance(message.id, str) else message.id
    texts = [message.string] if isinstance(message.id, str) else message.string

    assert len(texts) == len(ids)
    for id_, text in zip(ids, texts, strict=True):
        assert text
        assert sorted(re.findall(r"%\(\w+\)s|%%", id_)) == sorted(re.findall(r"%\(\w+\)s|%%", text))


def test_dutch_is_said_in_plain_words():
    texts = " ".join(str(message.string) for message in TRANSLATED.values())

    assert [word for word in JARGON if re.search(rf"\b{word}\b", texts, re.IGNORECASE)] == []
