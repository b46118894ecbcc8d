# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Selects the rows that a source asks for from a file with others too, such as an audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from contracts.left_out import Why, added_up
from ingest.raw import Raw


def asked_for(raw: Raw, only: Mapping[str, Sequence[str]]) -> Raw:
    """The rows that have one of the values of ``only`` in each of its columns.

    Rows keep their numbers, and the others are counted. A row that may show that the file cannot be
    read as it is stays too, to be examined with all such rows.

    Args:
        raw: the rows of a file.
        only: by the place of a column, its values, stripped.
    """
    if not only:
        return raw
    is_asked = pl.all_horizontal(_has(place, values) for place, values in only.items())
    if raw.doubt:
        is_asked |= raw.doubt.shows.fill_null(value=False)
    others = raw.frame.select((~is_asked).sum()).collect(engine="streaming").item()
    unasked: dict[Why, int] = {"unasked": others} if others else {}
    left_out = added_up([raw.left_out, unasked])
    return replace(raw, frame=raw.frame.filter(is_asked), left_out=left_out)


def _has(place: str, values: Sequence[str]) -> pl.Expr:
    text = pl.col(place).cast(pl.String, strict=False).str.strip_chars()
    return text.is_in(values).fill_null(value=False)
