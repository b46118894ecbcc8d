# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What chance decides for some cases: their attributes, their steps, the plants that hit them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.description import Attribute, Plant, Process, Segment, Step
from simulation.walking.draws import Draws, Floats, chosen, days_of
from simulation.walking.hours import moment_of

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

_TELLS = ("nee", "ja")


def values_of(attribute: Attribute) -> tuple[str, ...]:
    """The values that an attribute can have; a case stores an index of them, -1 for none."""
    return _TELLS if attribute.tells else tuple(attribute.shares)


def within(process: Process, segment: Segment, codes: Codes) -> Mask:
    """Which cases are in a segment, by their codes of its attribute."""
    values = values_of(process.attributes[segment.attribute])
    return np.isin(codes, [values.index(value) for value in segment.values])


class Cases:
    """Some cases of a process in a world with some plants."""

    def __init__(
        self, process: Process, planted: tuple[str, ...], draws: Draws, first: int, began: Floats
    ) -> None:
        """Draws what is known of them.

        Args:
            process: what they go through.
            planted: the ids of the plants.
            draws: where the chances come from.
            first: the number of the first case.
            began: when each case begins, in UTC seconds.
        """
        self.process = process
        self.plants = [plant for plant in process.plants if plant.id in planted]
        self.began = began
        self._draws, self._first = draws, first
        self.attributes = {name: self._codes(name) for name in process.attributes}

    def uniform(self, purpose: str) -> Floats:
        """The numbers in [0, 1) of these cases for a purpose."""
        return self._draws.uniform(purpose, self._first, len(self.began))

    def have(self, step: Step) -> Mask:
        """The cases that will take a step."""
        if step.instead_of:
            return ~self.have(self.process.step(step.instead_of))
        chance = np.full(len(self.began), step.chance)
        for plant in self.plants:
            if plant.effect.chances and step.id in plant.effect.chances:
                hit = self.hit(plant, self.began)
                chance = np.where(hit, plant.effect.chances[step.id], chance)
        return self.uniform(f"chance:{step.group or step.id}") < chance

    def hit(self, plant: Plant, since: Floats) -> Mask:
        """The cases that a plant falls on, by when their wait begins (UTC seconds)."""
        hit = self._members(plant)
        if plant.since:
            hit = hit & (since >= moment_of(plant.since))
        if plant.months:
            hit = hit & np.isin(_month(since), plant.months)
        return hit

    def within(self, segment: Segment) -> Mask:
        """The cases of a segment."""
        return within(self.process, segment, self.attributes[segment.attribute])

    def days_in(self, name: str) -> Floats:
        """The days that each value of an attribute stands for, spread evenly over its range."""
        low, high = np.array(list(self.process.attributes[name].ranges.values())).T
        code = self.attributes[name]
        days: Floats = low[code] + (high - low)[code] * self.uniform(f"days:{name}")
        return days

    def wait_days(self, step: Step) -> Floats:
        """How long the wait for a step is if nothing is planted on it."""
        return days_of(self.uniform(f"wait:{step.id}"), step.wait_days)

    def planted_days(self, plant: Plant, step: Step, days: Floats) -> Floats:
        """What a plant turns waits of ``days`` into."""
        effect = plant.effect
        if effect.factor:
            return days * effect.factor
        if effect.extra_days:
            return days + days_of(self.uniform(f"extra:{plant.id}"), effect.extra_days)
        if effect.instead_days:
            return days_of(self.uniform(f"wait:{step.id}"), effect.instead_days)
        return days

    def _members(self, plant: Plant) -> Mask:
        if plant.segment:
            return self.within(plant.segment)
        return self.uniform(f"share:{plant.id}") < plant.share

    def _codes(self, name: str) -> Codes:
        attribute = self.process.attributes[name]
        if attribute.tells:
            return self._drawn(attribute.tells).astype(np.int64)
        codes = chosen(self.uniform(f"attribute:{name}"), attribute.shares)
        return (
            np.where(self._drawn(attribute.with_step), codes, -1) if attribute.with_step else codes
        )

    def _drawn(self, step_id: str) -> Mask:
        step = self.process.step(step_id)
        return self.uniform(f"chance:{step.group or step.id}") < step.chance


def _month(at: Floats) -> Codes:
    months = np.nan_to_num(at).astype("datetime64[s]").astype("datetime64[M]")
    return months.astype(np.int64) % 12 + 1
