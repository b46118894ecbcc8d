# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses the roles that columns have by what they hold, where no name tells.

A case comes back in some rows, an activity in many cases, and a time moves on within them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from contracts.listed import listed
from ingest.guessing.column_names import NAMES, fit, tells_by_whom, tells_other_time
from ingest.guessing.guess import Guess
from ingest.guessing.role_evidence import Look, borne_out, in_words, share

_FEWEST_CASES = 10
_CLEARLY = 1.2
_MOST_ALIKE, _MOST_TOLD = 9, 9


def _case_id_by_values(look: Look) -> Guess | None:
    """The column with the most values that come back, if no other comes near."""
    many = {
        name: look.distinct(name)
        for name in look.left
        if borne_out(look, name, "case_id") and look.distinct(name) >= _FEWEST_CASES
    }
    best = max(many, key=many.__getitem__, default=None)
    if best is None:
        return None
    within = Look(look.seen, best, look.left)
    rivals = [name for name, n in many.items() if name != best and 2 * n > many[best]]
    if any(within.varies(name) > 0 for name in rivals):
        return None
    rows = look.rows_a_value(best)
    return Guess(best, f"by its values: the most that recur, each in {rows:.1f} rows on average")


def _activity_by_values(look: Look) -> Guess | None:
    """The column that begins the same in most cases, and seldom has a value twice in one case."""
    if look.case is None:
        return None
    scores = {
        name: _like_steps(look, name)
        for name in look.left
        if not any(fit(name, role) for role in NAMES) and borne_out(look, name, "activity")
    }
    near = [name for name in scores if _CLEARLY * scores[name] > max(scores.values())]
    among = replace(look, left=near)
    codes = [name for name in near if in_words(among, name)] if len(near) <= _MOST_ALIKE else []
    best = _clearly_best({name: score for name, score in scores.items() if name not in codes})
    if best is None:
        return None
    values = look.distinct(best)
    return Guess(
        best,
        f"by its values: {values:,}, mostly once per case, and most cases begin with the same one",
    )


def _like_steps(look: Look, name: str) -> float:
    cases = look.by_case(name)
    once = (cases["values"] / cases["rows"]).mean()
    rows = pl.DataFrame({"case": look.values(str(look.case)), "value": look.values(name)})
    first = rows.drop_nulls().group_by("case").agg(pl.col("value").first())["value"]
    begun = first.value_counts()["count"].max()
    return float(once or 0) * float(begun or 0) / max(1, len(first))  # type: ignore[arg-type]


def _timestamp_by_values(look: Look) -> Guess | None:
    """The only column of times that change within cases; or that also is named as no other time."""
    moving = [name for name in look.left if borne_out(look, name, "timestamp")]
    likely = [name for name in moving if not tells_other_time(name)]
    best = next((names[0] for names in (moving, likely) if len(names) == 1), None)
    if best is None:
        return None
    rises = share(look.rises(look.seen.times[best]))
    told = f"by its values: the only time that moves on within cases, in {rises} of the rows"
    others = [name for name in moving if name != best]
    also = f"; {listed(others, _MOST_TOLD)} by name planned, or of the record" if others else ""
    return Guess(best, told + also)


def _resource_by_values(look: Look) -> Guess | None:
    """The only column that by its name says who did something, if that changes within cases."""
    told = {name: look.varies(name) for name in look.left if tells_by_whom(name)}
    by_whom = [
        name for name, varies in told.items() if varies > 0 and borne_out(look, name, "resource")
    ]
    if len(by_whom) != 1:
        return None
    (name,) = by_whom
    return Guess(name, f"by its name who did it; {share(told[name])} of the cases have several")


def _clearly_best(scores: Mapping[str, float]) -> str | None:
    ranked = sorted(scores, key=lambda name: -scores[name])
    if not ranked or (len(ranked) > 1 and scores[ranked[0]] < _CLEARLY * scores[ranked[1]]):
        return None
    return ranked[0]


BY_VALUES: dict[str, Callable[[Look], Guess | None]] = {
    "case_id": _case_id_by_values,
    "activity": _activity_by_values,
    "timestamp": _timestamp_by_values,
    "resource": _resource_by_values,
}
"""By role, what guesses it."""
