# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for places where cases wait: bottlenecks and explained waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from contracts.figures import Count
from contracts.findings import Bottleneck, ExplainedWait, Findings
from reporting.disclosure.causes import is_about_few, protect_evidence
from reporting.disclosure.small_groups import (
    hide_part,
    hide_quantiles,
    in_digits,
    is_small,
    least_apart,
    with_values,
)
from reporting.disclosure.waits import Pair, Waits


def protect_bottlenecks(
    findings: Findings, waits: Waits, rare: set[Pair], k: int
) -> tuple[Bottleneck, ...]:
    """The bottlenecks of at least ``k`` cases, ranked anew, with what is told of their waits.

    Args:
        findings: what a run found.
        waits: what is told of its waits.
        rare: the waits that are left out.
        k: the smallest group that is shown.
    """
    enough = (
        _as_told(found, waits)
        for found in findings.bottlenecks
        if not is_small(found.cases, k)
        and not is_about_few(found, k)
        and (found.from_, found.to) not in rare
    )
    whole = findings.log.cases
    return tuple(_bottleneck(each, rank, whole, k) for rank, each in enumerate(enough, start=1))


def _as_told(found: Bottleneck, waits: Waits) -> Bottleneck:
    """A bottleneck with the changes to its wait in the table of waits."""
    changed = dict(waits.changed.get((found.from_, found.to), {}))
    share = changed.pop("share_of_waiting", found.share_of_waiting)
    told = with_values(found, **changed)
    return told.model_copy(
        update={"share_of_waiting": share, "cases_at_least": _is_least(told, waits)}
    )


def _is_least(told: Bottleneck | ExplainedWait, waits: Waits) -> bool:
    """Whether the number of cases is one that is rounded down in the table of waits."""
    return told.cases is not None and waits.at_least.get((told.from_, told.to)) == told.cases


def protect_explained(
    findings: Findings, waits: Waits, rare: set[Pair], steps: pl.DataFrame, k: int
) -> tuple[ExplainedWait, ...]:
    """The explained waits of at least ``k`` cases, with what is told of their waits.

    ``steps`` are those that may be shown; the other arguments are those of ``protect_bottlenecks``.
    """
    took = dict(steps.select("activity", "cases").iter_rows())
    waited = {(from_, to): n for from_, to, n in waits.table.select("from", "to", "cases").rows()}
    beside = partial(_beside, waited, took, findings.log.cases)
    return tuple(
        _explained(wait, waits, beside(wait), k)
        for wait in findings.explained_waits
        if (wait.from_, wait.to) not in rare and not is_small(wait.cases, k)
    )


def _beside(
    waited: Mapping[Pair, Count], took: Mapping[str | None, Count], whole: Count, at: ExplainedWait
) -> list[int]:
    """How many cases are told to have waited there, to have taken its steps, and of the log."""
    known = (waited.get((at.from_, at.to)), took.get(at.from_), took.get(at.to), whole)
    return [n for n in known if n is not None]


def _explained(found: ExplainedWait, waits: Waits, beside: Sequence[int], k: int) -> ExplainedWait:
    """An explained wait, with no more cases than are told to have waited there.

    If they leave few of a number ``beside`` them, they are told in multiples of ``k``.
    """
    changed = waits.changed.get((found.from_, found.to), {})
    told = changed.get("cases", found.cases)
    cases = None if told is None or found.cases is None else min(found.cases, told)
    near = [n for n in beside if cases is not None and is_small(abs(n - cases), k)]
    least = with_values(found, cases=least_apart(min(near), beside, k) if near else cases)
    is_least = found.cases_at_least or bool(near) or _is_least(least, waits)
    return least.model_copy(update={"cases_at_least": is_least and least.cases is not None})


def _bottleneck(found: Bottleneck, rank: int, whole: Count, k: int) -> Bottleneck:
    moved = found.rank - rank
    low, high = found.rank_range or (0, 0)
    evidence = protect_evidence(found, whole, k)
    hides = any(
        new.value is None and old.value is not None
        for new, old in zip(evidence, found.evidence, strict=True)
    )
    shown = with_values(
        found,
        open_cases=hide_part(found.open_cases, found.cases, k),
        wait_days=hide_quantiles(found.wait_days, found.cases, k),
        wait_working_days=found.wait_working_days
        and hide_quantiles(found.wait_working_days, found.cases, k),
    )
    return shown.model_copy(
        update={
            "rank": rank,
            "rank_range": found.rank_range and (max(1, low - moved), max(1, high - moved)),
            "evidence": evidence,
            "reference_days": found.reference_days and in_digits(found.reference_days),
            "mean_days_per_case": in_digits(found.mean_days_per_case),
            "interval": found.interval and tuple(map(in_digits, found.interval)),
            "suppressed": shown.suppressed or hides,
        }
    )
