# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""On which day a term of the law ends.

A term runs from the day after the day on which it starts; n weeks later is the same day of the
week. A term of Dutch law that would end on a Saturday, a Sunday or a holiday ends on the next other
day (Algemene termijnenwet, articles 1 to 4); a term of a regulation of the European Union does so
by Regulation 1182/71, article 3(4). A suspended term does not run (Awb 4:15), so it ends as many
days later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.legal_days import holidays_of_the_law
from contracts.norms import Law, Unit

Days = NDArray[np.datetime64]
Counts = NDArray[np.int64]
Spans = Iterable[tuple[Days, Days]]

ONE_DAY, _ONE_MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")

_WEEK_DAYS = 7
_YEAR_MONTHS = 12
_LONGEST_IN_ATW = {"hours": 0, "days": 90, "weeks": 12, "months": 3, "years": 0}
_STRETCHED_FROM_DAYS, _LEAST_WORKING_DAYS = 3, 2


@dataclass(frozen=True)
class Term:
    """How many of which unit, and by which law the last day moves."""

    amount: int
    unit: Unit
    law: Law = "atw"

    @property
    def moves(self) -> bool:
        """Whether a last day that is no working day moves: not for long terms of Dutch law."""
        if self.law == "atw":
            return self.amount <= _LONGEST_IN_ATW[self.unit]
        return self.law == "eu"


class LegalDays:
    """Which days the law does not count as working days, in a span of years.

    Args:
        years: the first and the last year.
        equivalent: days that a decision made equal to holidays.
    """

    def __init__(self, years: tuple[int, int], equivalent: Collection[dt.date] = ()) -> None:
        first, last = years
        closed = [*holidays_of_the_law(first, last), *equivalent]
        self._calendar = np.busdaycalendar(weekmask="1111100", holidays=closed)

        self._equivalent = np.array(list(equivalent), "datetime64[D]")

    def is_equivalent(self, days: Days) -> NDArray[np.bool_]:
        """Whether a decision made a day equal to a holiday."""
        return np.isin(days, self._equivalent)

    def next_working_day(self, days: Days) -> Days:
        """The days themselves if they are working days, else the first working day after them."""
        moved: Days = np.busday_offset(days, 0, roll="forward", busdaycal=self._calendar)
        return moved

    def working_days(self, after: Days, until: Days) -> Counts:
        """How many working days there are after ``after``, up to and including ``until``."""
        return np.busday_count(after + ONE_DAY, until + ONE_DAY, busdaycal=self._calendar)


def days_of(dates: pl.Series) -> Days:
    """Dates as numpy days; null becomes NaT."""
    return dates.cast(pl.Date).to_numpy().astype("datetime64[D]")


def counted(start: Days, term: Term, legal: LegalDays, suspensions: Spans) -> Days:
    """The last days of terms, ``(N,)``, before the law moves those that are no working days.

    A suspension that begins before the term is over makes it end as many days later. If the term
    still runs only because its last day moved, it ends when such a suspension is over.

    Args:
        start: the days of receipt, which do not count themselves.
        term: how long.
        legal: which days are working days.
        suspensions: pairs of first days and of days after the last, each ``(N,)``; NaT: none. They
            are in order and do not overlap.
    """
    end = unmoved(start, term)
    for since, until in suspensions:
        begun = np.maximum(since, start + ONE_DAY)
        is_one = begun < until
        counts = is_one & (begun <= end)
        goes_on = is_one & ~counts & (begun <= moved(start, end, term, legal))
        later: Days = end + (until - begun).astype(np.int64)
        end = np.where(counts, later, np.where(goes_on, until, end))
    return end


def moved(start: Days, end: Days, term: Term, legal: LegalDays) -> Days:
    """Where the law moves the last days ``end`` of terms."""
    if not term.moves:
        return end
    later = legal.next_working_day(end)
    if term.law != "atw":
        return later
    return _stretched(start, later, legal) if _is_three_days(term) else later


def unmoved(start: Days, term: Term) -> Days:
    """The last day by the count alone; in a month without that day, the last day of that month."""
    if term.unit in ("days", "weeks"):
        return start + term.amount * (_WEEK_DAYS if term.unit == "weeks" else 1) * ONE_DAY
    months = term.amount * (_YEAR_MONTHS if term.unit == "years" else 1)
    month = start.astype("datetime64[M]")
    day_of_month = start - month.astype("datetime64[D]")
    there = month + months * _ONE_MONTH
    month_end = (there + _ONE_MONTH).astype("datetime64[D]") - ONE_DAY
    found: Days = np.minimum(there.astype("datetime64[D]") + day_of_month, month_end)
    return found


def _is_three_days(term: Term) -> bool:
    return term.unit != "days" or term.amount >= _STRETCHED_FROM_DAYS


def _stretched(start: Days, end: Days, legal: LegalDays) -> Days:
    """Moves the end of terms with fewer than two working days (Atw, article 2)."""
    short = np.maximum(_LEAST_WORKING_DAYS - legal.working_days(start, end), 0)
    for _ in range(_LEAST_WORKING_DAYS):
        end = np.where(short > 0, legal.next_working_day(end + ONE_DAY), end)
        short = short - 1
    return end
