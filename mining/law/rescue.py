# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The chance that an open case will be too late, and how good such chances were before.

From cases that stood still after the same step for as long, open ones counted, it is known how long
they took from there to the stop of the term. With ``S`` the Kaplan-Meier curve of that, a case that
has waited ``y`` days and has ``h`` left is too late with the chance ``S(y + h) / S(y)``
(the residual life of Kaplan and Meier 1958, conditional on where the case is).

A case is late if it is not done on the last day as it is known now: a suspension or an extension
that is still to come may move that day. Days are whole, and the day on which the log ends counts as
over: a case with no day left has the chance 1, and is listed since it can still be done later on
that day.

The same chances are worked out for an earlier moment, with no more than was known then, and
compared with the outcome: the share of cases that took as long as the middle 80 % said they would
(coverage), and the mean square of chance less outcome (Brier 1950), beside that of giving every
case the share that was late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.deadlines import Deadline
from contracts.findings import LEAST_IN_GROUP
from contracts.norms import Unit, amount_of
from contracts.tables import TABLES
from mining.cases.journeys import Lens
from mining.law.legal_clock import STATUSES
from mining.summaries import Summaries, Summary
from mining.survival import Floats, leaving

OPEN = "open_within"
"""The status of cases that can still be in time."""

_UNIT_DAYS: dict[Unit, int] = {"hours": 1, "days": 1, "weeks": 7, "months": 31, "years": 366}
_OWN_DATE_DAYS = 90
_STEPS_DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 224, 336, 448, 672)
"""Cases are compared with those that stood still for at least the last of these they reached."""

_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Watched:
    """Cases as ``mining.law.legal_clock.held`` judges them, and where they were until ``as_of``."""

    held: pl.DataFrame
    places: pl.LazyFrame
    as_of: dt.date


@dataclass(frozen=True)
class Replayed:
    """The same cases at an earlier moment and now."""

    then: Watched
    now: Watched


def earlier(lens: Lens) -> Lens:
    """The lens of the moment at which chances are tested: all terms from then are over by now."""
    longest = max((_days_of(deadline) for deadline in lens.deadlines), default=0)
    return replace(lens, as_of=lens.as_of - dt.timedelta(days=longest))


def _days_of(deadline: Deadline) -> int:
    terms = [amount_of(each.term) for each in deadline.versions]
    return max((n * _UNIT_DAYS[unit] for n, unit in terms), default=_OWN_DATE_DAYS)


def _stays(watched: Watched) -> pl.LazyFrame:
    """How long cases stood still after each step, and how long it took to meet the term."""
    told = watched.held.lazy().filter(pl.col("status").is_in(STATUSES))
    until = pl.col("stop").fill_null(watched.as_of)
    return (
        watched.places.filter(pl.col("from").is_not_null())
        .join(told.select("case_id", "id", "stop"), on="case_id")
        .filter(pl.col("since") <= until)
        .group_by(
            "id",
            after="from",
            stayed_days=_days_between("since", pl.min_horizontal("left", until)),
            rest_days=_days_between("since", until),
            is_over=pl.col("stop").is_not_null(),
        )
        .agg(n=pl.len())
    )


def _days_between(first: str, last: pl.Expr) -> pl.Expr:
    return (last - pl.col(first)).dt.total_days().cast(pl.Int32)


def _outcomes(replayed: Replayed) -> pl.LazyFrame:
    """Cases that could still be in time then: where they were, and what came of them."""
    then_on, now_on = replayed.then.as_of, replayed.now.as_of
    came = replayed.now.held.lazy().select("case_id", "id", came="stop")
    done_on = pl.col("came").fill_null(now_on + dt.timedelta(days=1))
    return (
        replayed.then.held.lazy()
        .filter(pl.col("status") == OPEN, ~pl.col("is_suspended"), pl.col("end") <= now_on)
        .join(came, on=["case_id", "id"])
        .filter(pl.col("waits_after").is_not_null())
        .group_by(
            "id",
            "days_left",
            after="waits_after",
            stayed_days=_days_between("waits_since", pl.lit(then_on)),
            more_days=(done_on - then_on).dt.total_days().cast(pl.Int32),
            is_over=pl.col("came").is_not_null(),
            is_late=done_on > pl.col("end"),
            seen_days=pl.lit((now_on - then_on).days, pl.Int32),
        )
        .agg(n=pl.len())
    )


_STAYS = ("id", "after", "stayed_days", "rest_days", "is_over")
ASKED = ("id", "after", "stayed_days", "days_left")
STAYS = Summary("rescue_stays", _STAYS, _stays)
STAYS_THEN = Summary("rescue_stays_then", _STAYS, _stays)
OUTCOMES = Summary(
    "rescue_outcomes", (*ASKED, "more_days", "is_over", "is_late", "seen_days"), _outcomes
)


def chances(stays: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """The chance of each of ``asked`` to be too late.

    Args:
        stays: a merged ``STAYS``.
        asked: ``id, after, stayed_days, days_left`` (at least 0); other columns stay as they are.

    Returns:
        ``asked`` with ``chance``, and ``low_days, high_days``: between how many days from now 8 of
        10 such cases are done (null: not reached). All are null if fewer than ``LEAST_IN_GROUP``
        were watched for so long, or if the case does not wait.
    """
    known = stays.partition_by("id", "after", as_dict=True)
    stayed = asked["stayed_days"].fill_null(0).to_numpy()  # null: somebody works on it
    nearest = np.array(_STEPS_DAYS)[np.searchsorted(_STEPS_DAYS, stayed, side="right") - 1]
    groups = asked.with_columns(at_least=pl.Series(nearest)).partition_by(
        "id", "after", "at_least", as_dict=True, maintain_order=True
    )
    answered = [
        _answered(group.drop("at_least"), known.get(place[:2]), int(place[2]))
        for place, group in groups.items()
    ]
    shape = {**asked.schema, **_ANSWER}
    return pl.concat([pl.DataFrame(schema=shape), *answered])


_ANSWER = {"chance": pl.Float64(), "low_days": pl.Int32(), "high_days": pl.Int32()}


def _answered(asked: pl.DataFrame, stays: pl.DataFrame | None, at_least: int) -> pl.DataFrame:
    nothing = asked.with_columns(pl.lit(None, kind).alias(name) for name, kind in _ANSWER.items())
    if stays is None:
        return nothing
    alike = stays.filter(pl.col("stayed_days") >= at_least)
    if alike.is_empty():
        return nothing
    curve, watched = _curve(alike)
    so_far, left = (asked[name].to_numpy() for name in ("stayed_days", "days_left"))
    is_known = watched[np.minimum(so_far + 1, len(watched) - 1)] >= LEAST_IN_GROUP
    now = curve[np.minimum(so_far, len(curve) - 1)]
    safe = np.where(now > 0, now, 1.0)
    late = curve[np.minimum(so_far + left, len(curve) - 1)] / safe
    answer = {"chance": late, **_band(curve, so_far, now)}
    is_said = pl.Series(is_known & (now > 0))
    return asked.with_columns(
        pl.when(is_said).then(pl.Series(answer[name], dtype=kind, nan_to_null=True)).alias(name)
        for name, kind in _ANSWER.items()
    )


def _curve(alike: pl.DataFrame) -> tuple[Floats, Floats]:
    """By day, the share not done at its end, and how many were watched at its begin."""
    days, n = alike["rest_days"].to_numpy(), alike["n"].to_numpy()
    is_over = alike["is_over"].to_numpy()
    size = int(days.max()) + 2
    exits, still = (np.bincount(days[which], n[which], size) for which in (is_over, ~is_over))
    found = leaving(exits[:, None], still)
    return found.still, found.at_risk


def _band(curve: Floats, so_far: NDArray[np.int32], now: Floats) -> dict[str, Floats]:
    """After how many more days a tenth and nine tenths of the cases are done; NaN: not reached."""
    done = 1.0 - curve
    found = {}
    for name, quantile in (("low_days", _LOW), ("high_days", _HIGH)):
        day = np.searchsorted(done, 1.0 - now * (1.0 - quantile) - 1e-12)
        found[name] = np.where(day < len(curve), day - so_far, np.nan)
    return found


def listed(terms: pl.LazyFrame, stays: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """The open cases that can still be in time, the greatest chance to be late first.

    Args:
        terms: the shape of ``contracts.case_terms.CASE_TERMS``.
        stays: the merged ``STAYS``.
        as_of: the local date until which the log is looked at.

    Returns:
        ``case_id``, ``ASKED`` and what ``chances`` adds, ``end, waits_since``.
    """
    can_be = (pl.col("status") == OPEN) & ~pl.col("is_suspended")
    asked = (
        terms.filter(can_be)
        .select(
            "case_id",
            "id",
            "end",
            "waits_since",
            "days_left",
            after="waits_after",
            stayed_days=_days_between("waits_since", pl.lit(as_of)),
        )
        .collect()
    )
    by_chance = ("chance", "days_left", "id", "case_id")
    return chances(stays, asked).sort(by_chance, descending=[True, *[False] * 3], nulls_last=True)


def conclude(merged: Summaries) -> pl.DataFrame:
    """How good the chances of each deadline were at the earlier moment: ``TABLES["rescue"]``.

    Args:
        merged: the merged ``STAYS_THEN`` and ``OUTCOMES``.
    """
    told = chances(merged[STAYS_THEN.name], merged[OUTCOMES.name])
    known = told.filter(pl.col("chance").is_not_null()).sort("id")
    rows = list(_scores(known))
    return pl.DataFrame(rows, schema=TABLES["rescue"], orient="row")


def _scores(known: pl.DataFrame) -> Iterator[tuple[str, int, int, float, float, float | None]]:
    for (name,), group in known.partition_by("id", as_dict=True, maintain_order=True).items():
        n, late = group["n"].to_numpy(), group["is_late"].to_numpy()
        share = float(np.average(late, weights=n))
        yield (
            str(name),
            int(n.sum()),
            int(n[late].sum()),
            float(np.average((group["chance"].to_numpy() - late) ** 2, weights=n)),
            share * (1 - share),
            _coverage(group),
        )


def _coverage(group: pl.DataFrame) -> float | None:
    """The share that was done when the band said, among cases whose band is over by now.

    The choice of cases depends on the bands alone. If cases that were done early counted because
    that is known already, every band would look wrong.
    """
    more, low, high, seen = (pl.col(f"{name}_days") for name in ("more", "low", "high", "seen"))
    holds = (more >= low) & (more <= high)
    judged = group.filter(low.is_not_null(), high <= seen).select("n", held=holds)
    if judged["n"].sum() < LEAST_IN_GROUP:
        return None
    return float(np.average(judged["held"].to_numpy(), weights=judged["n"].to_numpy()))
