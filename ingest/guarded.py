# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Texts that are written like ``="0001"``, so that Excel shows them as they are."""

from __future__ import annotations

import polars as pl

MARK = '="'
_GUARDED = r'^\s*="([^"]*)"\s*$'


def unguarded(text: pl.Expr) -> pl.Expr:
    """The text that is meant; others stay as they are."""
    return text.str.replace(_GUARDED, "$1")
