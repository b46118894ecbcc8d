# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How many cases met each term, and how many open ones still can.

What is known of each case comes from ``mining.law.legal_clock``. It is not known what an open case
waits for, so its bucket cannot say whether its term stands still. The whole log can, from what came
next in other cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from contracts.case_terms import CASE_TERMS
from contracts.deadlines import Deadline
from contracts.findings import DeadlineResult
from contracts.journey import Journey
from contracts.tables import TABLES
from mining.cases.turns import step_of
from mining.law import breaches
from mining.law.legal_clock import IF_SUSPENDED, MAYBE_SUSPENDED, NOT_STARTED, STATUSES, UNKNOWN
from mining.summaries import Summaries, Summary
from mining.wholes.ledger import following

_KEYS = ("id", "version", "status", "if_status", "waits_after", "registered_is", *breaches.KEYS)
_OWED = ("noticed", "penalty_eur")


def _summarise(held: pl.DataFrame) -> pl.LazyFrame:
    """Cases by deadline, version and status; for open ones also their status if the term stops."""
    return held.lazy().group_by(_KEYS).agg(pl.col(_OWED).sum(), n=pl.len())


SUMMARY = Summary("deadlines", _KEYS, _summarise)


def settled(
    held: pl.LazyFrame, merged: Summaries, journey: Journey, deadlines: Iterable[Deadline]
) -> pl.LazyFrame:
    """What is known of each case, once it is known whether its term runs in its present wait.

    Args:
        held: the columns of ``mining.law.legal_clock.held``.
        merged: the merged ``mining.wholes.ledger.SUMMARY``.
        journey: before which steps a term stands still.
        deadlines: the deadlines of the config.

    Returns:
        The columns of ``CASE_TERMS``.
    """
    next_steps = following(merged["ledger"])
    stands_still = _stands_still(next_steps, journey)
    can = [each.id for each in deadlines if each.can_stand_still]
    is_open = pl.col("status").is_in(["open_within", "open_late"]) & pl.col("id").is_in(can)
    told = [
        pl.when(stands_still & is_open).then(f"if_{name}").otherwise(name).alias(name)
        for name in IF_SUSPENDED
        if name != "status"
    ]
    status = _settled(next_steps, journey)
    is_unsure = pl.col("status") == MAYBE_SUSPENDED
    unsaid = ("end", "suspended_days", "moved_days", "days_left", "certainty")
    return (
        held.with_columns(
            *told, status=status, is_suspended=pl.col("is_suspended") | (stands_still & is_open)
        )
        .with_columns(pl.when(~is_unsure).then(pl.col(unsaid)))
        .select(CASE_TERMS.names())
    )


def conclude(
    merged: Summaries, journey: Journey, deadlines: Iterable[Deadline]
) -> tuple[list[DeadlineResult], dict[str, pl.DataFrame]]:
    """How many cases met each deadline, and the tables that tell more of it.

    Args:
        merged: the merged ``SUMMARY`` and ``mining.wholes.ledger.SUMMARY``.
        journey: before which steps a term stands still.
        deadlines: the deadlines of the config.

    Returns:
        The deadlines, and the tables ``deadlines``, ``breaches`` and ``registered_ends``.
    """
    next_steps = following(merged["ledger"])
    told = merged[SUMMARY.name].with_columns(
        status=_settled(next_steps, journey), stands_still=_stands_still(next_steps, journey)
    )
    table = told.group_by("id", "status").agg(cases=pl.col("n").sum()).sort("id", "status")
    with_notice = {each.id for each in deadlines if each.notice}
    results = []
    for (name,), group in told.partition_by("id", as_dict=True, maintain_order=True).items():
        n = dict(group.group_by("status").agg(pl.col("n").sum()).iter_rows())
        counts = {status: n.pop(status, 0) for status in STATUSES}
        n.pop(NOT_STARTED, 0)
        versions = group["version"].drop_nulls().unique().sort().to_list()
        results.append(
            DeadlineResult(
                id=str(name),
                **counts,
                undetermined=sum(n.values()),
                **(_exposure(group) if name in with_notice else {}),
                rule_version=", ".join(versions),
            )
        )
    tables = {
        "deadlines": table.select(TABLES["deadlines"].names()),
        "breaches": breaches.conclude(told),
        "registered_ends": _registered_ends(told),
    }
    return results, tables


def _exposure(told: pl.DataFrame) -> dict[str, int]:
    late = told.filter(pl.col("status").is_in(breaches.BROKEN))
    return {name: int(late[name].sum()) for name in _OWED}


def _registered_ends(told: pl.DataFrame) -> pl.DataFrame:
    """How many registered last days are as reckoned; a term that stands still has none yet."""
    compared = pl.col("registered_is").is_not_null() & ~pl.col("stands_still")
    return (
        told.filter(compared, pl.col("registered_is") != UNKNOWN)
        .group_by("id", "registered_is")
        .agg(cases=pl.col("n").sum())
        .sort("id", "registered_is")
        .select(TABLES["registered_ends"].names())
    )


def _settled(next_steps: dict[str, list[str]], journey: Journey) -> pl.Expr:
    """The status of open cases, by whether all next steps, or only some, stop the term."""
    differs = pl.col("status") != pl.col("if_status")
    return (
        pl.when(_stands_still(next_steps, journey))
        .then("if_status")
        .when(_is_after(next_steps, journey, any) & differs)
        .then(pl.lit(MAYBE_SUSPENDED))
        .otherwise("status")
    )


def _stands_still(next_steps: dict[str, list[str]], journey: Journey) -> pl.Expr:
    return _is_after(next_steps, journey, all)


def _is_after(
    next_steps: dict[str, list[str]], journey: Journey, of: Callable[[list[bool]], bool]
) -> pl.Expr:
    """Whether an open case waits after a step for which all, or any, next steps stop the term."""
    still = {
        name: [step_of(journey, step).clock == "suspended" for step in steps]
        for name, steps in next_steps.items()
    }
    after = [name for name, stops in still.items() if of(stops)]
    return pl.col("waits_after").is_in(after).fill_null(value=False)
