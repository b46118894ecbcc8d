# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of ``disclosure`` for deadlines: how many cases met each, and what that leaves.

If the log has 120 cases, and a term that starts with some step is told to have been met by 100 and
broken by 17, three cases never had that step. So the largest of these numbers is told in multiples
of ``k``, at least ``k`` less than what the others leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from contracts.deadlines import Deadline
from contracts.figures import Count
from contracts.findings import DeadlineResult, Log
from reporting.disclosure.small_groups import (
    hidden_parts,
    hide_part,
    is_small,
    least_apart,
    with_values,
)

STATUSES = ("within", "late", "open_within", "open_late")
"""How a case stands against a deadline, in the findings and in the table of deadlines."""

_PARTS = (*STATUSES, "undetermined")
_DONE, _OPEN = STATUSES[:2], STATUSES[2:]

Beside = Mapping[tuple[str, ...], Sequence[Count]]
"""By some parts of a deadline, the numbers of cases that are told elsewhere of what they are of."""


def protect_deadlines(
    results: Sequence[DeadlineResult],
    deadlines: Collection[Deadline],
    log: Log,
    steps: pl.DataFrame,
    k: int,
) -> tuple[DeadlineResult, ...]:
    """The deadlines without numbers of few cases, and without what would leave few elsewhere.

    Args:
        results: how many cases met each deadline.
        deadlines: the deadlines of the config.
        log: what is told of the log.
        steps: how many cases are told to have taken each step, as ``TABLES["steps"]``.
        k: the smallest group that is shown.
    """
    took = dict(steps.select("activity", "cases").iter_rows())
    starts = {each.id: each.start for each in deadlines}
    still_open = None if log.open_cases_at_least else log.open_cases
    closed = None if log.cases is None or still_open is None else log.cases - still_open
    told: list[DeadlineResult] = []
    for result in results:
        took_first = map(took.get, starts.get(result.id, ()))
        beside: Beside = {
            _DONE: [closed],
            _OPEN: [still_open],
            _PARTS: [log.cases, *took_first, *(_sum(each, _PARTS) for each in told)],
        }
        told.append(_deadline(result, beside, k))
    return tuple(told)


def as_in(told: Collection[DeadlineResult], table: pl.DataFrame) -> pl.DataFrame:
    """``TABLES["deadlines"]`` with what the findings hide hidden, and what they round as there."""
    shape, of_both = {"id": pl.String, "status": pl.String, "told": pl.Int64}, ["id", "status"]
    rows = [(each.id, name, getattr(each, name)) for each in told for name in STATUSES]
    known = pl.DataFrame(rows, schema=shape, orient="row")
    hidden = known.filter(pl.col("told").is_null())
    names = [(each.id, name, getattr(each, name)) for each in told for name in each.at_least]
    least = pl.DataFrame(names, schema=shape, orient="row")
    return (
        table.join(hidden, on=of_both, how="anti", maintain_order="left")
        .join(least, on=of_both, how="left", maintain_order="left")
        .select(*of_both, cases=pl.coalesce("told", "cases"))
    )


def _deadline(result: DeadlineResult, beside: Beside, k: int) -> DeadlineResult:
    """Its parts add up to a known whole, so what is hidden must be ``k`` cases or more."""
    parts: dict[str, int] = {n: v for n in _PARTS if (v := getattr(result, n)) is not None}
    small = {name for name, count in parts.items() if is_small(count, k)}
    counted = with_values(result, **dict.fromkeys(sorted(hidden_parts(parts, small, k))))
    noticed = hide_part(result.noticed, _sum(result, ("late", "open_late")), k)
    euros = None if noticed is None else round(result.penalty_eur or 0, -3)
    told = with_values(counted, noticed=noticed).model_copy(update={"penalty_eur": euros})
    apart, whole = _apart(told, beside, k), _sum(told, _PARTS)
    return apart if whole is None or whole not in beside[_PARTS] else _with_a_second(apart, k)


def _apart(told: DeadlineResult, beside: Beside, k: int) -> DeadlineResult:
    """With parts rounded beside other numbers: repeated, since hiding one can expose another."""
    apart = told
    for names, wholes in beside.items():
        apart = _rounded(apart, names, [n for n in wholes if n is not None], k)
    return apart if apart == told else _apart(apart, beside, k)


def _rounded(
    told: DeadlineResult, names: Sequence[str], wholes: Sequence[int], k: int
) -> DeadlineResult:
    """The largest of some parts in multiples of ``k``, if those that are told leave few of a whole.

    What they leave is never there, or is hidden: of 102 cases that are done 94 were in time, and
    how many were too late is not told.
    """
    counts: dict[str, int] = {n: v for n in names if (v := getattr(told, n)) is not None}
    total = sum(counts.values())
    near = [n for n in wholes if is_small(abs(n - total), k)]
    if not total or not near or {*counts} & {*told.at_least}:
        return told
    largest = max(counts, key=lambda name: counts[name])
    others = total - counts[largest]
    least = least_apart(min(near) - others, [n - others for n in wholes], k)
    if least is None:
        return with_values(told, **{largest: None})
    return told.model_copy(update={largest: least, "at_least": (*told.at_least, largest)})


def _with_a_second(told: DeadlineResult, k: int) -> DeadlineResult:
    """With two parts rounded where one is: all others of a known whole would tell that one.

    The second is not of those that the first was held against the closed or open cases with.
    """
    vague = {name for name in _PARTS if getattr(told, name) is None} | {*told.at_least}
    if len(vague) != 1 or "undetermined" in vague:
        return told
    others = _OPEN if vague <= {*_DONE} else _DONE
    largest = max(others, key=lambda name: getattr(told, name))
    second = "undetermined" if told.undetermined else largest
    least = getattr(told, second) // k * k
    return told.model_copy(update={second: least, "at_least": (*told.at_least, second)})


def _sum(told: DeadlineResult, names: Collection[str]) -> Count:
    """What some parts add up to; null where one is not told exactly."""
    counts = [getattr(told, name) for name in names]
    return None if None in counts or {*names} & {*told.at_least} else sum(counts)
