# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which column of an export has which role, with the evidence.

A name says what a column is meant to be, and its values must bear that out. If names say nothing,
the values decide if they can: a case comes back in some rows, an activity in many cases. What
cannot be told apart is left to somebody who knows the export.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.guessing.by_values import BY_VALUES
from ingest.guessing.column_names import NAMES, fit
from ingest.guessing.glance import Glance
from ingest.guessing.guess import Guess
from ingest.guessing.role_evidence import (
    Look,
    as_end,
    as_lifecycle,
    as_states,
    borne_out,
    in_words,
    rather_month_first,
    share,
)
from ingest.lifecycle import COLUMN
from ingest.roles import REQUIRED

_ORDER = (
    *("case_id", "activity", "start_timestamp", "registration_timestamp"),
    *("closing_timestamp", "recorded_timestamp", "timestamp", "resource", "team", "org"),
)
_STAND_INS = {"start_timestamp": "began", "recorded_timestamp": "was put on record"}
_MOST_OPTIONS = 9


@dataclass(frozen=True)
class RoleGuesses:
    """``found``: role → column; ``candidates``: by required role not found, its possible columns.

    ``milestones``: activity → column, for a table with a row per case. ``month_first``: whether
    dates are, if they seem to be but no day proves it; without a value if that is not known.
    """

    found: Mapping[str, Guess]
    candidates: Mapping[str, tuple[str, ...]]
    milestones: Mapping[str, Guess] = field(default_factory=dict)
    month_first: Guess | None = None

    @property
    def columns(self) -> set[str]:
        """The columns that have a role."""
        return {guess.value for guess in (*self.found.values(), *self.milestones.values())}


def guess_roles(seen: Glance, known: Mapping[str, Guess] | None = None) -> RoleGuesses:
    """Guesses the roles that are not ``known``; each column has at most one."""
    found = dict(known or {})
    if seen.trail:
        found["activity"] = Guess(seen.trail.new, "by its name the new value of a field")
    if seen.joint_id and "case_id" not in found:
        rows = Look(seen, None, ()).rows_a_value(seen.joint_id)
        told = f"by their names; together each value in {rows:.1f} rows on average"
        found["case_id"] = Guess(seen.joint_id, told)
    for role in (role for role in _ORDER if role not in found):
        taken = {guess.value for guess in found.values()}
        case = found["case_id"].value if "case_id" in found else None
        look = Look(seen, case, [name for name in seen.columns if name not in taken])
        guess = _guess(look, role, found)
        if guess is not None:
            found[role] = guess
    if "timestamp" not in found:
        found = _stood_in(seen, found)
    found = _of_states(seen, found)
    found |= _lifecycle(seen, found)
    missing = [role for role in REQUIRED if role not in found]
    candidates = {role: tuple(_possible(seen, role, found)) for role in missing}
    return RoleGuesses(found, candidates, month_first=_month_first(seen, found))


def _guess(look: Look, role: str, found: Mapping[str, Guess]) -> Guess | None:
    guess = by_name(look, role)
    if guess is None and role == "timestamp" and "start_timestamp" in found:
        guess = _end_of_open_steps(look, found["start_timestamp"].value)
    if guess is None and role in BY_VALUES:
        guess = BY_VALUES[role](look)
    words = in_words(look, guess.value) if guess and role == "activity" else None
    if guess and words:
        return Guess(words, f"says in words what {guess.value} says; {guess.evidence}")
    return guess


def _end_of_open_steps(look: Look, start: str) -> Guess | None:
    """The only time that by its name is the end of steps, many of which have only begun so far."""
    told = {name: why for name in look.left if (why := as_end(look, name, start))}
    if len(told) != 1:
        return None
    ((name, why),) = told.items()
    return Guess(name, f"by its name when a step ended; {why}")


def _month_first(seen: Glance, found: Mapping[str, Guess]) -> Guess | None:
    """A guess without a value if dates seem to be month first, but that is not certain; or null."""
    if not {"case_id", "timestamp"} <= found.keys():
        return None
    look = Look(seen, found["case_id"].value, ())
    times = seen.times.get(found["timestamp"].value)
    turned = rather_month_first(look, times) if times else None
    if not times or not turned:
        return None
    read = {"day": look.rises(times), "month": look.rises(turned)}
    told = ", ".join(f"{share(rises)} if read {first} first" for first, rises in read.items())
    return Guess("", f"within a case, times do not go back in {told}")


def _stood_in(seen: Glance, found: Mapping[str, Guess]) -> dict[str, Guess]:
    """``found`` with another time of steps as the timestamp, if no other column may be that."""
    taken = {guess.value for guess in found.values()}
    case = found["case_id"].value if "case_id" in found else None
    look = Look(seen, case, [name for name in seen.columns if name not in taken])
    if any(borne_out(look, name, "timestamp") for name in look.left):
        return dict(found)
    for role in (role for role in _STAND_INS if role in found):
        told = borne_out(look, found[role].value, "timestamp")
        if told is not None:
            why = f"by its name when a step {_STAND_INS[role]}; no other time of a step was found"
            rest = {other: guess for other, guess in found.items() if other != role}
            return rest | {"timestamp": Guess(found[role].value, f"{why}; {told}")}
    return dict(found)


def _of_states(seen: Glance, found: Mapping[str, Guess]) -> dict[str, Guess]:
    """``found`` with the start of a state as the timestamp, if rows are states and not work."""
    if not {"case_id", "start_timestamp", "timestamp"} <= found.keys():
        return dict(found)
    look = Look(seen, found["case_id"].value, ())
    start, end = found["start_timestamp"].value, found["timestamp"].value
    told = as_states(look, start, end)
    if told is None:
        return dict(found)
    rest = {role: guess for role, guess in found.items() if role != "start_timestamp"}
    return rest | {"timestamp": Guess(start, f"when a state began, by its name; {told}")}


def _lifecycle(seen: Glance, found: Mapping[str, Guess]) -> dict[str, Guess]:
    """The column that says which rows start a step; the one that XES fixes is always read."""
    if not {"case_id", "activity"} <= found.keys():
        return {}
    taken = {*(guess.value for guess in found.values()), COLUMN}
    look = Look(seen, found["case_id"].value, [name for name in seen.columns if name not in taken])
    for name in look.left:
        told = as_lifecycle(look, name, found["activity"].value)
        if told is not None:
            return {"lifecycle": Guess(name, f"by its values: {told}")}
    return {}


def options(seen: Glance, role: str, names: Sequence[str]) -> list[Guess]:
    """The likeliest columns for a role that was not found, best first, with what each holds."""
    look = Look(seen, None, names)
    values = {name: look.distinct(name) for name in names}
    rank: Callable[[str], float] = {
        "case_id": lambda name: -values[name],
        "activity": lambda name: values[name],
    }.get(role, lambda name: -look.filled(name))
    return [
        Guess(name, f"{values[name]:,} values, in {share(look.filled(name))} of the rows")
        for name in sorted(names, key=rank)[:_MOST_OPTIONS]
    ]


def _possible(seen: Glance, role: str, found: Mapping[str, Guess]) -> list[str]:
    """The columns that may have a role: those without one; for the timestamp also its stand-ins."""
    is_time = role == "timestamp"
    taken = {each.value for other, each in found.items() if not is_time or other not in _STAND_INS}
    return [name for name in seen.columns if name not in taken and (name in seen.times) == is_time]


def by_name(look: Look, role: str) -> Guess | None:
    """Guesses a role by name: the likeliest of the columns whose values bear it out."""
    fits = {name: fit(name, role) for name in look.left}
    named = sorted((rank, name) for name, rank in fits.items() if rank is not None)
    for rank, name in named:
        told = borne_out(look, name, role)
        if told is not None:
            how = "the name that XES fixes" if rank == 0 else "by its name"
            also = _also_cases(look, name) if role == "case_id" and rank else ""
            return Guess(name, f"{how}; {told}{also}")
    return None


def _also_cases(look: Look, chosen: str) -> str:
    """Which other columns are named like a case number: a dossier may hold several cases."""
    known = {name: fit(name, "case_id") or 0 for name in look.left if name != chosen}
    others = (name for name, rank in known.items() if 0 < rank <= len(NAMES["case_id"]))
    told = [
        f"; perhaps {name}: {often}"
        for name in others
        if (often := borne_out(look, name, "case_id"))
    ]
    return "".join(told)
