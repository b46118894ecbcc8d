# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tells a table with a row per case from one with a row per event, and finds its milestones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cmp_to_key

from contracts.attributes import is_about_a_person
from contracts.column_words import words
from ingest.guessing.column_names import fit, is_no_milestone
from ingest.guessing.columns import RoleGuesses, by_name, guess_roles
from ingest.guessing.glance import Glance
from ingest.guessing.guess import Guess
from ingest.guessing.role_evidence import Look, share
from ingest.lifecycle import WHO

_FEWEST = 2
_UNIQUE = 0.999
_ANOTHER = "a different value in each row"
_OF_TIME = re.compile(
    r"(?:(?<!\w)|(?<=\w{4}))(?:datum|date|tijd|tijdstip|(?:date)?time|timestamp)$"
)
_LITTLE = {*("op", "at", "on", "van", "of", "de", "het", "the", "dt", "dat")}


def guess_milestones(seen: Glance) -> RoleGuesses | None:
    """The roles and milestones of a table with a row per case; null if it does not seem to be one.

    It is one if a column has another value in each row, and two columns or more hold times. If no
    name says which column has case ids, it must also not be readable as a row per event.
    """
    look = Look(seen, None, seen.columns)
    case = _case(look)
    moments = [
        name
        for name in seen.columns
        if look.is_time(name) and _is_milestone(name) and _read(seen, name)
    ]
    if case is None or len(moments) < _FEWEST:
        return None
    found = {"case_id": case}
    for role in WHO:
        taken = {case.value, *moments, *(guess.value for guess in found.values())}
        who = by_name(Look(seen, None, [name for name in seen.columns if name not in taken]), role)
        if who is not None:
            found[role] = who
    in_order = _in_order(seen, moments)
    names = _readable(in_order)
    milestones = {
        names[column]: Guess(column, f"a time in {share(_read(seen, column))} of the rows")
        for column in in_order
    }
    return RoleGuesses(found, {}, milestones)


def _case(look: Look) -> Guess | None:
    """The column with a different value in each row, if no other seems to have case ids.

    If no name says so, that is the first column, or the only one.
    """
    joint = look.seen.joint_id
    if joint:
        return Guess(joint, f"by their names; {_ANOTHER}") if _is_unique(look, joint) else None
    fits = {name: rank for name in look.left if (rank := fit(name, "case_id")) is not None}
    named = sorted(fits, key=fits.__getitem__)
    if any(not _is_unique(look, name) for name in named[:1]):
        return None
    if named:
        return Guess(named[0], f"by its name; {_ANOTHER}")
    open_ = guess_roles(look.seen).candidates
    unique = [name for name in look.left if _is_unique(look, name)] if open_ else []
    if unique and unique[0] == look.left[0]:
        return Guess(unique[0], f"the first column; {_ANOTHER}")
    is_only = len(unique) == 1 and "case_id" in open_
    return Guess(unique[0], f"the only column with {_ANOTHER}") if is_only else None


def _is_unique(look: Look, name: str) -> bool:
    values = look.values(name)
    return not look.is_time(name) and values.drop_nulls().n_unique() >= _UNIQUE * len(values)


def _is_milestone(name: str) -> bool:
    """Whether a time may be that of a step; a date of birth, or one that is to come, is not."""
    return not (is_about_a_person(name) or is_no_milestone(name))


def _read(seen: Glance, name: str) -> float:
    return seen.times[name].at.count() / max(1, seen.frame.height)


def _in_order(seen: Glance, columns: Sequence[str]) -> list[str]:
    """The columns, each before those that come after it in most rows that have both."""

    def later(one: str, other: str) -> int:
        apart = (seen.times[one].at - seen.times[other].at).dt.total_microseconds()
        return int(apart.sign().sum())

    return sorted(columns, key=cmp_to_key(later))


def _readable(columns: Sequence[str]) -> dict[str, str]:
    """By column, what to call its milestone: its name as words, without those for a date."""
    names = {column: _as_words(column) for column in columns}
    return names if len(set(names.values())) == len(names) else {each: each for each in columns}


def _as_words(column: str) -> str:
    if re.fullmatch(r"column \d+", column):
        return column
    said = [left for word in words(column) if (left := _OF_TIME.sub("", word))]
    while said and said[0] in _LITTLE:
        said = said[1:]
    while said and said[-1] in _LITTLE:
        said = said[:-1]
    return " ".join(said).capitalize() or column
