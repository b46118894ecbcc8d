# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""An audit trail: a row for each field of a case that changed, with what it was and what it became.

What became of its status are the steps of a case. The other rows tell who it was given to, how it
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
"""Beside longer ones they are of the ids of what a field was and became, as in Jira."""

_FEWEST_LETTERS = 5
_OF_STEPS = {"status", "state", "stat", "stage", "phase", "fase", "stap", "step"}


@dataclass(frozen=True)
class Trail:
    """The columns ``field``, ``old`` and ``new`` of an audit trail.

    ``fields``: of each value of ``field`` how many rows there are, the most first. ``steps``: which
    of them tells of steps; null where no name says so.
    """

    field: str
    old: str
    new: str
    fields: Mapping[str, int]
    steps: str | None

    def steps_in(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of steps, without the columns that tell nothing more of them."""
        return frame.filter(pl.col(self.field) == self.steps).drop(self.field, self.old)


def trail_of(frame: pl.DataFrame) -> Trail | None:
    """The audit trail that rows are by the names of their columns; null where they are none.

    Names as ``property``, ``from`` and ``to`` are also those of other logs: where no field tells of
    steps, there may be no other column that by its name does.
    """
    texts = [name for name in frame.columns if frame.schema[name] == pl.String]
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
    """The one column that has one of these names, or a longer one that ends so."""
    found = [column for column in columns if _ends_so(words(column), names)]
    return found[0] if len(found) == 1 else None


def _ends_so(said: Sequence[str], names: Collection[str]) -> bool:
    whole, *ends = ("".join(said[at:]) for at in range(max(1, len(said))))
    return whole in names or any(end in names and len(end) >= _FEWEST_LETTERS for end in ends)
