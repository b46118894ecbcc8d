# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Scores how well findings tell what was planted.

A plant is found by a bottleneck at one of its places. A bottleneck counts for one plant: if two
plants share a place, there must be two bottlenecks, and one of the right kind is taken first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.findings import Bottleneck, ExplainedWait, Findings, Window

_TOP = 5
_WINDOW_WITHIN = dt.timedelta(days=31)
_EFFECT_WITHIN = 0.25
_EFFECT_WITHIN_DAYS = 1.0
_MEDIAN_WITHIN = 0.1


class Match(NamedTuple):
    """What was said of a plant; null: it was not found, or has no such thing.

    Effects are mean calendar days per case.
    """

    plant: str
    kind: str
    rank: int | None
    kind_said: str | None
    is_where_true: bool | None
    effect_days: float
    effect_said_days: float | None
    is_covered: bool | None

    @property
    def is_in_top(self) -> bool:
        """Whether the plant is among the first five."""
        return self.rank is not None and self.rank <= _TOP

    @property
    def is_kind_true(self) -> bool:
        """Whether its kind was told correctly."""
        return self.kind_said == self.kind

    @property
    def is_effect_near(self) -> bool:
        """Whether its effect was told to within a quarter, or to within a day."""
        if self.effect_said_days is None:
            return False
        off = abs(self.effect_said_days - self.effect_days)
        return off <= max(_EFFECT_WITHIN * abs(self.effect_days), _EFFECT_WITHIN_DAYS)


class Called(NamedTuple):
    """What was said of a decoy: whether the agency is blamed, and how it is explained."""

    decoy: str
    is_blamed: bool
    expected: str | None
    explained: tuple[str, ...]

    @property
    def is_explained(self) -> bool:
        """Whether it has its class; if it needs none, it only must not be blamed."""
        return not self.is_blamed if self.expected is None else self.expected in self.explained


class Score(NamedTuple):
    """What one run said of one log.

    Attributes:
        process: which description the log is of.
        found: what was said of each plant.
        called: what was said of each decoy.
        segments: how many bottlenecks are said to sit in a segment or a window, not counting those
            at the place of a decoy.
        medians: the median of whole cases in days, as it is, as it was said, and as closed cases
            alone would say.
    """

    process: str
    found: tuple[Match, ...]
    called: tuple[Called, ...]
    segments: int
    medians: tuple[float | None, float | None, float | None]

    def document(self) -> dict[str, Any]:
        """The score as JSON."""
        rows = {
            name: [row._asdict() for row in getattr(self, name)] for name in ("found", "called")
        }
        return {**self._asdict(), **rows}


def score(truth: Mapping[str, Any], findings: Findings) -> Score:
    """Scores findings against ``truth.json``."""
    plants, bottlenecks = truth["planted"], findings.bottlenecks
    pauses = [decoy for decoy in truth["decoys"] if decoy["window"]]
    by_plant = _by_plant(plants, [each for each in bottlenecks if not _is_of(pauses, each)])
    real = frozenset(each.rank for told in by_plant.values() for each in told)
    throughput = findings.throughput_days
    return Score(
        process=truth["process"],
        found=tuple(_found(plant, by_plant[plant["id"]]) for plant in plants),
        called=tuple(_called(decoy, findings, real) for decoy in truth["decoys"]),
        segments=sum(
            1
            for each in bottlenecks
            if (each.segment or each.window)
            and not any(_is_at(decoy, each) for decoy in truth["decoys"])
        ),
        medians=(
            truth["throughput_days"]["p50"],
            throughput.p50,
            throughput.closed_only_p50,
        ),
    )


def is_median_near(true: float | None, said: float | None) -> bool:
    """Whether a median was told to within a tenth, or as not reached if it is not reached."""
    if true is None or said is None:
        return true is said
    return abs(said - true) <= _MEDIAN_WITHIN * true


def _by_plant(
    plants: Sequence[Mapping[str, Any]], bottlenecks: Sequence[Bottleneck]
) -> dict[str, list[Bottleneck]]:
    """The bottlenecks that tell of each plant, the best first; each tells of one plant.

    First, every plant gets its best one: those of the right kind and segment come before others.
    Then it gets those at its other places that say the same.
    """
    pairs = sorted(
        (each.kind != plant["kind"], not _is_where_true(plant, each), each.rank, number)
        for number, plant in enumerate(plants)
        for each in bottlenecks
        if _is_at(plant, each)
    )
    by_rank = {each.rank: each for each in bottlenecks}
    told: dict[str, list[Bottleneck]] = {plant["id"]: [] for plant in plants}
    used: set[int] = set()
    for is_first in (True, False):
        for _, _, rank, number in pairs:
            mine, each = told[plants[number]["id"]], by_rank[rank]
            is_next = all(_says_same(each, other) for other in mine)
            if rank not in used and (not mine if is_first else mine and is_next):
                mine.append(each)
                used.add(rank)
    return told


def _found(plant: Mapping[str, Any], told: Sequence[Bottleneck]) -> Match:
    best = told[0] if told else None
    return Match(
        plant=plant["id"],
        kind=plant["kind"],
        rank=best.rank if best else None,
        kind_said=best.kind if best else None,
        is_where_true=_is_where_true(plant, best) if best else None,
        effect_days=plant["effect_mean_days"],
        effect_said_days=sum(each.mean_days_per_case for each in told) if told else None,
        is_covered=_is_covered(plant, told),
    )


def _called(decoy: Mapping[str, Any], findings: Findings, real: frozenset[int]) -> Called:
    """What was said of a decoy.

    A bottleneck of the agency at its place blames it, unless that tells of a plant there. A decoy
    with a window is blamed only by a bottleneck in that window.
    """
    window = decoy["window"]
    return Called(
        decoy=decoy["id"],
        is_blamed=any(
            each.actor == "agency"
            and each.rank not in real
            and _is_at(decoy, each)
            and (window is None or _is_near(each.window, window))
            for each in findings.bottlenecks
        ),
        expected=decoy["expected_class"],
        explained=tuple(
            sorted({each.class_ for each in findings.explained_waits if _is_at(decoy, each)})
        ),
    )


def _is_of(pauses: Sequence[Mapping[str, Any]], each: Bottleneck) -> bool:
    """Whether a bottleneck is in the window of a pause at its place."""
    return any(_is_at(pause, each) and _is_near(each.window, pause["window"]) for pause in pauses)


def _says_same(each: Bottleneck, other: Bottleneck) -> bool:
    """Whether two bottlenecks say the same of different places."""
    what = (each.kind, each.segment, each.window) == (other.kind, other.segment, other.window)
    return what and (each.from_, each.to) != (other.from_, other.to)


def _is_at(told: Mapping[str, Any], wait: Bottleneck | ExplainedWait) -> bool:
    return {"from": wait.from_, "to": wait.to} in told["places"]


def _is_where_true(plant: Mapping[str, Any], told: Bottleneck) -> bool:
    """Whether the segment and the window of a plant were told, and none that it does not have."""
    segment, windows = plant["segment"], plant["windows"]
    is_segment = (segment is None) is (told.segment is None) and (
        segment is None
        or told.segment is None
        or (told.segment.attribute, set(told.segment.values))
        == (segment["attribute"], set(segment["values"]))
    )
    if not windows:
        return is_segment and told.window is None
    return is_segment and any(_is_near(told.window, window) for window in windows)


def _is_near(told: Window | None, window: Mapping[str, str]) -> bool:
    """Whether both ends of a window were told to within a month."""
    if told is None:
        return False
    ends = ((told.start, window["from"]), (told.end, window["to"]))
    return all(
        abs(said.date() - dt.date.fromisoformat(true)) <= _WINDOW_WITHIN for said, true in ends
    )


def _is_covered(plant: Mapping[str, Any], told: Sequence[Bottleneck]) -> bool | None:
    """Whether the told range covers the effect; null if there is no range, or several places."""
    if len(told) != 1 or told[0].interval is None:
        return None
    low, high = told[0].interval
    return bool(low <= plant["effect_mean_days"] <= high)
