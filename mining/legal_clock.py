# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a term of the law says of one case: until when, met or not, and how sure that is.

A term starts on the day of an event and ends as ``mining.terms`` says; it does not run while it is
suspended (``mining.suspensions``). What cannot be said of a case is not guessed: it is
undetermined, for a reason that is counted.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.case_terms import CASE_TERMS
from contracts.dates import as_date
from contracts.deadlines import Deadline, OwnDate
from contracts.events import attribute_column, day_in
from contracts.norms import NamedVersion, amount_of, penalties
from contracts.settings import Journey
from mining.axis import day_of
from mining.breaches import KEYS, with_breaches
from mining.journeys import Lens
from mining.penalties import owed_eur
from mining.reckoning import Floats, Reckoning, reckon
from mining.summaries import Bucket
from mining.suspensions import NEVER, OVERLAPPING, Intervals, StoodStill, by_case, stood_still
from mining.terms import Days, LegalDays, days_of

STATUSES = ("within", "late", "open_within", "open_late")
NOT_STARTED = "not_started"
"""The term never started, or is not that of the case, so that the case need not meet it."""

NO_BEGIN, NO_RULE, NO_DATE, STOPPED_BEFORE = "no_begin", "no_rule", "no_date", "stopped_before"
NO_HOURS = "no_hours"
MAYBE_SUSPENDED = "maybe_suspended"
"""Why it cannot be said whether a case met a deadline."""

UNKNOWN, MOVED = "unknown", "moved"
"""Of a registered last day: there is none, or none to compare it with; it is later than reckoned,
and somebody moved it with no extension on record.
"""

_DATES = ("start", "stop", "extended", "notice")
_ASKED = (*_DATES, "shifted", "is_first", "is_held", "own", "registered")
_OF_CASES = ("case_id", "is_begun", "began_on", "ended_on")
_SHARED = (*_OF_CASES, "ended_at", "is_dated", "waits_after", "waits_since")
_LONGEST_YEARS = 30  # after the last event, for terms and suspensions that end later
_COUNTS = ("extended_days", "suspended_days", "moved_days")
IF_SUSPENDED = ("status", "end", "suspended_days", "moved_days", "days_left")
"""What else an open case is told where the term stands still in its present wait: ``if_…``."""


HELD = pl.Schema(
    {
        **CASE_TERMS,
        **{f"if_{name}": CASE_TERMS[name] for name in IF_SUSPENDED},
        **dict.fromkeys(KEYS, pl.String()),
        "noticed": pl.Int64(),
        "penalty_eur": pl.Int64(),
        "case_id": pl.UInt32(),
    }
)
"""A row for each case and deadline of a bucket, as ``CASE_TERMS`` but for what is not settled.

``case_id`` is the number of the case in its bucket; the columns of ``mining.breaches.KEYS`` say
between which steps the term ended that it did not meet; ``noticed`` is 1 where notice of default
was given after it, for which ``penalty_eur`` may be owed by now.
"""


def held(bucket: Bucket, places: pl.LazyFrame) -> pl.DataFrame:
    """What every deadline of the config says of every case of a bucket: the shape of ``HELD``.

    Args:
        bucket: whole cases.
        places: where they were (``mining.waits.places``).
    """
    lens = bucket.lens
    if not lens.deadlines:
        return HELD.to_frame()
    first = bucket.cases.select(pl.col("began_on").min()).collect().item() or lens.as_of_date
    legal = LegalDays((first.year, lens.as_of_date.year + _LONGEST_YEARS), lens.equivalent_days)
    stops, cases = stood_still(bucket), _cases(bucket)
    return pl.concat(
        [
            with_breaches(_held(_of(cases, n, lens), stops, deadline, lens, legal), places)
            .select(HELD.names())
            .cast(HELD)
            for n, deadline in enumerate(lens.deadlines)
        ]
    )


def _cases(bucket: Bucket) -> pl.DataFrame:
    """``_SHARED``, and what each deadline asks of a case, with the number of the deadline."""
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
    outside = [name for name, step in journey.steps.items() if step.clock == "outside"]
    name, at, is_done = pl.col("activity"), pl.col("at"), pl.col("is_done")
    starts = name.is_in(deadline.start) if deadline.start else ~name.is_in(outside)
    own = deadline.rule.date if isinstance(deadline.rule, OwnDate) else None
    attributes = {"own": own, "registered": deadline.registered}
    holds = [_last(each).cast(pl.String).is_in(values) for each, values in deadline.where.items()]
    return {
        "start": at.filter(starts).min(),
        "stop": at.filter(name.is_in(deadline.stop or journey.end) & is_done).min(),
        "notice": at.filter(name.is_in(deadline.notice) & is_done).min(),
        "is_first": starts.first(),
        "is_held": pl.all_horizontal(pl.lit(value=True), *holds).fill_null(value=False),
        **{
            role: pl.lit(None, dtype=pl.String) if each is None else _last(each)
            for role, each in attributes.items()
        },
    }


def _moved(lens: Lens) -> dict[str, pl.Expr]:
    """When each term was extended, and its registered end moved, by what is told of a case."""
    name, at = pl.col("activity"), pl.col("at")
    return {
        f"{role}{n}": at.filter(name.is_in(activities)).min()
        for n, deadline in enumerate(lens.deadlines)
        for role, activities in (("extended", deadline.extended_by), ("shifted", deadline.moved_by))
    }


def _last(attribute: str) -> pl.Expr:
    """What a case attribute said last."""
    return pl.col(attribute_column(attribute)).drop_nulls().last()


def _of(cases: pl.DataFrame, number: int, lens: Lens) -> pl.DataFrame:
    """The cases with what one deadline asked of them; all dates are local.

    Without activities that start the term, it starts with the first event that is not outside the
    legal clock: if that is the case's first, when the case began.
    """
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
            start=pl.when(is_whole).then("began_on").otherwise("start"),
            stop=pl.coalesce("stop", "ended_on"),
            own=as_date("own", lens.zone),
            registered=as_date("registered", lens.zone),
        )
    )


def _held(
    cases: pl.DataFrame, stops: StoodStill, deadline: Deadline, lens: Lens, legal: LegalDays
) -> pl.DataFrame:
    today = np.datetime64(lens.as_of_date)
    stop, waits_since = days_of(cases["stop"]), days_of(cases["waits_since"])
    is_open = np.isnat(stop)
    stops = stops if deadline.can_stand_still else stops.clear()
    until = np.where(is_open, today, stop)
    suspensions = by_case(cases, stops.intervals, until)
    hours = cases["hours"].to_numpy()
    reckoned, version = _reckoned(cases, suspensions, deadline, lens.zone, legal)
    present = np.where(is_open, waits_since + 1, NEVER), np.where(is_open, today, NEVER)
    if_reckoned, _ = _reckoned(cases, suspensions.then(*present), deadline, lens.zone, legal)
    going_on = stops.intervals.filter(
        pl.col("until").is_null() | (pl.col("until") > lens.as_of_date)
    )
    is_suspended = is_open & cases["case_id"].is_in(going_on["case_id"].implode()).to_numpy()
    told = cases.select(
        "case_id",
        "waits_after",
        "waits_since",
        "stop",
        "registered",
        "shifted",
        id=pl.lit(deadline.id),
        version=pl.Series(version.tolist(), dtype=pl.String),
        start=pl.Series(reckoned.start),
        plain_end=pl.Series(reckoned.plain_end),
        **_told(reckoned, until, hours, is_open=is_open),
        **{
            f"if_{name}": each
            for name, each in _told(if_reckoned, until, hours, is_open=is_open).items()
            if name in IF_SUSPENDED
        },
        # who decides on an objection while others may still object is done before the term starts
        legal_days=(
            _whole_days(pl.Series(until) - pl.Series(reckoned.start))
            - pl.Series(suspensions.days_between(reckoned.start, until), dtype=pl.Int32)
        ).clip(0),
        is_suspended=pl.Series(is_suspended),
        certainty=_certainty(reckoned),
        **_owed(cases, reckoned.end, until),
    )
    doubts = _doubts(cases, stops, suspensions, deadline, reckoned)
    asked = _suspended_for(cases, stops.intervals, until)
    return (
        _undetermined(told, doubts)
        .join(asked, on="case_id", how="left", maintain_order="left")
        .with_columns(
            registered_is=_registered_is() if deadline.registered else pl.lit(None, pl.String)
        )
    )


def _reckoned(
    cases: pl.DataFrame, suspensions: Intervals, deadline: Deadline, zone: str, legal: LegalDays
) -> tuple[Reckoning, NDArray[np.object_]]:
    """The end of each case's term, and by which version of the rule; NaT and None: by none."""
    start, extended = days_of(cases["start"]), days_of(cases["extended"])
    version = np.full(len(start), None, object)
    found = Reckoning.until(start, days_of(cases["own"]))
    for each in deadline.versions:
        chosen = _applies(each, start)
        amount, unit = amount_of(each.term)
        if unit == "hours":
            end = _hours_later(cases["start_at"], amount, zone)
            theirs = Reckoning.until(start[chosen], end[chosen], amount)
        else:
            theirs = reckon(start[chosen], extended[chosen], suspensions.of(chosen), each, legal)
        for whole, part in zip(found, theirs, strict=True):
            whole[chosen] = part
        version[chosen] = each.name
    return found, version


def _hours_later(start_at: pl.Series, hours: int, zone: str) -> Days:
    end_at = start_at + dt.timedelta(hours=hours)
    return days_of(end_at.dt.convert_time_zone(zone).dt.date())


def _applies(version: NamedVersion, start: Days) -> NDArray[np.int64]:
    until = np.datetime64(version.valid_to or dt.date.max)
    return np.flatnonzero((start >= np.datetime64(version.valid_from)) & (start <= until))


def _told(
    reckoned: Reckoning, until: Days, hours: Floats, *, is_open: NDArray[np.bool_]
) -> dict[str, pl.Series]:
    in_time = (until <= reckoned.end) & ~(hours > reckoned.hours)
    return {
        "status": _chosen(
            ("open_late", "open_within", "late", "within"), np.where(is_open, 0, 2) + in_time
        ),
        **{name: pl.Series(getattr(reckoned, name), dtype=pl.Int32) for name in _COUNTS},
        "end": pl.Series(reckoned.end),
        "days_left": _whole_days(pl.Series(reckoned.end) - pl.Series(until)),
    }


def _chosen(words: tuple[str, ...], which: NDArray[np.int64]) -> pl.Series:
    """The word of each place, by its number; it takes a tenth of the time of making texts."""
    return pl.Series(words)[pl.Series(which)]


def _whole_days(durations: pl.Series) -> pl.Series:
    return durations.dt.total_days().cast(pl.Int32)


def _certainty(reckoned: Reckoning) -> pl.Series:
    """What the log tells of suspensions and extensions is not that they were lawful."""
    has_moved = (reckoned.extended_days > 0) | (reckoned.suspended_days > 0)
    return _chosen(("high", "fair", "low"), np.where(reckoned.is_doubtful, 2, 1 * has_moved))


def _owed(cases: pl.DataFrame, end: Days, until: Days) -> dict[str, pl.Series]:
    """Whether notice was given after the term, and what may be owed for it."""
    notice = days_of(cases["notice"])
    euros = owed_eur(end, notice, until, penalties())
    noticed = (notice > end) & (notice <= until)
    return {
        "noticed": pl.Series(noticed, dtype=pl.Int64),
        "penalty_eur": pl.Series(np.where(noticed, euros, 0), dtype=pl.Int64),
    }


def _suspended_for(cases: pl.DataFrame, intervals: pl.DataFrame, until: Days) -> pl.DataFrame:
    ends = cases.select("case_id", ends=pl.Series(until))
    return (
        intervals.join(ends, on="case_id")
        .filter(pl.col("since") <= pl.col("ends"))
        .group_by("case_id")
        .agg(suspended_for=pl.col("step").unique().sort())
    )


def _registered_is() -> pl.Expr:
    known, end = pl.col("registered"), pl.col("end")
    return (
        pl.when(pl.col("is_suspended") | (known == end).is_null())
        .then(pl.lit(UNKNOWN))
        .when(known == end)
        .then(pl.lit("same"))
        .when(known > end)
        .then(pl.when(pl.col("shifted").is_null()).then(pl.lit("later")).otherwise(pl.lit(MOVED)))
        .otherwise(pl.lit("earlier"))
    )


def _doubts(
    cases: pl.DataFrame,
    stops: StoodStill,
    suspensions: Intervals,
    deadline: Deadline,
    reckoned: Reckoning,
) -> pl.Series:
    """Why nothing can be said of a case; null: something can."""
    start, stop = days_of(cases["start"]), days_of(cases["stop"])
    is_own = isinstance(deadline.rule, OwnDate)
    unsure = cases.join(stops.unsure, on="case_id", how="left", maintain_order="left")["reason"]
    doubts = np.array(unsure.to_list(), object)
    has_begun = cases["is_begun"].to_numpy()
    for reason, is_so in (
        (OVERLAPPING, suspensions.overlap),
        (NO_DATE if is_own else NO_RULE, np.isnat(reckoned.plain_end)),
        (STOPPED_BEFORE, stop < start),
        (NO_HOURS, ~np.isnan(reckoned.hours) & cases["is_dated"].fill_null(value=False).to_numpy()),
        (NOT_STARTED, np.isnat(start)),
        (NO_BEGIN, ~has_begun & (np.isnat(start) | (not deadline.start)) & (not is_own)),
        (NOT_STARTED, ~cases["is_held"].to_numpy()),
    ):
        doubts[is_so] = reason
    return pl.Series("doubt", doubts.tolist(), dtype=pl.String)


def _undetermined(told: pl.DataFrame, doubts: pl.Series) -> pl.DataFrame:
    """Says nothing of cases in doubt but the reason, in ``status`` and ``if_status``."""
    is_sure = doubts.is_null()
    kept = ("case_id", "id", "version", "start", "stop", "registered", "shifted", "is_suspended")
    waits = ("waits_after", "waits_since")
    reasons = ("status", "if_status")
    owed = pl.col("noticed", "penalty_eur")
    unsaid = pl.all().exclude(*kept, *waits, *reasons, "noticed", "penalty_eur")
    return told.with_columns(
        pl.when(is_sure).then(pl.col(reasons)).otherwise(doubts),
        pl.when(is_sure).then(owed).otherwise(0),
        pl.when(is_sure).then(unsaid),
    )
