# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What late decisions may cost: the penalty of Awb 4:17, as an estimate of exposure.

An agency that is given notice of default after the end of the term owes a sum per day: from the day
on which two weeks have passed since the day of the notice, until the day of the decision, for at
most 42 days. The Algemene termijnenwet does not move these days. The log does not tell whether a
notice was valid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from contracts.norms import Penalty
from mining.law.terms import ONE_DAY, Counts, Days


def penalty_days(end: Days, notice: Days, until: Days, first_day: int) -> Counts:
    """Days for which a penalty is owed, ``(N,)``.

    Args:
        end: the last days of the terms.
        notice: when notice was given; NaT: it was not.
        until: when the decision was sent, or until when is counted; that day does not count.
        first_day: how many days after the day of the notice the first one is.
    """
    counts = notice > end
    since = np.where(counts, notice + first_day * ONE_DAY, until)
    days: Counts = np.maximum((until - since).astype(np.int64), 0)
    return days


def owed_eur(end: Days, notice: Days, until: Days, penalties: Sequence[Penalty]) -> Counts:
    """Whole euros owed by the law of the day of the notice, ``(N,)``; 0 without notice.

    ``end, notice`` and ``until`` are those of ``penalty_days``.
    """
    owed = np.zeros(len(end), np.int64)
    for each in penalties:
        last = np.datetime64(each.valid_to or dt.date.max)
        so_far = np.cumsum([0, *(rate.eur for rate in each.rates for _ in range(rate.days))])
        applies = (notice >= np.datetime64(each.valid_from)) & (notice <= last)
        days = penalty_days(end, notice, until, each.first_day)
        owed = np.where(applies, so_far[np.minimum(days, len(so_far) - 1)], owed)
    return owed
