# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Steps that are finished on a few days only, such as by a board or in a weekly print run.

Batching on the calendar: nine tenths of all completions fall on at most half of the working days on
which they could have. Every case then waited for its day, on average half of the time since the day
before it. Batching at the end of a step: Martin and others (2015), "Batch processing".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.survival import Floats
from mining.waiting.stays import WEEK_DAYS

_LEAST_FINISHED = 30
_LEAST_DAYS = 4
_MOST = 0.9
_FEW = 0.5
_SMALL = 0.2  # of the median batch: days with fewer had work done in between, and are no batch
_WORKING = 5 / 7
_PAUSE = 20  # times the median gap: a longer gap counts as no more than that


class Batches(NamedTuple):
    """How a step is finished in batches.

    ``gap_days``: the median time between two batches; ``share``: of completions on batch days. By
    week, ``came``: stays; ``excess``: the days that they waited for their batch. ``doubt``: the
    relative standard error of the excess, since it is not known when between two batches a case
    came.
    """

    gap_days: float
    share: float
    weeks: NDArray[np.int64]
    came: Floats
    excess: Floats
    doubt: float


def batches(finished: pl.DataFrame) -> Batches | None:
    """The batches of one queue; null where there are none.

    Args:
        finished: ``day, n`` of completions, any order.
    """
    by_size = finished.sort("n", "day", descending=[True, False])
    n = by_size["n"].to_numpy()
    total = int(n.sum())
    if total < _LEAST_FINISHED:
        return None
    kept = int(np.searchsorted(np.cumsum(n), _MOST * total)) + 1
    days = np.sort(by_size["day"].to_numpy()[:kept]).astype(np.int64)
    if len(days) < _LEAST_DAYS or len(days) > _FEW * min(_working_days(days), _MOST * total):
        return None
    held = finished.filter(pl.col("n") >= _SMALL * float(np.median(n[:kept]))).sort("day")
    days, size = held["day"].to_numpy().astype(np.int64), held["n"].to_numpy().astype(float)
    gaps = np.diff(days, prepend=days[0] - int(np.median(np.diff(days))))
    return Batches(
        gap_days=float(np.median(gaps)),
        share=float(size.sum() / total),
        weeks=days // WEEK_DAYS,
        came=size,
        excess=size * gaps / 2,
        doubt=float(np.sqrt((size * gaps**2).sum() / 12) / (size * gaps / 2).sum()),
    )


def _working_days(days: NDArray[np.int64]) -> float:
    """How many there are from the first of some days to the last, without long pauses.

    What is done every day of a season, and not outside it, is not done in batches.
    """
    gaps = np.diff(days)
    return float(np.minimum(gaps, _PAUSE * np.median(gaps)).sum()) * _WORKING + 1
