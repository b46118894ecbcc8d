# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a case was waiting for when its term ended.

The moves that a case waits for follow each other without a gap, so the last day of a term that was
not met lies in one of them: from the day that it began until, not including, the day that it was
over. Its work is part of it. For a term in hours the moment counts, not the day.
"""

from __future__ import annotations

import polars as pl

from contracts.tables import TABLES

KEYS = ("breach_from", "breach_to")
BROKEN = ("late", "open_late")
"""The statuses of cases that did not meet a term."""


def with_breaches(judged: pl.DataFrame, places: pl.LazyFrame) -> pl.DataFrame:
    """``judged`` with ``KEYS``: between which steps the case was on ``end``; null: it was in time.

    Args:
        judged: a row per case: ``case_id``, ``status``, ``end`` (the last day of the term) and
            ``end_ms`` (the moment at which a term in hours ended).
        places: where the same cases were: ``mining.waiting.waits.places``.
    """
    broken = judged.lazy().filter(pl.col("status").is_in(BROKEN)).select("case_id", "end", "end_ms")
    on_day = (pl.col("since") <= pl.col("end")) & (pl.col("end") < pl.col("left"))
    then = (pl.col("since_ms") <= pl.col("end_ms")) & (pl.col("end_ms") < pl.col("left_ms"))
    during = (
        places.join(broken, on="case_id")
        .filter(pl.when(pl.col("end_ms").is_null()).then(on_day).otherwise(then))
        .select("case_id", breach_from=pl.col("from"), breach_to=pl.col("to"))
    )
    return judged.lazy().join(during, on="case_id", how="left").collect()


def conclude(told: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["breaches"]``, most cases first.

    Args:
        told: ``id, status, n`` and ``KEYS``.
    """
    return (
        told.filter(pl.col("status").is_in(BROKEN), pl.col("breach_from").is_not_null())
        .group_by("id", pl.col("breach_from").alias("from"), pl.col("breach_to").alias("to"))
        .agg(cases=pl.col("n").sum())
        .sort("id", "cases", "from", "to", descending=[False, True, False, False], nulls_last=True)
        .select(TABLES["breaches"].names())
    )
