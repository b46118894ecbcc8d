# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Ranks the waits that someone can shorten, and sets apart those that are meant to be.

Loss is all waiting at a place in person-days, that of open cases up to ``as_of`` included, less
what a pause or the law explains; excess is the loss beyond a reference (``mining.waits``). Waiting
on the citizen and waiting after the outcome is explained, never ranked. Nothing is ranked under 30
cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import polars as pl

from contracts.findings import QUESTION, Bottleneck, ExplainedClass, ExplainedWait, Quantiles
from contracts.settings import Actor, Analysis, Journey
from mining.turns import step_of

LEAST_CASES = 30
_RANKED: dict[str, Actor | None] = {
    "agency_wait": "agency",
    "third_party": "third_party",
    "unknown": None,
}
_EXPLAINED: dict[str, ExplainedClass] = {"citizen": "waiting_on_citizen", "outside": "outside"}


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
    explained_cases = ledger.filter(~pl.col("is_open")).select(
        "from", "to", paused="pause", within_norm="statutory"
    )
    rows = waits.join(explained_cases, on=["from", "to"], how="left").rows(named=True)
    rankable = [row for row in rows if _is_rankable(row)]
    ranked = sorted(rankable, key=_loss_by(analysis.rank_by))[: analysis.top]
    found = [_bottleneck(rank, row, cases, journey) for rank, row in enumerate(ranked, start=1)]
    explained = [wait for row in rows for wait in _explained(row)]
    return found, sorted(explained, key=lambda wait: (-wait.person_days, wait.from_, wait.to or ""))


def _is_rankable(row: dict[str, Any]) -> bool:
    return row["owner"] in _RANKED and row["cases"] >= LEAST_CASES and row["lost_days"] > 0


def _loss_by(rank_by: str) -> Callable[[dict[str, Any]], tuple[float, str, str]]:
    column = {"person_days_lost": "lost_days", "excess_person_days": "excess_days"}.get(
        rank_by, "cases"
    )
    return lambda row: (-row[column], row["from"], row["to"] or "")


def _explained(row: dict[str, Any]) -> Iterator[ExplainedWait]:
    parts: list[tuple[ExplainedClass, float, int | None]] = [
        ("policy_pause", row["pause_days"], row["paused"]),
        ("statutory_wait", row["statutory_days"], row["within_norm"]),
    ]
    if row["owner"] in _EXPLAINED:
        parts.append((_EXPLAINED[row["owner"]], row["lost_days"], row["cases"]))
    for class_, days, cases in parts:
        if days > 0:
            yield ExplainedWait(
                **{"from": row["from"], "to": row["to"], "class": class_},
                person_days=days,
                cases=cases or row["open_cases"],
            )


def _bottleneck(rank: int, row: dict[str, Any], cases: int, journey: Journey) -> Bottleneck:
    step = step_of(journey, row["to"])
    return Bottleneck(
        rank=rank,
        **{"from": row["from"]},
        to=row["to"],
        actor=_RANKED[row["owner"]],
        clocks=("citizen", "legal") if step.clock == "running" else ("citizen",),
        cases=row["cases"],
        open_cases=row["open_cases"],
        person_days_lost=row["lost_days"],
        share_of_waiting=row["share_of_waiting"],
        wait_days=Quantiles(p50=row["p50_days"], p90=row["p90_days"]),
        reference_days=row["reference_days"],
        mean_days_per_case=row["excess_days"] / cases,
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
