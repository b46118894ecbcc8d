# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for steps: how many cases took each, and how often."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from reporting.disclosure.small_groups import few, is_small, unless


def protect_steps(
    steps: pl.DataFrame,
    cases: int | None,
    k: int,
    ends: Collection[str],
    again: Collection[str] = (),
) -> pl.DataFrame:
    """The steps of ``k`` cases or more, without counts that tell how few cases lack a step.

    How often a step was done is hidden if few did it again: events less cases would be theirs.

    What the told events leave of the log's events belongs to several steps; if it belongs to one
    step alone, the events of the log are told in round numbers (``disclosure``).

    Args:
        steps: in the shape of ``TABLES["steps"]``, after ``steps_apart``.
        cases: the number of cases in the log; null if that is hidden.
        k: the smallest group that is shown.
        ends: the activities that end a case.
        again: the steps that 1 … ``k - 1`` cases did again.
    """
    safe = _without_rare(steps, k)["activity"].implode()
    enough = steps.filter(pl.col("cases").is_null() | (pl.col("cases") >= k))
    telling = _tells_rest(pl.col("cases"), cases, k) | pl.col("activity").is_in(
        _last_step_that_tells(enough, cases, k, ends)
    )
    repeats = few(pl.col("events") - pl.col("cases"), k) | pl.col("activity").is_in(list(again))
    hides = telling | repeats | ~pl.col("activity").is_in(safe)
    return enough.with_columns(*unless(telling, "cases"), *unless(hides, "events"))


def steps_at_least(steps: pl.DataFrame, k: int) -> frozenset[str]:
    """The steps, as shown, whose number of cases may be rounded down.

    Such a number is a multiple of ``k``, and how often the step was done is hidden with it. An
    exact number can look the same; "at least" is true of that too.
    """
    may_be = pl.col("events").is_null() & (pl.col("cases") % k == 0)
    return frozenset(steps.filter(may_be)["activity"])


def _without_rare(rows: pl.DataFrame, k: int) -> pl.DataFrame:
    """The rows of ``k`` cases or more, unless they would reveal what is left out."""
    counts = rows["cases"].drop_nulls().sort()
    rare = int((counts < k).sum())
    # what is left out alone would be what the shown rows leave of the total
    while rare < len(counts) and 0 < counts.head(rare).sum() < k:
        rare += 1
    return rows.filter((pl.col("cases").rank("ordinal") > rare) | pl.col("cases").is_null())


def steps_apart(steps: pl.DataFrame, waits: pl.DataFrame, k: int) -> pl.DataFrame:
    """Steps with a few cases less than one beside which few are left out: ``k`` or more less.

    Their cases are told in multiples of ``k``. ``waits`` are all waits, in the shape of
    ``TABLES["waits"]``, those left out included. If 181 cases took a step and 176 the next one, and
    a wait after the first is not told, that wait was of 5.
    """
    nearest = pl.min_horizontal(
        pl.lit(None, pl.Int64),
        *(
            pl.when(few(took - pl.col("cases"), k)).then((took - k) // k * k)
            for took in sorted(_beside_few(steps, waits, k))
        ),
    )
    return steps.with_columns(
        cases=pl.when(nearest.is_null()).then("cases").when(nearest >= k).then(nearest),
        events=pl.when(nearest.is_null()).then("events"),
    )


def at_most(
    steps: pl.DataFrame, shown: pl.DataFrame, all_cases: int | None, k: int
) -> pl.DataFrame:
    """How many cases took each step, and how many may have by what is told.

    Gives ``activity, cases, exact, most``. ``exact`` is null if the number that is told may be
    rounded down. A step that is left out has fewer than ``k`` cases. One that ``steps_apart``
    rounded down has up to ``k - 1`` cases less than another, and that one at least ``k`` more than
    is told.
    """
    cases, told = pl.col("cases"), pl.col("told")
    may_be_more = pl.col("activity").is_in(list(steps_at_least(shown, k)))
    most = (
        pl.when(~pl.col("activity").is_in(shown["activity"].implode()))
        .then(k - 1)
        .when(told.is_null() & (cases >= 2 * k))
        .then(pl.lit(all_cases, pl.Int64))
        .when(told.is_null() | may_be_more)
        .then(told.fill_null(0) + 2 * k - 1)
        .otherwise(told)
    )
    both = shown.select("activity", told="cases")
    return (
        steps.select("activity", "cases")
        .join(both, on="activity", how="left")
        .select("activity", "cases", exact=pl.when(~may_be_more).then(told), most=most)
    )


def _beside_few(steps: pl.DataFrame, waits: pl.DataFrame, k: int) -> set[int]:
    """How many cases a step has, for steps where all that is left out on one side is of few."""
    took = dict(steps.select("activity", "cases").drop_nulls().iter_rows())
    rare = waits.filter(few(pl.col("cases"), k))
    return {
        took[activity]
        for side in ("from", "to")
        for activity, cases in rare.group_by(side).agg(pl.col("cases").sum()).iter_rows()
        if is_small(cases, k) and took.get(activity, 0) >= k
    }


def _tells_rest(part: pl.Expr, whole: int | None, k: int) -> pl.Expr:
    return pl.lit(value=False) if whole is None else few(whole - part, k)


def _last_step_that_tells(
    steps: pl.DataFrame, cases: int | None, k: int, ends: Collection[str]
) -> list[str]:
    """The rarest step that ends a case, if all of these would add up to nearly all cases."""
    last = steps.filter(pl.col("activity").is_in(list(ends))).sort("cases", "activity")
    if cases is None or last["cases"].has_nulls() or not 0 < cases - last["cases"].sum() < k:
        return []
    return last["activity"].head(1).to_list()
