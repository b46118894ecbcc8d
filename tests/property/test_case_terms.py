# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What deadlines say of cases, in logs of every kind: each once, and the same in any buckets."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from hypothesis import given

from contracts.case_terms import CASE_TERMS
from contracts.deadlines import Deadline
from contracts.journey import Journey
from mining.law import case_terms, deadlines, rescue
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.wholes import ledger
from tests.builders import NOBODY
from tests.strategies import LENS, event_logs

JOURNEY = Journey.model_validate(
    {
        "end": ["z"],
        "steps": {"b": {"clock": "suspended"}},
        "suspensions": [{"from": "a", "to": "c", "at_most": "P1W"}],
    }
)
DEADLINES = tuple(
    Deadline.model_validate(each)
    for each in (
        {"id": "weeks", "rule": {"term": "P2W", "extension": "P1W"}, "extended_by": ["c"]},
        {"id": "hours", "rule": {"term": "PT48H"}, "start": ["a"], "stop": ["c"]},
        {"id": "law", "rule": "awb-7-10", "start": ["a"], "notice": ["b"]},
    )
)
LENS_OF_TERMS = replace(LENS, journey=JOURNEY, deadlines=DEADLINES)


def told(*logs: pl.DataFrame) -> tuple[pl.DataFrame, Summaries]:
    """What is known of the cases of some buckets, settled, and the merged sums."""
    cases: list[pl.DataFrame] = []
    sums: dict[str, list[pl.LazyFrame]] = {}
    for log in logs:
        now = bucket_of(log.lazy(), NOBODY, LENS_OF_TERMS)
        earlier = bucket_of(log.lazy(), NOBODY, rescue.earlier(LENS_OF_TERMS))
        held, of_terms = case_terms.summed(now, earlier)
        cases.append(held)
        for name, frame in (of_terms | summarise(now, [ledger.SUMMARY])).items():
            sums.setdefault(name, []).append(frame.lazy())
    merged = merge(sums, [*case_terms.SUMMARIES, ledger.SUMMARY])
    settled = deadlines.settled(pl.concat(cases).lazy(), merged, JOURNEY, DEADLINES).collect()
    return settled.sort("case_id", "id"), merged


@given(event_logs())
def test_each_case_is_told_once_of_each_deadline(log: pl.DataFrame) -> None:
    terms, merged = told(log)
    results, tables = deadlines.conclude(merged, JOURNEY, DEADLINES)

    known = log.filter(pl.min_horizontal("at", "started_at") <= LENS.as_of)["case_id"].n_unique()
    assert terms.schema == CASE_TERMS
    assert terms.select("case_id", "id").is_unique().all()
    assert terms.height == known * len(DEADLINES)
    # the rows and the counts tell the same
    counted = terms.group_by("id", "status").len("cases").sort("id", "status")
    assert counted.cast({"cases": pl.Int64}).equals(tables["deadlines"])
    assert len(results) == (len(DEADLINES) if known else 0)


@given(event_logs())
def test_a_last_day_is_the_sum_of_what_it_is_made_of(log: pl.DataFrame) -> None:
    terms, _ = told(log)
    sure = terms.filter(pl.col("end").is_not_null())
    days = pl.col("extended_days") + pl.col("suspended_days") + pl.col("moved_days")

    assert sure.filter(pl.col("plain_end") + pl.duration(days=days) != pl.col("end")).is_empty()
    assert (sure["legal_days"] >= 0).all()
    in_time = pl.col("status").is_in(["within", "open_within"])
    assert sure.filter(in_time & (pl.col("days_left") < 0)).is_empty()
    late = pl.col("status").is_in(["late", "open_late"]) & (pl.col("id") != "hours")
    assert sure.filter(late & (pl.col("days_left") >= 0)).is_empty()


@given(event_logs())
def test_the_same_in_one_bucket_and_in_two(log: pl.DataFrame) -> None:
    is_even = pl.col("case_id").str.tail(1).is_in(list("02468"))
    whole, of_whole = told(log)
    parts, of_parts = told(log.filter(is_even), log.filter(~is_even))

    assert parts.equals(whole)
    for name, frame in of_whole.items():
        assert of_parts[name].equals(frame)


@given(event_logs())
def test_the_list_holds_who_can_still_be_in_time(log: pl.DataFrame) -> None:
    terms, merged = told(log)
    listed = rescue.listed(terms.lazy(), merged[rescue.STAYS.name], LENS.as_of_date)

    # nothing suspends a term in hours
    assert not terms.filter(pl.col("id") == "hours", "is_suspended").height
    can_be = terms.filter(pl.col("status") == rescue.OPEN, ~pl.col("is_suspended"))
    assert sorted(listed.select("case_id", "id").rows()) == can_be.select("case_id", "id").rows()
    assert listed["chance"].drop_nulls().is_between(0, 1).all()
