# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is written where there is nothing."""

from __future__ import annotations

import polars as pl

_NO_VALUE = (
    *("NULL", "Null", "null", "(NULL)", "(Null)", "(null)", "<NULL>", "<Null>", "<null>"),
    *("\\N", "None", "NaN", "nan"),
)
"""What databases and Python export where a value is missing."""

NO_VALUE = r"[(<]?null[)>]?|\\N|none|nan"
"""Those words as a pattern, which looks at no case."""

_NO_ID = rf"(?i)^(?:{NO_VALUE}|n\.?v\.?t\.?|n/a|#N/[AB]|onbekend|unknown|-+)$"


def is_nothing(text: pl.Expr) -> pl.Expr:
    """Whether a text without spaces around it is empty, or says that it is."""
    return text.is_in(["", *_NO_VALUE])


def names_no_case(text: pl.Expr) -> pl.Expr:
    """Whether a text stands where the number of a case is not known."""
    return text.str.contains(_NO_ID)
