# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed in a log since an earlier report, and what that does to how long cases take.

Both logs are first taken as they stood at the moment of the earlier report, and compared
(``mining.matching``). What happened after that moment is how cases *went on*: nobody could have
known it.

The effect of each change is told on top of those before it, by figures of variants of the log: the
log of then by today's definitions, then with one more change each time, up to the log of now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

import polars as pl

from contracts.changes import Change, ChangeId, Changes, Effect, Relabelled, Since
from contracts.events import CASE_PREFIX, ORDER
from contracts.figures import Quantiles
from mining.cases.journeys import Lens, known_by
from mining.matching import ABOUT_THE_CASE, alike, called, has_case_in, matched
from mining.summaries import Summaries, Summary, bucket_of, summarise
from mining.wholes import throughput

_CHANGES: tuple[ChangeId, ...] = get_args(ChangeId)
_DEFINITIONS = "definitions"
_CORRECTIONS = (
    "told_otherwise",
    "late",
    "edited",
    "relabelled",
    "gone_events",
    "gone_cases",
)
"""Changes in what is known of the time before the earlier report, in the order of their effects.

Events that are told otherwise come first: all other events then stand in today's order.
"""
_STEPS = (_DEFINITIONS, *_CORRECTIONS, "went_on", "new_cases")
_TOLD = ("case_id", "activity", "at", "started_at", "is_done")
_LOOKED_AT = (*_TOLD, *ABOUT_THE_CASE, "is_mark", "source", "row")


@dataclass(frozen=True)
class Compared:
    """A bucket of two logs, compared.

    ``changed`` has a row per changed event, and a row "definitions" per event of the earlier log:
    ``what, case_id``. ``renamed`` has a row per relabelled event: ``case_id, from, to``.
    ``durations`` are those of the cases of each variant: ``variant`` and the columns of
    ``mining.wholes.throughput.SUMMARY``.
    """

    changed: pl.DataFrame
    renamed: pl.DataFrame
    durations: pl.DataFrame


def compare(then: pl.LazyFrame, now: pl.LazyFrame, then_at: dt.datetime, lens: Lens) -> Compared:
    """Compares a bucket of the log of an earlier report with the same bucket of the log of now.

    Args:
        then: the events that were known then, in the shape of ``EVENTS``.
        now: the events that are known now.
        then_at: up to when the earlier report looked.
        lens: how this report looks.
    """
    held, holds = _steps(then, now)
    before, as_then, today = (
        known_by(log.lazy(), at).with_columns(told_at=_told_at(lens.zone))
        for log, at in ((held, then_at), (holds, then_at), (holds, lens.as_of))
    )
    old, new = before.filter(has_case_in(today)), today.filter(has_case_in(before))
    corrected = as_then.filter(has_case_in(old))
    differs = ~pl.col("case_id").is_in(alike(old, corrected).implode())
    both = matched(old.filter(differs), corrected.filter(differs))
    lost = called(before.filter(~has_case_in(today)), "gone_cases")
    left = pl.concat([both.left, lost])
    fresh = today.filter(~has_case_in(before))
    changed = (
        called(before, _DEFINITIONS),
        left.filter(pl.col("what") != "same"),
        both.otherwise,
        both.right.filter(pl.col("what") == "late"),
        called(new.filter(pl.col("at") > then_at), "went_on"),
        called(fresh, "new_cases"),
    )
    as_of_then = replace(lens, as_of=then_at)
    same = _summed(old.filter(~differs), as_of_then)
    durations = (
        *_as_of_then(left, both.right, same, as_of_then),
        *_as_of_now(new, fresh, lens),
    )
    return Compared(
        pl.concat(each.select("what", "case_id") for each in changed),
        both.renamed,
        pl.concat(durations),
    )


def _told_at(zone: str) -> pl.Expr:
    """When an event was, as its source told it: a date stands at the begin of its day."""
    day = pl.col("at").dt.convert_time_zone(zone).dt.truncate("1d").dt.convert_time_zone("UTC")
    return pl.when("is_day").then(day).otherwise("at")


def _steps(*logs: pl.LazyFrame) -> list[pl.DataFrame]:
    """The steps of some logs, with only the columns that are looked at.

    A case is a value of one ``Enum`` here, which is found and sorted faster than a text.
    """
    looked_at = pl.col(*_LOOKED_AT, f"^{CASE_PREFIX}.*$")
    steps = pl.collect_all([log.filter(~pl.col("is_mark")).select(looked_at) for log in logs])
    cases = pl.Enum(pl.concat(each["case_id"] for each in steps).unique().sort())
    return [each.with_columns(pl.col("case_id").cast(cases)) for each in steps]


def _counts(compared: Compared) -> pl.LazyFrame:
    return compared.changed.lazy().group_by("what").agg(*_of_cases())


def _pairs(compared: Compared) -> pl.LazyFrame:
    return compared.renamed.lazy().group_by("from", "to").agg(*_of_cases())


def _of_cases() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("case_id").n_unique().alias("cases"), pl.len().alias("events")


def _durations(compared: Compared) -> pl.LazyFrame:
    return compared.durations.lazy()


COUNTS = Summary("change_counts", ("what",), _counts)
PAIRS = Summary("relabelled", ("from", "to"), _pairs)
DURATIONS = Summary("change_durations", ("variant", *throughput.SUMMARY.keys), _durations)
SUMMARIES = (COUNTS, PAIRS, DURATIONS)
"""What is summarised of a bucket of two logs."""


def conclude(merged: Summaries, since: Since) -> Changes:
    """What changed since the report of then, from the merged ``SUMMARIES``."""
    counts = {what: counted for what, *counted in merged[COUNTS.name].iter_rows()}
    known = counts.pop(_DEFINITIONS, [0, 0])
    said = (since.cases, since.events)
    counts["removed"] = [max(0, (was or 0) - is_) for was, is_ in zip(said, known, strict=True)]
    changes = (
        Change(what=what, **dict(zip(("cases", "events"), counts.get(what, (0, 0)), strict=True)))
        for what in _CHANGES
    )
    pairs = merged[PAIRS.name].sort("cases", "from", "to", descending=[True, False, False])
    return Changes(
        since=since,
        counts=tuple(changes),
        effects=tuple(_effects(merged[DURATIONS.name], since.days, counts["removed"][0] > 0)),
        relabelled=tuple(Relabelled.model_validate(pair) for pair in pairs.iter_rows(named=True)),
    )


def _effects(durations: pl.DataFrame, before: Quantiles, has_removed: bool) -> Iterator[Effect]:  # noqa: FBT001
    for variant in _STEPS:
        cases = durations.filter(pl.col("variant") == variant)
        p50, p90 = throughput.quantiles(throughput.followed(cases))
        days = Quantiles(p50=p50, p90=p90)
        # the two effects cannot be told apart: the removed cases are there no more
        also = ("removed",) if variant == _DEFINITIONS and has_removed else ()
        yield Effect.model_validate(
            {"what": (*also, variant), "days": days, "effect_days": days.less(before)}
        )
        before = days


def _as_of_then(
    left: pl.DataFrame, right: pl.DataFrame, same: pl.DataFrame, lens: Lens
) -> Iterator[pl.DataFrame]:
    """The durations of the cases of then as they stood then, with more and more corrections.

    Args:
        left: the events of then, in cases of which anything has changed.
        right: the events of now, in cases of both logs.
        same: the durations of the cases in which nothing changed.
        lens: how the log was looked at then.
    """
    left, right = (side.select(*_LOOKED_AT, "what") for side in (left, right))
    occur = {_DEFINITIONS, "told_otherwise", *left["what"].unique(), *right["what"].unique()}
    for number, variant in enumerate((_DEFINITIONS, *_CORRECTIONS)):
        if variant in occur:
            # from the first correction on, events that are the same are taken as they are now
            done = (*_CORRECTIONS[:number], "same") if number else ()
            is_done = pl.col("what").is_in(done)
            different = _summed(pl.concat([left.filter(~is_done), right.filter(is_done)]), lens)
        yield _of_variant(variant, same, different)


def _as_of_now(known: pl.DataFrame, fresh: pl.DataFrame, lens: Lens) -> Iterator[pl.DataFrame]:
    """The durations of the cases of now: without the new ones, and with them."""
    known_sum = _summed(known, lens)
    yield _of_variant("went_on", known_sum)
    yield _of_variant("new_cases", known_sum, _summed(fresh, lens))


def _of_variant(variant: str, *sums: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(sums).select(pl.lit(variant).alias("variant"), pl.all())


def _summed(events: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    nobody = pl.LazyFrame(schema={"case_id": events.schema["case_id"]})
    ordered = events.select(_LOOKED_AT).sort(ORDER, maintain_order=True)
    bucket = bucket_of(ordered.lazy(), nobody, lens)
    return summarise(bucket, [throughput.SUMMARY])[throughput.SUMMARY.name]
