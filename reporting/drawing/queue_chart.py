# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many cases waited at a place, week by week: a line, a sentence and a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from contracts.findings import Bottleneck
from reporting.drawing.svg import tag
from reporting.words.speech import DAYS_IN_MONTH, Speech

_WIDTH, _HEIGHT = 720.0, 230.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 712.0, 26.0, 186.0
_LEAST_WEEKS = 8  # a shorter line says no more than the number of cases that wait now
_LEAST_LEVELS = 3  # above nought: a line with fewer levels shows only the rounding
_MOST_LABELS = 6
_MOST_STEPS = 4
_ROUND = (1, 2, 5)
_MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120)
_MOST_ROWS = 12
Point = tuple[dt.date, int]


@dataclass(frozen=True)
class Queue:
    """What is shown of a queue: the drawing, the same in words, and rows of day and number.

    A queue that was always short has only words.
    """

    drawing: Markup
    words: str
    rows: list[dict[str, str]]


def queue(
    table: pl.DataFrame, found: Bottleneck, minimum_group: int, speech: Speech
) -> Queue | None:
    """The queue at a bottleneck; null if too few waited to draw it.

    Args:
        table: in the shape of ``TABLES["queues"]``, with numbers that may be shown.
        found: the bottleneck; the period of its cause is marked.
        minimum_group: the numbers are multiples of it, rounded down.
        speech: the language of the words.
    """
    here = table.filter(pl.col("from") == found.from_, pl.col("to").eq_missing(found.to))
    points: list[Point] = here.select("day", "waiting").rows()
    if len(points) < _LEAST_WEEKS or not any(number for _, number in points):
        return None
    most = max(number for _, number in points)
    if most < _LEAST_LEVELS * minimum_group:
        words = speech.say(
            "At no time did %(n)s or more cases wait here.",
            n=speech.number(most + minimum_group),
        )
        return Queue(Markup(), words, [])
    return Queue(_draw(points, found, speech), _in_words(points, speech), _rows(points, speech))


def _in_words(points: Sequence[Point], speech: Speech) -> str:
    day, most = max(points, key=lambda point: (point[1], point[0]))
    last = points[-1][1]
    if last == most:
        return speech.say(
            "The most cases waited here at the end of the log: at least %(n)s.",
            n=speech.number(last),
        )
    then = speech.say(
        "Most cases waited here in %(month)s: at least %(most)s.",
        month=speech.month(day),
        most=speech.number(most),
    )
    now = (
        speech.say("At the end of the log it was at least %(n)s.", n=speech.number(last))
        if last
        else speech.say("At the end of the log hardly any did.")
    )
    return f"{then} {now}"


def _rows(points: Sequence[Point], speech: Speech) -> list[dict[str, str]]:
    """The number at the end of months or longer, the last one included."""
    first, last = points[0][0], points[-1][0]
    apart = _apart(first, last, _MOST_ROWS)
    ends = [*_month_starts(first, last, apart), last + dt.timedelta(days=1)]
    at = [max((point for point in points if point[0] < end), default=None) for end in ends]
    known = dict.fromkeys(point for point in at if point)
    return [{"day": speech.day(day), "waiting": speech.number(n)} for day, n in known]


def _draw(points: Sequence[Point], found: Bottleneck, speech: Speech) -> Markup:
    first, last = points[0][0], points[-1][0]
    step, top = _levels(max(number for _, number in points))

    def x(day: dt.date) -> float:
        share = (day - first).days / max((last - first).days, 1)
        return _LEFT + (_RIGHT - _LEFT) * min(max(share, 0.0), 1.0)

    def y(number: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * number / top

    line = " ".join(f"{x(day):.1f},{y(number):.1f}" for day, number in points)
    return tag(
        "svg",
        tag("title", _in_words(points, speech)),
        *_marked(found, x, speech),
        *(_level(number, y(number), speech) for number in range(0, top + 1, step)),
        *(_month(day, x(day), speech) for day in _labelled(first, last)),
        tag("polygon", points=f"{_LEFT},{_BOTTOM} {line} {_RIGHT},{_BOTTOM}", class_="area"),
        tag("polyline", points=line, class_="stair"),
        class_="curve queue",
        role="img",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        width=_WIDTH,
        height=_HEIGHT,
    )


def _levels(most: int) -> tuple[int, int]:
    """A round step that reaches ``most`` in at most four, and the least multiple that does."""
    sizes = (size * 10**power for power in range(len(str(most)) + 1) for size in _ROUND)
    step = next(size for size in sizes if size * _MOST_STEPS >= most)
    return step, -(-most // step) * step


def _level(number: int, y: float, speech: Speech) -> Markup:
    line = tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid")
    return line + tag("text", speech.number(number), x=_LEFT - 8, y=y + 4, text_anchor="end")


def _month(day: dt.date, x: float, speech: Speech) -> Markup:
    line = tag("line", x1=x, x2=x, y1=_BOTTOM, y2=_BOTTOM + 6, class_="grid")
    anchor = "end" if x > _RIGHT - 40 else "start" if x < _LEFT + 40 else "middle"
    words = tag("text", speech.short_month(day), x=x, y=_BOTTOM + 24, text_anchor=anchor)
    return line + words


def _marked(found: Bottleneck, x: Callable[[dt.date], float], speech: Speech) -> list[Markup]:
    """The period that the finding is about, if there is one."""
    if found.window is None:
        return []
    window = found.window.start, found.window.end
    start, end = (x(speech.date_of(moment)) for moment in window)
    words = speech.say("the period that this is about")
    anchor, at = ("end", end) if start > (_LEFT + _RIGHT) / 2 else ("start", start)
    return [
        tag(
            "rect", x=start, y=_TOP, width=max(end - start, 2), height=_BOTTOM - _TOP, class_="span"
        ),
        tag("text", words, x=at, y=_TOP - 10, text_anchor=anchor),
    ]


def _labelled(first: dt.date, last: dt.date) -> list[dt.date]:
    return _month_starts(first, last, _apart(first, last, _MOST_LABELS))


def _apart(first: dt.date, last: dt.date, most: int) -> int:
    """How many months must lie between the points for at most ``most`` of them."""
    months = (last - first).days / DAYS_IN_MONTH
    return next((n for n in _MONTHS_APART if months / n <= most), _MONTHS_APART[-1])


def _month_starts(first: dt.date, last: dt.date, apart: int) -> list[dt.date]:
    """First days of months in between, ``apart`` months from each other."""
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [dt.date(n // 12, n % 12 + 1, 1) for n in months if n % apart == 0]
