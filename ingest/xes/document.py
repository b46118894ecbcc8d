# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cuts an XES file of any size into small complete documents of some megabytes of traces."""

from __future__ import annotations

import codecs
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat

from contracts.errors import SourceError
from ingest.refusals import not_whole_xml, refuse_doctype
from ingest.unpacking import blocks as unpacked

BLOCK = 1 << 23
LARGEST_TRACE = 1 << 27
"""The most bytes of a trace."""

_MOST_WORKERS = 4
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)")
_NO_ELEMENT = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_TRACE = re.compile(rb"<trace[\s/>]")
_TRACE_END = b"</trace"


Done = TypeVar("Done")


def in_order(do: Callable[[bytes], Done], items: Iterable[bytes]) -> Iterator[Done]:
    """Yields ``do(item)`` for every item, in order; only a few are worked on at once.

    The libraries that do the work release the interpreter's lock, so threads do help.
    """
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    with ThreadPoolExecutor(workers) as pool:
        coming: deque[Future[Done]] = deque()
        for item in items:
            coming.append(pool.submit(do, item))
            if len(coming) > workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def documents(path: Path, name: str, block: int = BLOCK) -> Iterator[bytes]:
    """Yields UTF-8 documents ``<log>traces</log>`` that together hold all traces of ``path``.

    Comments, CDATA, processing instructions and the header of the log are left out. ``<`` cannot be
    in an attribute value, so what looks like a tag is one, and cutting at ``</trace>`` is safe.

    Raises:
        SourceError: the file is not XML or not XES, is cut short, or has a DOCTYPE; ``name`` names
            the file.
    """
    blocks = _in_utf8(unpacked(path, name, block), name)
    rest = _after_header(blocks, name)
    for more in blocks:
        rest += more
        _check_size(rest, name)
        if _marks(rest):
            rest = _NO_ELEMENT.sub(b"", rest)
        cut = _end_of_last_trace(rest)
        if cut:
            yield b"<log>" + rest[:cut] + b"</log>"
            rest = rest[cut:]
    yield b"<log>" + _NO_ELEMENT.sub(b"", rest)


def _in_utf8(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    first = next(blocks, b"")
    encoding = _encoding(first)
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        if codecs.lookup(encoding).name in ("utf-8", "ascii"):
            yield first
            yield from blocks
            return
        yield decoder.decode(first).encode()
        for block in blocks:
            yield decoder.decode(block).encode()
        decoder.decode(b"", final=True)
    except LookupError:
        message = f"{name} says it is in an encoding that is unknown here."
        raise SourceError(message, "Export it as UTF-8.") from None
    except UnicodeError:
        message = f"{name} is not in the encoding that it claims."
        raise SourceError(message, "Export it as UTF-8.") from None


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(first)
    return declared[1].decode() if declared else "utf-8"


def _after_header(blocks: Iterator[bytes], name: str) -> bytes:
    """Checks what precedes the first trace, and returns what was read after it."""
    text = b""
    for block in blocks:
        _check_size(text, name)
        text = _NO_ELEMENT.sub(b"", (text + block).removeprefix(codecs.BOM_UTF8))
        first_trace = _TRACE.search(text)
        if first_trace:
            _check_header(text[: first_trace.start()] + b"</log>", name)
            return text[first_trace.start() :]
    _check_header(text, name)
    raise SourceError(f"{name} holds no traces.", "Export a log that has cases in it.")


def _check_size(text: bytes, name: str) -> None:
    """Refuses a file that goes on too long without the end of a trace."""
    if len(text) > LARGEST_TRACE:
        raise SourceError(
            f"{name} is damaged, or holds a trace of more than {LARGEST_TRACE >> 20} MB.",
            "Check what it is; a trace is one case.",
        )


def _check_header(document: bytes, name: str) -> None:
    parser = expat.ParserCreate()
    elements: list[str] = []
    parser.StartElementHandler = lambda element, _: elements.append(element)
    parser.StartDoctypeDeclHandler = lambda *_: refuse_doctype(name)
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError:
        if elements[:1] == ["log"] or not elements:
            raise not_whole_xml(name) from None
    if elements[:1] != ["log"]:
        raise SourceError(
            f"{name} is XML but not XES: its outermost element is not <log>.",
            "Give the file's own format, or export it as XES.",
        )


def _end_of_last_trace(text: bytes) -> int:
    """Where to cut: after the last ``</trace>`` before any comment that is not yet closed."""
    unfinished = [text.rfind(mark) for mark in _marks(text)]
    start = text.rfind(_TRACE_END, 0, max(unfinished, default=len(text)))
    return text.find(b">", start) + 1 if start >= 0 else 0


def _marks(text: bytes) -> list[bytes]:
    """The beginnings in ``text`` of anything that is not an element."""
    # looking for one byte first, and only then for two, is ten times as fast
    return [mark for mark in (b"<!", b"<?") if mark[1:] in text and mark in text]
