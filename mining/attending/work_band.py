# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How much work a step may take, where the log does not tell when it started.

Nobody can have begun before the case was there, nor before they had finished the case before it
(Chapela-Campa and Dumas, "estimating the start times of activities"). They may have begun later. So
the most is counted from then, and the least is nothing. Where the start is known, least and most
are both the real work.
"""

from __future__ import annotations

import polars as pl

from contracts.tables import TABLES
from mining.durations import DAY_MS
from mining.summaries import Summary

_IN_ORDER = {"done_ms": False, "to": False, "is_ours": True, "is_timed": False, "enabled_ms": False}
"""By what the items of a person are sorted, and whether the highest come first."""


def _summarise(items: pl.DataFrame) -> pl.LazyFrame:
    """By step how often the agency did it, and the least and the most work in it."""
    has_doer = pl.col("resource").is_not_null()
    by_doer = [_after_others(theirs) for theirs in items.filter(has_doer).partition_by("resource")]
    nobodys = items.filter(~has_doer).with_columns(before_ms=pl.lit(None, pl.Int64))
    most_ms = pl.col("done_ms") - pl.max_horizontal("enabled_ms", "before_ms")
    work_ms = pl.col("done_ms") - pl.col("started_ms")
    is_timed = pl.col("is_timed")
    return (
        pl.concat([nobodys, *by_doer])
        .lazy()
        .with_columns(most_ms=most_ms, work_ms=work_ms)
        .filter("is_ours")
        .group_by("to")
        .agg(
            n=pl.len(),
            timed=is_timed.sum(),
            least_ms=pl.when(is_timed).then("work_ms").otherwise(0).sum(),
            most_ms=pl.when(is_timed).then("work_ms").otherwise("most_ms").sum(),
        )
    )


def _after_others(theirs: pl.DataFrame) -> pl.DataFrame:
    """The items of one person, with ``before_ms``: when they had finished the work before it.

    Of items done at the same moment none is before another, so each step may have had all of the
    time; but of several items of one step, all but one seem to take no time.
    """
    done, to = pl.col("done_ms"), pl.col("to")
    is_later = (done != done.shift()).fill_null(value=False)
    is_next = ~is_later & (to == to.shift()).fill_null(value=False)
    before_ms = pl.when(is_later).then(done.shift()).forward_fill()
    ordered = theirs.sort(list(_IN_ORDER), descending=list(_IN_ORDER.values()))
    return ordered.with_columns(before_ms=pl.when(is_next).then(done).otherwise(before_ms))


SUMMARY = Summary("work_band", ("to",), _summarise)
"""Made from ``mining.attending.work.ITEMS`` that hold all items of each resource in them."""


def conclude(summary: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["work_band"]`` from the merged ``SUMMARY``, most events first."""
    ranked = summary.sort("n", "to", descending=[True, False])
    return ranked.select(
        "n",
        "timed",
        activity="to",
        least_days=pl.col("least_ms") / DAY_MS,
        most_days=pl.col("most_ms") / DAY_MS,
    ).select(TABLES["work_band"].names())
