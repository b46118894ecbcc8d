# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses by which columns cases may be compared, and names those that must be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from contracts.attributes import is_about_a_person
from contracts.events import CASE_PREFIX
from ingest.guessing.column_names import (
    tells_in_free_text,
    tells_of_the_end,
    tells_process,
    tells_who,
)
from ingest.guessing.columns import RoleGuesses
from ingest.guessing.glance import Glance
from ingest.guessing.guess import Guess
from ingest.ocel.flattening import RELATED_PREFIX
from ingest.privacy import citizen_numbers, personal
from ingest.roles import STANDARD

PERSONAL = "about a person, or the name of one"
FREE_TEXT = "free text, which may hold anything"
OBJECTS = "the numbers of other objects"
OF_THE_END = "known only at the end of a case, so it separates open from closed cases"
_FEWEST_VALUES, _MOST_VALUES = 2, 30
_ALIKE = 0.99
_SAME_PEOPLE = 0.5
_MOSTLY_NAMES = 0.5


@dataclass(frozen=True)
class Attributes:
    """``kept``: columns that may be case attributes; ``left_out``: reason → columns that may not.

    ``rest``: the columns that are used for nothing.
    """

    kept: tuple[Guess, ...] = ()
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()


def guess_attributes(seen: Glance, guessed: RoleGuesses) -> Attributes:
    """Sorts the columns that have no role in what was ``guessed``.

    An attribute has one value per case, and few in all. If the trace and the event have columns of
    the same name, the trace's is taken.
    """
    roles, playing = guessed.found, guessed.columns | set(STANDARD.values())
    left = [name for name in seen.columns if name not in playing]
    people = _people(seen, roles)
    why = {name: _why_not(name, seen.frame[name], people) for name in left}
    kept: dict[str, Guess] = {}
    for name in sorted(left, key=lambda each: (_own(each) == each, each)):
        told = None if why[name] else _told(seen, roles["case_id"].value, name)
        if told is not None and _tell_who(seen.frame[name]):
            why[name] = PERSONAL
        elif told is not None and tells_of_the_end(name):
            why[name] = OF_THE_END
        elif told is not None and _own(name) not in kept:
            kept[_own(name)] = Guess(_own(name), told + _also(seen, name))
    in_order = [kept[name] for name in dict.fromkeys(map(_own, left)) if name in kept]
    left_out = {
        reason: names
        for reason in (PERSONAL, FREE_TEXT, OBJECTS, OF_THE_END)
        if (names := tuple(name for name in left if why[name] == reason))
    }
    rest = [name for name in left if not why[name] and _own(name) not in kept]
    return Attributes(tuple(in_order), left_out, tuple(rest))


def _also(seen: Glance, name: str) -> str:
    """A remark if a column may tell processes apart: a config is of one process."""
    if not tells_process(name):
        return ""
    return "; perhaps each is a process" + (": `only` then reads one" if seen.is_table else "")


def _own(name: str) -> str:
    return name.removeprefix(CASE_PREFIX)


def _people(seen: Glance, roles: Mapping[str, Guess]) -> set[str]:
    return set(seen.frame[roles["resource"].value]) - {None} if "resource" in roles else set()


def _why_not(name: str, values: pl.Series, people: set[str]) -> str | None:
    """Why cases must not be compared by a column, whatever its values are; null if they may."""
    if name.startswith(RELATED_PREFIX):
        return OBJECTS
    if is_about_a_person(name) or tells_who(name) or _are_people(values, people):
        return PERSONAL
    return FREE_TEXT if tells_in_free_text(name) else None


def _are_people(values: pl.Series, people: set[str]) -> bool:
    """Whether a column holds the people who work on cases."""
    there = set(values.drop_nulls())
    same = len(there & people)
    return same > 0 and same >= _SAME_PEOPLE * len(there)


def _tell_who(values: pl.Series) -> bool:
    """Whether any value says who somebody is, most are names, or some are citizens' numbers."""
    text = pl.col("text")
    texts = values.drop_nulls().cast(pl.String).to_frame("text")
    numbered = texts.filter(text.str.contains(citizen_numbers.LIKELY))
    numbers = numbered.select(citizen_numbers.numbers_in(text)).to_series().explode()
    tells = personal.stand_in(text) | citizen_numbers.are_called_so(text)
    is_named = personal.are_names(text).mean() >= _MOSTLY_NAMES
    told = texts.unique().select(tells.any() | is_named).item()
    return bool(told) or citizen_numbers.are_of_citizens(numbers, len(values))


def _told(seen: Glance, case: str, name: str) -> str | None:
    """What speaks for an attribute: one value per case, and few in all; null if it does not."""
    values = seen.frame[name]
    distinct = values.drop_nulls().n_unique()
    if name in seen.times or not _FEWEST_VALUES <= distinct <= _MOST_VALUES:
        return None
    rows = pl.DataFrame({"case": seen.frame[case], "value": values}).drop_nulls()
    alike = (rows.group_by("case").agg(pl.col("value").n_unique())["value"] == 1).mean()
    told = f"{distinct} values, one per case"
    return told if float(alike or 0) >= _ALIKE else None  # type: ignore[arg-type]
