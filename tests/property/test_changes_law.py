# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed between two logs against the same worked out event by event, as it is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import EVENTS, ORDER
from mining.changes import DURATIONS, SUMMARIES, Compared, compare
from mining.summaries import bucket_of, merge, summarise
from mining.wholes import throughput
from tests.builders import NOBODY
from tests.strategies import LENS, event_logs

DAYS = st.integers(0, 40).map(lambda days: LENS.as_of - dt.timedelta(days=days))


class Event(NamedTuple):
    """An event as it was seen; ``place`` is where it stands in its log."""

    case_id: str
    activity: str
    told_at: dt.datetime
    started_at: dt.datetime | None
    is_done: bool
    told: tuple[object, ...]
    place: tuple[object, ...]
    at: dt.datetime


@st.composite
def corrected(draw: st.DrawFn, log: pl.DataFrame) -> pl.DataFrame:
    """Another log, of which much may be that of before: events come, go, move or are renamed."""
    other = draw(event_logs()).to_dicts()
    rows = []
    for row in log.to_dicts():
        match draw(st.sampled_from(["same"] * 4 + ["gone", "moved", "renamed", "told", "twice"])):
            case "gone":
                continue
            case "moved":
                row["at"] += dt.timedelta(hours=draw(st.sampled_from([-30, -1, 1, 30])))
            case "renamed":
                row["activity"] = draw(st.sampled_from("abcz"))
            case "told":
                row["registered_at"] = row["at"]
            case "twice":
                rows.append(dict(row))
        rows.append(row)
    rows += [row for row in other if draw(st.integers(0, 3)) == 0]
    numbered = [{**row, "row": n} for n, row in enumerate(draw(st.permutations(rows)))]
    return pl.DataFrame(numbered, schema=EVENTS).sort(ORDER)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, dt.datetime]:
    """Two logs, and when the earlier one was looked at."""
    then = draw(event_logs())
    return then, draw(corrected(then)), draw(DAYS)


def seen(log: pl.DataFrame, at: dt.datetime) -> dict[str, list[Event]]:
    """What had happened by then, by case, in the order of the log."""
    cases: dict[str, list[Event]] = {}
    for row in log.filter(~pl.col("is_mark")).to_dicts():
        began = min(row["at"], row["started_at"] or row["at"])
        if began > at:
            continue
        if row["at"] > at:
            row |= {"at": began, "is_done": False}
        told = (row["registered_at"], row["is_day"])
        place = tuple(row[name] for name in ORDER)
        local = row["at"].astimezone(ZoneInfo(LENS.zone))
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        row |= {"told_at": day.astimezone(dt.UTC) if row["is_day"] else row["at"]}
        values = (row[name] for name in Event._fields[:5])
        cases.setdefault(row["case_id"], []).append(Event(*values, told, place, row["at"]))
    return {case: sorted(events, key=lambda e: e.place) for case, events in cases.items()}


def matched(
    left: list[Event], right: list[Event], key: Callable[[Event], object]
) -> Iterator[tuple[Event, Event]]:
    """Takes each event with the first on the other side that is like it out of both."""
    for one in list(left):
        other = next((each for each in right if key(each) == key(one)), None)
        if other:
            left.remove(one)
            right.remove(other)
            yield one, other


def expected(
    then: pl.DataFrame, now: pl.DataFrame, then_at: dt.datetime
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str, str]]]:
    """How many events of each case changed in which way; and what is called otherwise."""
    before, as_then, today = seen(then, then_at), seen(now, then_at), seen(now, LENS.as_of)
    found: Counter[tuple[str, str]] = Counter()
    renamed: Counter[tuple[str, str, str]] = Counter()
    for case, events in before.items():
        found["definitions", case] += len(events)
        if case not in today:
            found["gone_cases", case] += len(events)
            continue
        left, right = list(events), list(as_then.get(case, []))
        same = list(matched(left, right, lambda e: e[:5]))
        places = [sorted(each.place for each in side) for side in zip(*same, strict=True)]
        found["told_otherwise", case] += sum(
            one.told != other.told or places[0].index(one.place) != places[1].index(other.place)
            for one, other in same
        )
        found["edited", case] += len(list(matched(left, right, lambda e: e.activity)))
        pairs_ = list(matched(left, right, lambda e: e.told_at))
        renamed.update((case, one.activity, other.activity) for one, other in pairs_)
        found["relabelled", case] += len(pairs_)
        found["gone_events", case] += len(left)
        found["late", case] += len(right)
        found["went_on", case] += sum(each.at > then_at for each in today[case])
    for case in today.keys() - before.keys():
        found["new_cases", case] += len(today[case])
    return +found, renamed


def laid(then: pl.DataFrame, now: pl.DataFrame, then_at: dt.datetime) -> Compared:
    return compare(then.lazy(), now.lazy(), then_at, LENS)


def durations(log: pl.DataFrame, at: dt.datetime) -> set[tuple[Any, ...]]:
    """How long the cases of a log take, as it stood at a moment."""
    bucket = bucket_of(log.lazy(), NOBODY, replace(LENS, as_of=at))
    return set(summarise(bucket, [throughput.SUMMARY])["throughput"].iter_rows())


def of_variant(compared: Compared, name: str) -> set[tuple[Any, ...]]:
    merged = DURATIONS.merge([compared.durations.lazy()]).collect()
    return set(merged.filter(pl.col("variant") == name).drop("variant").iter_rows())


@given(pairs())
def test_every_event_is_of_the_kind_that_it_is_said_to_be(drawn):
    compared = laid(*drawn)
    found, renamed = expected(*drawn)

    assert Counter(compared.changed.iter_rows()) == found
    assert Counter(compared.renamed.iter_rows()) == renamed


@given(pairs())
def test_every_event_that_came_or_went_is_of_one_kind(drawn):
    """What was there, less what went and more what came, is what is there."""
    then, now, then_at = drawn
    counts = Counter(laid(*drawn).changed["what"])
    before, as_then, today = seen(then, then_at), seen(now, then_at), seen(now, LENS.as_of)
    known = before.keys() & today.keys()
    there = sum(len(as_then.get(case, [])) for case in known)

    lost = counts["gone_events"] + counts["gone_cases"]
    assert sum(map(len, before.values())) - lost + counts["late"] == there
    is_later = sum(each.at > then_at for case in known for each in today[case])
    assert counts["went_on"] == is_later
    assert counts["new_cases"] == sum(len(today[case]) for case in today.keys() - known)


@given(pairs())
def test_the_variants_lead_from_one_log_to_the_other(drawn):
    then, now, then_at = drawn
    compared = laid(*drawn)
    before, today = seen(then, then_at), seen(now, LENS.as_of)
    is_known = pl.col("case_id").is_in(list(before.keys() & today.keys()))

    assert of_variant(compared, "definitions") == durations(then, then_at)
    assert of_variant(compared, "gone_cases") == durations(now.filter(is_known), then_at)
    assert of_variant(compared, "went_on") == durations(now.filter(is_known), LENS.as_of)
    assert of_variant(compared, "new_cases") == durations(now, LENS.as_of)


@given(pairs())
def test_a_change_that_was_not_made_has_no_effect(drawn):
    compared = laid(*drawn)
    steps = ["definitions", "told_otherwise", "late", "edited", "relabelled", "gone_events"]
    happened = set(compared.changed["what"])
    for one, other in pairwise(steps):
        if other not in happened and other != "told_otherwise":
            assert of_variant(compared, one) == of_variant(compared, other)


@given(pairs())
def test_buckets_add_up(drawn):
    then, now, then_at = drawn
    is_first = pl.col("case_id") <= "c3"
    parts = [laid(then.filter(part), now.filter(part), then_at) for part in (is_first, ~is_first)]

    whole, *sums = (summarise(each, SUMMARIES) for each in (laid(*drawn), *parts))
    names = [summary.name for summary in SUMMARIES]
    merged = merge({n: [each[n].lazy() for each in sums] for n in names}, SUMMARIES)
    alone = merge({n: [whole[n].lazy()] for n in names}, SUMMARIES)
    assert all(merged[name].equals(alone[name]) for name in names)
