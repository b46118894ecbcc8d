# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many cases waited at a place, week by week: those that came less those that went on.

How many still wait there is known from ``mining.waiting.waits``. When they came is known for each
case that waits after the same step; these are shared out in proportion to how much each waits for
this next step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from contracts.tables import TABLES
from mining.waiting.explained import Place
from mining.waiting.stays import EPOCH, WEEK_DAYS
from mining.waiting.step_queues import chances_of

_COLUMNS = TABLES["queues"]
_CAME = pl.Schema({"week": pl.Int32, "came": pl.Float64})


def conclude(
    places: Iterable[Place],
    waits: pl.DataFrame,
    weeks: pl.DataFrame,
    left: pl.DataFrame,
    as_of: dt.date,
    complete_from: dt.date | None = None,
) -> pl.DataFrame:
    """The queue at each place, in the shape of ``TABLES["queues"]``.

    Args:
        places: pairs of steps, in the order of the result.
        waits: ``from, to, open_cases`` of each place: how many still wait there.
        weeks: merged summary ``mining.waiting.stays.WEEKS``.
        left: merged summary ``mining.waiting.stays.LEFT``.
        as_of: the local date on which the log ends.
        complete_from: as in ``mining.cases.journeys.Lens``; from then on all waits are known.
    """
    found = []
    for source, to in dict.fromkeys(places):
        is_here = (pl.col("from") == source) & pl.col("to").eq_missing(pl.lit(to, pl.String))
        after = weeks.filter(pl.col("from") == source)
        waiting = int(waits.filter(is_here)["open_cases"].sum())
        queue = _queue(after, left.filter(is_here), to, waiting, as_of)
        queue = queue.filter(pl.col("day") >= (complete_from or dt.date.min))
        found.append(queue.with_columns(pl.lit(source).alias("from"), to=pl.lit(to, pl.String)))
    told = [queue.select(_COLUMNS.names()).cast(_COLUMNS) for queue in found]
    return pl.concat([_COLUMNS.to_frame(), *told])


def _queue(
    weeks: pl.DataFrame, left: pl.DataFrame, to: str | None, waiting: int, as_of: dt.date
) -> pl.DataFrame:
    """``day, waiting`` of one place.

    Args:
        weeks: the stays after its first step.
        left: ``week, n`` of those who went on to the second.
        to: the second step.
        waiting: how many still wait for it.
        as_of: when the log ends.
    """
    ended = weeks.filter(~pl.col("is_open"), pl.col("to").eq_missing(to))
    came = pl.concat([_by_week(ended), _came(weeks, to, waiting)])
    went = left.select("week", went="n")
    known: list[int] = [*came["week"], *went["week"]]
    if not known:
        return pl.DataFrame(schema={"day": pl.Date, "waiting": pl.Float64})
    last = max((as_of - EPOCH).days // WEEK_DAYS, *known)
    all_weeks = pl.DataFrame({"week": range(min(known), last + 1)}, schema={"week": pl.Int32})
    end = pl.lit(EPOCH) + pl.duration(days=(pl.col("week") + 1) * WEEK_DAYS - 1)
    return (
        all_weeks.join(came.group_by("week").agg(pl.col("came").sum()), on="week", how="left")
        .join(went, on="week", how="left")
        .with_columns(pl.col("came", "went").fill_null(0))
        .select(
            day=pl.min_horizontal(end, pl.lit(as_of)),
            waiting=(pl.col("came") - pl.col("went")).cum_sum().round(),
        )
    )


def _by_week(stays: pl.DataFrame) -> pl.DataFrame:
    came = stays.group_by("week", maintain_order=True).agg(came=pl.col("n").sum().cast(pl.Float64))
    return came.select(_CAME.names()).cast(_CAME)


def _came(weeks: pl.DataFrame, to: str | None, waiting: int) -> pl.DataFrame:
    """When the cases came that still wait for a step: ``waiting`` in all."""
    ended, still = (weeks.filter(pl.col("is_open") == is_open) for is_open in (False, True))
    if not waiting or still.is_empty():
        return _CAME.to_frame()
    shares = _weighed(ended, still, to)
    total = float(shares["n"].sum())
    if not total:  # too few to share out: take all that wait after the same step
        shares, total = still, float(still["n"].sum())
    return _by_week(shares).with_columns(pl.col("came") * (waiting / total))


def _weighed(ended: pl.DataFrame, still: pl.DataFrame, to: str | None) -> pl.DataFrame:
    """The cases that still wait, each by how much it waits for a step; null: for no known step."""
    chances = chances_of(ended, still, "to", is_sure=False)
    if chances is None:
        return still if to is None else still.clear()
    known = chances.filter(pl.col("to") == to) if to else chances
    by_bin = known.group_by("bin", maintain_order=True).agg(pl.col("chance").sum())
    share = pl.col("chance").fill_null(0.0)
    return still.join(by_bin, on="bin", how="left", maintain_order="left").with_columns(
        n=pl.col("n") * (share if to else 1.0 - share)
    )
