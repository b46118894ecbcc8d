# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The values that mean that there is none."""

from __future__ import annotations

import polars as pl

_NO_VALUE = (
    *("NULL", "Null", "null", "(NULL)", "(Null)", "(null)", "<NULL>", "<Null>", "<null>"),
    *("\\N", "None", "NaN", "nan"),
)
"""The words that databases and Python export for a missing value."""

NO_VALUE = r"[(<]?null[)>]?|\\N|none|nan"
"""Those words as a pattern, in upper or lower case."""

_NO_ID = rf"(?i)^(?:{NO_VALUE}|n\.?v\.?t\.?|n/a|#N/[AB]|onbekend|unknown|-+)$"


def is_nothing(text: pl.Expr) -> pl.Expr:
    """Whether a stripped text is empty, or says that it is."""
    return text.is_in(["", *_NO_VALUE])


def names_no_case(text: pl.Expr) -> pl.Expr:
    """Whether a text stands for an unknown case number."""
    return text.str.contains(_NO_ID)
