# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the one who took a case up was doing while it waited.

After Lashkevich, Milani, Chapela-Campa, Suvorau and Dumas (2023, "Unveiling the causes of waiting
time in business processes from event logs"). From when a case could be taken up until it was, the
one who took it up

1. *contention*: worked on cases that could be taken up no later than it;
2. *prioritisation*: worked on cases that could be taken up only later;
3. *batching*: did not work, and the last of those that were taken up together was not there yet;
4. *other*: did not work: was away, or elsewhere, or did not know that it could begin.

Each moment is in one of them. Where somebody works on several cases at once, a moment belongs to
the one begun first. The paper puts batching first; but then every busy queue is a batch, as whoever
works through it takes one case up right after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mining.durations import DAY_MS
from mining.overtaking import weight_above
from mining.summaries import Summary

Numbers = NDArray[np.int64]

_GAP_MS = 30 * 60_000  # between two of a batch at most; the literature's for offices
CAUSES = ("contention", "prioritisation", "batching", "other")


def _summarise(items: pl.DataFrame) -> pl.LazyFrame:
    """The waits by place: how many, how long, and of each cause its part."""
    timed = items.filter("is_timed", pl.col("resource").is_not_null()).sort(
        "resource", "started_ms", "done_ms", "enabled_ms", "from", "to"
    )
    causes = [_of_one(each) for each in timed.partition_by("resource", maintain_order=True)]
    empty = pl.DataFrame(schema=dict.fromkeys((f"{cause}_ms" for cause in CAUSES), pl.Int64))
    split = pl.concat([timed, pl.concat([empty, *causes])], how="horizontal")
    wait_ms = pl.col("started_ms") - pl.col("enabled_ms")
    return (
        split.lazy()
        .filter("is_wait", wait_ms > 0)
        .group_by("from", "to")
        .agg(
            n=pl.len().cast(pl.Int64),
            wait_ms=wait_ms.sum(),
            **{f"{cause}_ms": pl.col(f"{cause}_ms").sum() for cause in CAUSES},
        )
    )


SUMMARY = Summary("waiting_causes", ("from", "to"), _summarise)
"""Of ``mining.work.ITEMS``, all those of each resource in it."""


def conclude(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["waiting_causes"]`` from the merged ``SUMMARY``, most waiting first."""
    days = [(pl.col(f"{name}_ms") / DAY_MS).alias(f"{name}_days") for name in ("wait", *CAUSES)]
    ranked = summary.sort("wait_ms", "from", "to", descending=[True, False, False])
    return ranked.select("from", "to", "n", *days)


class _Busy(NamedTuple):
    """When somebody was at work, cut into stretches that belong to one case each, in order."""

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
        """How long they had worked by then on cases that could be taken up only ``than`` later."""
        over = np.searchsorted(self.ended, by, side="right")
        whole = weight_above(self.enabled, self.ended - self.began, over, than)
        last = np.iinfo(np.int64)
        began, enabled = np.append(self.began, last.max), np.append(self.enabled, last.min)
        rest = np.where(enabled[over] > than, np.maximum(by - began[over], 0), 0)
        later: Numbers = whole + rest
        return later


def _of_one(items: pl.DataFrame) -> pl.DataFrame:
    """The parts of each wait for one person, whose items come in the order of their start."""
    enabled, started = items["enabled_ms"].to_numpy(), items["started_ms"].to_numpy()
    formed = np.minimum(_formed(items), started)
    busy = _busy(items)
    worked_before = busy.by(enabled)
    worked = busy.by(started) - worked_before
    later = busy.on_later(enabled, started)
    batching = formed - enabled - (busy.by(formed) - worked_before)
    return pl.DataFrame(
        {
            "contention_ms": worked - later,
            "prioritisation_ms": later,
            "batching_ms": batching,
            "other_ms": started - enabled - worked - batching,
        }
    )


def _busy(items: pl.DataFrame) -> _Busy:
    started, done = items["started_ms"].to_numpy(), items["done_ms"].to_numpy()
    before = np.concatenate([[np.iinfo(np.int64).min], np.maximum.accumulate(done)[:-1]])
    began = np.maximum(started, before)
    own = done > began
    return _Busy(began[own], done[own], items["enabled_ms"].to_numpy()[own])


def _formed(items: pl.DataFrame) -> Numbers:
    """When the batch that each item is in had formed; its own enabled time where it is in none."""
    formed = items["enabled_ms"].to_numpy().copy()
    by_step = items.with_row_index("place").partition_by("to", maintain_order=True)
    for step in by_step:
        place = step["place"].to_numpy()
        before = np.iinfo(np.int64).min
        for first, end, began in _runs(step):
            if end - first > 1:
                run = place[first:end]
                # what was there when the run before it began was left over, not gathered since
                gathered = run[formed[run] >= before]
                formed[gathered] = formed[gathered].max(initial=before)
            before = began
    return formed


def _runs(step: pl.DataFrame) -> Iterator[tuple[int, int, int]]:
    """Runs of items that were taken up together, in the order of their start.

    An item joins a run if it could be taken up when that began, and was within ``_GAP_MS`` of it.

    Yields:
        The place of its first item, the place after its last one, and when it began.
    """
    columns = (step[name].to_list() for name in ("enabled_ms", "started_ms", "done_ms"))
    first = began = ended = 0
    for place, (enabled, started, done) in enumerate(zip(*columns, strict=True)):
        if place and enabled <= began and started - ended <= _GAP_MS:
            ended = max(ended, done)
            continue
        if place:
            yield first, place, began
        first, began, ended = place, started, done
    yield first, step.height, began
