# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whose turn it was: every moment of every case has one owner.

The wait before an activity belongs to who must act for it to end, less what a policy pause or the
law explains. What an open case waits for is known when every step seen to follow has one owner;
else it stays unknown.
"""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from contracts.findings import Ledger
from contracts.settings import Actor, Journey, Step
from mining.durations import DAY_MS
from mining.summaries import Bucket, Summary

Owner = Literal["agency_wait", "citizen", "third_party", "outside", "unknown"]
_PARTS = ("wait_ms", "pause_ms", "statutory_ms", "work_ms")
_WAITS_ON: dict[Actor, Owner] = {
    "agency": "agency_wait",
    "citizen": "citizen",
    "third_party": "third_party",
}


def _summarise(bucket: Bucket) -> pl.LazyFrame:
    inside = bucket.moves.filter(~pl.col("is_outside"))
    return inside.group_by("from", "to", "is_open").agg(pl.col(_PARTS).sum())


SUMMARY = Summary("ledger", ("from", "to", "is_open"), _summarise)


def step_of(journey: Journey, activity: str | None) -> Step:
    """What the config knows of the wait before an activity."""
    return journey.steps.get(activity or "", Step())


def owner_of(journey: Journey, activity: str) -> Owner:
    """Whose turn it is before an activity."""
    step = step_of(journey, activity)
    return "outside" if step.clock == "outside" else _WAITS_ON[step.actor]


def conclude(summary: pl.DataFrame, journey: Journey) -> Ledger:
    """The ledger of the log in person-days from its merged summary."""
    owned = dict.fromkeys(get_args(Owner), 0) | {"statutory": 0, "policy_pause": 0}
    owned["agency_work"] = 0
    after = _seen_to_follow(summary)
    for row in summary.iter_rows(named=True):
        if row["is_open"]:
            waits_on = _owner_of_open(journey, after.get(row["from"], []))
        else:
            waits_on = owner_of(journey, row["to"])
        works = "agency_work" if waits_on == "agency_wait" else waits_on
        owned["policy_pause"] += row["pause_ms"]
        owned["statutory"] += row["statutory_ms"]
        owned[waits_on] += row["wait_ms"] - row["pause_ms"] - row["statutory_ms"]
        owned[works] += row["work_ms"]
    return Ledger(**{name: ms / DAY_MS for name, ms in owned.items()})


def _seen_to_follow(summary: pl.DataFrame) -> dict[str, list[str]]:
    moved = summary.filter(~pl.col("is_open"), pl.col("from").is_not_null())
    return dict(moved.group_by("from").agg(pl.col("to").unique()).iter_rows())


def _owner_of_open(journey: Journey, following: list[str]) -> Owner:
    explained = {pause.activity for pause in journey.pauses} | {
        activity for activity, step in journey.steps.items() if step.statutory_wait
    }
    owners = {owner_of(journey, activity) for activity in following}
    if len(owners) != 1 or explained & set(following):
        return "unknown"
    return owners.pop()
