# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rule of ``disclosure`` for what the waits before or after a step leave of it.

If 300 cases took a step, and 140, 95 and 60 are told to have waited after it, 5 went a way that is
not told. So the smallest of these waits is told in multiples of ``k``, at least ``k`` less than
what the others leave, and the number of its waits that ended is hidden.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from reporting.disclosure.small_groups import is_small, least_apart

Row = dict[str, Any]
_SIDES = ("from", "to")


def blur_what_is_left(
    waits: pl.DataFrame, steps: pl.DataFrame, all_cases: int | None, k: int
) -> pl.DataFrame:
    """The waits, changed so that nobody can work out how few are missing beside a step.

    Args:
        waits: as ``TABLES["waits"]``, with ``tells``: whether they must not be added up; and
            ``on_routes``: how many cases went there on told routes.
        steps: as ``TABLES["steps"]``.
        all_cases: the number of cases in the log.
        k: the smallest group that is shown.
    """
    rows = waits.to_dicts()
    took = dict(steps.select("activity", "cases").iter_rows())
    for step in steps.iter_rows(named=True):
        for side in _SIDES:
            beside = [row for row in rows if row[side] == step["activity"]]
            for whole, parts in (
                (step["cases"], [row["cases"] for row in beside]),
                (step["events"], [_times(row) for row in beside]),
            ):
                found = _smallest(beside, whole, parts, k)
                if found:
                    row, most = found
                    ends = [took.get(row[side]) for side in _SIDES]
                    _blur(row, most, [all_cases, row["on_routes"], *ends], k)
    return pl.DataFrame(rows, schema=waits.schema, orient="row")


def _times(row: Row) -> int | None:
    """How often cases are told to have waited; the cases, where the number of ended is hidden."""
    cases: int | None = row["cases"]
    return cases if row["n"] is None else int(row["n"] + (row["open_cases"] or 0))


def _smallest(
    beside: list[Row], whole: int | None, parts: list[int | None], k: int
) -> tuple[Row, int] | None:
    """The smallest wait and what the others leave, if all together differ by few from the whole."""
    if whole is None or any(_is_vague(row, k) for row in beside):
        return None
    waited = [(part, row) for part, row in zip(parts, beside, strict=True) if part]
    left = whole - sum(part for part, _ in waited)
    if not waited or not is_small(abs(left), k):
        return None
    part, row = min(waited, key=lambda pair: pair[0])
    return row, left + part


def _blur(row: Row, most: int, wholes: list[int | None], k: int) -> None:
    """Tells a wait in multiples of ``k``, ``k`` or more below ``most`` and as far from wholes."""
    if (most - k) // k * k < row["cases"]:
        row["cases"] = least_apart(most, [whole for whole in wholes if whole is not None], k)
    row["tells"], row["n"] = True, None
    cases, open_ = row["cases"], row["open_cases"] or 0
    if cases is None or open_ > cases or is_small(cases - open_, k):
        row["open_cases"] = None


def _is_vague(row: Row, k: int) -> bool:
    """Whether the number of cases may be rounded down (``waits``)."""
    return row["cases"] is None or (row["n"] is None and row["cases"] % k == 0)
