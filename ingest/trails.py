# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""An audit trail: a row for each field of a case that changed, with what it was and what it became.

What became of its status are the steps of a case. The other rows tell who it was given to, how it
is called now, and so on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from contracts.column_words import words

_FIELD = {
    *("field", "fieldname", "changedfield", "attribute", "attributename", "property"),
    *("veld", "veldnaam", "gewijzigdveld", "attribuut", "attribuutnaam", "eigenschap"),
}
_OLD = {"oldvalue", "fromvalue", "fromstring", "old", "from"} | {
    *("oudewaarde", "waardeoud", "vorigewaarde", "oud", "van"),
}
_NEW = {"newvalue", "tovalue", "tostring", "new", "to"} | {
    *("nieuwewaarde", "waardenieuw", "nieuw", "naar"),
}
_OF_STEPS = {"status", "state", "stage", "phase", "fase", "stap", "step"}


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
    """The audit trail that rows are by the names of their columns; null where they are none."""
    texts = [name for name in frame.columns if frame.schema[name] == pl.String]
    field, old, new = (_called(texts, names) for names in (_FIELD, _OLD, _NEW))
    if field is None or old is None or new is None:
        return None
    counts = (
        frame[field].drop_nulls().value_counts().sort(["count", field], descending=[True, False])
    )
    fields = dict(counts.iter_rows())
    steps = next((each for each in fields if not _OF_STEPS.isdisjoint(words(each))), None)
    return Trail(field, old, new, fields, steps)


def _called(columns: Collection[str], names: Collection[str]) -> str | None:
    """The one column that has one of these names."""
    found = [column for column in columns if "".join(words(column)) in names]
    return found[0] if len(found) == 1 else None
