# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Laws that hold for every log, and each measure against a slow and simple version of itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import ORDER
from contracts.settings import Analysis
from mining.cases.journeys import Lens, cases, traces
from mining.cases.moves import moves
from mining.cases.relations import Relations
from mining.durations import DAY_MS
from mining.findings import SUMMARIES
from mining.model import concurrency
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.waiting import waits
from mining.wholes import ledger, overview, throughput
from mining.why import bottlenecks
from mining.why.observed import observed
from tests.builders import NOBODY
from tests.strategies import LENS, event_logs, lenses

ALL_SUMMARIES = (*SUMMARIES, *concurrency.SUMMARIES)
MS = dt.timedelta(milliseconds=1)


def summed(log: pl.DataFrame, lens: Lens = LENS, buckets: int = 1) -> Summaries:
    """The summaries of a log spread over so many buckets."""
    numbered = log.with_columns(b=pl.col("case_id").str.slice(1).cast(pl.Int64) % buckets)
    parts = [
        summarise(bucket_of(part.lazy(), NOBODY, lens), ALL_SUMMARIES)
        for part in numbered.partition_by("b", include_key=False)
    ]
    names = parts[0].keys()
    return merge({name: [part[name].lazy() for part in parts] for name in names}, ALL_SUMMARIES)


@given(event_logs(), lenses())
def test_the_ledger_sums_to_the_elapsed_time_exactly(log: pl.DataFrame, lens: Lens) -> None:
    bucket = bucket_of(log.lazy(), NOBODY, lens)
    inside = bucket.moves.filter(~pl.col("is_outside"), ~pl.col("is_parallel"))
    parts = inside.group_by("case_id").agg(parts=pl.sum("wait_ms") + pl.sum("work_ms"))
    both = bucket.cases.join(parts, on="case_id", how="left").fill_null(0).collect()

    assert both["parts"].to_list() == both["elapsed_ms"].to_list()


@given(event_logs(), lenses())
def test_the_ledger_of_the_log_sums_to_all_elapsed_days(log: pl.DataFrame, lens: Lens) -> None:
    merged = summed(log, lens)
    owned = ledger.conclude(merged["ledger"], LENS.journey)

    elapsed_days = merged["throughput"]["ms"].sum() / DAY_MS
    assert owned["person_days"].sum() == pytest.approx(elapsed_days)


@given(event_logs(), lenses())
def test_no_part_is_negative_or_larger_than_the_whole(log: pl.DataFrame, lens: Lens) -> None:
    found = moves(traces(log.lazy(), lens), lens).collect()

    assert (
        found.select("wait_ms", "work_ms", "pause_ms", "statutory_ms").min_horizontal() >= 0
    ).all()
    assert (found["pause_ms"] + found["statutory_ms"] <= found["wait_ms"]).all()


@given(event_logs(), lenses(), st.integers(2, 5))
def test_buckets_change_nothing(log: pl.DataFrame, lens: Lens, buckets: int) -> None:
    once, spread = summed(log, lens), summed(log, lens, buckets)

    assert {name: frame.to_dicts() for name, frame in once.items()} == {
        name: frame.to_dicts() for name, frame in spread.items()
    }


@given(event_logs(), st.integers(-500, 500))
def test_whole_weeks_of_shift_change_no_duration(log: pl.DataFrame, weeks: int) -> None:
    in_utc = Lens(LENS.as_of, "UTC", LENS.journey.model_copy(update={"pauses": ()}))
    shift = dt.timedelta(weeks=weeks)
    later = Lens(in_utc.as_of + shift, "UTC", in_utc.journey)
    instants = log.with_columns(is_day=pl.lit(value=False))
    moved = instants.with_columns(pl.col("at", "started_at", "registered_at") + shift)

    before, after = summed(instants, in_utc), summed(moved, later)
    for name in ("waits", "throughput", "ledger", "variants", "rework"):
        assert before[name].equals(after[name])


@given(event_logs(ties=False))
def test_directly_follows_variants_and_rework_by_brute_force(log: pl.DataFrame) -> None:
    traced = [
        list(group["activity"])
        for _, group in log.filter(pl.col("at") <= LENS.as_of).sort("at").group_by("case_id")
    ]
    follows = Counter(pair for trace in traced for pair in pairwise(trace))
    merged = summed(log)

    assert {(a, b): n for a, b, n in merged["follows"].select("from", "to", "n").rows()} == follows

    routes = overview.conclude_variants(merged["variants"])
    assert {tuple(r): n for r, n in routes.select("trace", "cases").rows()} == Counter(
        map(tuple, traced)
    )

    repeats = Counter(
        a for trace in traced for a, n in Counter(trace).items() for _ in range(n - 1)
    )
    again = overview.conclude_rework(merged["rework"])
    assert dict(again.select("activity", "repeats").rows()) == repeats
    loops = {a: n for (a, b), n in follows.items() if a == b}
    assert {a: n for a, n in again.select("activity", "self_loops").rows() if n} == loops


@given(event_logs(), lenses())
def test_waiting_is_shared_out_without_loss(log: pl.DataFrame, lens: Lens) -> None:
    merged = summed(log, lens)
    found = waits.conclude(merged["waits"], merged["wait_cases"], LENS.journey)

    assert found["person_days"].sum() == pytest.approx(merged["waits"]["ms"].sum() / DAY_MS)


@given(event_logs(), lenses())
def test_what_is_explained_is_not_ranked(log: pl.DataFrame, lens: Lens) -> None:
    copies = [
        log.with_columns(pl.col("case_id").str.replace("c", f"c{copy}")) for copy in range(31)
    ]
    crowd = pl.concat(copies).sort("case_id", "at", "row")
    merged = summed(crowd, lens)
    found = waits.conclude(merged["waits"], merged["wait_cases"], LENS.journey)
    parallel = merged["parallel_waits"]
    seen = observed(merged, LENS.journey, lens.end_week)
    ranked, explained = bottlenecks.conclude(
        found, merged["ledger"], parallel, seen, None, Analysis()
    )

    once = {b.to for b in ranked if b.kind not in ("rework", "handover", "before_the_clock")}
    assert once.isdisjoint({"a", "z"})
    early = {(b.from_, b.to) for b in ranked if b.kind == "before_the_clock"}
    assert early <= {("registered", "z")}
    assert [b.rank for b in ranked] == list(range(1, len(ranked) + 1))
    assert all(b.rank_range[0] <= b.rank <= b.rank_range[1] for b in ranked if b.rank_range)
    beside = [(e.from_, e.to) for e in explained if e.class_ == "parallel"]
    assert sorted(beside) == parallel.select("from", "to").sort("from", "to").rows()
    assert {(e.to, e.class_) for e in explained if e.class_ != "parallel"} <= {
        ("a", "statutory_wait"),
        ("a", "waiting_on_citizen"),
        ("c", "policy_pause"),
        ("z", "outside"),
        (None, "outside"),  # after what only z was seen to follow
    }


@given(event_logs())
def test_throughput_of_closed_cases_is_the_plain_median(log: pl.DataFrame) -> None:
    merged = summed(log)
    closed = (
        cases(traces(log.lazy(), LENS), LENS).filter(~pl.col("is_open")).collect()["elapsed_ms"]
    )
    expected = sorted(closed / DAY_MS)[(len(closed) - 1) // 2] if len(closed) else None

    found = throughput.conclude(merged["throughput"]).closed_only_p50_days
    assert found == (None if expected is None else pytest.approx(expected, rel=0.011, abs=1e-6))


@given(event_logs())
def test_a_log_of_dates_has_no_figure_finer_than_a_day(log: pl.DataFrame) -> None:
    local = (
        pl.col("at").dt.convert_time_zone(LENS.zone).dt.truncate("1d").dt.convert_time_zone("UTC")
    )
    dates = log.with_columns(at=local, started_at=None, is_day=pl.lit(value=True)).sort(ORDER)
    merged = summed(dates.cast({"started_at": dates.schema["at"]}))

    found = waits.conclude(merged["waits"], merged["wait_cases"], LENS.journey)
    days = [*found["p50_days"].drop_nulls(), *found["p90_days"].drop_nulls()]
    days += throughput.conclude(merged["throughput"]).survival["days"].to_list()
    assert [day for day in days if day != round(day)] == []


Move = tuple[str | None, str | None, bool, int, int, int | None, str | None]


def moves_of_a_case(events: list[dict[str, Any]], lens: Lens) -> list[Move]:
    """From, to, is_parallel, wait, work, visit and from_org of an open case in instants."""
    barred = lens.relations.not_enabling
    activities = [event["activity"] for event in events]
    begun = min(min(e["at"], e["started_at"] or e["at"]) for e in events)
    begin, since = begin_of_a_case(events[0]["registered_at"], begun, activities[0], lens)
    last = len(events) - 1
    leading = [n for n, name in enumerate(activities) if name not in lens.relations.side]
    origin = leading[-1] if leading and events[last]["is_done"] else last

    enablers = [
        next((j for j in range(i - 1, -1, -1) if (activities[j], activity) not in barred), None)
        for i, activity in enumerate(activities)
    ]
    on_path, here = set(), origin
    while here is not None:
        on_path.add(here)
        here = enablers[here]

    found: list[Move] = []
    for i, (event, enabler) in enumerate(zip(events, enablers, strict=True)):
        enabled = begin if enabler is None else events[enabler]["at"]
        started = (
            begun if i == 0 else min(event["at"], max(enabled, event["started_at"] or event["at"]))
        )
        orgs = [e["org"] for e in events[:i] if e["org"]]
        is_registered = since == lens.registration
        if i > 0 or is_registered or event["at"] > begin:
            found.append(
                (
                    (since if i or is_registered else None)
                    if enabler is None
                    else activities[enabler],
                    event["activity"],
                    i not in on_path,
                    (started - enabled) // MS,
                    (event["at"] - started) // MS,
                    activities[: i + 1].count(event["activity"]),
                    orgs[-1] if orgs else None,
                )
            )
    return found


def begin_of_a_case(
    registered: dt.datetime | None, begun: dt.datetime, first: str, lens: Lens
) -> tuple[dt.datetime, str | None]:
    """When a case in instants began, and with what."""
    if registered is None or registered > begun:
        return begun, first
    local = registered.astimezone(ZoneInfo(lens.zone))
    if local.time() == dt.time():
        return min(begun, (local + dt.timedelta(days=1)).astimezone(dt.UTC)), lens.registration
    return registered, lens.registration


@given(event_logs(), lenses())
def test_moves_by_brute_force(log: pl.DataFrame, lens: Lens) -> None:
    open_ended = replace(lens, journey=lens.journey.model_copy(update={"end": ("never",)}))
    instants = log.with_columns(is_day=pl.lit(value=False)).filter(pl.col("at") <= lens.as_of)
    seen = moves(traces(instants.lazy(), open_ended), open_ended).collect()

    for (case_id,), group in instants.group_by("case_id"):
        ended = seen.filter(pl.col("case_id") == case_id, pl.col("to").is_not_null())
        columns = ("from", "to", "is_parallel", "wait_ms", "work_ms", "visit", "from_org")
        in_work = group["is_done"].to_list()[-1] is False
        found = ended.select(columns).rows()
        assert found[: len(found) - in_work] == moves_of_a_case(group.to_dicts(), open_ended)


@given(event_logs())
def test_relations_that_say_nothing_of_these_activities_change_nothing(log: pl.DataFrame) -> None:
    strangers = Relations(concurrent=frozenset({("p", "q"), ("q", "p")}), side=frozenset("p"))
    other = replace(LENS, relations=strangers)

    assert (
        moves(traces(log.lazy(), LENS), LENS)
        .collect()
        .equals(moves(traces(log.lazy(), other), other).collect())
    )


@given(event_logs(ties=False))
def test_what_comes_in_a_row_by_brute_force(log: pl.DataFrame) -> None:
    open_ended = replace(LENS, journey=LENS.journey.model_copy(update={"end": ("never",)}))
    merged = summed(log, open_ended)
    traced = [
        list(group["activity"])
        for _, group in log.filter(pl.col("at") <= LENS.as_of).sort("at").group_by("case_id")
    ]
    threes = Counter(three for t in traced for three in zip(t, t[1:], t[2:], strict=False))
    twos = Counter(pair for trace in traced for pair in pairwise(trace))

    triples = merged["triples_in_a_row"].select("first", "second", "third", "n").rows()
    assert {(a, b, c): n for a, b, c, n in triples} == threes
    pairs = merged["pairs_in_a_row"].select("from", "to", "n").rows()
    assert {(a, b): n for a, b, n in pairs} == twos
