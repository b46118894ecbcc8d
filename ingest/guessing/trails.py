# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""An audit trail: a row for each change of a field of a case, with its old and its new value.

The new values of the status are the steps of a case. Other rows tell who it was given to, what it
is called now, and so on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.column_words import words
from ingest.guessing.column_names import fit

_FIELD = {
    *("field", "fieldname", "fname", "fieldevent", "attribute", "attributename", "property"),
    *("veld", "veldnaam", "attribuut", "attribuutnaam", "eigenschap"),
}
_OLD = {
    *("oldvalue", "valueold", "previousvalue", "fromvalue", "fromstring"),
    *("oudewaarde", "waardeoud", "vorigewaarde"),
}
_NEW = {
    *("newvalue", "valuenew", "tovalue", "tostring"),
    *("nieuwewaarde", "waardenieuw"),
}
_SHORT_OLD, _SHORT_NEW = {"old", "from", "oud", "van"}, {"new", "to", "nieuw", "naar"}
"""Beside longer names, these are the ids of the old and the new value, as in Jira."""

_FEWEST_LETTERS = 5
_OF_STEPS = {"status", "state", "stat", "stage", "phase", "fase", "stap", "step"}


@dataclass(frozen=True)
class Trail:
    """An audit trail: rows that tell which field of a case got another value.

    ``fields``: the number of rows by value of ``field``, the most first. ``steps``: the one whose
    rows are steps; null if no name says so.
    """

    field: str
    old: str
    new: str
    fields: Mapping[str, int]
    steps: str | None

    def steps_in(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows that are steps, without the columns that then tell nothing more."""
        return frame.filter(pl.col(self.field) == self.steps).drop(self.field, self.old)


def trail_of(frame: pl.DataFrame) -> Trail | None:
    """The audit trail that rows are, by the names of their columns; null if they are not one.

    Other logs also have names like ``property``, ``from`` and ``to``: if no field is named like
    steps, no other column may have a name of activities.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    field = _called(texts, _FIELD)
    old = _called(texts, _OLD) or _called(texts, _SHORT_OLD)
    new = _called(texts, _NEW) or _called(texts, _SHORT_NEW)
    if field is None or old is None or new is None:
        return None
    counts = (
        frame[field].drop_nulls().value_counts().sort(["count", field], descending=[True, False])
    )
    fields = dict(counts.iter_rows())
    steps = next((each for each in fields if not _OF_STEPS.isdisjoint(words(each))), None)
    told = any(fit(name, "activity") is not None for name in {*frame.columns} - {field, old, new})
    return None if told and steps is None else Trail(field, old, new, fields, steps)


def _called(columns: Collection[str], names: Collection[str]) -> str | None:
    """The only column with one of these names, or with a longer one that ends in it."""
    found = [column for column in columns if _ends_so(words(column), names)]
    return found[0] if len(found) == 1 else None


def _ends_so(said: Sequence[str], names: Collection[str]) -> bool:
    whole, *ends = ("".join(said[at:]) for at in range(max(1, len(said))))
    return whole in names or any(end in names and len(end) >= _FEWEST_LETTERS for end in ends)
