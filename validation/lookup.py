# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Looks up in a log that was judged what helps to mend it, without naming anybody."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from validation.engine.engine import Kwargs, PolarsExecutionEngine
from validation.expectations.activities import MANY
from validation.expectations.base import MOST_TOLD


class Lookup:
    """Looks up in the batch of an engine what a broken rule does not tell by itself."""

    def __init__(self, engine: PolarsExecutionEngine, batch: Kwargs, minimum_group: int) -> None:
        self._engine, self._batch, self._least = engine, batch, minimum_group

    def alike(self, absent: Sequence[str]) -> str:
        """What the log may call activities that do not occur in it."""
        return alike(absent, self._engine.domain_parts(self._batch), self._least)

    def columns(self, rule: str) -> list[str]:
        """The columns in which the readers saw rows break ``rule``."""
        noticed = self._engine.get_domain_records(dict(self._batch)).select("noticed").drop_nulls()
        notice = noticed.explode("noticed").unnest("noticed").filter(rule=rule)
        found = notice.select(pl.col("column").drop_nulls().unique().sort())
        return found.collect(engine="streaming")["column"].to_list()


def alike(absent: Sequence[str], parts: Iterable[pl.LazyFrame], minimum_group: int) -> str:
    """A sentence on what does not occur in the log, and what it may be called there.

    At most ``MOST_TOLD`` names of the log are told in all.

    Args:
        absent: names of activities from the config.
        parts: plans that together hold the log, with all rows of a case in one of them.
        minimum_group: a name of fewer cases is not told: it may be a person's, if the column has
            names of persons instead of activities.
    """
    there = _names(parts, minimum_group)
    names = {name.casefold(): name for name in there}
    said, left = [], MOST_TOLD
    for name in absent:
        if name in there:
            said.append(f"'{name}' occurs, but not as work that was completed by then")
            continue
        near = difflib.get_close_matches(name.casefold(), names, n=3)[:left]
        left -= len(near)
        seen = ", ".join(f"'{names[key]}'" for key in near)
        said.append(f"'{name}' does not occur" + (f" (the log has {seen})" if near else ""))
    return "; ".join(said) + "."


def _names(parts: Iterable[pl.LazyFrame], k: int) -> list[str]:
    """The activities with ``k`` cases or more, sorted; none if the column has too many names."""
    cases = Counter[str]()
    for part in parts:
        named = part.drop_nulls("activity").group_by("activity")
        found = named.agg(pl.col("case_id").drop_nulls().n_unique()).collect(engine="streaming")
        cases.update(dict(found.iter_rows()))
        if len(cases) > MANY:
            return []
    return sorted(name for name, count in cases.items() if count >= k)
