# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where causes are looked for: the queues of a log, and who worked on them when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from contracts.journey import Journey
from mining.cases.turns import step_of
from mining.summaries import Summaries
from mining.waiting import stays
from mining.waiting.step_queues import Queue, queues
from mining.why.loops import NEARLY_ALL, Key

_NO_STAYS = pl.DataFrame(
    schema={"week": pl.Int32, "bin": pl.Int16, "n": pl.Float64, "days": pl.Float64}
)


@dataclass(frozen=True)
class Observed:
    """A log as the search for causes sees it.

    Attributes:
        queues: by step and whether it is done again.
        size: how many cases the log holds.
        hands: ``to, week, resource, n``: who finished a step in which week, how many times.
        days: ``to, is_again, day, came, finished``: how many stays began on which day, and how many
            times a step was finished.
        journey: whose turn it is at each step.
        end_week: when the log ends, in weeks.
    """

    queues: dict[Key, Queue]
    size: int
    hands: pl.DataFrame
    days: pl.DataFrame
    journey: Journey
    end_week: float

    @cached_property
    def weeks(self) -> tuple[int, int]:
        """The first and the last week in which a wait began."""
        bounds = [(q.weeks["week"].min(), q.weeks["week"].max()) for q in self.queues.values()]
        firsts, lasts = zip(*bounds, strict=True) if bounds else ((0,), (0,))
        return int(min(firsts)), int(max(lasts))

    def waited(self, source: str, to: str | None) -> pl.DataFrame:
        """``week, bin, n, days`` of the stays at one place."""
        parts = [
            queue.weeks.filter(pl.col("from") == source).select("week", "bin", "n", "days")
            for (step, _), queue in self.queues.items()
            if step == to
        ]
        return pl.concat(parts) if parts else _NO_STAYS

    def is_handed_over(self, source: str, to: str) -> bool:
        """Whether nearly all who wait here go from one organisation of the agency to another."""
        queue = self.queues.get((to, False))
        is_ours = self.is_agency.get(source, False) and self.is_agency.get(to, False)
        return is_ours and queue is not None and queue.share_crossing(source) >= NEARLY_ALL

    def hands_at(self, to: str) -> dict[int, list[int]]:
        """How many times each person finished a step, by week."""
        people = self.hands.filter(pl.col("to") == to).group_by("week")
        return dict(people.agg(pl.col("n").sort()).iter_rows())

    def days_of(self, key: Key) -> pl.DataFrame:
        """``day, came, finished``: how many came to a step on each day, and were done there."""
        to, is_again = key
        at = (pl.col("to") == to) & (pl.col("is_again") == is_again)
        return self.days.filter(at).select("day", "came", "finished")

    @cached_property
    def is_agency(self) -> dict[str, bool]:
        """Whether each step is one that the agency must take."""
        steps = {key[0] for key in self.queues}
        sources = {source for queue in self.queues.values() for source in queue.sources}
        return {name: step_of(self.journey, name).actor == "agency" for name in steps | sources}


def observed(merged: Summaries, journey: Journey, end_week: float) -> Observed:
    """A log from the merged ``mining.waiting.stays.SUMMARIES``, ``mining.wholes.overview.LOG``."""
    return Observed(
        {(queue.to, queue.is_again): queue for queue in queues(merged)},
        merged["log"]["cases"][0],
        merged[stays.HANDS.name],
        merged[stays.ON_DAYS.name],
        journey,
        end_week,
    )
