# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The moments that a run is asked to look at."""

from __future__ import annotations

import datetime as dt


def in_utc(moment: dt.datetime) -> dt.datetime:
    """The same moment in UTC; what has no offset is UTC.

    Raises:
        ValueError: there it is before the first year or after the last one that can be reckoned.
    """
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("it lies outside the years 1 to 9999 in UTC") from None
