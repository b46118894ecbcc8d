# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a term of the law says of one case: until when, met or not, and how sure that is.

A term starts on the day of an event and ends as ``mining.law.terms`` says; it does not run while it
is suspended (``mining.law.suspensions``). What cannot be said of a case is not guessed: the case is
undetermined, and its reason is counted.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.case_terms import CASE_TERMS
from contracts.deadlines import Deadline, OwnDate
from contracts.norms import NamedVersion, amount_of, penalties
from mining.cases.journeys import Lens
from mining.durations import DAY_MS
from mining.law.breaches import KEYS, with_breaches
from mining.law.penalties import owed_eur
from mining.law.reckoning import Reckoning, reckon
from mining.law.suspensions import NEVER, OVERLAPPING, Intervals, StoodStill, by_case, stood_still
from mining.law.term_dates import term_dates
from mining.law.terms import ONE_DAY, Days, LegalDays, days_of
from mining.summaries import Bucket
from mining.survival import Floats

STATUSES = ("within", "late", "open_within", "open_late")
NOT_STARTED = "not_started"
"""The term never started or is not about the case, so the case need not meet it."""

NO_BEGIN, NO_RULE, NO_DATE, STOPPED_BEFORE = "no_begin", "no_rule", "no_date", "stopped_before"
NO_HOURS = "no_hours"
MAYBE_SUSPENDED = "maybe_suspended"
"""Why it cannot be said whether a case met a deadline."""

UNKNOWN, MOVED = "unknown", "moved"
"""A registered last day is unknown if there is none, or none to compare it with. It is moved if it
is later than reckoned, and somebody moved it with no extension on record.
"""

_LONGEST_YEARS = 30  # after the last event, for terms and suspensions that end later than it
_COUNTS = ("extended_days", "suspended_days", "moved_days")
IF_SUSPENDED = ("status", "end", "suspended_days", "moved_days", "days_left")
"""What the columns ``if_…`` tell of an open case: if its term stands still in its present wait."""


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
"""A row for each case and deadline of a bucket, as ``CASE_TERMS`` except what is not settled.

``case_id`` is the number of the case in its bucket. If the case did not meet the term, the columns
of ``mining.law.breaches.KEYS`` say between which steps the term ended. ``noticed`` is 1 if notice
of default was given after it; ``penalty_eur`` may then be owed by now.
"""


def held(bucket: Bucket, places: pl.LazyFrame) -> pl.DataFrame:
    """What every deadline of the config says of every case of a bucket, in the shape of ``HELD``.

    Args:
        bucket: whole cases.
        places: where these cases were (``mining.waiting.waits.places``).
    """
    lens = bucket.lens
    if not lens.deadlines:
        return HELD.to_frame()
    first = bucket.cases.select(pl.col("began_on").min()).collect().item() or lens.as_of_date
    legal = LegalDays((first.year, lens.as_of_date.year + _LONGEST_YEARS), lens.equivalent_days)
    stops = stood_still(bucket)
    return pl.concat(
        [
            with_breaches(_held(cases, stops, deadline, lens, legal), places)
            .select(HELD.names())
            .cast(HELD)
            for deadline, cases in zip(lens.deadlines, term_dates(bucket), strict=True)
        ]
    )


def _held(
    cases: pl.DataFrame, stops: StoodStill, deadline: Deadline, lens: Lens, legal: LegalDays
) -> pl.DataFrame:
    """What a deadline says of ``cases`` from ``mining.law.term_dates``; without breaches yet."""
    today = np.datetime64(lens.as_of_date)
    stop, waits_since = days_of(cases["stop"]), days_of(cases["waits_since"])
    is_open = np.isnat(stop)
    stops = stops if deadline.can_stand_still else stops.clear()
    until = np.where(is_open, today, stop)
    suspensions = by_case(cases, stops.intervals, until)
    reckoned, version = _reckoned(cases, suspensions, deadline, lens.zone, legal)
    present = np.where(is_open, waits_since + ONE_DAY, NEVER), np.where(is_open, today, NEVER)
    if_reckoned, _ = _reckoned(cases, suspensions.then(*present), deadline, lens.zone, legal)
    if_told = _told(cases, if_reckoned, until)
    told = cases.select(
        *("case_id", "waits_after", "waits_since", "stop", "registered", "shifted"),
        id=pl.lit(deadline.id),
        version=pl.Series(version.tolist(), dtype=pl.String),
        start=pl.Series(reckoned.start),
        plain_end=pl.Series(reckoned.plain_end),
        end_ms=_end_ms(cases["start_at"], reckoned.hours),
        **_told(cases, reckoned, until),
        **{f"if_{name}": if_told[name] for name in IF_SUSPENDED},
        legal_days=_legal_days(reckoned.start, until, suspensions),
        is_suspended=pl.col("stop").is_null() & _still_stand(stops, lens.as_of_date),
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
    """The end of each case's term, and the version of the rule; NaT and None where none applies."""
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


def _end_ms(start_at: pl.Series, hours: Floats) -> pl.Series:
    """The moments at which terms in hours end; null for others, which end with a day."""
    whole = pl.Series(hours).fill_nan(None).cast(pl.Int64)
    return start_at.dt.epoch("ms") + whole * (DAY_MS // 24)


def _applies(version: NamedVersion, start: Days) -> NDArray[np.int64]:
    until = np.datetime64(version.valid_to or dt.date.max)
    return np.flatnonzero((start >= np.datetime64(version.valid_from)) & (start <= until))


def _told(cases: pl.DataFrame, reckoned: Reckoning, until: Days) -> dict[str, pl.Series]:
    """How cases stand against the end of their term."""
    is_open = cases["stop"].is_null().to_numpy()
    in_time = (until <= reckoned.end) & ~(cases["hours"].to_numpy() > reckoned.hours)
    return {
        "status": _chosen(
            ("open_late", "open_within", "late", "within"), np.where(is_open, 0, 2) + in_time
        ),
        **{name: pl.Series(getattr(reckoned, name), dtype=pl.Int32) for name in _COUNTS},
        "end": pl.Series(reckoned.end),
        "days_left": _whole_days(pl.Series(reckoned.end) - pl.Series(until)),
    }


def _chosen(words: tuple[str, ...], which: NDArray[np.int64]) -> pl.Series:
    """The word with each number; this takes a tenth of the time of making texts."""
    return pl.Series(words)[pl.Series(which)]


def _whole_days(durations: pl.Series) -> pl.Series:
    return durations.dt.total_days().cast(pl.Int32)


def _legal_days(start: Days, until: Days, suspensions: Intervals) -> pl.Series:
    """The days that the term has run."""
    stood_still = pl.Series(suspensions.days_between(start, until), dtype=pl.Int32)
    # an objection may be decided on while others may still object, before the term starts
    return (_whole_days(pl.Series(until) - pl.Series(start)) - stood_still).clip(0)


def _still_stand(stops: StoodStill, today: dt.date) -> pl.Expr:
    """Whether a term of the case stands still now."""
    going_on = stops.intervals.filter(pl.col("until").is_null() | (pl.col("until") > today))
    return pl.col("case_id").is_in(going_on["case_id"].implode())


def _certainty(reckoned: Reckoning) -> pl.Series:
    """How sure it is: the log tells of suspensions and extensions, not whether they were lawful."""
    has_moved = (reckoned.extended_days > 0) | (reckoned.suspended_days > 0)
    return _chosen(("high", "fair", "low"), np.where(reckoned.is_doubtful, 2, 1 * has_moved))


def _owed(cases: pl.DataFrame, end: Days, until: Days) -> dict[str, pl.Series]:
    """Whether notice was given after the term, and what may be owed for it.

    Notice that was given too early does not count, and is often given again.
    """
    notices = cases.select("case_id", "notices", end=pl.Series(end)).explode("notices")
    valid = notices.filter(pl.col("notices") > pl.col("end")).group_by("case_id").min()
    first = cases.select("case_id").join(valid, on="case_id", how="left", maintain_order="left")
    notice = days_of(first["notices"])
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
    """Tells of cases in doubt only the reason, in ``status`` and ``if_status``."""
    is_sure = doubts.is_null()
    kept = ("case_id", "id", "version", "start", "stop", "registered", "shifted", "is_suspended")
    waits = ("waits_after", "waits_since")
    reasons = ("status", "if_status")
    owed = ("noticed", "penalty_eur")
    unsaid = pl.all().exclude(*kept, *waits, *reasons, *owed)
    return told.with_columns(
        pl.when(is_sure).then(pl.col(reasons)).otherwise(doubts),
        pl.when(is_sure).then(pl.col(owed)).otherwise(0),
        pl.when(is_sure).then(unsaid),
    )
