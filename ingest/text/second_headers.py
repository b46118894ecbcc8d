# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Detects a header among the rows, where files were appended to each other.

With columns in the same order it does no harm: as a row it has no time. In another order, all below
it would be read in the wrong columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from contracts.errors import SourceError
from ingest.raw import Doubt

_AROUND = " \t\ufeff"  # an appended file may begin with a byte order mark

Row = Sequence[str]


def other_order(
    frame: pl.LazyFrame,
    columns: Mapping[str, str],
    line_where: Callable[[Callable[[Row], bool]], int | None],
    name: str,
) -> Doubt | None:
    """The doubt that a row has the names of the columns in another order; null if none can.

    Args:
        frame: the rows.
        columns: by place, the names of all columns.
        line_where: finds the line of the first row that meets a test.
        name: what errors call the file.
    """
    named = {place: column for place, column in columns.items() if column}

    def settle() -> None:
        values = {place: pl.col(place).str.strip_chars(_AROUND) for place in named}
        are_names = pl.all_horizontal(
            value.is_in(list(named.values())) for value in values.values()
        )
        moved = pl.any_horizontal(values[place] != column for place, column in named.items())
        found = frame.filter(are_names & moved).head(1).collect(engine="streaming")
        line = None if found.is_empty() else line_where(lambda row: _is_moved(row, columns))
        if line:
            raise SourceError(
                f"{name} names its columns again at line {line}, in another order.",
                "Make it two files: each is read by its own header.",
            )

    # hardly any other row has column names in two columns; comparing all rows with each way to
    # write them is quick, and five times as quick as stripping the values first
    written = [
        before + column + after
        for column in named.values()
        for before in ("", *_AROUND)
        for after in ("", " ")
    ]
    first_two = [pl.col(place).is_in(written) for place in list(named)[:2]]
    return Doubt(pl.all_horizontal(first_two), settle) if len(named) > 1 else None


def _is_moved(row: Row, columns: Mapping[str, str]) -> bool:
    values, names = [value.strip(_AROUND) for value in row], list(columns.values())
    return values != names and sorted(values) == sorted(names)
