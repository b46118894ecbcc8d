# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What may be told of the changes since the last report: not what few cases did.

Two reports tell how many cases and events there were, so what came and went adds up to a known
difference. And a figure before and after a change shows what the change did; so a change in few
cases is told together with the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from contracts.changes import Change, Changes, Effect
from contracts.figures import Count, Quantiles
from contracts.tables import TABLES
from reporting.disclosure.small_groups import hidden_parts, hide_quantiles

_OF_CASES = ("removed", "gone_cases", "new_cases")
_OF_EVENTS = (*_OF_CASES, "late", "gone_events", "went_on")
_BALANCES = (_OF_CASES, _OF_EVENTS)
"""Changes whose sum follows from two reports."""


def protect_changes(changes: Changes, cases: Count, k: int) -> Changes | None:
    """The changes without anything about fewer than ``k`` cases; null if nothing is left.

    Args:
        changes: the changes since the last report.
        cases: the number of cases in the log of this report; null if that is hidden.
        k: the smallest group that is shown.
    """
    if any(each.suppressed for each in changes.counts):  # protected before
        return changes
    if cases is None or changes.since.cases is None:
        return None
    exact: dict[str, int] = {each.what: each.cases or 0 for each in changes.counts}
    hidden = _hidden(exact, k)
    lost = exact["removed"] + exact["gone_cases"]
    fewest = min(cases, changes.since.cases - lost)
    together = _together(
        [_of_enough(each, fewest, k) for each in changes.effects], exact, hidden, k
    )
    pairs = (pair for pair in changes.relabelled if (pair.cases or 0) >= k)
    return changes.model_copy(
        update={
            "counts": tuple(_rounded(each, hidden, k) for each in changes.counts),
            "effects": tuple(_joined(together, changes.since.days)),
            "relabelled": tuple(
                pair.model_copy(update=_in_tens(pair.cases, pair.events, k)) for pair in pairs
            ),
        }
    )


def changes_table(changes: Changes | None) -> pl.DataFrame:
    """The shape of ``TABLES["changes"]``."""
    if changes is None:
        return pl.DataFrame(schema=TABLES["changes"])
    counts: dict[str, Change] = {each.what: each for each in changes.counts}
    rows: list[dict[str, Any]] = []
    for effect in changes.effects:
        *others, last = effect.what
        rows += [{"what": what} for what in others]
        days = effect.effect_days
        rows.append({"what": last, "p50_effect_days": days.p50, "p90_effect_days": days.p90})
    for row in rows:
        count = counts.get(row["what"])
        row.update(cases=count and count.cases, events=count and count.events)
    pairs = [
        {"what": "relabelled", **pair.model_dump(by_alias=True)} for pair in changes.relabelled
    ]
    return pl.DataFrame([*rows, *pairs], schema=TABLES["changes"])


def _hidden(exact: Mapping[str, int], k: int) -> set[str]:
    hidden = {what for what, cases in exact.items() if 0 < cases < k}
    for balance in _BALANCES:
        parts = {what: exact[what] for what in balance}
        hidden |= hidden_parts(parts, hidden & parts.keys(), k)
    return hidden


def _rounded(change: Change, hidden: Collection[str], k: int) -> Change:
    if change.what in hidden:
        return change.model_copy(update={"cases": None, "events": None, "suppressed": True})
    return change.model_copy(update=_in_tens(change.cases, change.events, k))


def _in_tens(cases: Count, events: Count, k: int) -> dict[str, Count]:
    """Counts rounded down: an exact one would tell how few there are of what is not told."""
    return {
        name: None if count is None else count // k * k
        for name, count in {"cases": cases, "events": events}.items()
    }


def _of_enough(effect: Effect, cases: int, k: int) -> Effect:
    """An effect without figures of too few cases in one of the logs."""
    return effect.model_copy(update={"days": hide_quantiles(effect.days, cases, k)})


def _together(
    effects: Sequence[Effect], exact: Mapping[str, int], hidden: Collection[str], k: int
) -> list[list[Effect]]:
    """The effects in groups that may be told: each of at least ``k`` cases, or of none."""
    groups: list[list[Effect]] = [[]]
    for effect in effects:
        groups[-1].append(effect)
        if _may_be_told(groups[-1], exact, hidden, k):
            groups.append([])
    *told, rest = groups
    while told and rest and not _may_be_told(rest, exact, hidden, k):
        rest = [*told.pop(), *rest]
    return [*told, rest] if rest else told


def _may_be_told(
    group: Sequence[Effect], exact: Mapping[str, int], hidden: Collection[str], k: int
) -> bool:
    what = [each for effect in group for each in effect.what]
    if "definitions" in what and not 0 < exact["removed"] < k:
        return True  # it is about the whole log
    cases = sum(exact[each] for each in what if each != "definitions")
    is_hidden = any(each in hidden for each in what)
    did_nothing = all(not (days.p50 or days.p90) for days in (e.effect_days for e in group))
    return cases >= k or (cases == 0 and not is_hidden and did_nothing)


def _joined(groups: Sequence[Sequence[Effect]], before: Quantiles) -> Iterator[Effect]:
    """An effect per group, each on top of the one before."""
    for group in groups:
        days = group[-1].days
        what = [each for effect in group for each in effect.what]
        yield Effect(what=tuple(what), days=days, effect_days=days.less(before))
        before = days
