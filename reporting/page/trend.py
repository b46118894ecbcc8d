# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a process changed from report to report: small charts with a legend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reporting.drawing.svg import tag
from reporting.words.speech import Speech

_WIDTH, _HEIGHT = 288.0, 148.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 5.0, 283.0, 26.0, 122.0


@dataclass(frozen=True)
class Line:
    """What a chart shows of one figure: its ``words``, and a value per day; null: not known."""

    words: str
    values: Sequence[float | None]
    tone: str = "plain"


def chart(days: Sequence[dt.date], lines: Sequence[Line], highest: str, speech: Speech) -> Markup:
    """Lines over the days of the reports, from nought up to the value that ``highest`` names.

    The title tells the first and the last value of each line; ``speech`` says the days.

    Args:
        days: the days of the reports, the oldest first.
        lines: each with a value for each of the days.
        highest: the highest value of all, in words.
        speech: the language of the words in it.
    """
    top = max((value for line in lines for value in line.values if value is not None), default=0)
    span = (days[-1] - days[0]).days or 1
    xs = [_LEFT + (_RIGHT - _LEFT) * (day - days[0]).days / span for day in days]
    return tag(
        "svg",
        tag("title", " ".join(line.words for line in lines)),
        *(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid") for y in (_TOP, _BOTTOM)),
        tag("text", highest, x=_LEFT, y=_TOP - 9),
        *(_drawn(line, xs, top or 1) for line in lines),
        tag("text", speech.day(days[0]), x=_LEFT, y=_HEIGHT - 6),
        tag("text", speech.day(days[-1]), x=_RIGHT, y=_HEIGHT - 6, text_anchor="end"),
        class_="trend",
        role="img",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        width=_WIDTH,
        height=_HEIGHT,
    )


def _drawn(line: Line, xs: Sequence[float], top: float) -> Markup:
    places = [
        None if value is None else (x, _BOTTOM - (_BOTTOM - _TOP) * value / top)
        for x, value in zip(xs, line.values, strict=True)
    ]
    dots = (tag("circle", cx=x, cy=y, r=3.5) for x, y in filter(None, places))
    return tag("g", *map(_path, _unbroken(places)), *dots, class_=line.tone)


def _unbroken(places: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """The stretches in which all values are known."""
    stretch: list[tuple[float, float]] = []
    for place in (*places, None):
        if place is not None:
            stretch.append(place)
        elif stretch:
            yield stretch
            stretch = []


def _path(stretch: Sequence[tuple[float, float]]) -> Markup:
    return tag("path", d="M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in stretch))


def swatch(tone: str) -> Markup:
    """The line in the legend."""
    line = tag("path", d="M0,5L32,5")
    drawn = tag("g", line, class_=tone)
    return tag("svg", drawn, class_="trend swatch", viewBox="0 0 32 10", aria_hidden="true")
