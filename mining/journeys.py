# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Turns the events of whole cases into moves: the wait before each activity, and the work on it.

Time is measured in whole milliseconds on one axis a case, so that the parts of a case sum to its
elapsed time exactly. A case in which any time is only a date is measured in local calendar days.

A case waits for an activity since what enabled it (``mining.enabling``), which need not be the
event before it. It is closed at its last end activity; what comes after is outside the journey. An
open case waits, after its last event that leads on, until ``as_of``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from contracts.deadlines import Deadline
from contracts.events import CASE_PREFIX, ORDER, day_in
from contracts.settings import Calendar, Journey
from mining.axis import instant_on_axis, midnight_on_axis, on_axis
from mining.durations import DAY_MS
from mining.enabling import links
from mining.intake import with_begin
from mining.occurrences import occurrence
from mining.pauses import paused_ms, statutory_ms
from mining.relations import IN_SEQUENCE, Relations


@dataclass(frozen=True)
class Lens:
    """How a log is looked at: until when, in which zone's calendar, as which journey.

    ``relations`` are what the whole log tells of its activities: ``mining.concurrency``;
    ``segments`` the ``case:*`` columns whose groups are compared; ``registration`` what the moment
    is called at which cases were registered; ``deadlines`` the terms that cases are held against,
    for which ``equivalent_days`` count as holidays; ``calendar`` when the organisation is open;
    ``complete_from`` the local day before which the cases that ended are not in the log; none: all
    are.
    """

    as_of: dt.datetime
    zone: str
    journey: Journey
    relations: Relations = IN_SEQUENCE
    segments: tuple[str, ...] = ()
    registration: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    equivalent_days: tuple[dt.date, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    complete_from: dt.date | None = None

    @property
    def as_of_date(self) -> dt.date:
        """``as_of`` in the calendar of the zone."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()

    @property
    def end_week(self) -> float:
        """``as_of`` in weeks since 1970."""
        return self.as_of.timestamp() * 1000 / (7 * DAY_MS)


MOVES = pl.Schema(
    {
        "case_id": pl.String,
        "from": pl.String,  # what enabled it, an activity or the registration of the case
        # null: the work on the first activity of a case of which no registration is known
        "to": pl.String,  # null: an open case waits, what comes next is not known
        "is_open": pl.Boolean,
        "is_outside": pl.Boolean,  # after the case was closed
        "is_parallel": pl.Boolean,  # inside, and off the critical path: the case went on meanwhile
        "is_survivor": pl.Boolean,  # began before ``complete_from``: of such the long ones are left
        "is_before_clock": pl.Boolean,  # the legal clock has not begun, nor does it with `to`
        "enabled_ms": pl.Int64,  # when the wait began, on the case's axis
        "wait_ms": pl.Int64,
        "pause_ms": pl.Int64,  # part of the wait that a policy pause of the config explains
        "statutory_ms": pl.Int64,  # part of the rest that the law sets: its first so many days
        "work_ms": pl.Int64,  # 0 where the log does not tell when work started
        "is_timed": pl.Boolean,  # the log tells when work on `to` started
        "in_days": pl.Boolean,  # the case is counted in whole days
        "visit": pl.Int64,  # how often the case has come to `to`, this time included; null if open
        "is_new": pl.Boolean,  # the case had not gone this way, `from` and `to`, alike before
        "resource": pl.String,  # who did `to`, as far as the log tells; null if open
        "team": pl.String,
        "org": pl.String,
        "from_team": pl.String,  # the last that is known to have had the case before
        "from_org": pl.String,
    }
)
"""One row an event, one an open case.

But for a case's first event, which has one if its registration is known or if it was worked on.

The ``case:*`` columns of the events follow. The wait and the work of what is neither outside nor
parallel sum to the time that has elapsed.
"""

CASES = pl.Schema(
    {
        "case_id": pl.String,
        "is_open": pl.Boolean,
        "is_begun": pl.Boolean,  # its begin is in the log, as far as the config tells
        "is_followed": pl.Boolean,  # that too, and so are all cases that began when it did
        "elapsed_ms": pl.Int64,  # until it was closed, or until ``as_of``
        "began_on": pl.Date,  # local dates
        "ended_on": pl.Date,  # null: it is open
        "outcome": pl.String,  # the activity that closed it; null: it is open
    }
)
"""One row a case."""


_CASE_COLUMNS = pl.col(f"^{CASE_PREFIX}.*$")
_OF_THE_EVENT = ("visit", "resource", "team", "org")


def traces(events: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """What had happened by ``as_of``, each event with its place in its case.

    Work that was begun but not done by ``as_of`` stands where it began.

    Args:
        events: whole cases in the shape of ``contracts.events.EVENTS``, sorted by ``ORDER``.
        lens: how the log is looked at.

    Returns:
        The columns of ``events``, and ``from`` (the activity before it), ``visit`` (1 for the
        first time that its activity occurs in the case), ``is_first, is_last, is_closed,
        is_outside``; of its case the places ``first_place, last_place, end_place``, ``began_at``
        and ``is_registered`` (the case began with its registration); and on the case's axis
        ``at_ms`` (this event), ``before_ms`` (the event before it; of the first one, the case's
        begin), ``began_ms`` (the case's begin), ``started_ms`` (when its work began; ``at_ms``
        where the log does not tell), ``as_of_ms``.
    """
    traced = _placed(known_by(events, lens.as_of), lens).with_columns(
        is_closed=pl.col("end_place").is_not_null(),
        is_outside=(pl.col("place") > pl.col("end_place")).fill_null(value=False),
        at_ms=on_axis("at", lens.zone),
        started_ms=on_axis("started_at", lens.zone),
        as_of_ms=instant_on_axis(lens.as_of, lens.zone),
        visit=occurrence("number", "activity"),
    )
    return traced.lazy().with_columns(
        before_ms=pl.when("is_first").then("began_ms").otherwise(pl.col("at_ms").shift()),
        # before its first event somebody worked on a case, if work had begun by then
        started_ms=pl.when("is_first")
        .then("begun_ms")
        .otherwise(pl.col("started_ms").fill_null(pl.col("at_ms"))),
        **{"from": pl.when(~pl.col("is_first")).then(pl.col("activity").shift())},
    )


MARKS = ("case_id", "activity", "at", "at_ms", "is_outside")
"""Of what befell a case: what, when, where on the axis of the case, and whether it was closed."""


def marks(events: pl.LazyFrame, traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """What had befallen cases by ``as_of``, in the columns of ``MARKS``.

    Args:
        events: the marks of the log, in the shape of ``contracts.events.EVENTS``.
        traced: the steps of the same cases, ``traces(...)``; a case without any has no marks.
        lens: how the log is looked at.
    """
    closed_at = pl.col("at").filter(pl.col("place") == pl.col("end_place")).first()
    cases = traced.group_by("case_id").agg(pl.col("in_days").first(), closed_at=closed_at)
    return (
        events.filter(pl.col("at") <= lens.as_of)
        .join(cases, on="case_id", maintain_order="left")
        .with_columns(
            at_ms=on_axis("at", lens.zone),
            is_outside=(pl.col("at") > pl.col("closed_at")).fill_null(value=False),
        )
        .select(MARKS)
    )


def known_by(events: pl.LazyFrame, as_of: dt.datetime) -> pl.DataFrame:
    """The events up to ``as_of``; what was begun and not done by then is work in progress."""
    known = events.filter(pl.min_horizontal("at", "started_at") <= as_of).collect()
    in_progress = pl.col("at") > as_of
    if not known.select(in_progress.any()).item():
        return known
    begun = known.with_columns(
        at=pl.when(in_progress).then("started_at").otherwise("at"),
        is_done=pl.col("is_done") & ~in_progress,
    )
    return begun.sort(ORDER)


def _placed(known: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    """Each event with its place, and what is to be known of its case.

    That is its ``number``, its places (``end_place``: of its last end activity; null: it is open),
    when it began, and whether it is counted in days.
    """
    is_end = pl.col("activity").is_in(lens.journey.end) & pl.col("is_done")
    is_first = (pl.col("case_id") != pl.col("case_id").shift()).fill_null(value=True)
    events = known.with_row_index("place").with_columns(
        number=pl.col("case_id").rle_id(),
        is_first=is_first,
        is_last=is_first.shift(-1, fill_value=True),
        ended=pl.when(is_end).then("place"),
        begun_at=pl.min_horizontal("at", "started_at"),
    )
    cases = events.group_by("number", maintain_order=True).agg(
        first_place=pl.col("place").first(),
        last_place=pl.col("place").last(),
        end_place=pl.col("ended").max(),
        first_activity=pl.col("activity").first(),
        begun_at=pl.col("begun_at").min(),
        registered_at=pl.col("registered_at").min(),
        in_days=pl.col("is_day").any(),
    )
    begun = with_begin(cases, lens.journey, lens.zone)
    of_the_case = begun.drop("number", "first_activity", "begun_at", "registered_at")
    of_the_event = events.drop("ended", "begun_at", "registered_at")
    return pl.concat([of_the_event, of_the_case[events["number"]]], how="horizontal")


def moves(traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """The waits and the work of cases, in the shape of ``MOVES``, from ``traces(...)``.

    An event's time since its enabler splits, without gap or overlap, into a wait until its work
    started and the work; where work on it began before its enabler was done, there was no wait.
    After its last event an open case waits, or is worked on.
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
            is_new=occurrence("case_id", "from", "to", "is_open", "is_parallel", "is_outside") == 1,
        )
        .select(*MOVES.names(), _CASE_COLUMNS)
    )


def _linked(traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """The events, each with its enabler, and with what an open case has waited for since."""
    needed = ("activity", "is_done", "first_place", "last_place", "end_place")
    linked = links(traced.select(needed).collect(), lens.relations)
    on_legal_clock = ~pl.col("activity").is_in(_outside_clock(lens.journey))
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
    """Whether something held of this event of its case, or of one before it."""
    last = pl.when(holds).then("place").forward_fill()
    return (last >= pl.col("first_place")).fill_null(value=False)


def _last_known(column: str) -> pl.Expr:
    """What the last event of its case says, up to this one, of those that say anything."""
    return pl.when(_so_far(pl.col(column).is_not_null())).then(pl.col(column).forward_fill())


def _done(linked: pl.LazyFrame) -> pl.LazyFrame:
    """The moves that ended in an event."""
    started = pl.col("started_ms").clip("enabled_ms", "at_ms")
    was_worked_on = pl.col("at_ms") > pl.col("began_ms")
    return linked.filter(~pl.col("is_first") | pl.col("is_registered") | was_worked_on).select(
        "case_id",
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
    """What open cases wait for, or are worked on."""
    waits = pl.col("is_done")
    rest = pl.col("as_of_ms") - pl.col("origin_ms")
    return linked.filter(pl.col("is_last") & ~pl.col("is_closed")).select(
        "case_id",
        "is_outside",
        "in_days",
        *(pl.when(~waits).then(name).alias(name) for name in _OF_THE_EVENT),
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


def _outside_clock(journey: Journey) -> list[str]:
    return [activity for activity, step in journey.steps.items() if step.clock == "outside"]


def _before_clock(journey: Journey) -> pl.Expr:
    to_outside = pl.col("to").is_in(_outside_clock(journey)).fill_null(value=False)
    return to_outside & ~pl.col("was_on_clock")


def cases(traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """When cases began and ended, in the shape of ``CASES``, from ``traces(...)``."""
    start = lens.journey.start
    begins = pl.col("activity").is_in(start) if start else pl.col("is_first")
    is_end = pl.col("place") == pl.col("end_place").fill_null(pl.col("last_place"))
    is_closed = pl.col("is_closed")
    until_ms = pl.when(is_closed).then("at_ms").otherwise("as_of_ms")
    ends = traced.filter(is_end).select(
        "case_id",
        is_open=~is_closed,
        elapsed_ms=until_ms - pl.col("began_ms"),
        began_on=day_in("began_at", lens.zone),
        ended_on=pl.when(is_closed).then(day_in("at", lens.zone)),
        outcome=pl.when(is_closed).then("activity"),
    )
    firsts = traced.filter("is_first").select(is_begun=begins)
    is_complete = pl.col("began_on") >= (lens.complete_from or dt.date.min)
    return (
        pl.concat([ends, firsts], how="horizontal")
        .with_columns(is_followed=pl.col("is_begun") & is_complete)
        .select(CASES.names())
    )
