# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which two columns together identify a case: a year, and a number that restarts with it.

A year beside a case number may also be that of the event. Then it is the year of some time in each
row that changes within cases; the year of a case is not, once a case goes on into the next year.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from contracts.columns import name_of_all
from ingest.guessing.column_names import fit, numbers_in_a_year, tells_year
from ingest.guessing.glance import Glance
from ingest.joint_ids import joined

_IS_YEAR = r"^\s*(?:19|20)\d\d(?:\.0)?\s*$"
_CLEARLY = 1.2
_HARDLY = 0.01
_MOST_AHEAD = dt.timedelta(hours=14)  # of UTC, in any time zone


def put_ids_together(seen: Glance) -> Glance:
    """``seen`` with a year and the number in it as one column, in place of the number."""
    pair = _pair(seen)
    if pair is None:
        return seen
    year, number = pair
    both = name_of_all(year, number)
    frame = seen.frame.with_columns(joined(seen.frame.schema, pair).alias(both))
    kept = [both if name == number else name for name in seen.columns if name != year]
    return replace(
        seen, frame=frame.select(kept), in_two={**seen.in_two, both: pair}, joint_id=both
    )


def _pair(seen: Glance) -> tuple[str, str] | None:
    """A year and a number, if there is one of each and they are what they seem."""
    years = [name for name in seen.columns if tells_year(name) and _holds_years(seen, name)]
    numbers = [name for name in seen.columns if _may_be_number(name)]
    if len(years) != 1 or len(numbers) != 1 or not seen.times:
        return None
    year, number = years[0], numbers[0]
    begins_anew = _tells_more(seen.frame.select(number), seen.frame[year])
    return (year, number) if begins_anew and not _is_of_events(seen, year, number) else None


def _tells_more(rows: pl.DataFrame, added: pl.Series) -> bool:
    """Whether one column more tells many rows apart that are alike without it."""
    return rows.with_columns(added.alias("#added")).n_unique() >= _CLEARLY * rows.n_unique()


def _may_be_number(name: str) -> bool:
    return numbers_in_a_year(name) or fit(name, "case_id") is not None


def _holds_years(seen: Glance, name: str) -> bool:
    return seen.frame[name].cast(pl.String).drop_nulls().str.contains(_IS_YEAR).all()


def _is_of_events(seen: Glance, name: str, number: str) -> bool:
    """Whether a time that changes within cases is in this year in nearly all rows."""
    year = seen.frame[name].cast(pl.String).str.extract(r"(\d{4})").cast(pl.Int32)
    cases = seen.frame.select(name, number)
    return any(
        _in_year(times.at, year) > 1 - _HARDLY and _tells_more(cases, times.at)
        for times in seen.times.values()
    )


def _in_year(at: pl.Series, year: pl.Series) -> float:
    """In which share of the rows a time is in the year, in some time zone."""
    is_in = (at.dt.year() == year) | ((at + _MOST_AHEAD).dt.year() == year)
    return float(is_in.sum()) / max(1, len(year))
