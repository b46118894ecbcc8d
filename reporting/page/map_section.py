# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The maps of a report: one to read at a glance, and one of nearly all steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from reporting.drawing import map_view, route_map
from reporting.drawing.map_view import MapView, Size
from reporting.shown import Shown
from reporting.words.bottlenecks import Wait
from reporting.words.counts import AT_LEAST
from reporting.words.names import Names
from reporting.words.speech import Speech, forms, sentence

_NOT_ON_IT = forms(
    "This number is not on the map: %(numbers)s.", "These numbers are not on the map: %(numbers)s."
)
_TONES = (
    ("t0", sentence("less than 1 day")),
    ("t1", sentence("1 to 7 days")),
    ("t2", sentence("7 days or more")),
    ("unknown", sentence("not known yet, or too few cases to tell")),
)


@dataclass(frozen=True)
class Legend:
    """What the signs on a map mean.

    Attributes:
        has_detours: whether it has lines over steps that it does not show.
        tones: what the colours of its lines mean.
        at_least: what the sign of a number that is rounded down means; empty if there is none.
    """

    has_detours: bool
    tones: list[tuple[str, str]]
    at_least: str


@dataclass(frozen=True)
class MapSection:
    """The map to read at a glance.

    Attributes:
        drawing: empty if there is no step to show.
        steps: how many steps it shows.
        has_loose_ends: whether a step on it has no line to it, or none away.
        off_map: which bottlenecks are not on it.
        legend: what its signs mean.
    """

    drawing: Markup
    steps: int
    has_loose_ends: bool
    off_map: str
    legend: Legend


@dataclass(frozen=True)
class WholeMap:
    """The map of nearly all steps, with how many of all that may be shown."""

    drawing: Markup
    steps: int
    of: int
    legend: Legend


def map_section(shown: Shown, waits: Sequence[Wait], names: Names) -> MapSection:
    """The map with the bottlenecks ``waits``."""
    view = _view(shown, waits, map_view.AT_A_GLANCE)
    return MapSection(
        drawing=route_map.draw(view, waits, names),
        steps=len(view.steps),
        has_loose_ends=view.has_loose_ends,
        off_map=_off_map(view, waits, names.speech),
        legend=_legend(view, names.speech),
    )


def whole_map(
    first: MapSection, shown: Shown, waits: Sequence[Wait], names: Names
) -> WholeMap | None:
    """The map of nearly all steps; null if the ``first`` map has all of them already."""
    view = _view(shown, waits, map_view.WHOLE)
    if len(view.steps) <= first.steps:
        return None
    drawing = route_map.draw(view, waits, names, "whole-map")
    of = shown.tables["steps"].height
    return WholeMap(drawing, steps=len(view.steps), of=of, legend=_legend(view, names.speech))


def _view(shown: Shown, waits: Sequence[Wait], size: Size) -> MapView:
    settings = shown.settings
    pairs = [(wait.source.from_, wait.source.to) for wait in waits]
    view = map_view.choose(shown.tables, settings.whole_journey, pairs, settings.registration, size)
    waits_at_least = shown.at_least
    moves = (replace(move, at_least=(move.from_, move.to) in waits_at_least) for move in view.moves)
    registered = {from_ for from_, _ in waits_at_least if from_ == settings.registration}
    return replace(view, moves=tuple(moves), at_least=shown.steps_at_least | registered)


def _legend(view: MapView, speech: Speech) -> Legend:
    return Legend(
        has_detours=bool(view.detours),
        tones=[(tone, speech.say(words)) for tone, words in _TONES],
        at_least=speech.say(AT_LEAST) if view.has_rounded else "",
    )


def _off_map(view: MapView, waits: Sequence[Wait], speech: Speech) -> str:
    drawn = {(move.from_, move.to) for move in view.moves} | {(step, None) for step in view.steps}
    off = [str(w.number) for w in waits if (w.source.from_, w.source.to) not in drawn]
    if not off:
        return ""
    return speech.plural(_NOT_ON_IT, len(off), numbers=", ".join(off))
