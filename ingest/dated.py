# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Puts steps of which only the date is known in order among others of that day with a time.

A date is stored as the start of its day, so it would come before all of them.
"""

from __future__ import annotations

import polars as pl

from contracts.events import KEY, day_in, is_date

_BEFORE = "#before"
_MILESTONE = r"@\d+$"  # the milestones of a row come from one file, and are in order too


def in_order_of_the_source(told: pl.LazyFrame, zone: str) -> pl.LazyFrame:
    """The same rows, with each date moved to the latest time of that day in the rows before it.

    "Before" is by the order of the rows of the case in one source. If they go back in time, that
    order tells nothing, and their times stay as they are.

    Args:
        told: whole cases, with ``case_id``, ``KEY``, ``at`` and ``is_day``.
        zone: the time zone of days.
    """
    of_the_case = ("case_id", pl.col("source").str.replace(_MILESTONE, ""))
    before = pl.col("at").cum_max().shift().over(of_the_case, order_by=list(KEY))
    is_earlier = (pl.col("at") < pl.col(_BEFORE)).fill_null(value=False)
    is_that_day = is_date(zone) & (day_in("at", zone) == day_in(_BEFORE, zone))
    goes_back = (is_earlier & ~is_that_day).any().over(of_the_case)
    is_moved = is_earlier & is_that_day & ~goes_back
    at = pl.when(is_moved).then(_BEFORE).otherwise("at")
    return told.with_columns(before.alias(_BEFORE)).with_columns(at=at).drop(_BEFORE)
