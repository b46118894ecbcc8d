# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns the events of cases into moves: the wait before each activity, and the work on it.

A case waits for an activity from the event that enabled it (``mining.cases.enabling``), which need
not be the event before it. An open case waits from its last event that leads on until ``as_of``.
Time is on the axis of the case, so that its moves sum to its elapsed time exactly.
"""

from __future__ import annotations

import polars as pl

from contracts.events import CASE_PREFIX
from contracts.journey import Journey
from mining.cases.axis import midnight_on_axis
from mining.cases.enabling import links
from mining.cases.journeys import Lens
from mining.cases.occurrences import occurrence
from mining.cases.pauses import paused_ms, statutory_ms
from mining.cases.turns import steps_with

MOVES = pl.Schema(
    {
        "case_id": pl.String,
        "from": pl.String,  # what enabled it: an activity, or the registration of the case
        # null: the work on the first activity of a case without a known registration
        "to": pl.String,  # null: an open case waits, and what comes next is not known
        "is_open": pl.Boolean,
        "is_outside": pl.Boolean,  # after the case was closed
        "is_parallel": pl.Boolean,  # inside, but off the critical path: the case went on meanwhile
        "is_survivor": pl.Boolean,  # began before ``complete_from``: only the long ones are left
        "is_before_clock": pl.Boolean,  # the legal clock has not begun, nor does it with `to`
        "enabled_ms": pl.Int64,  # when the wait began, on the case's axis
        "wait_ms": pl.Int64,
        "pause_ms": pl.Int64,  # the part of the wait that a policy pause of the config explains
        "statutory_ms": pl.Int64,  # the part of the rest that the law sets: its first days
        "work_ms": pl.Int64,  # 0 where the log does not tell when work started
        "is_timed": pl.Boolean,  # the log tells when work on `to` started
        "in_days": pl.Boolean,  # the case is counted in whole days
        "visit": pl.Int64,  # how often the case has come to `to`, this time included; null if open
        "place": pl.UInt32,  # of `to` among all events; while an open case waits, the next place
        "is_new": pl.Boolean,  # the first move of its case of this ``_KIND``
        "resource": pl.String,  # who did `to`, as far as the log tells; null if open
        "team": pl.String,
        "org": pl.String,
        "from_team": pl.String,  # the last team known to have had the case before
        "from_org": pl.String,
    }
)
"""A row per event, and one per open case.

The first event of a case has a row only if its registration is known or if it was worked on.

The ``case:*`` columns of the events follow. The waits and the work of moves that are neither
outside nor parallel sum to the elapsed time.
"""

DONE_MS = pl.col("enabled_ms") + pl.col("wait_ms") + pl.col("work_ms")
"""When the activity that a case waited for was done, on the axis of the case."""

_CASE_COLUMNS = pl.col(f"^{CASE_PREFIX}.*$")
_KIND = ("from", "to", "is_open", "is_parallel", "is_outside", "is_survivor")
_OF_THE_EVENT = ("visit", "resource", "team", "org")


def moves(traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """The waits and the work of cases, in the shape of ``MOVES``, from ``traces(...)``.

    The time of an event since its enabler splits, without gap or overlap, into a wait until its
    work started and the work. If work began before the enabler was done, there was no wait. After
    its last event an open case waits, or is worked on.
    """
    linked = _linked(traced, lens)
    done, still = _done(linked), _still(linked)
    both = pl.concat([done, still.select(done.collect_schema().names())])
    return (
        both.with_columns(
            pause_ms=paused_ms(lens.journey.pauses, lens.zone),
            is_survivor=_is_survivor(lens),
            is_before_clock=_before_clock(lens.journey),
        )
        .with_columns(
            statutory_ms=statutory_ms(lens.journey),
            is_new=occurrence("case_id", *_KIND) == 1,
        )
        .select(*MOVES.names(), _CASE_COLUMNS)
    )


def _linked(traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """The events, each with its enabler, and with what an open case has been waiting since."""
    needed = ("activity", "is_done", "first_place", "last_place", "end_place")
    linked = links(traced.select(needed).collect(), lens.relations)
    on_legal_clock = ~pl.col("activity").is_in(steps_with(lens.journey, "outside"))
    seen = pl.concat([traced, linked.lazy()], how="horizontal").with_columns(
        was_on_clock=_so_far(on_legal_clock),
        last_team=_last_known("team"),
        last_org=_last_known("org"),
    )
    at_begin = pl.col("is_from_begin")
    at_registration = at_begin & pl.col("is_registered")
    return seen.with_columns(
        enabled_by=pl.when(at_registration)
        .then(pl.lit(lens.registration, dtype=pl.String))
        .when(~pl.col("is_first"))
        .then(pl.col("activity").gather("enabler")),
        enabled_ms=pl.when(at_begin).then("began_ms").otherwise(pl.col("at_ms").gather("enabler")),
        enabled_on_clock=pl.col("was_on_clock").gather("enabler") & ~at_registration,
        from_team=pl.when(~pl.col("is_first")).then(pl.col("last_team").shift()),
        from_org=pl.when(~pl.col("is_first")).then(pl.col("last_org").shift()),
        origin_activity=pl.col("activity").gather("origin"),
        origin_ms=pl.col("at_ms").gather("origin"),
        origin_on_clock=pl.col("was_on_clock").gather("origin"),
    )


def _so_far(holds: pl.Expr) -> pl.Expr:
    """Whether something held at this event, or at an earlier one of its case."""
    last = pl.when(holds).then("place").forward_fill()
    return (last >= pl.col("first_place")).fill_null(value=False)


def _last_known(column: str) -> pl.Expr:
    """The last known value of a column in the case, up to and including this event."""
    return pl.when(_so_far(pl.col(column).is_not_null())).then(pl.col(column).forward_fill())


def _done(linked: pl.LazyFrame) -> pl.LazyFrame:
    """The moves that ended in an event."""
    started = pl.col("started_ms").clip("enabled_ms", "at_ms")
    was_worked_on = pl.col("at_ms") > pl.col("began_ms")
    return linked.filter(~pl.col("is_first") | pl.col("is_registered") | was_worked_on).select(
        "case_id",
        "place",
        "is_outside",
        "in_days",
        "enabled_ms",
        *_OF_THE_EVENT,
        "from_team",
        "from_org",
        _CASE_COLUMNS,
        to="activity",
        is_open=pl.lit(value=False),
        is_parallel=~pl.col("is_on_path") & ~pl.col("is_outside"),
        was_on_clock="enabled_on_clock",
        is_timed=pl.col("started_at").is_not_null(),
        wait_ms=started - pl.col("enabled_ms"),
        work_ms=pl.col("at_ms") - started,
        **{"from": "enabled_by"},
    )


def _still(linked: pl.LazyFrame) -> pl.LazyFrame:
    """The last moves of open cases: a wait, or work in progress."""
    waits = pl.col("is_done")
    rest = pl.col("as_of_ms") - pl.col("origin_ms")
    return linked.filter(pl.col("is_last") & ~pl.col("is_closed")).select(
        "case_id",
        "is_outside",
        "in_days",
        *(pl.when(~waits).then(name).alias(name) for name in _OF_THE_EVENT),
        pl.when(waits).then(pl.col("place") + 1).otherwise("place"),
        _CASE_COLUMNS,
        to=pl.when(~waits).then("activity"),
        is_open=waits,
        is_parallel=pl.lit(value=False),
        enabled_ms="origin_ms",
        was_on_clock="origin_on_clock",
        is_timed=~waits,
        wait_ms=pl.when(waits).then(rest).otherwise(0),
        work_ms=pl.when(waits).then(0).otherwise(rest),
        from_team=pl.when(waits).then("last_team").otherwise("from_team"),
        from_org=pl.when(waits).then("last_org").otherwise("from_org"),
        **{"from": pl.when(waits).then("origin_activity")},
    )


def _is_survivor(lens: Lens) -> pl.Expr:
    if lens.complete_from is None:
        return pl.lit(value=False)
    return pl.col("enabled_ms") < midnight_on_axis(lens.complete_from, lens.zone)


def _before_clock(journey: Journey) -> pl.Expr:
    to_outside = pl.col("to").is_in(steps_with(journey, "outside")).fill_null(value=False)
    return to_outside & ~pl.col("was_on_clock")
