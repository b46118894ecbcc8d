# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for the tables of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from contracts.findings import Log
from reporting.disclosure.routes import counted_by_mark, protect_routes
from reporting.disclosure.small_groups import few, hide, unless
from reporting.disclosure.waits import Row, Waits, protect_bands, protect_ledger, protect_queues
from reporting.disclosure.wholes import protect_wholes


def protect_tables(
    tables: Mapping[str, pl.DataFrame],
    steps: pl.DataFrame,
    waits: Waits,
    log: Log,
    ends: Collection[str],
    k: int,
) -> dict[str, pl.DataFrame]:
    """The tables of a log without anything about fewer than ``k`` cases.

    ``steps`` and ``waits`` are what may be shown; ``ends`` are the activities that end a case.
    """
    cases = hide(log.cases, k)
    rework = _rework(tables["rework"], steps, k)
    counted = counted_by_mark(steps, rework, waits.table, log, k)
    return {
        **tables,
        "steps": steps,
        "waits": waits.table,
        "wait_bands": protect_bands(tables["wait_bands"], waits, k),
        "queues": protect_queues(tables["queues"], waits.table, k),
        "variants": protect_routes(tables["variants"], counted, ends, k),
        "rework": rework,
        "survival": _survival(tables["survival"], cases, k),
        "ledger": protect_ledger(tables["ledger"], waits.unit_days, k),
        **_conformance(tables, k),
        **protect_wholes(tables, cases, k),
    }


def _rework(rework: pl.DataFrame, steps: pl.DataFrame, k: int) -> pl.DataFrame:
    """What ``k`` cases or more did again; how many did is hidden if few did it only once."""
    took = pl.col("activity").replace_strict(
        dict(steps.select("activity", "cases").iter_rows()), default=None, return_dtype=pl.Int64
    )
    cases, loops = pl.col("cases"), pl.col("self_loops")
    hides_loops = few(loops, k) | few(pl.col("repeats") - loops, k)
    return rework.filter(cases.is_null() | (cases >= k)).with_columns(
        *unless(few(took - cases, k), "cases"),
        *unless(hides_loops, "self_loops"),
        *unless(few(pl.col("repeats"), k), "repeats"),
    )


def _conformance(tables: Mapping[str, pl.DataFrame], k: int) -> dict[str, pl.DataFrame]:
    """Both tables of conformance, in round counts.

    An exact count less one of another table (the cases without a step, or those on one route) would
    tell how few did a step in the wrong place. That all cases did, or none, reveals no group.
    """
    deviations, summary = tables["conformance"], tables["conformance_summary"]
    seen, all_cases = pl.col("cases_looked_at"), pl.col("cases")
    told = summary.filter(seen >= k, ~few(all_cases - seen, k))
    if told.is_empty():
        return {"conformance": deviations.clear(), "conformance_summary": summary.clear()}
    whole: int = told["cases_looked_at"][0]
    cases, fitting = pl.col("cases"), pl.col("fitting_cases")
    counts = _rounded(cases, whole, k)
    times = pl.max_horizontal(pl.col("times") // k * k, counts)
    hides = cases.is_null() | few(whole - cases, k)
    few_fit = fitting.is_null() | few(fitting, k) | few(whole - fitting, k)
    return {
        "conformance": deviations.filter(cases.is_null() | (cases >= k)).with_columns(
            cases=pl.when(~hides).then(counts), times=pl.when(~hides).then(times)
        ),
        "conformance_summary": told.with_columns(
            fitting_cases=pl.when(~few_fit).then(_rounded(fitting, whole, k)),
            # if few deviate, the mean would tell by how much
            mean_fitness=pl.when(~few_fit).then(pl.col("mean_fitness").round_sig_figs(3)),
        ),
    }


def _rounded(count: pl.Expr, whole: int, k: int) -> pl.Expr:
    """``count`` rounded down to a multiple of ``k``, unless it is the whole."""
    return pl.when(count == whole).then(count).otherwise(count // k * k)


def _survival(survival: pl.DataFrame, cases: int | None, k: int) -> pl.DataFrame:
    points = survival.sort("days").to_dicts()
    kept = [] if cases is None else list(_thinned(points, cases, k))
    while kept and 0 < round(_left_after(kept[-1]["days"], points)) < k:
        kept.pop()
    return pl.DataFrame(kept, schema=survival.schema, orient="row")


def _thinned(points: Sequence[Row], cases: int, k: int) -> Iterator[Row]:
    """Points between which ``k`` cases left, with ``k`` still there after each but the very last.

    How many left is counted from what is shown, so it is never too high: others may have left, or
    been watched no longer, since the point before.
    """
    before = 1.0
    for point in points:
        watched, still = point["at_risk"] // k * k, point["not_done"]
        stay = watched * still / before if before else 0.0
        is_kept = watched - stay >= k and (stay >= k or still == 0)
        if is_kept and not _tells_one(cases * still, watched, k):
            before = still
            yield {**point, "at_risk": watched}


def _tells_one(stay: float, watched: int, k: int) -> bool:
    """Whether ``watched`` leaves only one number that can have left here, had all been watched."""
    most = watched + k - 1 - stay
    return -0.5 < most < 1.5  # noqa: PLR2004 - none or one


def _left_after(days: float, points: Sequence[Row]) -> float:
    """How many cases left after ``days``."""
    before, left = 1.0, 0.0
    for point in points:
        if point["days"] > days and before:
            left += point["at_risk"] * (1 - point["not_done"] / before)
        before = point["not_done"]
    return left
