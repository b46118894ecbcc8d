# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""``truth.json``: what is true of a synthetic log, measured in the log itself.

Waits and effects are in calendar days; person-days are those of all cases together. Figures count
what the log shows, except two that follow journeys to their end: ``effect_whole_mean_days``, and
``throughput_days`` of the cases that began while the log was open. ``events`` counts those written;
all else is counted before any defect.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from simulation.description import Decoy, Place, Plant, Process, Window
from simulation.effects import Effect
from simulation.recording import deadlines
from simulation.recording.defect_records import Tally, records
from simulation.recording.log import Part
from simulation.walking.draws import Floats
from simulation.walking.hours import A_DAY, ZONE, period_of
from simulation.walking.journeys import Journeys, last_end
from simulation.walking.population import DESTROYED

_DIGITS = 4


class Truth:
    """What is true of a log, gathered part by part."""

    def __init__(self, process: Process, planted: Iterable[Plant]) -> None:
        self._process = process
        self._planted = tuple(planted)
        self._effects = {plant.id: Effect() for plant in self._planted}
        self._counts: Counter[str] = Counter()
        self._norms: Counter[str] = Counter()
        self._suspensions: dict[str, Counter[str]] = {}
        self._tallies: list[dict[str, Tally]] = []
        self._lasted: list[Floats] = []

    def add_effect(self, plant: Plant, effect: Effect) -> None:
        """Adds the effect of a plant on some of the cases."""
        self._effects[plant.id] = self._effects[plant.id].plus(effect)

    def add_part(self, part: Part, journeys: Journeys) -> None:
        """Adds some cases as in the log, before any defect, with their full journeys."""
        opens, _ = period_of(self._process.window)
        self._counts["cases"] += part.cases.height
        self._counts["left"] += int((journeys.at[0] < opens).sum())
        self._counts["right"] += part.cases["ended_at"].null_count()
        self._norms.update(_norms(part, self._process))
        for pattern, is_open in part.suspensions.select(
            "pattern", pl.col("end_at").is_null()
        ).rows():
            counts = self._suspensions.setdefault(pattern, Counter())
            counts.update(intervals=1, open=int(is_open))
        self._lasted.append(_lasted_days(journeys, self._process)[journeys.at[0] >= opens])

    def add_written(self, part: Part, tallies: dict[str, Tally]) -> None:
        """Adds some cases as they are written, and what was damaged in them."""
        self._counts["events"] += part.events.height
        self._tallies.append(tallies)

    def document(self, seed: int, level: str, *, with_defects: bool) -> dict[str, Any]:
        """The content of ``truth.json``."""
        process = self._process
        names = {step.id: step.name for step in process.steps}
        counts = self._counts
        lasted = np.concatenate(self._lasted)
        return {
            "version": 1,
            "seed": seed,
            "process": process.key,
            "level": level,
            "window": _window(process.window.opens, process.window.closes),
            "cases": counts["cases"],
            "events": counts["events"],
            "throughput_days": {
                f"p{round(100 * share)}": _quantile(lasted, share) for share in (0.5, 0.9)
            },
            "planted": [self._told(plant, names) for plant in self._planted],
            "decoys": [_decoy(decoy, process, names) for decoy in process.decoys],
            "renamed": [
                {"since": str(process.version.since), "activity": names[step], "becomes": name}
                for step, name in process.version.names.items()
            ],
            "suspensions": {name: dict(told) for name, told in sorted(self._suspensions.items())},
            "norms": [{"key": "registered", **{name: self._norms[name] for name in _NORMS}}],
            "censored": {"left": counts["left"], "right": counts["right"]},
            "defects": records(self._tallies) if with_defects else [],
            "destroyed": DESTROYED._asdict() if with_defects else None,
        }

    def _told(self, plant: Plant, names: dict[str, str]) -> dict[str, Any]:
        cases, effect = self._counts["cases"], self._effects[plant.id]
        mean = {name: round(days / cases, _DIGITS) for name, days in effect._asdict().items()}
        return {
            "id": plant.id,
            "kind": plant.kind,
            "where": _where(plant.places[0], names),
            "places": [_where(place, names) for place in plant.places],
            "segment": plant.segment and plant.segment.model_dump(),
            "windows": [_window(*spell) for spell in _windows(plant, self._process.window)],
            "share": mean["hit"],
            "effect_mean_days": mean["seen"],
            "effect_person_days": round(effect.seen, 1),
            "effect_legal_mean_days": mean["legal"],
            "effect_on_others_mean_days": mean["others"],
            "effect_elsewhere_mean_days": mean["elsewhere"],
            "effect_whole_mean_days": mean["whole"],
            "owner_kind": plant.owner,
            "clock": list(plant.clocks),
        }


_NORMS = ("within", "late", "open_within", "open_late", "undetermined")


def _windows(plant: Plant, window: Window) -> list[tuple[dt.date, dt.date]]:
    """The first and last days in the log of the spells of a plant; none: it is always there."""
    if plant.since is None and not plant.months:
        return []
    return [
        (max(start, window.opens), min(end, window.closes))
        for start, end in plant.spells(window.opens, window.closes)
        if start <= window.closes and end >= window.opens
    ]


def _norms(part: Part, process: Process) -> dict[str, int]:
    """How many cases meet their registered deadline, by how they stand."""
    decided_on = pl.col("decided_at").dt.convert_time_zone(ZONE.key).dt.date()
    is_decided, is_over = pl.col("decided_at").is_not_null(), pl.col("ended_at").is_not_null()
    closes_on = pl.lit(process.window.closes)
    standing = (
        pl.when(is_decided)
        .then(
            pl.when(decided_on <= pl.col("due_on")).then(pl.lit("within")).otherwise(pl.lit("late"))
        )
        .when(is_over)
        .then(pl.lit("undetermined"))
        .when(closes_on <= pl.col("due_on"))
        .then(pl.lit("open_within"))
        .otherwise(pl.lit("open_late"))
    )
    due = part.cases.join(deadlines.registered(part, process.legal), on="case")
    return dict(due.select(norm=standing).to_series().value_counts().rows())


def _lasted_days(journeys: Journeys, process: Process) -> Floats:
    """The days of whole journeys until their last end step; infinite if they never end."""
    lasted: Floats = (last_end(journeys, process) - journeys.at[0]) / A_DAY
    return np.nan_to_num(lasted, nan=np.inf)


def _quantile(lasted: Floats, share: float) -> float | None:
    if not len(lasted):
        return None
    days = float(np.quantile(lasted, share, method="lower"))
    return round(days, _DIGITS) if np.isfinite(days) else None


def _decoy(decoy: Decoy, process: Process, names: dict[str, str]) -> dict[str, Any]:
    hold = process.hold if decoy.expected == "policy_pause" else None
    return {
        "id": decoy.id,
        "where": _where(decoy.places[0], names),
        "places": [_where(place, names) for place in decoy.places],
        "window": hold and _window(hold.start, hold.end),
        "expected_class": decoy.expected,
        "why": decoy.why,
    }


def _where(place: Place, names: dict[str, str]) -> dict[str, str]:
    return {"from": names[place[0]], "to": names[place[1]]}


def _window(start: dt.date, end: dt.date) -> dict[str, str]:
    return {"from": str(start), "to": str(end)}
