# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who stood still where, and when they came: the counts that causes are looked for in.

A stay is a wait that a case has somewhere on its way. Stays are counted by the week they began, by
how long they took, by what the case is and by who took it up; never by case, so the counts add up
over buckets and say nothing about one citizen. What a pause or the law explains of a wait is left
out, but for ``GROUPS``: a pause hits every group alike.

A case that still waits after an activity has not shown what comes next. Its stay is shared out over
the steps of those who waited as long as it did and then went on (``mining.survival``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from mining.durations import DAY_MS
from mining.summaries import Bucket, Summary
from mining.survival import leaving

WEEK_DAYS = 7
DOER = ("org", "team")
"""Who took a case up: known of stays that ended only."""

CROSSES = "crosses"
"""Whether another organisation took it up than had it before."""

HOUR_MS = DAY_MS // 24
_HOURS_A_DAY = 24
_PER_E_FOLD = 10  # a bin is a tenth wide
_TO = ("to", "is_again")
_PLACE = ("from", *_TO)


def tenth_bin_of(ms: str) -> pl.Expr:
    """The column ``bin`` (``Int16``) of one with durations in whole milliseconds.

    A bin is a tenth wide: so few that all weeks of all queues can be counted by them, where
    ``mining.durations.bin_of`` is for figures that are read.
    """
    hours = pl.col(ms) / HOUR_MS
    return ((hours + 1).log() * _PER_E_FOLD).ceil().cast(pl.Int16).alias("bin")


def _stays(bucket: Bucket) -> pl.LazyFrame:
    """The moves that are stays, with their week, bin and days."""
    inside = ~pl.col("is_outside") & ~pl.col("is_parallel") & pl.col("from").is_not_null()
    unexplained = pl.col("wait_ms") - pl.col("statutory_ms")
    return bucket.moves.filter(inside).with_columns(
        tenth_bin_of("wait_ms"),
        is_again=pl.col("visit").fill_null(1) > 1,
        is_paused=pl.col("pause_ms") > 0,
        week=_week_of(pl.col("enabled_ms")),
        waited_ms=unexplained,
        ms=unexplained - pl.col("pause_ms"),
    )


def _weeks(bucket: Bucket) -> pl.LazyFrame:
    return (
        _stays(bucket)
        .group_by(*_PLACE, "is_open", "is_paused", "week", "bin")
        .agg(
            n=pl.len().cast(pl.Int64),
            before_clock=pl.col("is_before_clock").sum().cast(pl.Int64),
            ms=pl.col("ms").sum(),
        )
    )


def _groups(bucket: Bucket) -> pl.LazyFrame:
    """Of ended stays every doer and attribute, of open ones the attributes."""
    stays = _stays(bucket).with_columns(
        crosses=(pl.col("org") != pl.col("from_org")).cast(pl.String),
    )
    doers = [_group(stays.filter(~pl.col("is_open")), name) for name in (*DOER, CROSSES)]
    coarse = stays.with_columns(bin=pl.when("is_open").then("bin"))
    return pl.concat([*doers, *(_group(coarse, name) for name in bucket.lens.segments)])


def _group(stays: pl.LazyFrame, attribute: str) -> pl.LazyFrame:
    return (
        stays.filter(pl.col(attribute).is_not_null())
        .group_by(*_PLACE, "is_open", "week", "bin", value=pl.col(attribute))
        .agg(
            n=pl.len().cast(pl.Int64),
            ms=pl.col("waited_ms").sum(),
            # in whole hours: sums of squares are exact and fit, those of milliseconds do not
            square_hours=((pl.col("waited_ms") // HOUR_MS) ** 2).sum(),
        )
        .with_columns(pl.col("value").cast(pl.String), attribute=pl.lit(attribute))
    )


def _hands(bucket: Bucket) -> pl.LazyFrame:
    """In which weeks somebody finished a step: how many hands there were can be counted."""
    return (
        _stays(bucket)
        .filter(pl.col("resource").is_not_null())
        .with_columns(week=_week_of(_done_ms()))
        .group_by("to", "week", "resource")
        .agg(n=pl.len().cast(pl.Int64))
    )


def _finished(bucket: Bucket) -> pl.LazyFrame:
    """On which days a step was finished."""
    return (
        _stays(bucket)
        .filter(~pl.col("is_open"))
        .group_by(*_TO, day=(_done_ms() // DAY_MS).cast(pl.Int32))
        .agg(n=pl.len().cast(pl.Int64))
    )


def _left(bucket: Bucket) -> pl.LazyFrame:
    """In which weeks cases ceased to wait."""
    return (
        _stays(bucket)
        .filter(~pl.col("is_open"))
        .with_columns(week=_week_of(pl.col("enabled_ms") + pl.col("wait_ms")))
        .group_by("from", "to", "week")
        .agg(n=pl.len().cast(pl.Int64))
    )


def _week_of(ms: pl.Expr) -> pl.Expr:
    return (ms // (WEEK_DAYS * DAY_MS)).cast(pl.Int32)


def _done_ms() -> pl.Expr:
    return pl.col("enabled_ms") + pl.col("wait_ms") + pl.col("work_ms")


WEEKS = Summary("stay_weeks", (*_PLACE, "is_open", "is_paused", "week", "bin"), _weeks)
GROUPS = Summary("stay_groups", (*_PLACE, "is_open", "week", "bin", "attribute", "value"), _groups)
HANDS = Summary("stay_hands", ("to", "week", "resource"), _hands)
FINISHED = Summary("stay_finished", (*_TO, "day"), _finished)
LEFT = Summary("stay_left", ("from", "to", "week"), _left)
SUMMARIES = (WEEKS, GROUPS, HANDS, FINISHED, LEFT)


def since(merged: Mapping[str, pl.DataFrame], day: dt.date | None) -> dict[str, pl.DataFrame]:
    """The merged ``SUMMARIES``, and whatever is with them, of whole weeks from a day on.

    Of what lies before ``mining.journeys.Lens.complete_from`` only some is in the log, so weeks
    cannot be held against each other. None: of all weeks.
    """
    if day is None:
        return dict(merged)
    first_day = (day - dt.date(1970, 1, 1)).days
    first_week = -(-first_day // WEEK_DAYS)
    is_since = {FINISHED.name: pl.col("day") >= first_day}
    for summary in (WEEKS, GROUPS, HANDS, LEFT):
        is_since[summary.name] = pl.col("week") >= first_week
    return {
        name: frame.filter(is_since.get(name, pl.lit(value=True))) for name, frame in merged.items()
    }


@dataclass(frozen=True)
class Queue:
    """Those who waited for one step, open cases in the measure in which they wait for it.

    Attributes:
        to: the step; ``is_again``: not for the first time in the case.
        weeks: ``from, is_open, is_paused, week, bin, n, before_clock, days``; ``n`` is a number of
            stays, of which ``days`` is the sum.
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
        """The share of stays, if given: from one step, that another organisation took up.

        Of those of which both organisations are known; nought where there are none.
        """
        told = self.groups.filter(pl.col("attribute") == CROSSES)
        if source is not None:
            told = told.filter(pl.col("from") == source)
        n, crossed = (float(each["n"].sum()) for each in (told, told.filter(value="true")))
        return crossed / n if n else 0.0

    @property
    def sources(self) -> list[str]:
        """Where those come from who wait for the step, most waiting first."""
        waited = self.weeks.group_by("from", maintain_order=True).agg(pl.col("days").sum())
        return waited.sort("days", "from", descending=[True, False])["from"].to_list()


def queues(merged: Mapping[str, pl.DataFrame]) -> Iterator[Queue]:
    """Every queue of the log, from the merged ``WEEKS`` and ``GROUPS``."""
    chances = _chances(merged[WEEKS.name])
    weeks, groups = (
        _shared_out(merged[each.name], chances).partition_by(_TO, as_dict=True)
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

    Shared out over those who took up the cases that had waited as long.
    """
    still = weeks.filter("is_open")
    parts = [groups.clear()]
    for doer in DOER:
        ended = groups.filter(pl.col("attribute") == doer)
        chances = chances_of(ended, still, ["value"], is_sure=True)
        if chances is None:
            continue
        parts.append(
            still.join(chances, on="bin", maintain_order="left_right")
            .with_columns(
                n=pl.col("n") * pl.col("chance"),
                days=pl.col("days") * pl.col("chance"),
                squared=pl.col("days") ** 2 / pl.col("n") * pl.col("chance"),
                attribute=pl.lit(doer),
            )
            .select(groups.columns)
        )
    return pl.concat(parts)


def _chances(weeks: pl.DataFrame) -> pl.DataFrame:
    """``from, bin, to, is_again, chance``: where those go who are still there after a bin."""
    found = [_NO_CHANCE]
    for (source,), group in weeks.partition_by("from", as_dict=True, maintain_order=True).items():
        is_open = pl.col("is_open")
        chances = chances_of(group.filter(~is_open), group.filter(is_open), list(_TO), is_sure=True)
        if chances is not None:
            found.append(chances.select(pl.lit(source).alias("from"), *_NO_CHANCE.columns[1:]))
    return pl.concat(found)


_NO_CHANCE = pl.DataFrame(
    schema={
        "from": pl.String,
        "bin": pl.Int16,
        "to": pl.String,
        "is_again": pl.Boolean,
        "chance": pl.Float64,
    }
)


def chances_of(
    ended: pl.DataFrame, still: pl.DataFrame, exit_: list[str], *, is_sure: bool
) -> pl.DataFrame | None:
    """``bin, *exit_, chance`` of those in ``still`` to leave by each exit of those who ``ended``.

    Whoever stayed longer than anyone who left has no chance that is known; where it is sure that
    all leave, that one is taken to leave as all do.
    """
    if not ended.height or not still.height:
        return None
    exits = ended.select(exit_).unique().sort(exit_)
    bins = pl.concat([ended["bin"], still["bin"]]).unique().sort()
    left = np.zeros((len(bins), len(exits)))
    place = {each: j for j, each in enumerate(exits.rows())}
    by = np.array([place[each] for each in ended.select(exit_).rows()])
    np.add.at(left, (bins.search_sorted(ended["bin"]).to_numpy(), by), ended["n"].to_numpy())
    waiting = np.zeros(len(bins))
    np.add.at(waiting, bins.search_sorted(still["bin"]).to_numpy(), still["n"].to_numpy())
    estimate = leaving(left, waiting)
    goes = estimate.goes_later()
    if is_sure:
        goes += np.maximum(1.0 - goes.sum(axis=1, keepdims=True), 0.0) * estimate.shares
    return (
        exits.join(bins.alias("bin").to_frame(), how="cross", maintain_order="left_right")
        .with_columns(chance=pl.Series(goes.T.ravel()))
        .filter(pl.col("chance") > 0)
    )


def _shared_out(frame: pl.DataFrame, chances: pl.DataFrame) -> pl.DataFrame:
    """``frame`` in days, and the counts of open stays as shares of the steps that may come next."""
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
        .drop(_TO)
        .join(chances, on=["from", "bin"], maintain_order="left_right")
        .with_columns(pl.col(counts) * pl.col("chance"))
    )
    return pl.concat([real.filter(~pl.col("is_open")), still.select(real.columns)])
