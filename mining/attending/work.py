# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who was busy with what when: the moves of a log, split by who took them up.

A case is in one bucket, but people work on cases of all buckets. So the moves of a bucket are split
by resource, and the parts of one resource from all buckets are put together. Names of people stay
behind: a resource is a number, and even that does not leave this room.
"""

from __future__ import annotations

import polars as pl

from mining.attending import waiting_causes, work_band
from mining.cases.turns import owner_before
from mining.summaries import Bucket

ITEMS = pl.Schema(
    {
        "resource": pl.UInt64(),  # null: not known
        "from": pl.Categorical(),
        "to": pl.Categorical(),
        "enabled_ms": pl.Int64(),  # since when it could be taken up: what the law sets has passed
        "started_ms": pl.Int64(),  # when it was taken up; where the log does not tell, when done
        "done_ms": pl.Int64(),
        "is_timed": pl.Boolean(),  # the log tells when it was taken up
        "is_wait": pl.Boolean(),  # the case waited for it, and only for the agency
        "is_ours": pl.Boolean(),  # the agency must do it
    }
)
"""A row per move that ended or is in work, of cases that are not counted in days."""

SUMMARIES = (waiting_causes.SUMMARY, work_band.SUMMARY)
"""What is summarised of the items of some people."""


def dealt(bucket: Bucket, parts: int) -> list[pl.DataFrame]:
    """The moves of a bucket, shaped as ``ITEMS``, in ``parts`` parts; each resource is in one."""
    journey = bucket.lens.journey
    moves = bucket.moves.filter(~pl.col("is_open"), ~pl.col("in_days"))
    steps = moves.select(pl.col("to").unique().cast(pl.String)).collect()["to"].to_list()
    ours = [step for step in steps if owner_before(journey, step) == "agency_wait"]
    is_ours = pl.col("to").cast(pl.String).is_in(ours) & ~pl.col("is_outside")
    started_ms = pl.col("enabled_ms") + pl.col("wait_ms")
    is_alone = ~pl.col("is_parallel") & pl.col("from").is_not_null() & (pl.col("pause_ms") == 0)
    resource = pl.col("resource").cast(pl.String)
    items = moves.select(
        "from",
        "to",
        "is_timed",
        resource=pl.when(resource.is_not_null()).then(resource.hash(seed=0)),
        enabled_ms=pl.col("enabled_ms") + pl.col("statutory_ms"),
        started_ms=started_ms,
        done_ms=started_ms + pl.col("work_ms"),
        is_wait=is_ours & is_alone,
        is_ours=is_ours,
    )
    found = items.select(ITEMS.names()).collect()
    # items without a resource need not be in one part together
    part = found["resource"].fill_null(found["done_ms"].hash()) % parts
    return [found.filter(part == number) for number in range(parts)]
