# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Draws the map: thickness is cases; colour and text are how long 9 of 10 cases wait."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from reporting.drawing.layout import Box, Line, Point, Route, lay_out
from reporting.drawing.map_view import MapView, Move
from reporting.drawing.svg import tag, text_width, told_apart, wrap
from reporting.words.bottlenecks import Wait
from reporting.words.counts import cases, cases_in_brief
from reporting.words.names import Names
from reporting.words.speech import capitalised

_START, _END = "\0start", "\0end"  # among steps, none of which has such a sign in its name
_NAME, _NOTE = 13.0, 11.5  # font sizes
_LINE, _NOTE_LINE = 17.0, 15.0  # line heights
_NAME_WIDTH = 150.0
_BADGE = 12.0
_BADGE_STEP = 2 * _BADGE + 4
_MARGIN = 18.0  # for a number on the corner of a step at the edge, and the focus mark around it
_WEEK = 7.0
_THIN = 1.5
_PILL = (76.0, 26.0)
_MOST_LINES = 4


def draw(view: MapView, waits: Sequence[Wait], names: Names, name: str = "map") -> Markup:
    """The map as SVG, or nothing if there is no step to show; ``name`` is for its ids."""
    return _Map(view, waits, names, name).draw() if view.steps else Markup("")


def tone(p90_days: float | None) -> str:
    """The colour class for how long 9 of 10 cases wait."""
    if p90_days is None:
        return "unknown"
    if p90_days < 1:
        return "t0"
    return "t1" if round(p90_days) < _WEEK else "t2"  # rounded as the text beside it: 6.7 is 7


class _Map:
    """Everything that is needed to draw one map."""

    def __init__(self, view: MapView, waits: Sequence[Wait], names: Names, name: str) -> None:
        self.view, self.names, self.speech, self.name = view, names, names.speech, name
        self.badges: dict[tuple[str, str | None], list[Wait]] = {}
        for wait in waits:
            self.badges.setdefault((wait.source.from_, wait.source.to), []).append(wait)
        lines = {step: wrap(names.step(step), _NAME_WIDTH, _NAME) for step in view.steps}
        self.labels = told_apart(lines, _MOST_LINES)
        self.most = max((move.cases for move in view.moves), default=1)
        self.boxes = {box.id: box for box in self._boxes()}

    def draw(self) -> Markup:
        boxes = list(self.boxes.values())
        ends = [(_START, step) for step in self.view.starts]
        ends += [(step, _END) for step in self.view.ends]
        lines = [self._line(move) for move in self.view.moves]
        lines += [Line(tail, head, weight=3) for tail, head in self.view.detours]
        lines += [Line(tail, head, weight=3) for tail, head in ends]
        drawing = lay_out(boxes, lines, rankdir="TB", nodesep="0.5", ranksep="0.42")
        classes = ["detour"] * len(self.view.detours) + ["plain"] * len(ends)
        direct = len(self.view.moves)
        moves = list(zip(self.view.moves, drawing.routes[:direct], strict=True))
        others = drawing.routes[direct:]
        parts = [
            *(_path(route, class_, _THIN) for class_, route in zip(classes, others, strict=True)),
            *(_path(route, tone(move.p90_days), self._width(move)) for move, route in moves),
            *(self._pill(end, drawing.boxes[end]) for end in (_START, _END) if end in self.boxes),
            *(self._step(step, drawing.boxes[step]) for step in self.view.steps),
            *(self._note(move, route.label) for move, route in moves if route.label),
            *(self._standstill(step, drawing.boxes[step]) for step in self.view.steps),
        ]
        return self._frame(drawing.width, drawing.height, parts)

    def _frame(self, width: float, height: float, parts: Sequence[str]) -> Markup:
        width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
        title = self.speech.say("Map of the route")
        return tag(
            "svg",
            tag("title", title, id=f"{self.name}-title"),
            tag("desc", self._description(), id=f"{self.name}-desc"),
            tag("g", *parts, transform=f"translate({_MARGIN:g} {_MARGIN:g})"),
            class_="map",
            role="group",
            aria_labelledby=f"{self.name}-title",
            aria_describedby=f"{self.name}-desc",
            viewBox=f"0 0 {width:g} {height:g}",
            width=width,
            height=height,
        )

    def _description(self) -> str:
        steps = ", ".join(self.names.step(step) for step in self.view.steps)
        say = self.speech.say
        told = [say("The steps that most cases take, most cases first: %(steps)s.", steps=steps)]
        if self.view.moves:
            told.append(say("All waits between steps are in the table of all waits."))
        return " ".join(told)

    def _boxes(self) -> Iterator[Box]:
        if self.view.starts:
            yield Box(_START, *_PILL)
        for step, lines in self.labels.items():
            note = text_width(self._count(step), _NOTE)
            width = max(96.0, note, *(text_width(line, _NAME) for line in lines)) + 26
            yield Box(step, width, len(lines) * _LINE + _NOTE_LINE + 16)
        if self.view.ends:
            yield Box(_END, *_PILL)

    def _line(self, move: Move) -> Line:
        notes = self._notes(move)
        room = max(text_width(note, _NOTE) for note in notes) + 14
        room += _room(len(self.badges.get((move.from_, move.to), ())))
        size = (room, len(notes) * _NOTE_LINE + 6)
        # the busiest way stays straight
        weight = 1 + round(9 * move.cases / self.most)
        return Line(move.from_, move.to, size, back=move.back, weight=weight)

    def _notes(self, move: Move) -> list[str]:
        number = cases_in_brief(move.cases, self.speech, at_least=move.at_least)
        if move.p90_days is None:
            return [number]
        return [number, f"9/10: {self.speech.wait(move.p90_days)}"]

    def _width(self, move: Move) -> float:
        return _THIN + 5.5 * math.sqrt(move.cases / self.most)

    def _note(self, move: Move, at: Point) -> Markup:
        """What is said of a move, after its numbers; who hears the map hears where it is."""
        notes, waits = self._notes(move), self.badges.get((move.from_, move.to), [])
        beside = _room(len(waits))
        left = at[0] - (beside + max(text_width(note, _NOTE) for note in notes)) / 2
        class_ = f"note {tone(move.p90_days)}"
        return tag(
            "g",
            tag("title", capitalised(self.names.place(move.from_, move.to))),
            # from the left: where the letters are wider than thought, no number is on them
            _text(notes, (left + beside, at[1]), _NOTE_LINE, class_, anchor="start"),
            *self._badges(waits, (left + _BADGE_STEP / 2 - 2, at[1])),
        )

    def _standstill(self, step: str, at: Point) -> Markup:
        """The number of a bottleneck with no known next step, on the step itself."""
        box = self.boxes[step]
        corner = (at[0] + box.width / 2 - 2, at[1] - box.height / 2 + 2)
        return Markup("").join(self._badges(self.badges.get((step, None), []), corner))

    def _badges(self, waits: Sequence[Wait], at: Point) -> list[Markup]:
        """Numbers in a row, the first at ``at``."""
        return [self._badge(w, (at[0] + n * _BADGE_STEP, at[1])) for n, w in enumerate(waits)]

    def _badge(self, wait: Wait, at: Point) -> Markup:
        x, y = at
        return tag(
            "a",
            tag("circle", cx=x, cy=y, r=_BADGE),
            tag("text", str(wait.number), x=x, y=y + 4.5, text_anchor="middle"),
            href=f"#{wait.anchor}",
            class_="badge",
            aria_label=f"{wait.number}. {wait.title}. {wait.cause}",
        )

    def _pill(self, end: str, at: Point) -> Markup:
        width, height = _PILL
        name = self.speech.say("Start") if end == _START else self.speech.say("End")
        shape = _rect(at, width, height, height / 2, "pill")
        return Markup("").join([shape, _text([name], at, _LINE, "pill-name")])

    def _step(self, step: str, at: Point) -> Markup:
        lines, box = self.labels[step], self.boxes[step]
        top = at[1] - _NOTE_LINE / 2
        below = (at[0], at[1] + len(lines) * _LINE / 2)
        parts = [
            tag("title", self.names.step(step)),
            _rect(at, box.width, box.height, 7, "step"),
            _text(lines, (at[0], top), _LINE, "name"),
            _text([self._count(step)], below, _NOTE_LINE, "count"),
        ]
        return tag("g", *parts)

    def _count(self, step: str) -> str:
        number = self.view.steps[step]
        if number is None:
            return cases(None, self.speech)
        return cases_in_brief(number, self.speech, at_least=step in self.view.at_least)


def _room(badges: int) -> float:
    """The width of so many numbers."""
    return badges * _BADGE_STEP


def _rect(at: Point, width: float, height: float, radius: float, class_: str) -> Markup:
    x, y = at[0] - width / 2, at[1] - height / 2
    return tag("rect", x=x, y=y, width=width, height=height, rx=radius, class_=class_)


def _text(
    lines: Sequence[str], at: Point, line: float, class_: str, anchor: str = "middle"
) -> Markup:
    """Lines of text, with their ``anchor`` at ``at``."""
    first = at[1] - (len(lines) - 1) * line / 2 + line * 0.27
    spans = [tag("tspan", text, x=at[0], y=first + n * line) for n, text in enumerate(lines)]
    return tag("text", *spans, class_=class_, text_anchor=anchor)


def _path(route: Route, class_: str, width: float) -> Markup:
    start, *points = route.points
    curves = " ".join(
        "C" + " ".join(f"{x:g},{y:g}" for x, y in points[n : n + 3])
        for n in range(0, len(points), 3)
    )
    line = tag("path", d=f"M{start[0]:g},{start[1]:g} {curves}", stroke_width=width)
    return tag("g", line, _arrow(route.points[-1], route.tip, width), class_=f"move {class_}")


def _arrow(base: Point, tip: Point, width: float) -> Markup:
    along = (tip[0] - base[0], tip[1] - base[1])
    length = math.hypot(*along) or 1.0
    half = width / 2 + 3.5
    across = (-along[1] / length * half, along[0] / length * half)
    corners = [
        tip,
        (base[0] + across[0], base[1] + across[1]),
        (base[0] - across[0], base[1] - across[1]),
    ]
    return tag("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners))
