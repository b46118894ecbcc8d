# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The event log as every room knows it: its columns, their types, their order.

``CANDIDATES`` is what ingest makes of a source, one for each row: nothing is dropped, so a row that
cannot be an event is still there, with null for a value that could not be read. The store holds
candidates; integers are signed, as Delta has no others. The gate turns candidates into accepted
rows and a quarantine. ``EVENTS`` is what is mined: accepted activity instances of whole cases,
sorted by ``ORDER``.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

CASE_PREFIX = "case:"
"""Prefix of the columns that hold case attributes, all ``String``."""

DataType = type[pl.DataType] | pl.DataType
INSTANT = pl.Datetime("us", "UTC")

KEY: dict[str, DataType] = {
    "source": pl.String,  # file name, relative to the config
    "row": pl.Int64,  # row in that file, 1 = its first data row (XES: its first event)
}
"""The columns that identify a row of a source."""

_ACTIVITY_INSTANCE: dict[str, DataType] = {
    "case_id": pl.String,  # pseudonym, unless the config says otherwise
    "activity": pl.String,
    "started_at": INSTANT,  # null if the log does not tell
    "at": INSTANT,  # when the activity was completed
    "is_day": pl.Boolean,  # `at` or `started_at` is a local midnight: only its date is known
    "registered_at": INSTANT,  # when its case was registered; null if the row does not tell
    "resource": pl.String,  # pseudonym; null if the log does not tell
    "team": pl.String,
    "org": pl.String,
}

NOTICE = pl.Struct({"rule": pl.String, "column": pl.String})
"""A rule that a row breaks by values that are not kept; ``column`` may be null."""

CANDIDATES = pl.Schema(
    {
        **KEY,
        "digest": pl.Int64,  # of the whole row, read or not; differs between versions of ours
        "slot": pl.Int32,  # digest of the case id: decides its bucket, the same on every machine
        **_ACTIVITY_INSTANCE,
        "lifecycle": pl.String,  # lower-case XES transition, "complete" if the log has none
        "instance": pl.String,  # XES concept:instance: which START belongs to which COMPLETE
        "at_problem": pl.String,  # why `at` is null: "missing", "unreadable"; else null
        "closed_at": INSTANT,  # when its case was closed; null if the row does not tell
        "recorded_at": INSTANT,  # when the row was put on record; null if it does not tell
        "destroy_on": pl.Date,  # its case may not be kept after that day; null if nothing tells
        # the rules that only the reader could see broken, with their columns; mostly null
        "noticed": pl.List(NOTICE),
    }
)
"""A row of a source, followed by its ``case:*`` columns."""

MAY_LACK = (
    *("started_at", "registered_at", "resource", "team", "org"),
    *("instance", "closed_at", "recorded_at", "destroy_on", "noticed"),
)
"""The columns of ``CANDIDATES`` that a file lacks if they would be all null."""

EVENTS = pl.Schema(
    {
        "bucket": pl.Int32,
        **_ACTIVITY_INSTANCE,
        "is_done": pl.Boolean,  # false: work that was started but not completed; `at` is its start
        "is_mark": pl.Boolean,  # not a step but something that happened, such as a suspension
        **KEY,
    }
)
"""An activity instance or a mark, followed by its ``case:*`` columns."""

MARK = "mark"
"""The ``lifecycle`` of a row that is not a step, but on which a term of the law may depend."""

ORDER = ("case_id", "at", "source", "row")
"""The order of events: by time within a case; ties keep the order of the source."""

SLOTS = 1 << 16


def attribute_column(name: str) -> str:
    """The column of a case attribute, which a config may name with or without the prefix."""
    return CASE_PREFIX + name.removeprefix(CASE_PREFIX)


def bucket_of_slot(buckets: int) -> pl.Expr:
    """The bucket (0 … ``buckets`` - 1, at most ``SLOTS``) of a row with a ``slot`` column."""
    return (pl.col("slot") * buckets // SLOTS).alias("bucket")


def is_date(zone: str) -> pl.Expr:
    """Whether only the date of ``at`` is known; ``is_day`` may be about ``started_at`` alone."""
    local = pl.col("at").dt.convert_time_zone(zone)
    return pl.col("is_day") & (local.dt.time() == dt.time())


def day_in(column: str, zone: str) -> pl.Expr:
    """The local calendar date of an instant column."""
    return pl.col(column).dt.convert_time_zone(zone).dt.date()
