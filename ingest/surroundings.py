# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What is above and below a table but not part of it: a title, totals, its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINES_ABOVE = 50
"""How many of the first lines are searched for the header."""

LINES_BELOW = 10
"""How many of the last lines that are not empty are searched for totals."""

Line = Sequence[str | None]
"""The values of a line, one per column; null or empty where there is none."""

_IS_A_TOTAL = re.compile(
    r"\s*(?:(?:eind|sub)?tota(?:al|len)|(?:grand |sub)?totals?"
    r"|aantal (?:regels|rijen|records|zaken)|(?:number of|\(?\d+) (?:rows|records))\b",
    re.IGNORECASE,
)
"""The sums and counts of reports, and what database clients print below the rows."""


def header_of(lines: Sequence[Line], width: int) -> int | None:
    """The index of the line that names the columns: the first that fills more than half of them.

    Args:
        lines: only the lines to search.
        width: the number of columns that hold values at all.
    """
    return next((at for at, line in enumerate(lines) if 2 * _filled(line) > width), None)


def lines_below(lines: Sequence[Line]) -> int:
    """How many of the last lines are totals, or are below totals and fill few columns.

    A line with a value in each column is a row, whatever it begins with: totals have no time.
    """
    for at, line in enumerate(lines):
        if _is_total(line) and all(_is_total(each) or _is_sparse(each) for each in lines[at:]):
            return len(lines) - at
    return 0


def _filled(line: Line) -> int:
    return sum(1 for value in line if value)


def _is_sparse(line: Line) -> bool:
    return 2 * _filled(line) <= len(line)


def _is_total(line: Line) -> bool:
    first = next((value for value in line if value), "")
    return _filled(line) < len(line) and bool(_IS_A_TOTAL.match(first))
