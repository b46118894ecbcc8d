# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the person who took a case up was doing while it waited.

After Lashkevich, Milani, Chapela-Campa, Suvorau and Dumas (2023, "Unveiling the causes of waiting
time in business processes from event logs"). Between the moment that a case could be taken up and
the moment that it was, the person who took it up

1. *contention*: worked on cases that could be taken up no later than it;
2. *prioritisation*: worked on cases that could be taken up only later;
3. *batching*: did not work, and the last of the cases taken up together was not there yet;
4. *other*: did not work: was away, or elsewhere, or did not know that it could begin.

Each moment is in one of these. Where somebody works on several cases at once, a moment belongs to
the case begun first. The paper puts batching first; but then every busy queue is a batch, since
whoever works through it takes up one case right after the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.attending.overtaking import weight_above
from mining.durations import DAY_MS
from mining.summaries import Summary

Numbers = NDArray[np.int64]

_GAP_MS = 30 * 60_000  # the longest gap in a batch; the literature's for offices
CAUSES = ("contention", "prioritisation", "batching", "other")


def _summarise(items: pl.DataFrame) -> pl.LazyFrame:
    """The waits by place: how many, how long, and how much each cause took."""
    timed = items.filter("is_timed", pl.col("resource").is_not_null())
    waits = [_waits_for_one(theirs) for theirs in timed.partition_by("resource")]
    return (
        pl.concat([pl.DataFrame(schema=_WAITS), *waits])
        .lazy()
        .group_by("from", "to")
        .agg(n=pl.len(), **{name: pl.col(name).sum() for name in _PARTS})
    )


_PARTS = ("wait_ms", *(f"{cause}_ms" for cause in CAUSES))
_WAITS = pl.Schema(
    {"from": pl.Categorical(), "to": pl.Categorical(), **dict.fromkeys(_PARTS, pl.Int64())}
)
SUMMARY = Summary("waiting_causes", ("from", "to"), _summarise)
"""Made from ``mining.attending.work.ITEMS`` that hold all items of each resource in them."""


def conclude(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["waiting_causes"]`` from the merged ``SUMMARY``, most waiting first."""
    days = [(pl.col(f"{name}_ms") / DAY_MS).alias(f"{name}_days") for name in ("wait", *CAUSES)]
    ranked = summary.sort("wait_ms", "from", "to", descending=[True, False, False])
    return ranked.select("from", "to", "n", *days)


class _Busy(NamedTuple):
    """When somebody was at work: stretches in order, each belonging to one case."""

    began: Numbers
    ended: Numbers
    enabled: Numbers

    def by(self, moment: Numbers) -> Numbers:
        """How long they had worked by then."""
        length = self.ended - self.began
        so_far = np.concatenate([[0], np.cumsum(length)])
        over = np.searchsorted(self.ended, moment, side="right")
        padded = np.append(self.began, np.iinfo(np.int64).max)
        worked: Numbers = so_far[over] + np.maximum(moment - padded[over], 0)
        return worked

    def on_later(self, than: Numbers, by: Numbers) -> Numbers:
        """How long they had worked by then on cases that could be taken up only after ``than``."""
        over = np.searchsorted(self.ended, by, side="right")
        whole = weight_above(self.enabled, self.ended - self.began, over, than)
        last = np.iinfo(np.int64)
        began, enabled = np.append(self.began, last.max), np.append(self.enabled, last.min)
        rest = np.where(enabled[over] > than, np.maximum(by - began[over], 0), 0)
        later: Numbers = whole + rest
        return later


def _waits_for_one(items: pl.DataFrame) -> pl.DataFrame:
    """The waits for one person, with the parts of each, in the shape of ``_WAITS``."""
    items = items.sort("started_ms", "done_ms", "enabled_ms")
    busy = _busy(items)
    waits = items.with_columns(
        formed_ms=pl.min_horizontal(pl.Series(_formed(items)), "started_ms"),
        wait_ms=pl.col("started_ms") - pl.col("enabled_ms"),
    ).filter("is_wait", pl.col("wait_ms") > 0)
    enabled, started, formed = (
        waits[name].to_numpy() for name in ("enabled_ms", "started_ms", "formed_ms")
    )
    worked_before = busy.by(enabled)
    worked = busy.by(started) - worked_before
    later = busy.on_later(enabled, started)
    batching = formed - enabled - (busy.by(formed) - worked_before)
    return waits.select(
        "from",
        "to",
        "wait_ms",
        contention_ms=worked - later,
        prioritisation_ms=later,
        batching_ms=batching,
        other_ms=started - enabled - worked - batching,
    )


def _busy(items: pl.DataFrame) -> _Busy:
    started, done = items["started_ms"].to_numpy(), items["done_ms"].to_numpy()
    before = np.concatenate([[np.iinfo(np.int64).min], np.maximum.accumulate(done)[:-1]])
    began = np.maximum(started, before)
    own = done > began
    return _Busy(began[own], done[own], items["enabled_ms"].to_numpy()[own])


def _formed(items: pl.DataFrame) -> Numbers:
    """When the batch of each item was complete; its own enabled time where it is in no batch.

    A batch is a run of items of one step, in the order of their start. An item joins a run if it
    could be taken up when the run began, and if it started within ``_GAP_MS`` of work on the step.
    An item that was there before the previous run began was left over, not gathered since.
    """
    step = items["to"].to_physical().rank("dense").to_numpy().astype(np.int64)
    by_step = np.argsort(step, kind="stable")
    times = items.select("enabled_ms", "started_ms", "done_ms").to_numpy()
    least = times.min()
    apart = times.max() - least + _GAP_MS + 1  # puts the times of one step after those before it
    enabled, started, done = (times - least)[by_step].T + step[by_step] * apart
    begin = _begins_of_runs(enabled, started, done)
    run = np.repeat(np.arange(len(begin)), np.diff(begin, append=len(items)))
    before = np.concatenate([[0], started[begin]])[run]  # times of another step are never later
    is_gathered = enabled >= before
    last = np.maximum.reduceat(np.where(is_gathered, enabled, 0), begin)
    waited_for_others = np.where(is_gathered, last[run] - enabled, 0)
    formed: Numbers = items["enabled_ms"].to_numpy().copy()
    formed[by_step] += waited_for_others
    return formed


def _begins_of_runs(enabled: Numbers, started: Numbers, done: Numbers) -> Numbers:
    """The places of the first item of each run."""
    # up to its first item nothing was enabled after a run began, so the next that was ends it
    too_late = np.searchsorted(np.maximum.accumulate(enabled), started, side="right")
    idle = np.flatnonzero(started[1:] - np.maximum.accumulate(done)[:-1] > _GAP_MS) + 1
    after_a_gap = np.append(idle, len(started))[
        np.searchsorted(idle, np.arange(len(started)), side="right")
    ]
    end_of_run = np.minimum(too_late, after_a_gap).tolist()
    begins = [0]
    while (end := end_of_run[begins[-1]]) < len(started):
        begins.append(end)
    return np.array(begins)
