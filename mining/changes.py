# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed in a log since an earlier report, and what that does to how long cases take.

Both logs are first seen as they stood at the moment of the earlier report. An event is the same
where its case, activity, times and whether it was done are. Of what is left in a case that both
logs have, an event is *edited* where one of the same activity is left on the other side, else
*relabelled* where one of the same time is, else *gone* or *late*. What happened after that moment
is how cases *went on*: nobody could have known it.

The effect of a change is told on top of those before it, by figures of variants of the log: that
of then by today's definitions, and then with one change more each time, up to the log of now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import polars as pl

from contracts.events import CASE_PREFIX, ORDER
from contracts.findings import Change, ChangeId, Changes, Effect, Quantiles, Relabelled, Since
from mining import throughput
from mining.journeys import Lens, known_by
from mining.summaries import Summaries, Summary, bucket_of, summarise

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
"""Changes of what was known of the time before the earlier report; in the order of their effects.

That the same events are told otherwise comes first: all others then stand in today's order.
"""
_STEPS = (_DEFINITIONS, *_CORRECTIONS, "went_on", "new_cases")
_SAME = ("case_id", "activity", "at", "started_at", "is_done")
_SAME_NAME = ("case_id", "activity")
_SAME_TIME = ("case_id", "at")
_ABOUT_THE_CASE = ("registered_at", "is_day")
_LOOKED_AT = (*_SAME, *_ABOUT_THE_CASE, "is_mark", "source", "row")


@dataclass(frozen=True)
class Compared:
    """A bucket of two logs laid beside each other.

    ``changed`` has a row an event that changed, and one an event of the earlier log as
    "definitions": ``what, case_id``; ``renamed`` one an event that is relabelled: ``case_id, from,
    to``; ``durations`` those of the cases of each variant: ``variant`` and the columns of
    ``mining.throughput.SUMMARY``.
    """

    changed: pl.DataFrame
    renamed: pl.DataFrame
    durations: pl.DataFrame


def compare(then: pl.LazyFrame, now: pl.LazyFrame, then_at: dt.datetime, lens: Lens) -> Compared:
    """Lays a bucket of the log of an earlier report beside the same bucket of the log of now.

    Args:
        then: the events that were known then, in the shape of ``EVENTS``.
        now: those that are known now.
        then_at: up to when the earlier report looked.
        lens: how this one looks.
    """
    held, holds = _steps(then, now)
    before, as_then, today = (
        known_by(log.lazy(), at)
        for log, at in ((held, then_at), (holds, then_at), (holds, lens.as_of))
    )
    old, new = before.filter(_is_in(today)), today.filter(_is_in(before))
    corrected = as_then.filter(_is_in(old))
    differs = ~pl.col("case_id").is_in(_alike(old, corrected).implode())
    matched = _matched(old.filter(differs), corrected.filter(differs))
    lost = _called(before.filter(~_is_in(today)), "gone_cases")
    left = pl.concat([matched.left, lost])
    fresh = today.filter(~_is_in(before))
    changed = (
        _called(before, _DEFINITIONS),
        left.filter(pl.col("what") != "same"),
        matched.otherwise,
        matched.right.filter(pl.col("what") == "late"),
        _called(new.filter(pl.col("at") > then_at), "went_on"),
        _called(fresh, "new_cases"),
    )
    as_of_then = replace(lens, as_of=then_at)
    same = _summed(old.filter(~differs), as_of_then)
    durations = (
        *_as_of_then(left, matched.right, same, as_of_then),
        *_as_of_now(new, fresh, lens),
    )
    return Compared(
        pl.concat(each.select("what", "case_id") for each in changed),
        matched.renamed,
        pl.concat(durations),
    )


def _steps(*logs: pl.LazyFrame) -> list[pl.DataFrame]:
    """The steps in some logs, without what is not looked at.

    A case is an entry of one list here, which is found and sorted faster than a text.
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
    cases, events = pl.col("case_id").n_unique(), pl.len()
    return cases.cast(pl.Int64).alias("cases"), events.cast(pl.Int64).alias("events")


def _durations(compared: Compared) -> pl.LazyFrame:
    return compared.durations.lazy()


COUNTS = Summary("change_counts", ("what",), _counts)
PAIRS = Summary("relabelled", ("from", "to"), _pairs)
DURATIONS = Summary("change_durations", ("variant", *throughput.SUMMARY.keys), _durations)
SUMMARIES = (COUNTS, PAIRS, DURATIONS)
"""What is summed up of a bucket of two logs."""


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
        # nobody can tell what the one does without the other: those cases are there no more
        also = ("removed",) if variant == _DEFINITIONS and has_removed else ()
        yield Effect.model_validate(
            {"what": (*also, variant), "days": days, "effect_days": days.less(before)}
        )
        before = days


@dataclass(frozen=True)
class _Matched:
    """The events of cases that both logs have: ``left`` those of then, ``right`` those of now.

    ``what`` became of them is "same", or one of ``_CORRECTIONS``; ``otherwise`` are those of the
    same events that are told otherwise.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    otherwise: pl.DataFrame
    renamed: pl.DataFrame


def _matched(left: pl.DataFrame, right: pl.DataFrame) -> _Matched:
    same = _Round.of(left, right, _SAME)
    edited = _Round.of(same.only_left, same.only_right, _SAME_NAME)
    relabelled = _Round.of(edited.only_left, edited.only_right, _SAME_TIME)
    names = {"case_id": relabelled.left["case_id"], "from": relabelled.left["activity"]}
    rounds = {"same": same, "edited": edited, "relabelled": relabelled}
    return _Matched(
        pl.concat(
            [
                *(_called(found.left, what) for what, found in rounds.items()),
                _called(relabelled.only_left, "gone_events"),
            ]
        ),
        pl.concat(
            [
                *(_called(found.right, what) for what, found in rounds.items()),
                _called(relabelled.only_right, "late"),
            ]
        ),
        _called(same.left.filter(_is_told_otherwise(same)), "told_otherwise"),
        pl.DataFrame({**names, "to": relabelled.right["activity"]}),
    )


@dataclass(frozen=True)
class _Round:
    """Events of two sides, of which the k-th that agree on each side belong together.

    ``left`` and ``right`` hold those, row for row; the others are only on one side.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    only_left: pl.DataFrame
    only_right: pl.DataFrame

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str]) -> _Round:
        """Each side ends up in the order of ``keys``, and then of the log."""
        key, sides = [*keys, "turn"], [_numbered(side, keys) for side in (left, right)]
        found = [
            side.join(other.select(key), on=key, how=how, nulls_equal=True, maintain_order="left")
            for how in ("semi", "anti")
            for side, other in (sides, sides[::-1])
        ]
        return cls(*(each.drop("turn") for each in found))


def _numbered(events: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """``events`` with ``turn``: the how-manieth it is, in the order of the log, of those alike."""
    place = pl.int_range(pl.len())
    is_first = pl.struct(keys).rle_id().diff().fill_null(1) == 1
    first = pl.when(is_first).then(place).forward_fill()
    order = [name for name in ORDER if name not in keys]
    return events.sort(*keys, *order).with_columns(turn=place - first)


def _alike(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """The cases of which all is the same in both logs, as most are; found without matching."""
    count = pl.len().alias("n")
    both = [side.group_by("case_id").agg(count) for side in (left, right)]
    as_many = both[0].join(both[1], on=["case_id", "n"])
    one, other = (side.filter(_is_in(as_many)) for side in (left, right))
    differ = one.filter(_differ(one, other, _SAME))
    return as_many.filter(~_is_in(differ))["case_id"]


def _is_told_otherwise(same: _Round) -> pl.Series:
    """Whether the same events have another registration, attribute or place among ties."""
    return _differ(same.left, same.right, ()) | (_place(same.left) != _place(same.right))


def _differ(left: pl.DataFrame, right: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Whether two events, row for row, differ in these columns or in what is about their case."""
    attributes = (name for name in left.columns if name.startswith(CASE_PREFIX))
    shared = [name for name in attributes if name in right.columns]
    compared = (*names, *_ABOUT_THE_CASE, *shared)
    differ = [left[name].ne_missing(right[name]) for name in compared]
    return pl.select(pl.any_horizontal(differ)).to_series()


def _place(events: pl.DataFrame) -> pl.Series:
    """The place of each event in the order of its log."""
    return events.select(pl.arg_sort_by(ORDER).arg_sort()).to_series()


def _as_of_then(
    left: pl.DataFrame, right: pl.DataFrame, same: pl.DataFrame, lens: Lens
) -> Iterator[pl.DataFrame]:
    """The durations of the cases of then as they stood then, with ever more corrections.

    Args:
        left: the events of then, in cases of which anything is not the same now.
        right: those of now, in cases of both.
        same: the durations of the cases of which all is the same.
        lens: how the log was looked at then.
    """
    left, right = (side.select(*_LOOKED_AT, "what") for side in (left, right))
    occur = {_DEFINITIONS, "told_otherwise", *left["what"].unique(), *right["what"].unique()}
    for number, variant in enumerate((_DEFINITIONS, *_CORRECTIONS)):
        if variant in occur:
            # what is the same is told as it is now from the first correction on
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


def _is_in(other: pl.DataFrame) -> pl.Expr:
    """Whether the case of an event is one of another log's."""
    return pl.col("case_id").is_in(other["case_id"].unique().implode())


def _called(events: pl.DataFrame, what: str) -> pl.DataFrame:
    return events.with_columns(what=pl.lit(what))
