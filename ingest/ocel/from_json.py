# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads OCEL 2.0 in JSON, one event or object at a time, never holding the whole file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingest.ocel.records import LARGEST, Event, Object, no_ocel, too_large
from ingest.refusals import not_whole
from ingest.unpacking import BLOCK, blocks

_BLANK = re.compile(r"[ \t\n\r]*")
# numbers stay as they are written
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def read_json(path: Path, name: str, block: int = BLOCK) -> Iterator[Event | Object]:
    """The events and objects of a file, plain or gzipped, in its order.

    Raises:
        SourceError: the file is not JSON, is cut short, is not OCEL 2.0, or has a piece too large
            to hold.
    """
    try:
        yield from _entries(_Text(_texts(path, name, block), name), name)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise not_whole(name, "JSON document") from None
    except RecursionError:
        raise no_ocel(name) from None


def _texts(path: Path, name: str, block: int) -> Iterator[str]:
    read = blocks(path, name, block)
    first = next(read, b"")
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    decoder = codecs.getincrementaldecoder("utf-16" if first.startswith(marks) else "utf-8-sig")()
    yield decoder.decode(first)
    for each in read:
        yield decoder.decode(each)
    yield decoder.decode(b"", final=True)


class _Text:
    """A JSON text of which only a stretch is held: what was read is dropped."""

    def __init__(self, texts: Iterator[str], name: str) -> None:
        self._texts, self._name = texts, name
        self._held, self._at = "", 0

    def next_sign(self) -> str:
        """The next character that is not blank, without reading it; "" at the end."""
        while True:
            match = _BLANK.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._read_on():
                return ""

    def skip(self, sign: str) -> None:
        """Reads ``sign``, which must be next."""
        if self.next_sign() != sign:
            raise json.JSONDecodeError("another sign", "", 0)
        self._at += 1

    def value(self) -> Any:
        """Reads a whole value."""
        self.next_sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError:  # it may not be complete yet
                if not self._read_on():
                    raise
                continue
            if end == len(self._held) and self._read_on():  # nor may a number
                continue
            self._at = end
            return value

    def members(self, opening: str, closing: str) -> Iterator[None]:
        """Stops before each member of an array or object, which the caller must then read."""
        self.skip(opening)
        if self.next_sign() != closing:
            yield
            while self.next_sign() == ",":
                self.skip(",")
                yield
        self.skip(closing)

    def _read_on(self) -> bool:
        """Fetches more: at least as much again as is held unread; false if there is no more."""
        rest = self._held[self._at :]
        if len(rest) > LARGEST:
            raise too_large(self._name)
        pieces, more = [rest], 0
        for text in self._texts:
            pieces.append(text)
            more += len(text)
            if more > len(rest):
                break
        if more:
            self._held, self._at = "".join(pieces), 0
        return more > 0


def _entries(text: _Text, name: str) -> Iterator[Event | Object]:
    found = set()
    for _ in text.members("{", "}"):
        key = text.value()
        text.skip(":")
        if key not in _READ or text.next_sign() != "[":
            text.value()
            continue
        found.add(key)
        for _ in text.members("[", "]"):
            entry = text.value()
            if not isinstance(entry, dict):
                raise no_ocel(name)
            yield _READ[key](entry)
    if text.next_sign():
        raise not_whole(name, "JSON document")
    if not found:
        raise no_ocel(name)


def _event(entry: dict[str, Any]) -> Event:
    attributes = [
        (field, _text(each.get("value")))
        for each in _listed(entry, "attributes")
        if (field := _text(each.get("name")))
    ]
    related = (_text(each.get("objectId")) for each in _listed(entry, "relationships"))
    ids = [id_ for id_ in related if id_ is not None]
    return Event(_text(entry.get("type")), _text(entry.get("time")), attributes, ids)


def _object(entry: dict[str, Any]) -> Object:
    attributes = [
        (field, _text(each.get("value")), _text(each.get("time")))
        for each in _listed(entry, "attributes")
        if (field := _text(each.get("name")))
    ]
    return Object(_text(entry.get("id")), _text(entry.get("type")), attributes)


_READ: dict[str, Callable[[dict[str, Any]], Event | Object]] = {
    "events": _event,
    "objects": _object,
}


def _listed(entry: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in an array; anything else is ignored."""
    there = entry.get(key)
    return [each for each in there if isinstance(each, dict)] if isinstance(there, list) else []


def _text(value: object) -> str | None:
    """A value as it is written; null for null, arrays and objects."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
    return None
