# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a last day comes about: the count, an extension, suspensions, and the law's calendar."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.norms import Rule, amount_of
from mining.law.suspensions import Intervals
from mining.law.terms import Counts, Days, LegalDays, Term, counted, moved, unmoved
from mining.survival import Floats


class Reckoning(NamedTuple):
    """The last days of ``N`` terms, and how they came about; all ``(N,)``.

    Attributes:
        start: when the term started, which is the day before its first.
        plain_end: the last day by the count alone.
        extended_days: how many days an extension moved it.
        suspended_days: how many days suspensions moved it.
        moved_days: how many days the law moved it, since it was no working day.
        is_doubtful: whether it depends on a reading of the law that is debated.
        hours: the length of a term in hours, whose last day alone does not say when it is over;
            NaN: not in hours.
    """

    start: Days
    plain_end: Days
    extended_days: Counts
    suspended_days: Counts
    moved_days: Counts
    is_doubtful: NDArray[np.bool_]
    hours: Floats

    @classmethod
    def until(cls, start: Days, end: Days, hours: float = np.nan) -> Reckoning:
        """Terms that end on known days and are moved by nothing."""
        none = np.zeros(len(start), np.int64)
        return cls(
            start.copy(),
            end.copy(),
            none,
            none.copy(),
            none.copy(),
            is_doubtful=none.astype(np.bool_),
            hours=np.full(len(start), hours),
        )

    @property
    def end(self) -> Days:
        """The last day."""
        end: Days = self.plain_end + self.extended_days + self.suspended_days + self.moved_days
        return end


def reckon(
    start: Days, extended: Days, suspensions: Intervals, rule: Rule, legal: LegalDays
) -> Reckoning:
    """When terms end; not of terms in hours.

    An extension can be given once; it counts if it was given before the term was over.

    Args:
        start: ``(N,)`` the days on which they start, or after which they start.
        extended: ``(N,)`` when they were extended; NaT if they were not.
        suspensions: none overlaps another.
        rule: how long the terms are.
        legal: which days are working days.
    """
    if rule.after is not None:
        before = Term(*amount_of(rule.after), rule.law)
        start = moved(start, unmoved(start, before), before, legal)
    amount, unit = amount_of(rule.term)
    term = Term(amount, unit, rule.law)
    stops = list(zip(*suspensions, strict=True))
    plain, last = unmoved(start, term), counted(start, term, legal, stops)
    end, longest = moved(start, last, term, legal), plain
    becomes_long = False
    if rule.extension is not None:
        longer = Term(amount + amount_of(rule.extension)[0], unit, rule.law)
        later = counted(start, longer, legal, stops)
        is_longer = extended <= end
        longest = np.where(is_longer, unmoved(start, longer), plain)
        last = np.where(is_longer, later, last)
        end = np.where(is_longer, moved(start, later, longer, legal), end)
        becomes_long = term.moves and not longer.moves
    # debated: is it one term or two, is the day a holiday by European law; see
    # docs/methods/deadlines.md
    is_doubtful = np.full(len(end), becomes_long) & (longest > plain)
    if rule.law == "eu":
        is_doubtful |= legal.is_equivalent(last)
    return Reckoning(
        start,
        plain,
        extended_days=(longest - plain).astype(np.int64),
        suspended_days=(last - longest).astype(np.int64),
        moved_days=(end - last).astype(np.int64),
        is_doubtful=is_doubtful,
        hours=np.full(len(end), np.nan),
    )
