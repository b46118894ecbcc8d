# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Makes one activity instance from its START and its COMPLETE in a log."""

from __future__ import annotations

import polars as pl

START, COMPLETE = "start", "complete"
COLUMN = "lifecycle:transition"
"""The column of a source that says which transition a row is, if no other is named."""

STEPS = (START, COMPLETE)
"""The transitions that say that work was done; others only say what happened to it."""

TRANSITIONS = (
    *(*STEPS, "schedule", "assign", "reassign", "suspend", "resume", "withdraw"),
    *("autoskip", "manualskip", "ate_abort", "pi_abort"),
)
"""All transitions of XES."""

_STARTED = ("started", "begin", "begonnen", "gestart")
_COMPLETED = ("completed", "end", "finished", "eind", "einde", "gereed", "afgerond", "voltooid")
_ALSO = dict.fromkeys(_STARTED, START) | dict.fromkeys(_COMPLETED, COMPLETE)

_SAME_WORK = ("case_id", "activity", "instance")
WHO = ("resource", "team", "org")
"""The roles and columns that tell who did a step."""


def transition(text: pl.Expr) -> pl.Expr:
    """The transition that a text names, in English or Dutch; any other text in lower case."""
    return text.str.to_lowercase().replace(_ALSO)


def as_starts(candidates: pl.LazyFrame, lifecycle: str) -> pl.LazyFrame:
    """Makes a START of each row that tells when a step was begun, but not when it was done.

    Args:
        candidates: columns of ``CANDIDATES`` with ``started_at``.
        lifecycle: the transition of such rows: COMPLETE if a source has one row per step.
    """
    is_empty = pl.col("at_problem").eq_missing(pl.lit("missing"))
    is_begun = is_empty & pl.col("started_at").is_not_null() & (pl.col("lifecycle") == lifecycle)
    begun = {
        "at": pl.col("started_at"),
        "lifecycle": pl.lit(START),
        "at_problem": pl.lit(None, pl.String),
        "is_day": pl.col("is_day").fill_null(value=False),
    }
    return candidates.with_columns(
        pl.when(is_begun).then(value).otherwise(name).alias(name) for name, value in begun.items()
    )


def pair(candidates: pl.LazyFrame) -> pl.LazyFrame:
    """Activity instances, in no order: first in, first out.

    Within one case, activity and ``instance`` (null counts as one), the k-th START is paired with
    the k-th COMPLETE that finds a START still open; at one instant, STARTs come first:

    - a pair is the row of the COMPLETE, with the time of its START as ``started_at``, and with the
      START's resource, team and org if it has none itself; ``is_day`` if either is a date;
    - a COMPLETE without a START stays as it was;
    - a START without a COMPLETE is work in progress: a row with ``started_at`` = ``at``
      and ``is_done`` false;
    - so is a START of ``as_starts``, unless a COMPLETE has the same ``started_at``, as in a later
      export; of several with the same one, the row of the last source stays.

    Args:
        candidates: accepted rows in shape ``CANDIDATES``, whole cases.

    Returns:
        The same columns and ``is_done``. Rows of transitions other than START and COMPLETE are left
        out.
    """
    is_start = pl.col("lifecycle") == START
    is_of_one_row = is_start & pl.col("started_at").is_not_null()
    steps = candidates.filter(pl.col("lifecycle").is_in(STEPS) & ~is_of_one_row)
    works = steps.filter(is_start).select(_SAME_WORK).unique()
    in_two, alone = (
        steps.join(works, on=_SAME_WORK, how=how, nulls_equal=True) for how in ("semi", "anti")
    )
    done, left = _matched(in_two)
    same = [*_SAME_WORK, "started_at"]
    begun = (
        candidates.filter(is_of_one_row)
        .join(steps.filter(~is_start), on=same, how="anti", nulls_equal=True)
        .sort("source", "row")
        .unique(same, keep="last")
    )
    open_ = pl.concat([left, begun]).with_columns(started_at="at", is_done=pl.lit(value=False))
    whole = pl.concat([alone, done]).with_columns(is_done=pl.lit(value=True))
    return pl.concat([whole, open_])


def _matched(steps: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """COMPLETEs, filled in from their STARTs, and STARTs without a COMPLETE."""
    numbered, pairing = _numbered(steps), ["#work", "#turn"]
    starts = numbered.filter(pl.col("lifecycle") == START)
    completes = numbered.filter(pl.col("lifecycle") == COMPLETE)
    begun = starts.select(*pairing, *(pl.col(c).alias(f"#{c}") for c in ("at", "is_day", *WHO)))
    done = completes.join(begun, on=pairing, how="left").with_columns(
        pl.coalesce("#at", "started_at").alias("started_at"),
        pl.col("is_day") | pl.col("#is_day").fill_null(value=False),
        *(pl.coalesce(column, f"#{column}").alias(column) for column in WHO),
    )
    left = starts.join(completes, on=pairing, how="anti")
    names = steps.collect_schema().names()
    return done.select(names), left.select(names)


def _numbered(steps: pl.LazyFrame) -> pl.LazyFrame:
    """``steps`` with ``#work``, a number per case, activity and instance, and ``#turn``.

    ``#turn`` is the k of a START, and of a COMPLETE that finds one open; else null. A COMPLETE
    finds none open if the running balance of STARTs and COMPLETEs drops below zero and below all
    it was before. All of this runs over the sorted rows: windows over very many small groups take
    ten times as long.
    """
    is_start = pl.col("lifecycle") == START
    work = pl.col("#work")
    # each work starts lower than the last by more than a balance can drop: so its minimum restarts
    depth = work.cast(pl.Int64) * (pl.len() + 1)
    lowest = (pl.min_horizontal("#balance", 0) - depth).cum_min() + depth
    before = pl.when("#first").then(0).otherwise(pl.col("#lowest").shift(1))
    finds_one = ~is_start & (pl.col("#balance") >= before)
    turn = (
        pl.when(is_start).then(_running(is_start)).when("#finds").then(_running(pl.col("#finds")))
    )
    return (
        steps.sort(*_SAME_WORK, "at", ~is_start, "source", "row")
        .with_columns(pl.struct(_SAME_WORK).rle_id().alias("#work"))
        .with_columns((work != work.shift(1)).fill_null(value=True).alias("#first"))
        .with_columns(_running(pl.when(is_start).then(1).otherwise(-1)).alias("#balance"))
        .with_columns(lowest.alias("#lowest"))
        .with_columns(finds_one.alias("#finds"))
        .with_columns(turn.alias("#turn"))
    )


def _running(number: pl.Expr) -> pl.Expr:
    """The running total of ``number`` within its work."""
    number = number.cast(pl.Int64)
    total = number.cum_sum()
    return total - pl.when("#first").then(total - number).forward_fill()
