# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""When a case began: at its registration, where the log tells it, else with its first event.

From its registration on, a case waits for its first activity (``mining.cases.enabling``).
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from contracts.journey import Journey
from mining.cases.axis import on_axis


def with_begin(cases: pl.DataFrame, journey: Journey, zone: str) -> pl.DataFrame:
    """The begin of cases, also on their axis.

    A registration counts if nothing is known to have been done before it, and if the first
    activities of the case are in the log, as far as ``journey.start`` tells. Where only the date of
    a registration is known, in a case with times, the end of that day is taken: no wait is told
    longer than it was.

    Args:
        cases: columns ``first_activity, in_days``, and the instants ``begun_at`` (of the first
            work or event) and ``registered_at`` (null where the log does not tell it).
        journey: how cases start, if the config tells it.
        zone: whose days count.

    Returns:
        ``cases`` with ``begun_ms``, ``is_registered``, ``began_at`` and ``began_ms``.
    """
    start = journey.start
    starts = pl.col("first_activity").is_in(start) if start else pl.lit(value=True)
    registered = pl.col("registered_at").dt.convert_time_zone(zone)
    is_date = ~pl.col("in_days") & (registered.dt.time() == dt.time())
    day_after_ms = registered.dt.offset_by("1d").dt.epoch("ms")
    return (
        cases.with_columns(
            begun_ms=on_axis("begun_at", zone), registered_ms=on_axis("registered_at", zone)
        )
        .with_columns(
            is_registered=(starts & (pl.col("registered_ms") <= pl.col("begun_ms"))).fill_null(
                value=False
            ),
            registered_ms=pl.when(is_date)
            .then(pl.min_horizontal(day_after_ms, "begun_ms"))
            .otherwise("registered_ms"),
        )
        .with_columns(
            began_at=pl.when("is_registered").then("registered_at").otherwise("begun_at"),
            began_ms=pl.when("is_registered").then("registered_ms").otherwise("begun_ms"),
        )
        .drop("registered_ms")
    )
