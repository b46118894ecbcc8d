# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Stays add up to the moves they are made of, and open ones go where Efron says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.cases.journeys import Lens, traces
from mining.cases.moves import moves
from mining.durations import DAY_MS
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.waiting import queues, stays, step_queues, waits
from tests.builders import NOBODY
from tests.property.test_survival import counts, redistribute
from tests.strategies import LENS, event_logs, lenses

KINDS = "case:kind"
HAD = {"from": pl.String, "is_open": pl.Boolean, "bin": pl.Int16, "had": pl.String, "n": pl.Int64}


def summed(log: pl.DataFrame, lens: Lens, buckets: int = 1) -> Summaries:
    """The summaries of stays; every other case is of one kind, the rest of the other."""
    number = pl.col("case_id").str.slice(1).cast(pl.Int64)
    told = log.with_columns(
        (number % 2).cast(pl.String).alias(KINDS),
        b=number % buckets,
        resource=pl.col("org"),
        team=pl.col("org"),
    )
    look = replace(lens, segments=(KINDS,))
    parts = [
        summarise(bucket_of(part.lazy(), NOBODY, look), stays.SUMMARIES)
        for part in told.partition_by("b", include_key=False)
    ]
    names = parts[0].keys()
    return merge({name: [p[name].lazy() for p in parts] for name in names}, stays.SUMMARIES)


def stays_of(log: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    """The moves of which stays are made, but for those of which nobody saw where they lead."""
    found = moves(traces(log.lazy(), lens), lens).collect()
    inside = found.filter(
        ~pl.col("is_outside"), ~pl.col("is_parallel"), pl.col("from").is_not_null()
    )
    went_on = inside.filter(~pl.col("is_open"))["from"].unique().to_list()
    return inside.filter(pl.col("from").is_in(went_on)).with_columns(
        lost=pl.col("wait_ms") - pl.col("statutory_ms")
    )


@given(event_logs(), lenses())
def test_queues_add_up_to_the_moves(log: pl.DataFrame, lens: Lens) -> None:
    found = list(step_queues.queues(summed(log, lens)))
    moved = stays_of(log, lens)

    for (source,), here in moved.group_by("from"):
        parts = [queue.weeks.filter(pl.col("from") == source) for queue in found]
        n, days, early = (
            sum(part[name].sum() for part in parts) for name in ("n", "days", "before_clock")
        )
        assert n == pytest.approx(here.height)
        assert days == pytest.approx((here["lost"] - here["pause_ms"]).sum() / DAY_MS)
        assert early == pytest.approx(here["is_before_clock"].sum())


@given(event_logs(), lenses())
def test_ended_stays_are_in_the_queue_of_their_step(log: pl.DataFrame, lens: Lens) -> None:
    found = {(queue.to, queue.is_again): queue for queue in step_queues.queues(summed(log, lens))}
    ended = stays_of(log, lens).filter(~pl.col("is_open"))
    keys = ended.group_by("to", pl.col("visit") > 1)

    counted = {(to, again): group.height for (to, again), group in keys}
    in_queues = {
        key: queue.weeks.filter(~pl.col("is_open"))["n"].sum() for key, queue in found.items()
    }
    assert {key: n for key, n in in_queues.items() if n} == counted


@given(event_logs(), lenses())
def test_no_case_waits_for_what_it_had_for_the_first_time_nor_for_another_again(
    log: pl.DataFrame, lens: Lens
) -> None:
    had = dict(
        traces(log.lazy(), lens)
        .collect()
        .group_by("case_id")
        .agg(pl.col("activity").unique())
        .iter_rows()
    )
    still = stays_of(log, lens).filter("is_open").with_columns(stays.tenth_bin_of("wait_ms"))
    waiting = still.group_by("from", "bin").agg("case_id").rows()
    shared = [
        (queue.to, queue.is_again, row["from"], row["bin"], row["n"])
        for queue in step_queues.queues(summed(log, lens))
        for row in queue.weeks.filter("is_open").iter_rows(named=True)
    ]

    for source, bin_, cases in waiting:
        here = [each for each in shared if each[2:4] == (source, bin_)]
        for to, is_again in {each[:2] for each in here}:
            can = sum((to in had[case]) == is_again for case in cases)
            assert sum(n for *key, _, _, n in here if key == [to, is_again]) <= can + 1e-9
        assert sum(each[-1] for each in here) == pytest.approx(len(cases))


@given(event_logs(), lenses())
def test_every_group_adds_up_to_its_queue(log: pl.DataFrame, lens: Lens) -> None:
    """Pauses are left out of a queue's days, and not of a group's."""
    found = list(step_queues.queues(summed(log, lens)))
    groups = pl.concat([queue.groups for queue in found]) if found else pl.DataFrame()
    if not found:
        return
    kinds = groups.filter(pl.col("attribute") == KINDS)
    moved = stays_of(log, lens)

    assert kinds["n"].sum() == pytest.approx(sum(queue.n for queue in found))
    assert kinds["days"].sum() == pytest.approx(moved["lost"].sum() / DAY_MS)
    assert kinds["squared"].sum() == pytest.approx(
        ((moved["lost"] // stays.HOUR_MS / 24) ** 2).sum()
    )
    for queue in found:
        for doer in stays.DOER:
            told = queue.groups.filter(pl.col("attribute") == doer, pl.col("is_open"))
            known = queue.groups.filter(pl.col("attribute") == doer, ~pl.col("is_open"))
            still = queue.weeks.filter("is_open")
            assert told["n"].sum() == pytest.approx(still["n"].sum() if known.height else 0)


@given(event_logs(), lenses(), st.integers(2, 5))
def test_buckets_change_nothing(log: pl.DataFrame, lens: Lens, buckets: int) -> None:
    once, spread = summed(log, lens), summed(log, lens, buckets)

    for summary in stays.SUMMARIES:
        assert once[summary.name].equals(spread[summary.name])


@given(event_logs(), st.integers(-500, 500))
def test_whole_weeks_of_shift_shift_the_weeks_only(log: pl.DataFrame, weeks: int) -> None:
    in_utc = Lens(LENS.as_of, "UTC", LENS.journey.model_copy(update={"pauses": ()}))
    shift = dt.timedelta(weeks=weeks)
    later = replace(in_utc, as_of=in_utc.as_of + shift)
    instants = log.with_columns(is_day=pl.lit(value=False))
    before = summed(instants, in_utc)
    after = summed(
        instants.with_columns(pl.col("at", "started_at", "registered_at") + shift), later
    )

    for summary in stays.SUMMARIES:
        frame = before[summary.name]
        moved = [
            (pl.col(name) + by).cast(frame.schema[name])
            for name, by in (("week", weeks), ("day", 7 * weeks))
            if name in frame.columns
        ]
        assert frame.with_columns(moved).equals(after[summary.name])
    assert later.end_week == pytest.approx(in_utc.end_week + weeks)


@given(rows=counts, week=st.integers(0, 3), is_again=st.booleans())
def test_open_stays_go_where_efron_says(
    rows: list[tuple[int, int, int]], week: int, *, is_again: bool
) -> None:
    """Where all have had the step that some go on to, or none has."""
    kept = [
        {"to": to, "is_open": to is None, "bin": k, "n": n}
        for k, row in enumerate(rows)
        for to, n in zip(("b", "c", None), row, strict=True)
        if n
    ]
    ways = {"from": "a", "is_paused": False, "week": week, "before_clock": 0, "ms": 0}
    weeks = pl.DataFrame(
        [{**ways, "is_again": is_again and row["to"] == "b", **row} for row in kept],
        schema_overrides={"bin": pl.Int16, "to": pl.String},
    )
    groups = pl.DataFrame(
        schema={
            **{name: weeks.schema[name] for name in ("from", "to", "is_again", "is_open", "week")},
            "bin": pl.Int16,
            "value": pl.String,
            "n": pl.Int64,
            "ms": pl.Int64,
            "square_hours": pl.Int64,
            "attribute": pl.String,
        }
    )
    all_had = [{"from": "a", "had": "b", **row} for row in kept if is_again]
    had = pl.DataFrame(all_had, schema=HAD).group_by("from", "is_open", "bin", "had").sum()
    queues = step_queues.queues({"stay_weeks": weeks, "stay_groups": groups, "stay_had": had})
    found = {queue.to: queue.n for queue in queues}

    gone = [float(sum(each)) for each in zip(*redistribute(rows), strict=True)]
    if not sum(gone):
        assert found == {}
        return
    total = sum(map(sum, rows))
    # whoever outlasted all that left goes as all do
    expected = {"b": total * gone[0] / sum(gone), "c": total * gone[1] / sum(gone)}
    assert found == pytest.approx({to: n for to, n in expected.items() if n})


@given(event_logs(), lenses())
def test_a_queue_holds_those_who_came_and_did_not_go_on_yet(log: pl.DataFrame, lens: Lens) -> None:
    merged, bucket = summed(log, lens), bucket_of(log.lazy(), NOBODY, lens)
    frames = summarise(bucket, [waits.DURATIONS, waits.CASES])
    waited = waits.conclude(frames["waits"], frames["wait_cases"], lens.journey)
    told = queues.conclude(
        waited.select("from", "to").rows(),
        waited,
        merged[stays.WEEKS.name],
        merged[stays.LEFT.name],
        lens.as_of_date,
    )
    inside = moves(traces(log.lazy(), lens), lens).collect()
    stayed = inside.filter(~pl.col("is_outside"), ~pl.col("is_parallel"), ~pl.col("is_open"))
    open_cases = {
        (from_, to): n for from_, to, n in waited.select("from", "to", "open_cases").rows()
    }

    week_ms, left_ms = stays.WEEK_DAYS * DAY_MS, pl.col("enabled_ms") + pl.col("wait_ms")
    for (source, to), queue in told.group_by("from", "to", maintain_order=True):
        here = stayed.filter(pl.col("from") == source, pl.col("to").eq_missing(pl.lit(to)))
        still = []
        for day, waiting in queue.select("day", "waiting").rows():
            week = (day - dt.date(1970, 1, 1)).days // stays.WEEK_DAYS
            is_there = (pl.col("enabled_ms") // week_ms <= week) & (left_ms // week_ms > week)
            still.append(waiting - here.filter(is_there).height)
        assert still == sorted(still)  # who waits still came once, and did not go
        assert (min(still) >= 0, still[-1]) == (True, open_cases[source, to])


@given(event_logs(), lenses())
def test_bands_hold_every_wait_that_goes_on(log: pl.DataFrame, lens: Lens) -> None:
    bucket = bucket_of(log.lazy(), NOBODY, lens)
    durations = merge(
        {"waits": [summarise(bucket, [waits.DURATIONS])["waits"].lazy()]}, [waits.DURATIONS]
    )["waits"]
    bands = waits.conclude_bands(durations)
    found = waits.conclude(durations, summarise(bucket, [waits.CASES])["wait_cases"], lens.journey)

    both = (
        bands.group_by("from", "to")
        .agg(pl.col("open_n").sum(), rows=pl.len())
        .join(found, on=["from", "to"])
    )
    for open_n, rows, open_cases in both.select("open_n", "rows", "open_cases").iter_rows():
        assert open_n == pytest.approx(open_cases, abs=(rows + 1) / 2 + 1e-9)
    assert (bands["n"].sum(), bands.filter(pl.max_horizontal("n", "open_n") == 0).height) == (
        durations.filter(pl.col("to").is_not_null())["n"].sum(),
        0,
    )
