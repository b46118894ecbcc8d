# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many cases waited at a place, week after week: those that came less those that went on.

A case that still waits counts at each step that may come next in the measure in which it waits for
it (``mining.stays``), so the last number is what the log has open there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from contracts.findings import TABLES
from mining.observed import Observed
from mining.stays import WEEK_DAYS

_EPOCH = dt.date(1970, 1, 1)
_COLUMNS = TABLES["queues"]


def conclude(
    places: Iterable[tuple[str, str | None]],
    observed: Observed,
    left: pl.DataFrame,
    as_of: dt.date,
) -> pl.DataFrame:
    """The queue at each place, in the shape of ``TABLES["queues"]``.

    Args:
        places: pairs of steps, in the order in which they are wanted; one without a next step has
            no queue that is known.
        observed: who came where, and when.
        left: merged summary ``mining.stays.LEFT``.
        as_of: the local date on which the log ends.
    """
    found = [
        _queue(source, to, observed, left, as_of) for source, to in dict.fromkeys(places) if to
    ]
    return pl.concat([_COLUMNS.to_frame(), *found])


def _queue(
    source: str, to: str, observed: Observed, left: pl.DataFrame, as_of: dt.date
) -> pl.DataFrame:
    came = observed.waited(source, to).group_by("week").agg(came=pl.col("n").sum())
    went = left.filter(pl.col("from") == source, pl.col("to") == to).select("week", went="n")
    known: list[int] = [*came["week"], *went["week"]]
    if not known:
        return _COLUMNS.to_frame()
    last = max((as_of - _EPOCH).days // WEEK_DAYS, *known)
    weeks = pl.DataFrame({"week": range(min(known), last + 1)}, schema={"week": pl.Int32})
    end = pl.lit(_EPOCH) + pl.duration(days=(pl.col("week") + 1) * WEEK_DAYS - 1)
    return (
        weeks.join(came, on="week", how="left")
        .join(went, on="week", how="left")
        .with_columns(pl.col("came", "went").fill_null(0))
        .with_columns(
            pl.lit(source).alias("from"),
            to=pl.lit(to),
            day=pl.min_horizontal(end, pl.lit(as_of)),
            waiting=(pl.col("came") - pl.col("went")).cum_sum().round(),
        )
        .select(_COLUMNS.names())
        .cast(_COLUMNS)
    )
