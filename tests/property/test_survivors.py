# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases that ended long ago are kept no more: what is told of the rest is as if they were there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from contracts.events import ORDER
from contracts.journey import Journey
from mining.cases.journeys import Lens
from mining.findings import SUMMARIES
from mining.law import clocks
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.waiting import stays, waits, working_waits
from mining.wholes import bases, ledger, outcomes, throughput
from mining.why.observed import observed
from tests.builders import MONDAY, NOBODY, event_log
from tests.strategies import AS_OF, LENS, START, event_logs

DAYS = st.dates(START.date(), AS_OF.date())


def merged_of(log: pl.DataFrame, lens: Lens) -> Summaries:
    found = summarise(bucket_of(log.lazy(), NOBODY, lens), SUMMARIES)
    return merge({name: [frame.lazy()] for name, frame in found.items()}, SUMMARIES)


def kept(log: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The cases of which anything was heard since a day, or that have not ended."""
    midnight = dt.datetime.combine(day, dt.time(), zone()).astimezone(dt.UTC)
    is_end = pl.col("activity").is_in(LENS.journey.end) & pl.col("is_done")
    is_recent = pl.col("at").max().over("case_id") >= midnight
    return log.filter(is_recent | ~is_end.any().over("case_id"))


def long_before(log: pl.DataFrame) -> pl.DataFrame:
    """A log as it would be of a month earlier, of other cases."""
    times = pl.col("at", "started_at", "registered_at") - dt.timedelta(days=30)
    ended = pl.col("activity").replace("c", "z")  # most of them have come to an end
    return log.with_columns(times, activity=ended, case_id=pl.lit("d") + pl.col("case_id"))


def zone() -> dt.tzinfo:
    return ZoneInfo(LENS.zone)


def told(log: pl.DataFrame, lens: Lens) -> dict[str, pl.DataFrame]:
    """What is concluded of a log of how long things take, who waits, and whose turn it is."""
    merged = merged_of(log, lens)
    whole = throughput.conclude(merged["throughput"])
    waited = waits.conclude(merged["waits"], merged["wait_cases"], lens.journey)
    working = working_waits.known_days(merged, lens.journey)
    seen = observed(stays.since(merged, lens.complete_from), lens.journey, lens.end_week)
    return {
        "throughput": pl.DataFrame({"p50": [whole.p50_days], "p90": [whole.p90_days]}),
        "survival": whole.survival,
        "clocks": clocks.conclude(merged, lens.journey),
        "outcomes": outcomes.conclude(merged["outcomes"]),
        "bases": bases.conclude(merged, lens.as_of_date, lens.complete_from),
        "waits": waited,
        "bands": waits.conclude_bands(merged["waits"]),
        "ledger": ledger.conclude(merged["ledger"], lens.journey),
        "working": pl.DataFrame({"days": [str(working)]}),
        "hands": seen.hands,
        "days": seen.days,
        **{str(key): queue.weeks for key, queue in seen.queues.items()},
    }


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # many have no case that is followed
@given(event_logs(), event_logs(), DAYS)
def test_what_is_told_does_not_depend_on_cases_that_are_kept_no_more(
    later: pl.DataFrame, earlier: pl.DataFrame, day: dt.date
) -> None:
    log = pl.concat([later, long_before(earlier)]).sort(ORDER)
    rest = kept(log, day)
    lens = replace(LENS, complete_from=day)
    assume(merged_of(rest, lens)["throughput"]["is_followed"].any())

    whole, less = told(log, lens), told(rest, lens)

    assert whole.keys() == less.keys()
    for name, table in whole.items():
        assert_frame_equal(table, less[name])


def test_a_case_counts_for_a_wait_if_the_first_time_was_before_all_were_known() -> None:
    day = dt.timedelta(days=1)
    known = (MONDAY + 3 * day).date()
    lens = Lens(MONDAY + 30 * day, "UTC", Journey(end=("z",)), complete_from=known)

    merged = merged_of(event_log("a 5d b 5d a 5d b 5d z").collect(), lens)

    found = waits.conclude(merged["waits"], merged["wait_cases"], lens.journey)
    assert {(row["from"], row["to"]): row["cases"] for row in found.iter_rows(named=True)} == {
        ("b", "a"): 1,
        ("a", "b"): 1,
        ("b", "z"): 1,
    }
    assert ledger.conclude(merged["ledger"], lens.journey)["cases"].max() == 1
