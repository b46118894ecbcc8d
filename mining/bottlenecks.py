# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ranks the waits that someone can shorten, and sets apart those that are meant to be.

Loss is all waiting at a place in person-days, that of open cases up to ``as_of`` included, less
what a pause or the law explains. The reference is the time within which a quarter of the same
waits end; excess is the waiting beyond it. Waiting on the citizen and waiting after the
outcome is explained, never ranked. Nothing is ranked under 30 cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import polars as pl

from contracts.findings import QUESTION, Bottleneck, ExplainedClass, ExplainedWait, Quantiles
from contracts.settings import Actor, Analysis, Journey
from mining.durations import DAY_MS
from mining.ledger import owner_of, step_of

LEAST_CASES = 30


def conclude(
    waits: pl.DataFrame, ledger: pl.DataFrame, cases: int, journey: Journey, analysis: Analysis
) -> tuple[list[Bottleneck], list[ExplainedWait]]:
    """The ranked bottlenecks and the explained waits.

    Args:
        waits: in the shape of ``mining.waits.WAITS``.
        ledger: the merged summary of ``mining.ledger``.
        cases: how many cases the log holds.
        journey: who must act before each step.
        analysis: what to rank on, and how many to show.
    """
    explained_days = ledger.filter(~pl.col("is_open")).select(
        "from",
        "to",
        pause_days=pl.col("pause_ms") / DAY_MS,
        statutory_days=pl.col("statutory_ms") / DAY_MS,
    )
    parts = waits.join(explained_days, on=["from", "to"], how="left").with_columns(
        pl.col("pause_days", "statutory_days").fill_null(0.0)
    )
    rows = [_with_owner(row, journey) for row in parts.iter_rows(named=True)]
    explained = [wait for row in rows for wait in _explained(row)]
    ranked = sorted(_rankable(rows), key=_loss_by(analysis.rank_by))[: analysis.top]
    found = [_bottleneck(rank, row, cases, journey) for rank, row in enumerate(ranked, start=1)]
    return found, sorted(explained, key=lambda wait: (-wait.person_days, wait.from_, wait.to or ""))


def _with_owner(row: dict[str, Any], journey: Journey) -> dict[str, Any]:
    owner = "agency_wait" if row["to"] is None else owner_of(journey, row["to"])
    lost = row["person_days"] - row["pause_days"] - row["statutory_days"]
    return row | {"owner": owner, "lost": lost}


def _rankable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if row["owner"] in ("agency_wait", "third_party")
        and row["cases"] >= LEAST_CASES
        and row["lost"] > 0
    ]


def _loss_by(rank_by: str) -> Any:
    column = {"person_days_lost": "lost", "excess_person_days": "excess_person_days"}.get(
        rank_by, "cases"
    )
    return lambda row: (-row[column], row["from"], row["to"] or "")


def _explained(row: dict[str, Any]) -> Iterator[ExplainedWait]:
    owner_class: dict[str, ExplainedClass] = {"citizen": "waiting_on_citizen", "outside": "outside"}
    parts: dict[ExplainedClass, float] = {
        "policy_pause": row["pause_days"],
        "statutory_wait": row["statutory_days"],
    }
    if row["owner"] in owner_class:
        parts[owner_class[row["owner"]]] = row["lost"]
    for class_, days in parts.items():
        if days > 0:
            yield ExplainedWait(
                **{"from": row["from"], "to": row["to"], "class": class_}, person_days=days
            )


def _bottleneck(rank: int, row: dict[str, Any], cases: int, journey: Journey) -> Bottleneck:
    step = step_of(journey, row["to"])
    actor: Actor | None = None if row["to"] is None else step.actor
    return Bottleneck(
        rank=rank,
        **{"from": row["from"]},
        to=row["to"],
        actor=actor,
        clocks=("citizen", "legal") if step.clock == "running" else ("citizen",),
        cases=row["cases"],
        open_cases=row["open_cases"],
        person_days_lost=row["lost"],
        share_of_waiting=row["share_of_waiting"],
        wait_days=Quantiles(p50=row["p50_days"], p90=row["p90_days"]),
        reference_days=row["reference_days"],
        mean_days_per_case=row["excess_person_days"] / cases,
        certainty=certainty(row["n"], row["open_cases"]),
        question=QUESTION,
    )


def certainty(seen: int, open_cases: int) -> Literal["high", "fair", "low"]:
    """How far a figure can be trusted: by how many waits were seen to end, and how many were not.

    High from 300 ended waits with at most one open for every four; fair from 100 with at most as
    many open as ended; else low.
    """
    if seen >= 300 and open_cases * 4 <= seen:  # noqa: PLR2004
        return "high"
    return "fair" if seen >= 100 and open_cases <= seen else "low"  # noqa: PLR2004
