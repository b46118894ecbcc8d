# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Guesses which two columns together identify a case: a year, and a number that restarts with it.

A year beside a case number may also be that of the event. Then it is the year of some time in each
row; the year of a case is not, once a case goes on into the next year.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from contracts.sources import name_of_all
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
    pair = (years[0], numbers[0])
    begins_anew = seen.frame.select(pair).n_unique() >= _CLEARLY * seen.frame[pair[1]].n_unique()
    return pair if begins_anew and not _is_of_events(seen, pair[0]) else None


def _may_be_number(name: str) -> bool:
    return numbers_in_a_year(name) or fit(name, "case_id") is not None


def _holds_years(seen: Glance, name: str) -> bool:
    return seen.frame[name].cast(pl.String).drop_nulls().str.contains(_IS_YEAR).all()


def _is_of_events(seen: Glance, name: str) -> bool:
    """Whether some column of times is in this year in nearly all rows."""
    year = seen.frame[name].cast(pl.String).str.extract(r"(\d{4})").cast(pl.Int32)
    others = (
        (times.at.dt.year() != year) & ((times.at + _MOST_AHEAD).dt.year() != year)
        for times in seen.times.values()
    )
    return any(is_other.sum() < _HARDLY * len(year) for is_other in others)
