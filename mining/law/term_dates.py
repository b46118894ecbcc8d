# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the events of a case tell of each term: when it started, was met, and was moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from contracts.dates import as_date
from contracts.deadlines import Deadline, OwnDate
from contracts.events import attribute_column, day_in
from contracts.journey import Journey
from mining.cases.axis import day_of
from mining.cases.journeys import Lens
from mining.cases.turns import steps_with
from mining.summaries import Bucket

_DATES = ("start", "stop", "extended")
_ASKED = (*_DATES, "notices", "shifted", "is_first", "is_held", "own", "registered")
_OF_CASES = ("case_id", "is_begun", "began_on", "ended_on")
_SHARED = (*_OF_CASES, "ended_at", "is_dated", "waits_after", "waits_since")


def term_dates(bucket: Bucket) -> Iterator[pl.DataFrame]:
    """What the log tells of the cases of a bucket: a frame per deadline, in order of the config.

    A deadline without activities that start its term starts with the first event that is not
    outside the legal clock; if that is the first event of the case, when the case began.

    Yields:
        A row per case, in order of ``case_id``. In the calendar of the zone (``Date``):
        ``began_on, ended_on`` of the case, ``start, stop, extended, notices`` of the term, ``own``
        and ``registered`` from attributes, and ``waits_since`` for an open case that waits after
        ``waits_after``. As moments: ``start_at``, ``shifted`` (the registered end was moved) and
        ``ended_at``. ``hours``: how long the term has lasted so far (``Float64``). ``is_begun``: as
        in ``mining.cases.journeys.CASES``; ``is_dated``: the case is counted in days; ``is_first``:
        the first event starts the term; ``is_held``: the deadline is about this case.
    """
    cases = _cases(bucket)
    for number in range(len(bucket.lens.deadlines)):
        yield _of(cases, number, bucket.lens)


def _cases(bucket: Bucket) -> pl.DataFrame:
    """``_SHARED``, and what each deadline asks of a case, in columns with the deadline's number."""
    zone = bucket.lens.zone
    asked = {
        f"{name}{n}": value
        for n, deadline in enumerate(bucket.lens.deadlines)
        for name, value in _asked(deadline, bucket.lens.journey).items()
    }
    waiting = bucket.moves.filter("is_open").select(
        "case_id",
        waits_after=pl.col("from").cast(pl.String),
        waits_since=day_of("enabled_ms", zone),
    )
    done = (
        bucket.traces.filter(~pl.col("is_outside"))
        .group_by("case_id")
        .agg(ended_at=pl.col("at").max(), is_dated=pl.col("in_days").first(), **asked)
    )
    moved = bucket.told.filter(~pl.col("is_outside")).group_by("case_id").agg(**_moved(bucket.lens))
    return (
        bucket.cases.select(*_OF_CASES)
        .join(done, on="case_id", how="left")
        .join(moved, on="case_id", how="left")
        .join(waiting, on="case_id", how="left")
        .with_columns(ended_at=pl.when(pl.col("ended_on").is_not_null()).then("ended_at"))
        .sort("case_id")
        .collect()
    )


def _asked(deadline: Deadline, journey: Journey) -> dict[str, pl.Expr]:
    """What a deadline asks of the events of a case."""
    name, at, is_done = pl.col("activity"), pl.col("at"), pl.col("is_done")
    outside = steps_with(journey, "outside")
    starts = name.is_in(deadline.start) if deadline.start else ~name.is_in(outside)
    own = deadline.rule.date if isinstance(deadline.rule, OwnDate) else None
    attributes = {"own": own, "registered": deadline.registered}
    holds = [_last(each).cast(pl.String).is_in(values) for each, values in deadline.where.items()]
    return {
        "start": at.filter(starts).min(),
        "stop": at.filter(name.is_in(deadline.stop or journey.end) & is_done).min(),
        "notices": at.filter(name.is_in(deadline.notice) & is_done),
        "is_first": starts.first(),
        "is_held": pl.all_horizontal(pl.lit(value=True), *holds).fill_null(value=False),
        **{
            role: pl.lit(None, dtype=pl.String) if each is None else _last(each)
            for role, each in attributes.items()
        },
    }


def _moved(lens: Lens) -> dict[str, pl.Expr]:
    """When each term was extended and its registered end moved, from what is told of a case."""
    name, at = pl.col("activity"), pl.col("at")
    return {
        f"{role}{n}": at.filter(name.is_in(activities)).min()
        for n, deadline in enumerate(lens.deadlines)
        for role, activities in (("extended", deadline.extended_by), ("shifted", deadline.moved_by))
    }


def _last(attribute: str) -> pl.Expr:
    """The last value of a case attribute."""
    return pl.col(attribute_column(attribute)).drop_nulls().last()


def _of(cases: pl.DataFrame, number: int, lens: Lens) -> pl.DataFrame:
    """The cases with what one deadline asks of them."""
    is_whole = pl.col("is_first") & (not lens.deadlines[number].start)
    return (
        cases.select(*_SHARED, **{role: f"{role}{number}" for role in _ASKED})
        .with_columns(
            start_at="start",
            hours=(pl.coalesce("stop", "ended_at").fill_null(lens.as_of) - pl.col("start"))
            / dt.timedelta(hours=1),
        )
        .with_columns(day_in(name, lens.zone).alias(name) for name in _DATES)
        .with_columns(
            pl.col("notices").list.eval(pl.element().dt.convert_time_zone(lens.zone).dt.date()),
            start=pl.when(is_whole).then("began_on").otherwise("start"),
            stop=pl.coalesce("stop", "ended_on"),
            own=as_date("own", lens.zone),
            registered=as_date("registered", lens.zone),
        )
    )
