# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rhythm of a log: days without rows, nights and weekends, and clocks that are off."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import polars as pl

from contracts.events import day_in
from contracts.listed import listed
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import MOST_TOLD, Judged, LogExpectation, Rows, rows_of

LEAST_EXPECTED = 30
"""The fewest rows that a hole should have had, by the days before and after it."""

LEAST_IN_A_MONTH = 100
"""In a month with fewer rows, the share of nights and weekends says nothing."""

LEAST_SCORE = 6.0
"""The fewest standard errors that the shares before and after must be apart."""

MONTHS_BESIDE = 3
"""How many months before and after are compared."""

LEAST_BLOCK = 500
"""The fewest consecutive rows of a source that make a block."""

MOST_BLOCKS = 20_000
"""The most blocks of a log; if it would have more, its blocks have more rows."""

LEAST_LIKELIER = 60.0
"""How much likelier, as a logarithm, a block must be with its clock put right, …"""

LEAST_LIKELIER_A_ROW = 0.15
"""… and each of its rows on average; the most in blocks of real logs in one zone was 0.12."""

_DAY_BEGINS, _DAY_ENDS, _FRIDAY = 7, 19, 5

Days = dict[dt.date, tuple[int, int]]
"""By local day, the number of rows, and how many of those are in a night or weekend."""


class ExpectNoHoles(LogExpectation):
    """No ``days`` days are without rows while as many days on each side have thirty or more."""

    days: float
    zone: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("log.days",)
    success_keys: ClassVar[tuple[str, ...]] = ("days", "zone")

    def judged(self, metric: Any) -> Judged:
        """How many holes there are."""
        found = holes(metric, self.days)
        spans = [f"between {after:%Y-%m} and {before:%Y-%m}" for after, before in found]
        told = listed(spans, MOST_TOLD, " and ")
        return not found, len(found), {"found": f"There are no rows {told}."} if found else {}


class ExpectSteadyNights(LogExpectation):
    """The share of rows in nights and weekends does not jump by more than ``points``.

    Three months are compared with the three before them.
    """

    points: float
    zone: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("log.days",)
    success_keys: ClassVar[tuple[str, ...]] = ("points", "zone")

    def judged(self, metric: Any) -> Judged:
        """The largest change, in percentage points."""
        month, before, after = largest_change(metric)
        points = 100 * abs(after - before)
        sentence = f"It went from {before:.0%} to {after:.0%} in {month:%Y-%m}." if month else ""
        return month is None or points <= self.points, points, {"found": sentence}


class ExpectOneClock(LogExpectation):
    """The hours of the day are those of ``zone`` throughout the log, which has ``rows`` rows.

    A block of rows breaks the rule if it becomes much likelier when its times are taken for UTC.
    """

    zone: str
    rows: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("log.clock",)
    success_keys: ClassVar[tuple[str, ...]] = ("zone", "rows")

    def judged(self, metric: Any) -> Judged:
        """How many rows are in such blocks."""
        found = pieces_in_utc(metric)
        spans = [f"rows {first:,} to {last:,} of {source}" for source, first, last, _ in found]
        told = listed(spans, MOST_TOLD, "; ")
        rows = sum(n for *_, n in found)
        return not found, rows, {"found": f"These look like UTC: {told}."} if found else {}


@measure("log.days", ("zone",))
def _days(kwargs: Kwargs) -> Measure:
    counted = functools.partial(_by_day, zone=kwargs["zone"])
    return rows_of(counted, _days_added)


def _by_day(events: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    local = pl.col("at").dt.convert_time_zone(zone).dt
    is_night = ~local.hour().is_between(_DAY_BEGINS, _DAY_ENDS - 1) & ~pl.col("is_day")
    return events.group_by(day=day_in("at", zone)).agg(
        n=pl.len(), off=(is_night | (local.weekday() > _FRIDAY)).sum()
    )


def _days_added(rows: Rows) -> Days:
    days: Days = {}
    for row in rows:
        n, off = days.get(row["day"], (0, 0))
        days[row["day"]] = (n + row["n"], off + row["off"])
    return dict(sorted(days.items()))


def holes(days: Days, least_days: float) -> list[tuple[dt.date, dt.date]]:
    """The pairs of days with nothing between them although there should have been rows.

    There should have been as many as in as many days before the hole, or after it if that is fewer.
    """
    return [
        (after, before)
        for after, before in pairwise(days)
        if (gap := (before - after).days - 1) >= least_days
        and _rows(days, after - dt.timedelta(days=gap - 1), after) >= LEAST_EXPECTED
        and _rows(days, before, before + dt.timedelta(days=gap - 1)) >= LEAST_EXPECTED
    ]


def _rows(days: Days, first: dt.date, last: dt.date) -> int:
    return sum(n for day, (n, _) in days.items() if first <= day <= last)


def largest_change(days: Days) -> tuple[dt.date | None, float, float]:
    """The month in which the share changed most, or null, and the shares before and after."""
    months: dict[dt.date, tuple[int, int]] = {}
    for day, (n, off) in days.items():
        month = day.replace(day=1)
        known = months.get(month, (0, 0))
        months[month] = (known[0] + n, known[1] + off)
    full = {month: counts for month, counts in months.items() if counts[0] >= LEAST_IN_A_MONTH}
    changes = [change for change in _changes(full) if change[0] >= LEAST_SCORE]
    if not changes:
        return None, 0, 0
    _, month, before, after = max(changes, key=lambda each: abs(each[3] - each[2]))
    return month, before, after


def _changes(
    months: Mapping[dt.date, tuple[int, int]],
) -> Iterable[tuple[float, dt.date, float, float]]:
    """For each month but the first: its score, the month, and the shares before and after."""
    names, counts = list(months), list(months.values())
    for place in range(1, len(names)):
        n, off = _total(counts[max(0, place - MONTHS_BESIDE) : place])
        m, later = _total(counts[place : place + MONTHS_BESIDE])
        pooled = (off + later) / (n + m)
        error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        apart = abs(off / n - later / m)
        yield (apart / error if error else 0), names[place], off / n, later / m


def _total(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(n for n, _ in counts), sum(off for _, off in counts)


@measure("log.clock", ("zone", "rows"))
def _clock(kwargs: Kwargs) -> Measure:
    size = block_rows(kwargs["rows"])
    counted = functools.partial(_by_block, zone=kwargs["zone"], size=size)
    return rows_of(counted, lambda rows: pl.DataFrame([*rows], schema=_BLOCKS))


_BLOCKS = pl.Schema(
    {
        "source": pl.String,
        "block": pl.UInt64,
        "hour": pl.Int64,
        "ahead": pl.Int64,
        "n": pl.UInt32,
        "first": pl.UInt64,
        "last": pl.UInt64,
    }
)
"""Rows by the local hour of the day, and by how many hours the local clock was ahead of UTC."""


def block_rows(rows: int) -> int:
    """The number of rows in a block of a log with ``rows`` rows."""
    return max(LEAST_BLOCK, -(-rows // MOST_BLOCKS))


def _by_block(events: pl.LazyFrame, zone: str, size: int) -> pl.LazyFrame:
    local = pl.col("at").dt.convert_time_zone(zone).dt
    ahead = (local.base_utc_offset() + local.dst_offset()).dt.total_hours()
    return (
        events.filter(~pl.col("is_day"))
        .group_by(
            "source",
            block=pl.col("row") // size,
            hour=local.hour().cast(pl.Int64),
            ahead=ahead,
        )
        .agg(n=pl.len(), first=pl.col("row").min(), last=pl.col("row").max())
    )


def pieces_in_utc(blocks: pl.DataFrame) -> list[tuple[str, int, int, int]]:
    """The source, first and last row and number of rows of each stretch that seems to be in UTC."""
    hours, n = pl.int_range(24, dtype=pl.Int64, eager=True).alias("hour"), pl.col("n")
    usual = hours.to_frame().join(
        blocks.group_by("hour").agg(n.sum().cast(pl.Int64)), on="hour", how="left"
    )
    likely = usual.select("hour", log=(n.fill_null(0) + 1).log() - (n.sum() + 24).log())
    right = likely.select(right="hour", put_right="log")
    judged = (
        blocks.with_columns(right=(pl.col("hour") + pl.col("ahead")) % 24)
        .join(likely, on="hour")
        .join(right, on="right")
        .group_by("source", "block")
        .agg(
            pl.col("first").min(),
            pl.col("last").max(),
            rows=n.sum(),
            likelier=(n * (pl.col("put_right") - pl.col("log"))).sum(),
        )
        .filter(
            pl.col("likelier") >= LEAST_LIKELIER,
            pl.col("likelier") >= LEAST_LIKELIER_A_ROW * pl.col("rows"),
        )
        .sort("source", "block")
    )
    stretch = (pl.col("block").diff() != 1).fill_null(value=True).cum_sum().over("source")
    stretches = (
        judged.with_columns(stretch=stretch)
        .group_by("source", "stretch", maintain_order=True)
        .agg(pl.col("first").min(), pl.col("last").max(), pl.col("rows").sum())
    )
    return stretches.select("source", "first", "last", "rows").rows()
