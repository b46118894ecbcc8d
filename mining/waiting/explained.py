# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Waits that are meant to be: told apart, never ranked as anybody's bottleneck.

The law or a pause explains a part of a wait. The citizen's turn, what comes after the outcome, and
what went on in parallel explain all of it (``docs/methods/explained-waits.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

import polars as pl

from contracts.findings import ExplainedClass, ExplainedWait
from contracts.journey import Journey
from mining.cases.turns import step_of
from mining.durations import DAY_MS

_EXPLAINED: dict[str, ExplainedClass] = {"citizen": "waiting_on_citizen", "outside": "outside"}

Row = dict[str, Any]
Place = tuple[str, str | None]


def conclude(
    rows: Sequence[Row], parallel: pl.DataFrame, journey: Journey, ranked: Set[Place]
) -> list[ExplainedWait]:
    """The explained waits, most person-days first.

    Args:
        rows: in the shape of ``mining.waiting.waits.WAITS``, with ``paused`` and ``within_norm``:
            in how many cases a pause or the law explains some time.
        parallel: the merged summary ``mining.waiting.waits.PARALLEL``.
        journey: whose turn it is at each step.
        ranked: places that are told as a bottleneck instead.
    """
    waits = [wait for row in rows for wait in _explained(row, journey, place_of(row) in ranked)]
    waits += [_parallel(row) for row in parallel.rows(named=True)]
    return sorted(waits, key=lambda wait: (-wait.person_days, wait.from_, wait.to or ""))


def place_of(row: Row) -> Place:
    """Where a wait is: from the step after which it began, to the step that ended it."""
    return row["from"], row["to"]


def _explained(row: Row, journey: Journey, is_ranked: bool) -> Iterator[ExplainedWait]:  # noqa: FBT001
    """What the law, a pause, the citizen or the end of the journey explains of a wait."""
    parts: list[tuple[ExplainedClass, float, int | None]] = [
        ("policy_pause", row["pause_days"], row["paused"]),
        ("statutory_wait", row["statutory_days"], row["within_norm"]),
    ]
    if row["owner"] in _EXPLAINED and not is_ranked:
        is_citizen = step_of(journey, row["to"]).actor == "citizen" and row["to"] is not None
        class_ = "waiting_on_citizen" if is_citizen else _EXPLAINED[row["owner"]]
        parts.append((class_, row["lost_days"], row["cases"]))
    for class_, days, cases in parts:
        if days > 0:
            yield ExplainedWait(
                **{"from": row["from"], "to": row["to"], "class": class_},
                person_days=days,
                cases=cases or row["open_cases"],
            )


def _parallel(row: Row) -> ExplainedWait:
    return ExplainedWait(
        **{"from": row["from"], "to": row["to"], "class": "parallel"},
        person_days=row["ms"] / DAY_MS,
        cases=row["cases"],
    )
