# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The ledger: every moment of every case has one owner, and the parts sum to the whole.

The wait before an activity belongs to whoever must act for it to end, less what a policy pause or
the law explains. What goes on in parallel takes no time of its own. What an open case waits for is
known if every step seen to follow has one owner; else it stays unknown.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from contracts.findings import Ledger
from contracts.journey import Journey
from contracts.tables import TABLES
from mining.cases.turns import owner_after, owner_before
from mining.durations import DAY_MS
from mining.summaries import Bucket, Summary

_PARTS = ("wait", "pause", "statutory", "work")


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    """Per move the time of each part, and how many cases had any.

    For ``wait`` and ``work``, a case counts if it had any the first time it made the move.
    """
    inside = bucket.counted.filter(~pl.col("is_outside"), ~pl.col("is_parallel"))
    had = {part: pl.col(f"{part}_ms") > 0 for part in _PARTS}
    times = [pl.col(f"{part}_ms").sum() for part in _PARTS]
    cases = {
        **{part: pl.col("case_id").filter(had[part]).n_unique() for part in ("pause", "statutory")},
        **{part: (pl.col("is_new") & had[part]).sum() for part in ("wait", "work")},
    }
    return inside.group_by("from", "to", "is_open").agg(*times, **cases)


SUMMARY = Summary("ledger", ("from", "to", "is_open"), _summarise)


def conclude(summary: pl.DataFrame, journey: Journey) -> pl.DataFrame:
    """The shape of ``TABLES["ledger"]``, a row per owner, from the merged summary.

    ``cases`` is how many certainly had such time: at least as many as in the busiest move.
    """
    next_steps = following(summary)
    ms: Counter[str] = Counter()
    cases: dict[str, int] = {}
    for row in summary.iter_rows(named=True):
        if row["is_open"]:
            waits_on = owner_after(journey, next_steps.get(row["from"], []))
        else:
            waits_on = owner_before(journey, row["to"])
        owners = {
            "pause": "policy_pause",
            "statutory": "statutory",
            "wait": waits_on,
            "work": "agency_work" if waits_on == "agency_wait" else waits_on,
        }
        times = {part: row[f"{part}_ms"] for part in _PARTS}
        times["wait"] -= times["pause"] + times["statutory"]
        for part, owner in owners.items():
            ms[owner] += times[part]
            cases[owner] = max(cases.get(owner, 0), row[part])
    rows = [(owner, ms[owner] / DAY_MS, cases.get(owner, 0)) for owner in Ledger.model_fields]
    return pl.DataFrame(rows, schema=TABLES["ledger"], orient="row")


def following(summary: pl.DataFrame) -> dict[str, list[str]]:
    """The steps that were seen to follow each, from the merged ``SUMMARY``."""
    moved = summary.filter(~pl.col("is_open"), pl.col("from").is_not_null())
    return dict(moved.group_by("from").agg(pl.col("to").unique()).iter_rows())
