# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Laws that hold for every log, and each measure against a slow and simple version of itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import ORDER
from contracts.settings import Analysis
from mining import bottlenecks, ledger, overview, throughput, waits
from mining.durations import DAY_MS
from mining.findings import SUMMARIES
from mining.journeys import Lens, cases, moves, traces
from mining.summaries import Summaries, bucket_of, merge, summarise
from tests.strategies import LENS, event_logs

NOBODY = pl.LazyFrame(schema={"case_id": pl.String})


def summed(log: pl.DataFrame, lens: Lens = LENS, buckets: int = 1) -> Summaries:
    """The summaries of a log spread over so many buckets."""
    numbered = log.with_columns(b=pl.col("case_id").str.slice(1).cast(pl.Int64) % buckets)
    parts = [
        summarise(bucket_of(part.lazy(), NOBODY, lens), SUMMARIES)
        for part in numbered.partition_by("b", include_key=False)
    ]
    names = parts[0].keys()
    return merge({name: [part[name].lazy() for part in parts] for name in names}, SUMMARIES)


@given(event_logs())
def test_the_ledger_sums_to_the_elapsed_time_exactly(log: pl.DataFrame) -> None:
    traced = traces(log.lazy(), LENS)
    inside = moves(traced, LENS).filter(~pl.col("is_outside"))
    parts = inside.group_by("case_id").agg(parts=pl.sum("wait_ms") + pl.sum("work_ms"))
    both = cases(traced).join(parts, on="case_id", how="left").fill_null(0).collect()

    assert both["parts"].to_list() == both["elapsed_ms"].to_list()


@given(event_logs())
def test_the_ledger_of_the_log_sums_to_all_elapsed_days(log: pl.DataFrame) -> None:
    merged = summed(log)
    owned = ledger.conclude(merged["ledger"], LENS.journey)

    elapsed_days = merged["throughput"]["ms"].sum() / DAY_MS
    assert owned["person_days"].sum() == pytest.approx(elapsed_days)


@given(event_logs())
def test_no_part_is_negative_or_larger_than_the_whole(log: pl.DataFrame) -> None:
    found = moves(traces(log.lazy(), LENS), LENS).collect()

    assert (
        found.select("wait_ms", "work_ms", "pause_ms", "statutory_ms").min_horizontal() >= 0
    ).all()
    assert (found["pause_ms"] + found["statutory_ms"] <= found["wait_ms"]).all()


@given(event_logs(), st.integers(2, 5))
def test_buckets_change_nothing(log: pl.DataFrame, buckets: int) -> None:
    once, spread = summed(log), summed(log, buckets=buckets)

    assert {name: frame.to_dicts() for name, frame in once.items()} == {
        name: frame.to_dicts() for name, frame in spread.items()
    }


@given(event_logs(), st.integers(-500, 500))
def test_whole_weeks_of_shift_change_no_duration(log: pl.DataFrame, weeks: int) -> None:
    in_utc = Lens(LENS.as_of, "UTC", LENS.journey.model_copy(update={"pauses": ()}))
    shift = dt.timedelta(weeks=weeks)
    later = Lens(in_utc.as_of + shift, "UTC", in_utc.journey)
    instants = log.with_columns(is_day=pl.lit(value=False))
    moved = instants.with_columns(pl.col("at", "started_at") + shift)

    for name in ("waits", "throughput", "ledger", "variants", "rework"):
        assert summed(instants, in_utc)[name].equals(summed(moved, later)[name])


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


@given(event_logs())
def test_waiting_is_shared_out_without_loss(log: pl.DataFrame) -> None:
    merged = summed(log)
    found = waits.conclude(merged["waits"], merged["wait_cases"], LENS.journey)

    assert found["person_days"].sum() == pytest.approx(merged["waits"]["ms"].sum() / DAY_MS)


@given(event_logs())
def test_what_is_explained_is_not_ranked(log: pl.DataFrame) -> None:
    copies = [
        log.with_columns(pl.col("case_id").str.replace("c", f"c{copy}")) for copy in range(31)
    ]
    crowd = pl.concat(copies).sort("case_id", "at", "row")
    merged = summed(crowd)
    found = waits.conclude(merged["waits"], merged["wait_cases"], LENS.journey)
    ranked, explained = bottlenecks.conclude(found, merged["ledger"], 1, LENS.journey, Analysis())

    assert {b.to for b in ranked}.isdisjoint({"a", "z"})
    assert [b.person_days_lost for b in ranked] == sorted(
        (b.person_days_lost for b in ranked), reverse=True
    )
    assert {(e.to, e.class_) for e in explained} <= {
        ("a", "statutory_wait"),
        ("a", "waiting_on_citizen"),
        ("c", "policy_pause"),
        ("z", "outside"),
    }


@given(event_logs())
def test_throughput_of_closed_cases_is_the_plain_median(log: pl.DataFrame) -> None:
    merged = summed(log)
    closed = cases(traces(log.lazy(), LENS)).filter(~pl.col("is_open")).collect()["elapsed_ms"]
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
