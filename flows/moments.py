# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The moments that a run is asked to look at."""

from __future__ import annotations

import datetime as dt


def in_a_zone(moment: dt.datetime) -> dt.datetime:
    """The same moment; what has no offset is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
