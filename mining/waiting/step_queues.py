# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The queue before each step: who waited for it, from the counts of ``mining.waiting.stays``.

A case that still waits after an activity has not shown what comes next. Its stay is shared out over
the next steps of cases that waited as long and then went on (``mining.waiting.next_steps``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from mining.durations import DAY_MS
from mining.survival import leaving
from mining.waiting.next_steps import chances
from mining.waiting.stays import CROSSES, DOER, GROUPS, HAD, TO, WEEKS

_HOURS_A_DAY = 24


@dataclass(frozen=True)
class Queue:
    """The cases that waited for one step; open cases count by how much they wait for it.

    Attributes:
        to: the step; ``is_again``: not for the first time in the case.
        weeks: ``from, is_open, is_paused, week, bin, n, before_clock, days``; ``n`` stays took
            ``days`` in all.
        groups: ``from, is_open, week, attribute, value, n, days, squared``.
    """

    to: str
    is_again: bool
    weeks: pl.DataFrame
    groups: pl.DataFrame

    @property
    def n(self) -> float:
        """How many stays there were."""
        return float(self.weeks["n"].sum())

    @property
    def days(self) -> float:
        """How long they were, all together."""
        return float(self.weeks["days"].sum())

    def share_crossing(self, source: str | None = None) -> float:
        """The share of stays that another organisation took up; of one step if ``source`` is given.

        Only stays with both organisations known count; nought if there are none.
        """
        told = self.groups.filter(pl.col("attribute") == CROSSES)
        if source is not None:
            told = told.filter(pl.col("from") == source)
        n, crossed = (float(each["n"].sum()) for each in (told, told.filter(value="true")))
        return crossed / n if n else 0.0

    @property
    def sources(self) -> list[str]:
        """The steps from which cases come to wait for this one, most waiting first."""
        waited = self.weeks.group_by("from", maintain_order=True).agg(pl.col("days").sum())
        return waited.sort("days", "from", descending=[True, False])["from"].to_list()


def queues(merged: Mapping[str, pl.DataFrame]) -> Iterator[Queue]:
    """Every queue of the log, from the merged ``WEEKS``, ``GROUPS`` and ``HAD``."""
    shares = chances(merged[WEEKS.name], merged[HAD.name])
    weeks, groups = (
        _shared_out(merged[each.name], shares).partition_by(TO, as_dict=True)
        for each in (WEEKS, GROUPS)
    )
    no_groups = next(iter(groups.values())).clear() if groups else merged[GROUPS.name]
    for to, is_again in sorted(weeks):
        came = weeks[to, is_again]
        told = groups.get((to, is_again), no_groups)
        by_doer = _by_doer(came, told)
        yield Queue(to, is_again, came, pl.concat([told, by_doer]).drop("bin"))


def _by_doer(weeks: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The open stays of a queue by who will take them up, in the shape of ``groups``.

    They are shared out over those who took up cases that had waited as long.
    """
    still = weeks.filter("is_open")
    parts = [groups.clear()]
    for doer in DOER:
        ended = groups.filter(pl.col("attribute") == doer)
        taken = chances_of(ended, still, "value", is_sure=True)
        if taken is None:
            continue
        parts.append(
            still.join(taken, on="bin", maintain_order="left_right")
            .with_columns(
                n=pl.col("n") * pl.col("chance"),
                days=pl.col("days") * pl.col("chance"),
                squared=pl.col("days") ** 2 / pl.col("n") * pl.col("chance"),
                attribute=pl.lit(doer),
            )
            .select(groups.columns)
        )
    return pl.concat(parts)


def chances_of(
    ended: pl.DataFrame, still: pl.DataFrame, exit_: str, *, is_sure: bool
) -> pl.DataFrame | None:
    """The chance of whoever is ``still`` there to leave by each exit of those who ``ended``.

    Whoever stayed longer than anyone who left has no known chance; if it is sure that all leave,
    they are taken to leave as all do.
    """
    if not ended.height or not still.height:
        return None
    exits = ended[exit_].unique().sort()
    bins = pl.concat([ended["bin"], still["bin"]]).unique().sort()
    left = np.zeros((len(bins), len(exits)))
    at = (bins.search_sorted(ended["bin"]), exits.search_sorted(ended[exit_]))
    np.add.at(left, tuple(each.to_numpy() for each in at), ended["n"].to_numpy())
    waiting = np.zeros(len(bins))
    np.add.at(waiting, bins.search_sorted(still["bin"]).to_numpy(), still["n"].to_numpy())
    estimate = leaving(left, waiting)
    goes = estimate.goes_surely() if is_sure else estimate.goes_later()
    return (
        exits.to_frame()
        .join(bins.alias("bin").to_frame(), how="cross", maintain_order="left_right")
        .with_columns(chance=pl.Series(goes.T.ravel()))
        .filter(pl.col("chance") > 0)
    )


def _shared_out(frame: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """``frame`` in days, with open stays shared out over the steps that may come next."""
    real = frame.with_columns(
        pl.col("n").cast(pl.Float64),
        pl.col("^before_clock$").cast(pl.Float64),
        days=pl.col("ms") / DAY_MS,
    )
    if "square_hours" in frame.columns:
        real = real.with_columns(squared=pl.col("square_hours") / _HOURS_A_DAY**2)
    real = real.drop("ms", "square_hours", strict=False)
    counts = [name for name in ("n", "before_clock", "days", "squared") if name in real.columns]
    still = (
        real.filter("is_open")
        .drop(TO)
        .join(shares, on=["from", "bin"], maintain_order="left_right")
        .with_columns(pl.col(counts) * pl.col("chance"))
    )
    return pl.concat([real.filter(~pl.col("is_open")), still.select(real.columns)])
