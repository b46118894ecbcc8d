# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which activities of a log look like a name that does not occur in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import polars as pl

MANY = 10_000
"""A column with more names than this does not hold activities: its values are nobody's business."""


def alike(absent: Sequence[str], parts: Iterable[pl.LazyFrame]) -> str:
    """A sentence of what does not occur in the log, and what it may be called there.

    Args:
        absent: names of activities from the config.
        parts: plans that together hold the log.
    """
    names = {name.casefold(): name for name in _names(parts)}
    said = []
    for name in absent:
        near = difflib.get_close_matches(name.casefold(), names, n=3)
        seen = ", ".join(f"'{names[key]}'" for key in near)
        said.append(f"'{name}' does not occur" + (f" (the log has {seen})" if near else ""))
    return "; ".join(said) + "."


def _names(parts: Iterable[pl.LazyFrame]) -> list[str]:
    """The activities in order of name; none where there are too many to be names."""
    names: set[str] = set()
    for part in parts:
        found = part.select(pl.col("activity").drop_nulls().unique()).collect(engine="streaming")
        names |= set(found["activity"].head(MANY + 1))
        if len(names) > MANY:
            return []
    return sorted(names)
