# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Steps that are finished on a few days only, such as by a board or in a weekly print run.

Batching on the calendar: nine tenths of all completions fall on at most half of the working days on
which they could have, and on clearly fewer days than those on which the cases came. Days that
follow each other are one round. Every case then waited for its round, since it came at some moment
after the round before. Batching at the end of a step: Martin and others (2015), "Batch processing".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.survival import Floats
from mining.waiting.stays import WEEK_DAYS

_LEAST_FINISHED = 30
_LEAST_ROUNDS = 4
_MOST = 0.9
_FEW = 0.5
_FEWER = 0.8  # of the days on which they came: cases that come in rounds are done in rounds anyhow
_SMALL = 0.2  # of the median batch: days with fewer had work done in between, and are no batch
_WORKING = 5 / 7
_PAUSE = 20  # times the median gap: a longer gap counts as no more than that


class Batches(NamedTuple):
    """How a step is finished in batches.

    ``gap_days``: the median time between two rounds; ``share``: of completions in them. By week,
    ``came``: stays; ``excess``: the days that they waited for their round. ``most_days``: the same
    if all had come right after the round before. ``doubt``: the relative standard error of the
    excess, since it is not known when between two rounds a case came.
    """

    gap_days: float
    share: float
    weeks: NDArray[np.int64]
    came: Floats
    excess: Floats
    most_days: float
    doubt: float


def batches(days: pl.DataFrame) -> Batches | None:
    """The batches of one queue; null where there are none.

    Args:
        days: ``day, came, finished``: how many came and how many were done on each, any order.
    """
    total = int(days["finished"].sum())
    if total < _LEAST_FINISHED:
        return None
    done, came = (_busiest(days, what) for what in ("finished", "came"))
    if done.height < _LEAST_ROUNDS:
        return None
    possible = min(_working_days(done["day"]), _MOST * total)
    if done.height > min(_FEW * possible, _FEWER * came.height):
        return None
    least = _SMALL * float(np.median(done["finished"]))
    held = days.filter(pl.col("finished") >= least).sort("day")
    first, last, size, days_in_all = (each.to_numpy().astype(float) for each in _rounds(held))
    if len(first) < _LEAST_ROUNDS:
        return None
    gap = float(np.median(np.diff(first)))
    since = np.concatenate([[last[0] - gap], last[:-1]])
    most = days_in_all - size * since
    long = last - since
    excess = most - size * long / 2
    return Batches(
        gap_days=gap,
        share=float(size.sum() / total),
        weeks=last.astype(np.int64) // WEEK_DAYS,
        came=size,
        excess=excess,
        most_days=float(most.sum()),
        doubt=float(np.sqrt((size * long**2).sum() / 12) / excess.sum()),
    )


def _rounds(held: pl.DataFrame) -> list[pl.Series]:
    """By round: the first and last day, how many completions, and the sum of their days."""
    day, n = pl.col("day").cast(pl.Int64), pl.col("finished")
    number = (day.diff() > 1).fill_null(value=False).cum_sum()
    rounds = held.group_by(number.alias("round"), maintain_order=True).agg(
        first=day.first(), last=day.last(), n=n.sum(), days=(n * day).sum()
    )
    return rounds.drop("round").get_columns()


def _busiest(days: pl.DataFrame, what: str) -> pl.DataFrame:
    """The fewest days that hold nine tenths of something, in order."""
    by_size = days.sort(what, "day", descending=[True, False])
    so_far = by_size[what].cum_sum().to_numpy()
    kept = int(np.searchsorted(so_far, _MOST * so_far[-1])) + 1
    return by_size.head(kept).sort("day")


def _working_days(days: pl.Series) -> float:
    """How many there are from the first of some days to the last, without long pauses.

    What is done every day of a season, and not outside it, is not done in batches.
    """
    gaps = np.diff(days.to_numpy())
    return float(np.minimum(gaps, _PAUSE * np.median(gaps)).sum()) * _WORKING + 1
