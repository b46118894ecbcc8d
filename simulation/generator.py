# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Writes a synthetic log in a dialect, and ``truth.json`` beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl

from contracts.errors import UsageError
from simulation.description import Plant, process
from simulation.effects import effect_of
from simulation.recording.defect_records import tally
from simulation.recording.defects import Whole, damage
from simulation.recording.dialects import DIALECTS
from simulation.recording.log import Part
from simulation.recording.record import part_of
from simulation.truth import Truth
from simulation.walking.hours import period_of
from simulation.walking.journeys import Level, World
from simulation.walking.population import Block, Population

LOG, TRUTH = "log", "truth.json"
"""The names in the folder that is written: the export, and what is true of it."""


class Order(NamedTuple):
    """What log is asked for.

    Attributes:
        process: the name of a description.
        cases: the number of cases in the log.
        seed: the same seed gives the same bytes.
        level: whether waits are drawn, or come from queues at desks.
        defects: whether the export has the defects of real ones.
        planted: whether there is anything to find.
    """

    process: str
    cases: int
    seed: int
    level: Level = "queueing"
    defects: bool = False
    planted: bool = True


def generate(order: Order, dialect: str, folder: Path) -> dict[str, Any]:
    """Writes a log and its truth into a folder, whole or not at all; gives the truth.

    Raises:
        UsageError: there is no such process, the folder exists, or it cannot be made.
    """
    described = process(order.process)
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"'{folder}' exists already.", "Name a folder that does not.")
    simulated = Simulated(order)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-")
    except OSError as error:
        said = f"Nothing can be written in '{folder.parent}': {error.strerror}."
        raise UsageError(said, "Name another folder with --out.") from error
    with place as aside:
        written = Path(aside) / folder.name
        (log := written / LOG).mkdir(parents=True)
        DIALECTS[dialect](simulated.parts(), described, log)
        truth = simulated.truth()
        told = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
        (written / TRUTH).write_text(told, encoding="utf-8")
        written.rename(folder)
    return truth


class Simulated:
    """A log in parts, and what is true of it once all of them have been taken.

    ``touched`` tells for each part what was damaged in it, in the shape of ``TOUCHED``.
    """

    def __init__(self, order: Order) -> None:
        self._order, self._process = order, process(order.process)
        self._plants: tuple[Plant, ...] = self._process.plants if order.planted else ()
        world = World(tuple(plant.id for plant in self._plants), order.level)
        self._population = Population(
            self._process, order.cases, order.seed, world, destroy=order.defects
        )
        self._truth = Truth(self._process, self._plants)
        self.touched: list[pl.DataFrame] = []

    def parts(self) -> Iterator[Part]:
        """The parts of the log, which can be taken only once."""
        world, population = self._population.world, self._population
        bare = [population.blocks(world.without(plant)) for plant in self._plants]
        for block, *without in zip(population.blocks(world), *bare, strict=True):
            for plant, other in zip(self._plants, without, strict=True):
                effect = effect_of(plant, self._process, block, other)
                self._truth.add_effect(plant, effect)
            yield self._part(block)

    def truth(self) -> dict[str, Any]:
        """The content of ``truth.json``."""
        order = self._order
        return self._truth.document(order.seed, order.level, with_defects=order.defects)

    def _part(self, block: Block) -> Part:
        order, population = self._order, self._population
        part = part_of(self._process, block, population.draws, hide_extensions=order.defects)
        self._truth.add_part(part, block.journeys.of(block.is_in))
        touched = {}
        if order.defects:
            part, damaged = damage(part, population.draws, self._whole)
            self.touched.append(damaged)
            touched = tally(damaged)
        self._truth.add_written(part, touched)
        return part

    @cached_property
    def _whole(self) -> Whole:
        _, closes = period_of(self._process.window)
        return Whole(
            self._population.numbers.tolist(),
            frozenset(self._process.ends),
            dt.datetime.fromtimestamp(closes, dt.UTC),
        )
