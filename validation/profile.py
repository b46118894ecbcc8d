# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the gate finds in the log of a new source, and which rules its config may set otherwise."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from contracts.candidates import scan
from contracts.rules import RuleChoice
from contracts.settings import Settings
from contracts.verdict import RuleResult, Verdict
from validation.gate import judge

_HABIT = 0.05
"""What this share of the rows does is the habit of a system, not a fault of single rows."""

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Proposal:
    """A broken rule; ``choice`` is what a config may say of it, ``why`` what was seen.

    If ``why`` is empty, ``choice`` is what holds anyway.
    """

    rule: RuleResult
    choice: RuleChoice
    why: str = ""


@dataclass(frozen=True)
class Profile:
    """The verdict, and a proposal for each broken rule."""

    verdict: Verdict
    proposals: tuple[Proposal, ...]


def profile(candidates: Sequence[Path], settings: Settings, now: datetime) -> Profile:
    """Lets the gate judge a log, and proposes other limits where the log breaks one as a habit.

    Args:
        candidates: parquet files in the shape of ``CANDIDATES``; at least one.
        settings: what the process asks of its log so far.
        now: the instant after which nothing can have happened yet.
    """
    with tempfile.TemporaryDirectory() as folder:
        verdict = judge(candidates, settings, now, Path(folder), pages=False)
    return Profile(verdict, proposals(verdict, scan(candidates), settings))


def proposals(verdict: Verdict, log: pl.LazyFrame, settings: Settings) -> tuple[Proposal, ...]:
    """A proposal for each rule that ``log`` breaks, in the order of the verdict."""
    return tuple(_proposal(rule, log, settings) for rule in verdict.failed)


def _proposal(broken: RuleResult, log: pl.LazyFrame, settings: Settings) -> Proposal:
    rule = settings.validation.rule(broken.id)
    measure = _MEASURES.get(broken.id)
    seen = measure(log) if measure and rule.limit else None
    if rule.limit and seen is not None and seen > rule.limit.value:
        limit = rule.limit.model_copy(update={"value": _round_above(seen)})
        why = f"nearly all of this log is within {limit.in_words.en}"
        return Proposal(broken, RuleChoice(limit=limit.value), why)
    return Proposal(broken, RuleChoice(severity=rule.severity))


def _round_above(value: float) -> float:
    """The next of 1, 2, 3, 5 and 7 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in (1, 2, 3, 5, 7, 10) if size * step >= value)


def _days_to_record(log: pl.LazyFrame) -> float | None:
    """The number of days within which all but ``_HABIT`` of the rows were put on record."""
    late = pl.col("recorded_at") - pl.col("at")
    found = log.select(late.quantile(1 - _HABIT).dt.total_seconds()).collect().item()
    return None if found is None else float(found) / _SECONDS_A_DAY


def _per_cent_of_dates(log: pl.LazyFrame) -> float | None:
    """The percentage of rows of which only the date is known."""
    found = log.select(pl.col("is_day").mean()).collect().item()
    return None if found is None else float(found) * 100


_MEASURES: dict[str, Callable[[pl.LazyFrame], float | None]] = {
    "DQ04": _per_cent_of_dates,
    "DQ13": _days_to_record,
}
"""By rule with a limit, the figure to compare with that limit, which nearly all rows keep to."""
