# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rules that only a reader can see a row break, with the column of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

NOTICED = "#noticed"
"""The name of the column of what was noticed in a row: a list of ``NOTICE``, null if nothing.

If nothing can be noticed, there is no such column.
"""


class Sign(NamedTuple):
    """A rule that rows break where ``is_broken``; ``column`` is the name in the source."""

    rule: str
    column: str | None
    is_broken: pl.Expr


def notices(signs: Iterable[Sign]) -> pl.Expr:
    """``NOTICED`` for rows, in the order of ``signs``, of which there is at least one."""
    found = [
        pl.when(sign.is_broken).then(
            pl.struct(rule=pl.lit(sign.rule, pl.String), column=pl.lit(sign.column, pl.String))
        )
        for sign in signs
    ]
    every = pl.concat_list(found).list.drop_nulls()
    return pl.when(every.list.len() > 0).then(every).alias(NOTICED)
