# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads OCEL 2.0 in XML, one event or object at a time, never holding the whole file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from ingest.ocel.records import LARGEST, Event, Object, no_ocel, too_large
from ingest.refusals import not_whole_xml, refuse_doctype
from ingest.unpacking import BLOCK, blocks

_DEEPEST = 100
_SECTIONS = {("log", "events"): "event", ("log", "objects"): "object"}
_ENTRY, _INSIDE = 3, 5  # <log><events><event><attributes><attribute>


def read_xml(path: Path, name: str, block: int = BLOCK) -> Iterator[Event | Object]:
    """The events and objects of a file, plain or gzipped, in its order.

    Raises:
        SourceError: the file is not XML, is cut short, has a DOCTYPE, is not OCEL 2.0, or has a
            piece too large to hold.
    """
    document = _Document(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.text
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(name)
    given = 0
    try:
        for each in blocks(path, name, block):
            parser.Parse(each)
            given += len(each)
            if given - parser.CurrentByteIndex > LARGEST:  # a tag without an end
                raise too_large(name)
            yield from document.taken()
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes no names
    except (expat.ExpatError, LookupError):
        raise not_whole_xml(name) from None
    yield from document.taken()
    if not document.is_ocel:
        raise no_ocel(name)


class _Document:
    """Makes events and objects from the tags and texts of a document."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._path: list[str] = []
        self._done: deque[Event | Object] = deque()
        self._size = 0
        self._said: dict[str, str] = {}
        self._attributes: list[tuple[str, str, str | None]] = []
        self._objects: list[str] = []
        self._attribute: dict[str, str] | None = None
        self._texts: list[str] = []
        self.is_ocel = False

    def taken(self) -> Iterator[Event | Object]:
        """The complete events and objects, which are then dropped."""
        while self._done:
            yield self._done.popleft()

    def start(self, tag: str, said: dict[str, str]) -> None:
        """Takes the start of an element."""
        self._path.append(tag.rpartition(":")[2])
        self._grow(len(tag) + sum(map(len, said.values())))
        if len(self._path) > _DEEPEST:
            raise no_ocel(self._name)
        if self._is_at(_ENTRY):
            self._said, self._attributes, self._objects, self._size = said, [], [], 0
        elif self._is_at(_INSIDE) and self._path[-1] == "attribute":
            self._attribute, self._texts = said, []
        elif self._is_at(_INSIDE) and "object-id" in said:
            self._objects.append(said["object-id"])

    def text(self, text: str) -> None:
        """Takes some text, which may go on."""
        self._grow(len(text))
        if self._attribute is not None:
            self._texts.append(text)

    def end(self, _: str) -> None:
        """Takes the end of the innermost element."""
        if self._is_at(_INSIDE) and self._attribute is not None:
            if "name" in self._attribute:
                value, since = "".join(self._texts), self._attribute.get("time")
                self._attributes.append((self._attribute["name"], value, since))
            self._attribute = None
        elif self._is_at(_ENTRY):
            self._done.append(self._entry())
        self.is_ocel |= tuple(self._path) in _SECTIONS
        self._path.pop()

    def _is_at(self, depth: int) -> bool:
        """Whether the innermost element is at ``depth`` in an event or object, or is one itself."""
        path = self._path
        return len(path) == depth and _SECTIONS.get((path[0], path[1])) == path[2]

    def _entry(self) -> Event | Object:
        said = self._said
        if "type" not in said:
            raise no_ocel(self._name)
        if self._path[-1] == "object":
            return Object(said.get("id"), said["type"], self._attributes)
        attributes = [(name, value) for name, value, _ in self._attributes]
        return Event(said["type"], said.get("time"), attributes, self._objects)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > LARGEST:
            raise too_large(self._name)
