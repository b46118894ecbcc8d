# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is on record of journeys when the log closes: cases, events, suspensions, extensions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from simulation.description import Process, Step
from simulation.recording.deadlines import extensions_of
from simulation.recording.log import EVENTS, SUSPENSIONS, Part
from simulation.walking.cases import Codes, values_of
from simulation.walking.draws import Draws, Floats
from simulation.walking.hours import ZONE, hours_of, moment_of, period_of
from simulation.walking.journeys import known, last_end
from simulation.walking.population import Block

PATTERNS = ("flag", "dates", "status")
"""The ways to record that the legal clock stands still; a case always uses the same."""

_RECORDED_WITHIN = 2 * 3600.0  # seconds: by hand, after the fact


def part_of(process: Process, block: Block, draws: Draws, *, hide_extensions: bool) -> Part:
    """The cases of a block that are in the log, as it is when it closes.

    Args:
        process: the process of the cases.
        block: all cases, and which are in the log.
        draws: the draws for the cases.
        hide_extensions: whether some decision periods are extended by only moving the date.
    """
    record = _Record(process, block, draws)
    cases = record.cases()
    closes_at = _moments(np.array([record.closes]))[0]
    extensions = extensions_of(
        cases, process.legal, record.uniform("extension"), closes_at, hide=hide_extensions
    )
    return Part(cases, record.events(), record.suspensions(), extensions)


class _Record:
    def __init__(self, process: Process, block: Block, draws: Draws) -> None:
        self._process, self._block, self._draws = process, block, draws
        self._journeys = block.journeys.of(block.is_in)
        self._case = block.first + np.flatnonzero(block.is_in)
        self.opens, self.closes = period_of(process.window)
        self._version = 1 + (self._began() >= moment_of(process.version.since)).astype(np.int64)

    def uniform(self, purpose: str) -> Floats:
        """The numbers in [0, 1) of the cases in the log for a purpose."""
        block = self._block
        return self._draws.uniform(purpose, block.first, len(block.is_in))[block.is_in]

    def cases(self) -> pl.DataFrame:
        """``CASES``, and a column per attribute."""
        decision = self._journeys.row(self._process.legal.decision)
        began_at = _moments(self._began())
        return pl.DataFrame(
            {
                "case": self._case,
                "began_at": began_at,
                "decided_at": _moments(self._if_seen(self._journeys.at[decision])),
                "ended_at": _moments(self._if_seen(last_end(self._journeys, self._process))),
                "version": self._version,
                **{name: self._values(name) for name in self._process.attributes},
            }
        ).select(
            "case",
            pl.format(
                "ZAAK-{}-{}",
                pl.col("began_at").dt.convert_time_zone(ZONE.key).dt.year(),
                (pl.col("case") + 1).cast(pl.String).str.zfill(7),
            ).alias("case_id"),
            pl.exclude("case"),
        )

    def events(self) -> pl.DataFrame:
        """``EVENTS``: what happened while the log was open."""
        rows = [self._events_of(row) for row in range(len(self._journeys.slots))]
        events = pl.concat(rows).sort("case", "at", "row", maintain_order=True)
        number = pl.int_range(pl.len(), dtype=pl.Int64).over("case")
        return events.with_columns(number=number).select(EVENTS.names())

    def _events_of(self, row: int) -> pl.DataFrame:
        """The events of one slot."""
        journeys, step = self._journeys, self._journeys.slots[row].step
        at = journeys.at[row]
        seen = (at >= self.opens) & (at <= self.closes)
        late = self.uniform(f"recorded:{row}") * _RECORDED_WITHIN
        slot = pl.DataFrame(
            {
                "case": self._case,
                "version": self._version,
                "at": _moments(at),
                "started_at": _moments(self._started(row)),
                "recorded_at": _moments(np.floor(np.minimum(at + late, self.closes))),
                "elsewhere": journeys.elsewhere[row],
                "who": self._who(row, step),
            }
        )
        return slot.filter(seen).select(
            "case",
            pl.lit(row).alias("row"),
            pl.lit(step.id).alias("step"),
            pl.when(pl.col("version") == 1)
            .then(pl.lit(step.name))
            .otherwise(pl.lit(self._process.version.names.get(step.id, step.name)))
            .alias("activity"),
            "at",
            "started_at",
            "recorded_at",
            pl.lit(step.actor).alias("actor"),
            *self._done_by(step),
            pl.lit(None, dtype=pl.String).alias("note"),
        )

    def _done_by(self, step: Step) -> Iterator[pl.Expr]:
        """The team, its organisation and the person, depending on whether another team did it."""
        usual, other = self._told(step.team), self._told(self._team_elsewhere(step))
        for name, here, there in zip(
            ("team", "organisation", "resource"), usual, other, strict=True
        ):
            yield pl.when("elsewhere").then(there).otherwise(here).alias(name)

    def _told(self, name: str | None) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """How the log names a team; a person has the name of the team and a number."""
        team = self._process.teams[name] if name else None
        person = pl.format("{}-{}", pl.lit(name), pl.col("who").cast(pl.String).str.zfill(2))
        return (
            pl.lit(name, dtype=pl.String),
            pl.lit(team and team.organisation, dtype=pl.String),
            person if team and team.staff else pl.lit(None, dtype=pl.String),
        )

    def _who(self, row: int, step: Step) -> Codes:
        """The number in the team of the person who did a step: from the desk, or any."""
        server, elsewhere = self._journeys.server[row], self._journeys.elsewhere[row]
        staff = np.where(elsewhere, self._staff(self._team_elsewhere(step)), self._staff(step.team))
        anyone = (self.uniform(f"who:{row}") * staff).astype(np.int64)
        return 1 + np.where((server >= 0) & ~elsewhere, server, anyone)

    def _staff(self, team: str | None) -> int:
        return (self._process.teams[team].staff if team else None) or 1

    def _team_elsewhere(self, step: Step) -> str | None:
        """The team that a plant makes do a step; the step's own if there is none."""
        plants = self._process.plants
        return next((p.done_by for p in plants if p.done_by and p.step == step.id), step.team)

    def suspensions(self) -> pl.DataFrame:
        """``SUSPENSIONS``: the waits in which the legal clock stood still."""
        return pl.concat(
            [pl.DataFrame(schema=SUSPENSIONS), *self._suspended()], how="vertical"
        ).sort("case", "start_at")

    def _suspended(self) -> Iterator[pl.DataFrame]:
        pattern = (self.uniform("pattern") * len(PATTERNS)).astype(np.int64)
        for row, slot in enumerate(self._journeys.slots):
            if slot.step.clock != "suspended":
                continue
            since, at = self._journeys.since[row], self._journeys.at[row]
            seen = np.flatnonzero((since <= self.closes) & (at >= self.opens))
            yield pl.DataFrame(
                {
                    "case": self._case[seen],
                    "start_at": _moments(since[seen]),
                    "end_at": _moments(self._if_seen(at)[seen]),
                    "pattern": pl.Series(PATTERNS).gather(pattern[seen]),
                }
            ).with_columns(
                expected_days=pl.lit(round(slot.step.wait_days[0]), dtype=pl.Int64),
                reason=pl.lit(f"In afwachting van: {slot.step.name}"),
            )

    def _began(self) -> Floats:
        began: Floats = self._journeys.at[0]
        return began

    def _if_seen(self, at: Floats) -> Floats:
        """The moments up to the closing of the log; NaN for later ones."""
        return np.where(at <= self.closes, at, np.nan)

    def _values(self, name: str) -> pl.Series:
        values = values_of(self._process.attributes[name])
        codes = known(self._journeys, self._process, name)
        texts = pl.Series([*values, None], dtype=pl.String)
        return texts.gather(np.where(codes < 0, len(values), codes))

    def _started(self, row: int) -> Floats:
        """When work began, if the agency's own system knows; else NaN."""
        journeys, step = self._journeys, self._journeys.slots[row].step
        if step.actor != "agency" or step.work_hours == (0, 0):
            return np.full(len(self._case), np.nan)
        began = hours_of("agency").before(np.nan_to_num(journeys.at[row]), journeys.worked[row])
        started: Floats = np.ceil(np.clip(began, journeys.since[row], journeys.at[row]))
        return np.where(journeys.elsewhere[row], np.nan, started)


def _moments(at: Floats) -> pl.Series:
    """Whole UTC seconds as instants; NaN is null."""
    seconds = pl.Series(at).fill_nan(None)
    return (seconds * 1_000_000).cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
