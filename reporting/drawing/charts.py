# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Static charts as SVG: a bar for a row of a table, and the curve of the whole route."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl
from markupsafe import Markup

from reporting.drawing.svg import tag
from reporting.words.speech import DAYS_IN_MONTH, Speech

_WIDTH, _HEIGHT = 720.0, 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 700.0, 14.0, 262.0
_STEPS = (1 / 24, 0.25, 1, 2, 7, 14, *(DAYS_IN_MONTH * n for n in (1, 2, 3, 6, 12, 24, 60, 120)))
_MOST_TICKS = 6


def bar(share: float, tone: str, rest: float = 0.0) -> Markup:
    """A bar of ``share`` (0 … 1) of its cell, followed by an unfilled bar of ``rest``.

    The numbers are beside it in the table.
    """
    length, more = (max(0.5, part * 100) if part > 0 else 0.0 for part in (share, rest))
    return tag(
        "svg",
        tag("rect", x=0, y=0, width=length, height=10),
        *([_still(length, more)] if more else []),
        class_=f"bar {tone}",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _still(start: float, length: float) -> Markup:
    return tag(
        "rect",
        x=start,
        y=0,
        width=length,
        height=10,
        class_="still",
        vector_effect="non-scaling-stroke",
    )


def band_tone(up_to_days: float | None) -> str:
    """The colour class of a band of waiting times, by its upper bound."""
    if up_to_days is None or up_to_days > 7:  # noqa: PLR2004
        return "t2"
    return "t0" if up_to_days <= 1 else "t1"


def ticks(last: float) -> list[float]:
    """Round durations up to ``last`` days, at most six."""
    step = next((s for s in _STEPS if last / s <= _MOST_TICKS), _STEPS[-1])
    return [step * n for n in range(1, int(last / step) + 1)]


def watched(survival: pl.DataFrame, days: float) -> dict[str, float]:
    """The last point of the curve at or before ``days``: everyone is watched at the start."""
    before = survival.filter(pl.col("days") <= days).tail(1)
    point = before if len(before) else survival.head(1).with_columns(not_done=pl.lit(1.0))
    return point.row(0, named=True)


def curve(survival: pl.DataFrame, speech: Speech) -> Markup:
    """Which share of the cases is not done after how long, with how many were watched.

    Args:
        survival: in the shape of ``TABLES["survival"]``, not empty.
        speech: the language of the words in it.
    """
    last = float(survival["days"][-1]) or 1.0
    points = [(0.0, 1.0), *survival.select("days", "not_done").iter_rows()]
    places = [(_x(days, last), _y(share)) for days, share in points]
    return tag(
        "svg",
        tag("title", speech.say("How many cases are not done yet, by time since their start")),
        *_levels(places, speech),
        _steps(places),
        *_times(survival, last, speech),
        class_="curve",
        role="img",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        width=_WIDTH,
        height=_HEIGHT,
    )


def _x(days: float, last: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * days / last


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _steps(places: Sequence[tuple[float, float]]) -> Markup:
    """Stairs: between two points nothing is known to change."""
    path = f"M{places[0][0]:.1f},{places[0][1]:.1f}" + "".join(
        f"H{x:.1f}V{y:.1f}" for _, (x, y) in pairwise(places)
    )
    return tag("path", d=path, class_="stair")


def _levels(places: Sequence[tuple[float, float]], speech: Speech) -> list[Markup]:
    names = {0.5: speech.say("half done"), 0.1: speech.say("9 of 10 done")}
    parts = []
    for share in (1.0, 0.5, 0.1, 0.0):
        y = _y(share)
        parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(tag("text", speech.share(share), x=_LEFT - 8, y=y + 4, text_anchor="end"))
        if share in names:
            parts.append(_level_name(names[share], y, places))
    return parts


def _level_name(name: str, y: float, places: Sequence[tuple[float, float]]) -> Markup:
    """The name of a level, clear of the stairs: over their end, or else under their begin."""
    crossed_at = next((x for x, height in places if height >= y), _RIGHT)
    if crossed_at < (_LEFT + _RIGHT) / 2:
        return tag("text", name, x=_RIGHT, y=y - 6, text_anchor="end")
    return tag("text", name, x=_LEFT + 8, y=y + 16)


def _times(survival: pl.DataFrame, last: float, speech: Speech) -> list[Markup]:
    parts = [
        tag("text", speech.say("watched:"), x=0, y=_BOTTOM + 48),
        tag("text", speech.say("after:"), x=0, y=_BOTTOM + 24),
    ]
    for days in ticks(last):
        x, count = _x(days, last), speech.number(watched(survival, days)["at_risk"])
        anchor = "end" if x > _RIGHT - 30 else "middle"
        parts.append(tag("line", x1=x, x2=x, y1=_BOTTOM, y2=_BOTTOM + 6, class_="grid"))
        words = ((speech.whole_duration(days), 24), (count, 48))
        parts += [tag("text", w, x=x, y=_BOTTOM + dy, text_anchor=anchor) for w, dy in words]
    return parts
