# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which cases met a term of the law, and which open ones still can.

A term starts on the day of an event and ends as ``mining.terms`` says. It does not run in the wait
before a step with ``clock: suspended``: from the day after what enabled the step until the day
that it was done (Awb 4:15). What cannot be said of a case is not guessed: it is undetermined, for a
reason that is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.events import day_in
from contracts.findings import TABLES, DeadlineResult
from contracts.norms import Rule, amount_of, penalties
from contracts.settings import Deadline, Journey
from mining import breaches
from mining.axis import day_of
from mining.ledger import following
from mining.penalties import owed_eur, penalty_days
from mining.summaries import Bucket, Summaries, Summary
from mining.terms import Days, LegalDays, Term, last_day
from mining.turns import step_of

STATUSES = ("within", "late", "open_within", "open_late")
NOT_STARTED = "not_started"
"""The term never started, so that the case need not meet it."""

NO_BEGIN, NO_RULE, STOPPED_BEFORE = "no_begin", "no_rule", "stopped_before"
OVERLAPPING, MAYBE_SUSPENDED = "overlapping", "maybe_suspended"
"""Why it cannot be said whether a case met a deadline."""

_DATES = ("start", "stop", "extended", "notice")
_KEYS = ("id", "version", "status", "if_suspended", "waits_after", *breaches.KEYS)
_OWED = {"noticed": pl.Int64(), "penalty_eur": pl.Int64()}
_LONGEST_YEARS = 30  # after the last event, for terms and suspensions that end later


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    """Cases by deadline, version and status; of open ones, what it is if the term stands still."""
    none = pl.DataFrame(schema={**dict.fromkeys(_KEYS, pl.String()), **_OWED})
    found = _all_judged(bucket) if bucket.lens.deadlines else []
    return (
        pl.concat([none, *found])
        .lazy()
        .group_by(_KEYS)
        .agg(pl.col(_OWED.keys()).sum(), n=pl.len().cast(pl.Int64))
    )


SUMMARY = Summary("deadlines", _KEYS, _summarise)


def _all_judged(bucket: Bucket) -> list[pl.DataFrame]:
    lens = bucket.lens
    first = bucket.cases.select(pl.col("began_on").min()).collect().item() or lens.as_of_date
    legal = LegalDays((first.year, lens.as_of_date.year + _LONGEST_YEARS), lens.equivalent_days)
    stood_still = _suspensions(bucket)
    return [
        breaches.with_breaches(judged, bucket).select(pl.col(_KEYS).cast(pl.String), *_OWED)
        for judged in (
            _judged(_cases(bucket, deadline), stood_still, deadline, lens.as_of_date, legal)
            for deadline in lens.deadlines
        )
    ]


def _cases(bucket: Bucket, deadline: Deadline) -> pl.DataFrame:
    """``case_id, is_begun, waits_after, waits_since`` and ``_DATES``; dates are local.

    Without activities that start the term, it starts with the first event that is not outside the
    legal clock: if that is the case's first, when the case began.
    """
    journey, zone = bucket.lens.journey, bucket.lens.zone
    outside = [name for name, step in journey.steps.items() if step.clock == "outside"]
    name, at = pl.col("activity"), pl.col("at")
    starts = name.is_in(deadline.start) if deadline.start else ~name.is_in(outside)
    stops = name.is_in(deadline.stop or journey.end) & pl.col("is_done")
    extends = name.is_in(deadline.extended_by) & pl.col("is_done")
    notices = name.is_in(deadline.notice) & pl.col("is_done")
    events = (
        bucket.traces.filter(~pl.col("is_outside"))
        .group_by("case_id")
        .agg(
            start=at.filter(starts).min(),
            stop=at.filter(stops).min(),
            extended=at.filter(extends).min(),
            notice=at.filter(notices).min(),
            is_first=starts.first(),
        )
        .with_columns(day_in(name, zone).alias(name) for name in _DATES)
    )
    waiting = bucket.moves.filter("is_open").select(
        "case_id",
        waits_after=pl.col("from").cast(pl.String),
        waits_since=day_of("enabled_ms", zone),
    )
    cases = bucket.cases.select("case_id", "is_begun", "began_on", "ended_on")
    is_whole = pl.col("is_first") & (not deadline.start)
    return (
        cases.join(events, on="case_id", how="left")
        .join(waiting, on="case_id", how="left")
        .with_columns(
            start=pl.when(is_whole).then("began_on").otherwise("start"),
            stop=pl.coalesce("stop", "ended_on"),
        )
        .sort("case_id")
        .collect()
    )


def _suspensions(bucket: Bucket) -> pl.DataFrame:
    """``case_id, since, until``: the days on which a term did not run, ``until`` not included."""
    zone = bucket.lens.zone
    is_suspended = pl.col("to").cast(pl.String).is_in(_suspended(bucket.lens.journey))
    done_ms = pl.col("enabled_ms") + pl.col("wait_ms") + pl.col("work_ms")
    return (
        bucket.moves.filter(~pl.col("is_outside"), is_suspended)
        .with_columns(done_ms=done_ms)
        .select(
            "case_id",
            since=day_of("enabled_ms", zone).dt.offset_by("1d"),
            until=day_of("done_ms", zone),
        )
        .filter(pl.col("since") < pl.col("until"))
        .sort("case_id", "since", "until")
        .collect()
    )


def _suspended(journey: Journey) -> list[str]:
    return [name for name, step in journey.steps.items() if step.clock == "suspended"]


class Suspensions(NamedTuple):
    """The suspensions of cases in order, ``(K, N)``; where a case has fewer than ``K``, NaT."""

    since: Days
    until: Days


def _judged(
    cases: pl.DataFrame,
    stood_still: pl.DataFrame,
    deadline: Deadline,
    as_of: dt.date,
    legal: LegalDays,
) -> pl.DataFrame:
    """``case_id``, ``end`` (the last day of the term), and the first columns of ``_KEYS``."""
    of_cases = _by_case(cases, stood_still)
    start, stop, waits_since = (_days(cases[name]) for name in ("start", "stop", "waits_since"))
    end, version = _ends(start, _days(cases["extended"]), of_cases, deadline, legal)
    is_cut_off = ~cases["is_begun"].to_numpy()
    today = np.datetime64(as_of)
    is_closed = ~np.isnat(stop)
    still = np.where(today <= end, "open_within", "open_late")
    status = np.where(is_closed, np.where(stop <= end, "within", "late"), still).astype(object)
    # a term that came to a standstill in time is not over
    in_time = np.where(waits_since < end, "open_within", still)
    if_suspended = np.where(is_closed | np.isnat(waits_since), status, in_time).astype(object)
    for reason, is_so in (
        (OVERLAPPING, _overlap(of_cases)),
        (NO_RULE, version == None),  # noqa: E711  each of an array
        (STOPPED_BEFORE, stop < start),
        (NOT_STARTED, np.isnat(start)),
        (NO_BEGIN, is_cut_off & (np.isnat(start) | (not deadline.start))),
    ):
        status[is_so] = if_suspended[is_so] = reason
    return cases.select(
        "case_id",
        end=pl.Series(end),
        id=pl.lit(deadline.id),
        version=pl.Series(version.tolist(), dtype=pl.String),
        status=pl.Series(status.tolist(), dtype=pl.String),
        if_suspended=pl.Series(if_suspended.tolist(), dtype=pl.String),
        waits_after="waits_after",
        **_owed(cases, end, np.where(is_closed, stop, today)),
    )


def _owed(cases: pl.DataFrame, end: Days, until: Days) -> dict[str, pl.Series]:
    """Whether notice was given after the term, and what may be owed for it."""
    notice = _days(cases["notice"])
    euros = owed_eur(penalty_days(end, notice, until), notice, penalties())
    noticed = (notice > end) & (notice <= until)
    return {
        "noticed": pl.Series(noticed, dtype=pl.Int64),
        "penalty_eur": pl.Series(np.where(noticed, euros, 0), dtype=pl.Int64),
    }


def _ends(
    start: Days, extended: Days, suspensions: Suspensions, deadline: Deadline, legal: LegalDays
) -> tuple[Days, NDArray[np.object_]]:
    """The last day of each case's term, and by which version of the rule; NaT and None: by none."""
    end = np.full(len(start), np.datetime64("NaT"), "datetime64[D]")
    version = np.full(len(start), None, object)
    for each in deadline.versions:
        until = np.datetime64(each.valid_to or dt.date.max)
        chosen = np.flatnonzero((start >= np.datetime64(each.valid_from)) & (start <= until))
        theirs = Suspensions(suspensions.since[:, chosen], suspensions.until[:, chosen])
        end[chosen] = due(start[chosen], extended[chosen], theirs, each, legal)
        version[chosen] = each.name
    return end, version


def due(
    start: Days, extended: Days, suspensions: Suspensions, rule: Rule, legal: LegalDays
) -> Days:
    """The last days of terms, ``(N,)``.

    An extension, which can be given once, counts if it was given before the term was over.

    Args:
        start: on which days they start, or those that they come after.
        extended: when they were extended; NaT where they were not.
        suspensions: in the order in which they began, none over another.
        rule: how long they are.
        legal: which days are working days.
    """
    if rule.after is not None:
        start = last_day(start, Term(*amount_of(rule.after), rule.law), legal)
    amount, unit = amount_of(rule.term)
    term = Term(amount, unit, rule.law)
    stood_still = list(zip(*suspensions, strict=True))
    end = last_day(start, term, legal, stood_still)
    if rule.extension is None:
        return end
    longer = Term(amount + amount_of(rule.extension)[0], unit, rule.law)
    return np.where(extended <= end, last_day(start, longer, legal, stood_still), end)


def _by_case(cases: pl.DataFrame, stops: pl.DataFrame) -> Suspensions:
    number = cases.select("case_id", row=pl.int_range(pl.len()))
    placed = stops.join(number, on="case_id").sort("row", "since", "until")
    order = placed.select(pl.int_range(pl.len()).over("row")).to_series().to_numpy()
    shape = int(order.max(initial=-1)) + 1, len(cases)
    since, until = (np.full(shape, np.datetime64("NaT"), "datetime64[D]") for _ in range(2))
    since[order, placed["row"].to_numpy()] = _days(placed["since"])
    until[order, placed["row"].to_numpy()] = _days(placed["until"])
    return Suspensions(since, until)


def _overlap(stops: Suspensions) -> NDArray[np.bool_]:
    overlaps: NDArray[np.bool_] = np.logical_or.reduce(stops.since[1:] < stops.until[:-1], axis=0)
    return overlaps


def _days(dates: pl.Series) -> Days:
    return dates.cast(pl.Date).to_numpy().astype("datetime64[D]")


def conclude(
    merged: Summaries, journey: Journey, deadlines: Iterable[Deadline]
) -> tuple[list[DeadlineResult], dict[str, pl.DataFrame]]:
    """How many cases met each deadline, and the tables ``deadlines`` and ``breaches``.

    Args:
        merged: the merged ``SUMMARY`` and ``mining.ledger.SUMMARY``.
        journey: before which steps a term stands still.
        deadlines: those of the config.
    """
    next_steps = following(merged["ledger"])
    told = merged[SUMMARY.name].with_columns(status=_settled(next_steps, journey))
    table = told.group_by("id", "status").agg(cases=pl.col("n").sum()).sort("id", "status")
    with_notice = {each.id for each in deadlines if each.notice}
    results = []
    for (name,), group in told.partition_by("id", as_dict=True, maintain_order=True).items():
        n = dict(group.group_by("status").agg(pl.col("n").sum()).iter_rows())
        counts = {status: n.pop(status, 0) for status in STATUSES}
        n.pop(NOT_STARTED, 0)
        versions = group["version"].drop_nulls().unique().sort().to_list()
        results.append(
            DeadlineResult(
                id=str(name),
                **counts,
                undetermined=sum(n.values()),
                **(_exposure(group) if name in with_notice else {}),
                rule_version=", ".join(versions),
            )
        )
    tables = {
        "deadlines": table.select(TABLES["deadlines"].names()),
        "breaches": breaches.conclude(told),
    }
    return results, tables


def _exposure(told: pl.DataFrame) -> dict[str, int]:
    late = told.filter(pl.col("status").is_in(breaches.BROKEN))
    return {name: int(late[name].sum()) for name in _OWED}


def _settled(next_steps: dict[str, list[str]], journey: Journey) -> pl.Expr:
    """What holds of open cases, by whether the term stands still before all that may be next."""
    still = {
        name: [step_of(journey, step).clock == "suspended" for step in steps]
        for name, steps in next_steps.items()
    }
    is_after = pl.col("waits_after")
    stands_still = is_after.is_in([name for name, stops in still.items() if all(stops)])
    may_stand_still = is_after.is_in([name for name, stops in still.items() if any(stops)])
    differs = pl.col("status") != pl.col("if_suspended")
    return (
        pl.when(stands_still)
        .then("if_suspended")
        .when(may_stand_still & differs)
        .then(pl.lit(MAYBE_SUSPENDED))
        .otherwise("status")
    )
