# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which columns cases may be compared by, and names those that must be left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl
from pydantic import TypeAdapter, ValidationError

from contracts.attributes import CaseAttribute
from contracts.events import CASE_PREFIX
from ingest.column_names import tells_who
from ingest.glance import Glance
from ingest.guesses import Guess, RoleGuesses
from ingest.roles import STANDARD

_FEWEST_VALUES, _MOST_VALUES = 2, 30
_ALIKE = 0.99
_SAME_PEOPLE = 0.5


@dataclass(frozen=True)
class Attributes:
    """``kept``: what may be a case attribute; ``personal``: what is about a person or names one.

    ``rest``: the columns that nothing is made of.
    """

    kept: tuple[Guess, ...] = ()
    personal: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


def guess_attributes(seen: Glance, guessed: RoleGuesses) -> Attributes:
    """Sorts out the columns that play no role by what was ``guessed``.

    An attribute has one value a case, and few in all. Of two columns with one name, that of the
    trace and that of the event, the trace's is meant.
    """
    roles, playing = guessed.found, guessed.columns | set(STANDARD.values())
    left = [name for name in seen.columns if name not in playing]
    people = _people(seen, roles)
    personal = [name for name in left if _is_personal(name, seen.frame[name], people)]
    kept: dict[str, Guess] = {}
    for name in sorted(set(left) - set(personal), key=lambda each: (_own(each) == each, each)):
        told = _told(seen, roles["case_id"].value, name)
        if told is not None and _own(name) not in kept:
            kept[_own(name)] = Guess(_own(name), told)
    in_order = [kept[name] for name in dict.fromkeys(map(_own, left)) if name in kept]
    rest = [name for name in left if name not in personal and _own(name) not in kept]
    return Attributes(tuple(in_order), tuple(personal), tuple(rest))


def _own(name: str) -> str:
    return name.removeprefix(CASE_PREFIX)


def _people(seen: Glance, roles: Mapping[str, Guess]) -> set[str]:
    return set(seen.frame[roles["resource"].value]) - {None} if "resource" in roles else set()


def _is_personal(name: str, values: pl.Series, people: Iterable[str]) -> bool:
    """Whether it is about a person, by its name, or holds those who work on cases."""
    try:
        TypeAdapter(CaseAttribute).validate_python(name)
    except ValidationError:
        return True
    there = set(values.drop_nulls())
    same = len(there & set(people))
    return tells_who(name) or (same > 0 and same >= _SAME_PEOPLE * len(there))


def _told(seen: Glance, case: str, name: str) -> str | None:
    """What speaks for an attribute: one value a case, and few in all."""
    values = seen.frame[name]
    distinct = values.drop_nulls().n_unique()
    if name in seen.times or not _FEWEST_VALUES <= distinct <= _MOST_VALUES:
        return None
    rows = pl.DataFrame({"case": seen.frame[case], "value": values}).drop_nulls()
    alike = (rows.group_by("case").agg(pl.col("value").n_unique())["value"] == 1).mean()
    return f"{distinct} values, one a case" if float(alike or 0) >= _ALIKE else None  # type: ignore[arg-type]
