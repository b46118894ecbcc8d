# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How cases and suspensions end, and whether their last day is possible."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import polars as pl

from contracts.dates import as_date
from contracts.events import day_in
from validation.engine.engine import Kwargs
from validation.engine.registry import COLUMNS, rows_rule
from validation.expectations.base import CASE, IS_COMPLETE, EventRowsExpectation, rows_at

_ONE_DAY = pl.duration(days=1)


class ExpectClosedCasesToEnd(EventRowsExpectation):
    """A case that was closed completed one of ``activities`` on that day, or a day before or after.

    It was closed at its ``closed_at``, if that is not after ``until``, a moment in ISO 8601.

    Days are those of ``zone``: a date that a case system kept in UTC may be a day off. If a case
    was closed before its first row, its end is not in the export. The last row of a case without
    such an end breaks the rule.
    """

    activities: list[str]
    zone: str
    until: str
    map_metric: ClassVar[str] = "cases.end_when_closed"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "activities", "zone", "until")


class ExpectCasesToEndOnce(EventRowsExpectation):
    """No case completed one of ``activities`` again at a later time."""

    activities: list[str]
    map_metric: ClassVar[str] = "cases.end_once"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "activities")


class ExpectSuspensionsToEnd(EventRowsExpectation):
    """No suspension that began before ``since`` is still going on.

    Each of ``pairs`` has the activity that begins a suspension and the one that ends it; one of
    ``ends``, which end the case, ends it too. The row that began it breaks the rule.
    """

    pairs: list[tuple[str, str]]
    ends: list[str]
    since: str  # a moment in ISO 8601: the suite is JSON
    map_metric: ClassVar[str] = "suspensions.end"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "pairs", "ends", "since")


class ExpectLastDayAfterBegin(EventRowsExpectation):
    """The last day in ``column`` is not before the day in ``zone`` on which the case began.

    A case began with its registration if that is known, else with its first row; its first rows
    break the rule.
    """

    column: str
    zone: str
    map_metric: ClassVar[str] = "cases.last_day_after_begin"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "column", "zone")


@rows_rule("cases.end_when_closed", COLUMNS, ("activities", "zone", "until"))
def closed_without_end(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The last rows of cases that were closed without an end."""
    day, closed_on = day_in("at", kwargs["zone"]), day_in("closed_at", kwargs["zone"])
    is_end = IS_COMPLETE & pl.col("activity").is_in(kwargs["activities"])
    was_closed = pl.col("closed_at") <= dt.datetime.fromisoformat(kwargs["until"])
    is_near = (day - closed_on).abs() <= _ONE_DAY
    cases = (
        events.group_by(CASE)
        .agg(
            _last=pl.col("at").max(),
            _is_closed_here=(closed_on.filter(was_closed).max() >= day.min()),
            _ended=(is_end & is_near).any(),
        )
        .filter(pl.col("_is_closed_here") & ~pl.col("_ended"))
    )
    return rows_at(events, cases, "_last")


@rows_rule("cases.end_once", COLUMNS, ("activities",))
def ended_again(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows that end a case again."""
    is_end = IS_COMPLETE & pl.col("activity").is_in(kwargs["activities"])
    ends = events.filter(is_end).with_columns(CASE)
    first = ends.group_by("_case", "activity").agg(_first=pl.col("at").min())
    return (
        ends.join(first, on=["_case", "activity"])
        .filter(pl.col("at") > pl.col("_first"))
        .drop("_case", "_first")
    )


@rows_rule("suspensions.end", COLUMNS, ("pairs", "ends", "since"))
def suspended_still(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The rows that began suspensions without an end."""
    return pl.concat([_without_end(events, start, end, kwargs) for start, end in kwargs["pairs"]])


def _without_end(events: pl.LazyFrame, start: str, end: str, kwargs: Kwargs) -> pl.LazyFrame:
    activity, at, is_start = pl.col("activity"), pl.col("at"), pl.col("activity") == start
    begun, over = pl.col("_begun"), pl.col("_over")
    told = events.filter(activity.is_in([start, end, *kwargs["ends"]])).with_columns(CASE)
    cases = (
        told.group_by("_case")
        .agg(_begun=at.filter(is_start).max(), _over=at.filter(~is_start).max())
        .filter(begun < dt.datetime.fromisoformat(kwargs["since"]))
        .filter(over.is_null() | (over < begun))
    )
    return rows_at(events.filter(is_start), cases, "_begun")


@rows_rule("cases.last_day_after_begin", COLUMNS, ("column", "zone"))
def due_before_begin(events: pl.LazyFrame, kwargs: Kwargs) -> pl.LazyFrame:
    """The first rows of cases whose last day is before their begin."""
    at, last_day = pl.col("at"), as_date(kwargs["column"], kwargs["zone"])
    began = pl.coalesce(pl.col("registered_at").min(), at.min())
    cases = (
        events.group_by(CASE)
        .agg(_first=at.min(), _began=began, _due=last_day.max())
        .filter(pl.col("_due") < day_in("_began", kwargs["zone"]))
    )
    return rows_at(events, cases, "_first")
