# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How long cases wait between two activities, cases that still wait included.

Open waits are shared out over the activities that may come next (``mining.waiting.waits_after``).
What a pause or the law explains of a wait is not lost time. A case does not wait for what goes on
in parallel; that is counted apart.
"""

from __future__ import annotations

import polars as pl

from contracts.journey import Journey
from contracts.tables import TABLES
from mining.cases.axis import day_of
from mining.cases.moves import DONE_MS
from mining.durations import DAY_MS, bin_of
from mining.summaries import Bucket, Summary
from mining.waiting.waits_after import ESTIMATED, OPEN_BANDS, PARTS, waits_after

SHOWN = TABLES["waits"].names()
BANDS_DAYS = (0, 1, 3, 7, 14, 28, 91, 182, 364)
"""Lower bounds of the bands in which waits are shown: over so many days, up to the next bound."""

WAITS = pl.Schema(
    [
        *TABLES["waits"].items(),
        ("owner", pl.String()),  # mining.cases.turns.Owner
        ("pause_days", pl.Float64()),  # explained parts of person_days
        ("statutory_days", pl.Float64()),
        ("lost_days", pl.Float64()),  # the rest
        ("reference_days", pl.Float64()),  # the law's days, else P25 of the same wait
        ("excess_days", pl.Float64()),  # the part of lost_days beyond the reference
        ("longest_days", pl.Float64()),  # the part of lost_days in the longest hundredth of waits
    ]
)
"""What ``conclude`` returns: a row per ``from``, ``to``; all days but quantiles are person-days."""

_NOBODY = 1e-6  # of a case: what rounding leaves where there is none


IS_INSIDE = pl.col("from").is_not_null() & ~pl.col("is_outside")
IS_ON_PATH = IS_INSIDE & ~pl.col("is_parallel")
"""The case waited for this move: inside the journey, and not in parallel with it."""


def places(bucket: Bucket) -> pl.LazyFrame:
    """``case_id, from, to, since, left``: from when a case waited for a move, until it was made.

    These are local dates; ``since_ms`` and ``left_ms`` are the moments, on the axis of the case.
    The moves that a case waits for follow each other without a gap. The work is part of a move.
    """
    zone = bucket.lens.zone
    return (
        bucket.moves.filter(IS_ON_PATH)
        .with_columns(done_ms=DONE_MS)
        .select(
            "case_id",
            "from",
            "to",
            since=day_of("enabled_ms", zone),
            left=day_of("done_ms", zone),
            since_ms="enabled_ms",
            left_ms="done_ms",
        )
    )


def _durations(bucket: Bucket) -> pl.LazyFrame:
    bounds = pl.Series([days * DAY_MS for days in BANDS_DAYS])
    band = pl.lit(bounds).search_sorted(pl.col("wait_ms"), side="left").clip(lower_bound=1)
    return (
        bucket.with_touched(bucket.counted.filter(IS_ON_PATH))
        .with_columns(bin_of("wait_ms"), band=band.cast(pl.UInt8), ms="wait_ms")
        .group_by(DURATIONS.keys)
        .agg(pl.len().alias("n"), pl.col(PARTS[1:]).sum())
    )


def _cases(bucket: Bucket) -> pl.LazyFrame:
    """Cases that made a move, and how many of them now wait again where it began."""
    on_path = bucket.counted.filter(IS_ON_PATH)
    moved = on_path.filter("is_new", ~pl.col("is_open"))
    waiting = on_path.filter("is_open").select("case_id", "from")
    back = moved.join(waiting, on=["case_id", "from"], how="semi")
    both = [
        moved.select("from", "to", is_back=False),
        back.select("from", "to", is_back=True),
    ]
    is_back = pl.col("is_back")
    return pl.concat(both).group_by("from", "to").agg(cases=(~is_back).sum(), back=is_back.sum())


def _parallel(bucket: Bucket) -> pl.LazyFrame:
    return (
        bucket.counted.filter(IS_INSIDE, "is_parallel", pl.col("wait_ms") > 0)
        .group_by("from", "to")
        .agg(cases=pl.col("case_id").n_unique(), ms=pl.col("wait_ms").sum())
    )


DURATIONS = Summary("waits", ("from", "to", "bin", "band", "is_touched", "is_survivor"), _durations)
CASES = Summary("wait_cases", ("from", "to"), _cases)
PARALLEL = Summary("parallel_waits", ("from", "to"), _parallel)
"""What cases did not wait for: in how many cases, and how long it took to begin."""


def conclude_bands(durations: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["wait_bands"]`` from the merged summary ``DURATIONS``."""
    ended = durations.filter(pl.col("to").is_not_null())
    still = pl.concat(
        [OPEN_BANDS.to_frame(), *(each.open_bands() for each in waits_after(durations))]
    )
    summary = (
        ended.group_by("from", "to", "band")
        .agg(pl.col("n").sum())
        .join(still, on=["from", "to", "band"], how="full", coalesce=True)
        .with_columns(pl.col("n").fill_null(0), open_n=pl.col("open_n").fill_null(0).round())
        .filter(pl.max_horizontal("n", "open_n") > 0)
    )
    over = pl.Series(BANDS_DAYS, dtype=pl.Float64)
    up_to = pl.Series([*BANDS_DAYS[1:], None], dtype=pl.Float64)
    band = pl.col("band").cast(pl.UInt32) - 1
    bounded = summary.with_columns(
        over_days=pl.lit(over).gather(band), up_to_days=pl.lit(up_to).gather(band)
    )
    columns = TABLES["wait_bands"]
    return bounded.select(columns.names()).cast(columns).sort("from", "to", "over_days")


def conclude(durations: pl.DataFrame, cases: pl.DataFrame, journey: Journey) -> pl.DataFrame:
    """Every wait of the log, in the shape of ``WAITS``, most waiting first.

    Args:
        durations: merged summary ``DURATIONS``.
        cases: merged summary ``CASES``.
        journey: whose turn it is before each activity, and what the law sets.
    """
    found = _estimated(durations, journey)
    # a case that waits again where it went on from before is one case, not two
    new = pl.col("open_n") * (1 - pl.col("back").fill_null(0) / pl.col("present"))
    person_days = pl.col("person_days")
    return (
        found.join(cases, on=["from", "to"], how="left", nulls_equal=True, maintain_order="left")
        .filter((pl.col("n") > 0) | (pl.col("open_n") > _NOBODY))
        .with_columns(
            cases=pl.col("cases").fill_null(0) + new.round().cast(pl.Int64),
            open_cases=pl.col("open_n").round().cast(pl.Int64),
        )
        .with_columns(
            share_of_waiting=pl.when(person_days.sum() > 0)
            .then(pl.col("lost_days") / person_days.sum())
            .otherwise(0.0)
        )
        .select(WAITS.names())
        .cast(WAITS)
        .sort("person_days", "from", "to", descending=[True, False, False], nulls_last=True)
    )


def share_at(durations: pl.DataFrame, from_: str, to: str | None, journey: Journey) -> float | None:
    """The share of all waiting that is lost at one place; null if nobody waited at all."""
    found = _estimated(durations, journey)
    here = found.filter(pl.col("from") == from_, pl.col("to").eq_missing(to))
    total = float(found["person_days"].sum())
    return float(here["lost_days"].sum()) / total if total > 0 else None


def _estimated(durations: pl.DataFrame, journey: Journey) -> pl.DataFrame:
    """Every wait in the shape of ``ESTIMATED``, with what is lost there."""
    found = pl.concat(
        [ESTIMATED.to_frame(), *(each.waits(journey) for each in waits_after(durations))]
    )
    explained = pl.col("pause_days") + pl.col("statutory_days")
    return found.with_columns(lost_days=pl.col("person_days") - explained)
