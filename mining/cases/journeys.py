# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Places the events of whole cases: each event in its case, and each case in its time.

Time is measured in whole milliseconds on one axis per case, so that the parts of a case sum to its
elapsed time exactly. A case in which any time is only a date is measured in local calendar days.

A case is closed at its last end activity; what comes after is outside the journey. What the case
waited for on its way is in ``mining.cases.moves``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars as pl

from contracts.deadlines import Deadline
from contracts.events import ORDER, day_in
from contracts.journey import Journey
from contracts.settings import Calendar
from mining.cases.axis import instant_on_axis, on_axis
from mining.cases.intake import with_begin
from mining.cases.occurrences import occurrence
from mining.cases.relations import IN_SEQUENCE, Relations
from mining.durations import DAY_MS


@dataclass(frozen=True)
class Lens:
    """How a log is looked at: until when, in which zone's calendar, as which journey.

    ``relations`` are what the whole log tells of its activities (``mining.model.concurrency``);
    ``segments`` the ``case:*`` columns whose groups are compared; ``registration`` the name of the
    moment at which cases were registered; ``deadlines`` the terms that cases must meet, for which
    ``equivalent_days`` count as holidays; ``calendar`` when the organisation is open;
    ``complete_from`` the local day before which ended cases are not in the log; none: all cases
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


CASES = pl.Schema(
    {
        "case_id": pl.String,
        "is_open": pl.Boolean,
        "is_begun": pl.Boolean,  # its begin is in the log, as far as the config tells
        "is_followed": pl.Boolean,  # and so are all cases that began when it did
        "elapsed_ms": pl.Int64,  # until it was closed, or until ``as_of``
        "began_on": pl.Date,  # local dates
        "ended_on": pl.Date,  # null: it is open
        "outcome": pl.String,  # the activity that closed it; null: it is open
    }
)
"""One row per case."""


def traces(events: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """What had happened by ``as_of``: each event with its place in its case.

    Work that was begun but not done by ``as_of`` is placed where it began.

    Args:
        events: whole cases in the shape of ``contracts.events.EVENTS``, sorted by ``ORDER``.
        lens: how the log is looked at.

    Returns:
        The columns of ``events``, and ``from`` (the activity before it), ``visit`` (1 for the first
        time that its activity occurs in the case), ``is_first, is_last, is_closed, is_outside``. Of
        its case: the places ``first_place, last_place, end_place``, ``began_at`` and
        ``is_registered`` (the case began with its registration). On the case's axis: ``at_ms``
        (this event), ``before_ms`` (the event before it; for the first one, the case's begin),
        ``began_ms`` (the case's begin), ``started_ms`` (when its work began; ``at_ms`` where the
        log does not tell it), ``as_of_ms``.
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
        # work on a case may have begun before its first event
        started_ms=pl.when("is_first")
        .then("begun_ms")
        .otherwise(pl.col("started_ms").fill_null(pl.col("at_ms"))),
        **{"from": pl.when(~pl.col("is_first")).then(pl.col("activity").shift())},
    )


MARKS = ("case_id", "activity", "at", "at_ms", "is_outside")
"""Of a mark: what, when, where on the axis of the case, and whether the case was closed."""


def marks(events: pl.LazyFrame, traced: pl.LazyFrame, lens: Lens) -> pl.LazyFrame:
    """The marks of cases up to ``as_of``, in the columns of ``MARKS``.

    Args:
        events: the marks of the log, in the shape of ``contracts.events.EVENTS``.
        traced: the steps of the same cases, ``traces(...)``; a case without steps has no marks.
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
    """The events up to ``as_of``; what was begun but not done by then is work in progress."""
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
    """Each event with its place, and with what is known of its case.

    That is its ``number``, its places (``end_place``: its last end activity; null: it is open),
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
