# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Three clocks on a whole case: the citizen's, the legal clock, and the clock of the work.

The citizen's clock runs from the begin of the case to the outcome. The legal clock runs only before
steps with ``clock: running``, and not between the events of a suspension, if the config tells of
any. The clock of the work runs while somebody works on the case, if the log tells when work
started.

How much work a case has had so far predicts its end in a way that time itself does not (Lin and
others 1997), so the work is told of closed cases only.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from contracts.journey import Journey
from contracts.tables import TABLES
from mining.cases.moves import DONE_MS
from mining.cases.turns import step_of
from mining.durations import DAY_MS, bin_of
from mining.law.suspensions import spans
from mining.summaries import Bucket, Summaries, Summary
from mining.wholes.ledger import following
from mining.wholes.throughput import followed, quantiles


def _legal(bucket: Bucket) -> pl.LazyFrame:
    """The time on the legal clock, and the wait of open cases now, which may or may not count."""
    journey = bucket.lens.journey
    stands_still = _stands_still(journey)
    is_last = pl.col("is_open")
    runs = ~is_last & ~pl.col("to").is_in(stands_still).fill_null(value=True)
    spent = (
        _with_suspended(bucket)
        .group_by("case_id")
        .agg(
            legal_ms=(pl.col("spent_ms") - pl.col("suspended_ms")).filter(runs).sum(),
            rest_ms=(pl.col("wait_ms") - pl.col("suspended_ms")).filter(is_last).sum(),
            waits_after=pl.col("from").filter(is_last).last(),
        )
    )
    return (
        _of_cases(bucket, spent)
        .filter(pl.lit(bool(stands_still or journey.suspensions)))
        .with_columns(bin_of("rest_ms").alias("rest_bin"), bin_of("legal_ms"))
        .group_by(_LEGAL)
        .agg(
            n=pl.len(),
            ms=pl.col("legal_ms").sum(),
            rest_ms=pl.col("rest_ms").sum(),
        )
    )


def _with_suspended(bucket: Bucket) -> pl.LazyFrame:
    """The moves inside, how long each was, and how much of it lay in a suspension by events."""
    spent = pl.col("wait_ms") + pl.col("work_ms")
    moves = _inside(bucket).with_columns(spent_ms=spent).with_row_index("move")
    during = pl.min_horizontal(DONE_MS, "until_ms") - pl.max_horizontal("enabled_ms", "since_ms")
    suspended = (
        moves.join(spans(bucket), on="case_id")
        .group_by("move")
        .agg(suspended_ms=during.clip(0).sum())
    )
    joined = moves.join(suspended, on="move", how="left")
    return joined.with_columns(pl.col("suspended_ms").fill_null(0))


def _work(bucket: Bucket) -> pl.LazyFrame:
    worked = _inside(bucket).group_by("case_id").agg(pl.col("work_ms").sum())
    return (
        _of_cases(bucket, worked)
        .with_columns(bin_of("work_ms"))
        .group_by(_WORK)
        .agg(n=pl.len(), ms=pl.col("work_ms").sum())
    )


def _inside(bucket: Bucket) -> pl.LazyFrame:
    return bucket.moves.filter(~pl.col("is_outside"), ~pl.col("is_parallel"))


def _of_cases(bucket: Bucket, spent: pl.LazyFrame) -> pl.LazyFrame:
    """All cases with what they spent: 0 for those that never moved."""
    times = pl.col("^.*_ms$").fill_null(0)
    return bucket.cases.join(spent, on="case_id", how="left").with_columns(times)


_WORK = ("is_open", "is_followed", "bin")
_LEGAL = (*_WORK, "waits_after", "rest_bin")
LEGAL = Summary("legal_clock", _LEGAL, _legal)
WORK = Summary("work_clock", _WORK, _work)
SUMMARIES = (LEGAL, WORK)


def conclude(merged: Summaries, journey: Journey) -> pl.DataFrame:
    """The shape of ``TABLES["clocks"]``: a row for each clock known from the log and config.

    Args:
        merged: the merged ``SUMMARIES``, ``mining.wholes.throughput.SUMMARY``,
            ``mining.wholes.ledger.SUMMARY``.
        journey: at which steps the legal clock stands still.
    """
    legal = _with_rest(followed(merged[LEGAL.name]), following(merged["ledger"]), journey)
    work = followed(merged[WORK.name]).filter(~pl.col("is_open"))
    if not work["ms"].sum():
        work = work.clear()
    told = (("citizen", followed(merged["throughput"])), ("legal", legal), ("work", work))
    rows = [_row(clock, cases) for clock, cases in told if cases.height]
    return pl.DataFrame(rows, schema=TABLES["clocks"])


def _row(clock: str, cases: pl.DataFrame) -> dict[str, Any]:
    p50_days, p90_days = quantiles(cases)
    return {
        "clock": clock,
        "cases": cases["n"].sum(),
        "open_cases": cases.filter("is_open")["n"].sum(),
        "p50_days": p50_days,
        "p90_days": p90_days,
        "watched_days": cases.select(pl.col("ms") / pl.col("n")).max().item() / DAY_MS,
    }


def _with_rest(legal: pl.DataFrame, follow: dict[str, list[str]], journey: Journey) -> pl.DataFrame:
    """Adds the wait of open cases whose next step may be one before which the clock runs."""
    stopped = [
        name
        for name, steps in follow.items()
        if all(step_of(journey, step).clock != "running" for step in steps)
    ]
    is_stopped = pl.col("waits_after").is_in(stopped).fill_null(value=False)
    ms = pl.col("ms") + pl.when(is_stopped).then(0).otherwise("rest_ms")
    return (
        legal.with_columns(ms)
        .with_columns(each_ms=pl.col("ms") // pl.col("n"))
        .with_columns(bin_of("each_ms"))
    )


def _stands_still(journey: Journey) -> list[str]:
    return [name for name, step in journey.steps.items() if step.clock != "running"]
