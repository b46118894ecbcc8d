# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What each plant costs: the same cases with it and without it, wait by wait.

A wait counts as far as the log shows it: it must begin after the log opens, and the part after the
log closes does not count. Days are calendar days.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.description import Plant, Process
from simulation.walking.cases import Mask, within
from simulation.walking.draws import Floats
from simulation.walking.hours import A_DAY, period_of
from simulation.walking.journeys import Journeys, Slot, known
from simulation.walking.population import Block


class Effect(NamedTuple):
    """The person-days that a plant adds to cases of the log; they add up over blocks of cases.

    Attributes:
        hit: how many cases have a wait that it made a day longer or more.
        seen: what it adds at its own steps, to the cases that it is meant for.
        legal: the part of that on the legal clock.
        others: what it adds at the same steps to the other cases; less than nothing: they gain.
        elsewhere: what it adds at all other steps, as cases come there later.
        whole: as ``seen``, with what falls after the log closes or before it opens.
    """

    hit: float = 0.0
    seen: float = 0.0
    legal: float = 0.0
    others: float = 0.0
    elsewhere: float = 0.0
    whole: float = 0.0

    def plus(self, other: Effect) -> Effect:
        """The effect on both blocks together."""
        return Effect(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def effect_of(plant: Plant, process: Process, block: Block, without: Block) -> Effect:
    """The effect of a plant on the cases of the log, from a block with it and without it."""
    planted, bare = (each.journeys.of(block.is_in) for each in (block, without))
    extra = _seen_days(planted, planted, process) - _seen_days(bare, planted, process)
    whole = _whole_days(planted) - _whole_days(bare)
    own = np.array([_is_of(plant, slot) for slot in planted.slots])
    legal = np.array([slot.step.clock == "running" for slot in planted.slots])
    meant = _meant_for(plant, process, planted)
    return Effect(
        hit=float((extra[own].max(axis=0) >= 1)[meant].sum()),
        seen=float(extra[own][:, meant].sum()),
        legal=float(extra[own & legal][:, meant].sum()),
        others=float(extra[own][:, ~meant].sum()),
        elsewhere=float(extra[~own].sum()),
        whole=float(whole[own][:, meant].sum()),
    )


def _meant_for(plant: Plant, process: Process, journeys: Journeys) -> Mask:
    """The cases of a plant's segment; all cases if it has none."""
    if plant.segment is None:
        return np.ones(journeys.at.shape[1], np.bool_)
    return within(process, plant.segment, known(journeys, process, plant.segment.attribute))


def _is_of(plant: Plant, slot: Slot) -> bool:
    """Whether a wait is one of the plant's own."""
    if slot.again:
        return slot.again.id == plant.id
    if plant.again:
        return False
    steps = {*plant.desks, *(plant.effect.chances or ())} or {plant.step}
    return slot.step.id in steps


def _whole_days(journeys: Journeys) -> Floats:
    days: Floats = np.nan_to_num(journeys.at - journeys.since) / A_DAY
    return days


def _seen_days(journeys: Journeys, planted: Journeys, process: Process) -> Floats:
    """The days of waits in a world that the log shows, if they begin as in the planted world."""
    opens, closes = period_of(process.window)
    room = np.clip(closes - planted.since, 0, None) * (planted.since >= opens)
    return np.minimum(_whole_days(journeys), np.nan_to_num(room) / A_DAY)
