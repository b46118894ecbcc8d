# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What only a reader can see broken in a row: which rule, and in which column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

NOTICED = "#noticed"
"""Name of the column with what was noticed of a row: a list of ``NOTICE``, null where nothing.

It is not there where nothing can be.
"""


class Sign(NamedTuple):
    """A rule that rows break where ``is_broken``; ``column`` is what the source calls it."""

    rule: str
    column: str | None
    is_broken: pl.Expr


def notices(signs: Iterable[Sign]) -> pl.Expr:
    """``NOTICED`` of rows, in the order of ``signs``, of which there is one at least."""
    found = [
        pl.when(sign.is_broken).then(
            pl.struct(rule=pl.lit(sign.rule, pl.String), column=pl.lit(sign.column, pl.String))
        )
        for sign in signs
    ]
    every = pl.concat_list(found).list.drop_nulls()
    return pl.when(every.list.len() > 0).then(every).alias(NOTICED)
