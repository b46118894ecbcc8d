# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long cases wait on the agency in its own working days (``mining.waiting.calendars``).

All else is as in ``mining.waiting.waits``: open waits are shared out in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from contracts.figures import Quantiles
from contracts.findings import Bottleneck
from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summaries, Summary
from mining.waiting import waits
from mining.waiting.calendars import work_calendar

_KEYS = ("from", "to", "bin", "is_survivor")
_LONGEST_YEARS = 60  # before the last event; older time is not counted


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    needed = ("from", "to", "is_survivor", "in_days", "enabled_ms", "wait_ms")
    moves = bucket.counted.filter(waits.IS_ON_PATH).select(needed).collect()
    none = pl.lit(0, pl.Int64)
    return (
        moves.lazy()
        .with_columns(_working_ms(moves, bucket.lens))
        .with_columns(bin_of("ms"))
        .group_by(_KEYS)
        .agg(n=pl.len(), ms=pl.col("ms").sum())
        .with_columns(pause_ms=none, statutory_ms=none)
    )


SUMMARY = Summary("working_waits", _KEYS, _summarise)
"""The columns of ``DURATIONS`` in ``waits`` without its bands; a working day is 24 hours."""


def _working_ms(moves: pl.DataFrame, lens: Lens) -> pl.Series:
    """``ms``: the time of each wait in working days."""
    last = lens.as_of_date.year
    calendar = work_calendar(lens.calendar, lens.zone, (last - _LONGEST_YEARS, last))
    since = moves["enabled_ms"].to_numpy()
    until = since + moves["wait_ms"].to_numpy()
    days = pl.Series("ms", calendar.working_days(since, until))
    if moves["in_days"].any():
        days = days.zip_with(
            ~moves["in_days"], pl.Series(calendar.whole_working_days(since, until))
        )
    return (days * DAY_MS).round().cast(pl.Int64)


def conclude(
    found: Iterable[Bottleneck], merged: Summaries, journey: Journey
) -> tuple[Bottleneck, ...]:
    """The bottlenecks, with ``wait_working_days`` where cases wait for the agency."""
    known = known_days(merged, journey)
    return tuple(
        each.model_copy(update={"wait_working_days": known.get((each.from_, each.to))})
        for each in found
    )


def known_days(merged: Summaries, journey: Journey) -> dict[tuple[str, str | None], Quantiles]:
    """Working days of the waits for the agency, by place."""
    counted = waits.conclude(merged[SUMMARY.name], merged[waits.CASES.name], journey)
    return {
        (row["from"], row["to"]): Quantiles(p50=row["p50_days"], p90=row["p90_days"])
        for row in counted.filter(pl.col("owner") == "agency_wait").iter_rows(named=True)
    }
