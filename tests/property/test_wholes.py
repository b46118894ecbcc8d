# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long whole cases take: against lifelines, and case by case."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from contracts.tables import TABLES
from mining.cases.journeys import Lens
from mining.durations import DAY_MS
from mining.findings import SUMMARIES
from mining.law import clocks
from mining.summaries import Summaries, bucket_of, merge, summarise
from mining.survival import leaving
from mining.wholes import bases, outcomes
from tests.builders import NOBODY
from tests.strategies import LENS, event_logs, lenses

CASES = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2)), min_size=1, max_size=30)
"""Durations, and how each ended: 0 is not yet."""


def cases_of(log: pl.DataFrame, lens: Lens = LENS) -> pl.DataFrame:
    return bucket_of(log.lazy(), NOBODY, lens).cases.collect()


def merged_of(log: pl.DataFrame, lens: Lens = LENS) -> Summaries:
    found = summarise(bucket_of(log.lazy(), NOBODY, lens), SUMMARIES)
    return merge({name: [frame.lazy()] for name, frame in found.items()}, SUMMARIES)


def counted(cases: list[tuple[int, int]]) -> tuple[list[int], np.ndarray]:
    """The durations, and by duration how many were not over, and how many left by each exit."""
    times = sorted({time for time, _ in cases})
    counts = np.zeros((len(times), 3))
    for time, how in cases:
        counts[times.index(time), how] += 1
    return times, counts


@given(CASES)
def test_who_is_still_there_as_lifelines_has_it(cases: list[tuple[int, int]]) -> None:
    times, counts = counted(cases)
    theirs = KaplanMeierFitter().fit([t for t, _ in cases], [how > 0 for _, how in cases])

    ours = leaving(counts[:, 1:], counts[:, 0]).still
    assert ours == pytest.approx(np.ravel(theirs.predict(times)))


@given(st.lists(st.integers(0, 2), min_size=2, max_size=20).filter(lambda how: 1 in how))
def test_competing_exits_as_lifelines_has_them(how: list[int]) -> None:
    """Each at a time of its own: of ties lifelines makes something else."""
    cases = list(enumerate(how, start=1))
    times, counts = counted(cases)
    fitter = AalenJohansenFitter(calculate_variance=False)
    theirs = fitter.fit(np.array(times, float), np.array(how), event_of_interest=1)

    ours = leaving(counts[:, 1:], counts[:, 0]).left[:, 0]
    assert ours == pytest.approx(theirs.cumulative_density_["CIF_1"].loc[times].to_numpy())


@given(event_logs(), lenses())
def test_the_dates_and_the_outcome_of_a_case(log: pl.DataFrame, lens: Lens) -> None:
    for case in cases_of(log, lens).iter_rows(named=True):
        assert case["is_open"] == (case["ended_on"] is None) == (case["outcome"] is None)
        assert case["outcome"] in (None, *lens.journey.end)
        end = case["ended_on"] or lens.as_of_date
        # a case in dates may count from midnight to midnight
        assert abs((end - case["began_on"]).days - case["elapsed_ms"] / DAY_MS) <= 1.05


def after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


def lower_quantile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values) - 1e-9) - 1]


@given(event_logs())
def test_bases_case_by_case(log: pl.DataFrame) -> None:
    cases = cases_of(log)
    told = bases.conclude(merged_of(log), LENS.as_of_date)
    assert told.schema == TABLES["bases"]

    elapsed_days = pl.col("elapsed_ms") / DAY_MS
    for month, basis, n, p50_days, p90_days, watched_days in told.iter_rows():
        last = min(after(month), LENS.as_of_date)
        began, ended = (pl.col(each).dt.truncate("1mo") for each in ("began_on", "ended_on"))
        is_about = {
            "began": began == month,
            "ended": ended == month,
            "open": (began <= month) & (pl.col("is_open") | (ended > month)),
        }[basis]
        spent = (
            (pl.lit(last) - pl.col("began_on")).dt.total_days() if basis == "open" else elapsed_days
        )
        about = cases.filter(is_about).with_columns(spent=spent)
        assert n == about.height
        if basis == "began":
            assert watched_days == max((LENS.as_of_date - after(month)).days, 0)
            assert (about.filter("is_open")["spent"] >= watched_days - 1).all()
        if basis != "began" or not about["is_open"].any():
            exact = [lower_quantile(about["spent"].to_list(), share) for share in (0.5, 0.9)]
            assert [p50_days, p90_days] == pytest.approx(exact, rel=0.011, abs=1e-6)


@given(event_logs())
def test_who_is_open_is_who_was_and_who_came_and_has_not_gone(log: pl.DataFrame) -> None:
    told = bases.conclude(merged_of(log), LENS.as_of_date)
    flows = {(month, basis): n for month, basis, n in told.select("month", "basis", "n").rows()}
    stock = 0
    for month in told["month"].unique().sort():
        came, went, there = (flows.get((month, each), 0) for each in ("began", "ended", "open"))
        assert there == stock + came - went
        stock = there


@given(event_logs())
def test_outcomes_add_up_to_who_has_ended(log: pl.DataFrame) -> None:
    merged = merged_of(log)
    found = outcomes.conclude(merged["outcomes"])
    closed = cases_of(log).filter(~pl.col("is_open"))

    assert found.schema == TABLES["outcomes"]
    assert dict(found.select("outcome", "cases").unique().rows()) == (
        dict(closed.group_by("outcome").len().rows()) if found.height else {}
    )


@given(event_logs())
def test_of_cases_that_all_ended_a_share_is_of_those_with_the_outcome_by_then(
    log: pl.DataFrame,
) -> None:
    either = replace(LENS, journey=LENS.journey.model_copy(update={"end": ("c", "z")}))
    closed = cases_of(log, either).filter(~pl.col("is_open"))
    assume(closed.height)
    ended = log.filter(pl.col("case_id").rle_id().is_in(closed["case_id"].implode()))
    found = outcomes.conclude(merged_of(ended, either)["outcomes"])

    for outcome, _, days, share in found.rows():
        spent = closed.filter(outcome=outcome)["elapsed_ms"] / DAY_MS
        # a bin of durations is a hundredth wide
        sooner, later = ((spent <= near * days).sum() for near in (0.98, 1.02))
        assert sooner - 1e-9 <= share * closed.height <= later + 1e-9


@given(event_logs(), lenses())
def test_no_clock_runs_longer_than_the_citizens(log: pl.DataFrame, lens: Lens) -> None:
    merged = merged_of(log, lens)
    told = {row["clock"]: row for row in clocks.conclude(merged, LENS.journey).to_dicts()}
    inside = bucket_of(log.lazy(), NOBODY, lens).moves.filter(
        ~pl.col("is_outside"), ~pl.col("is_parallel")
    )
    worked = inside.select(pl.col("work_ms").sum()).collect().item()
    elapsed = merged["throughput"]["ms"].sum()

    assert merged["work_clock"]["ms"].sum() == worked
    assert merged["legal_clock"].select(pl.col("ms") + pl.col("rest_ms")).sum().item() <= elapsed
    assert told["citizen"]["cases"] == merged["throughput"]["n"].sum()
    assert "legal" in told
    assert told["legal"]["cases"] == told["citizen"]["cases"]
    if told["citizen"]["p50_days"] is not None and told["legal"]["p50_days"] is not None:
        assert told["legal"]["p50_days"] <= told["citizen"]["p50_days"] * 1.02 + 1e-6
