# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Schedules in the notation of cron: ``0 6 * * mon``."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

_NUMBERS, _MONTHS, _WEEKDAYS = r"[0-9*,/-]+", r"[0-9a-z*,/-]+", r"[0-9a-km-z*,/-]+"
_PLAIN = re.compile(
    rf"{_NUMBERS} {_NUMBERS} (L|{_NUMBERS}) {_MONTHS} {_WEEKDAYS}", re.IGNORECASE | re.ASCII
)
"""What all readers of cron take alike; L is the last day of a month, not the last of a weekday."""
_ANY_MOMENT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - whether it can be read does not depend on it


def cron(text: str) -> str:
    """The same schedule, with one space between its fields.

    Raises:
        ValueError: it cannot be read, or its day is in none of its months.
    """
    fields = text.split()
    spaced = " ".join(fields)
    try:
        if not _PLAIN.fullmatch(spaced):
            raise CronSimError("not five plain fields")
        CronSim(spaced, _ANY_MOMENT)
        CronSim(" ".join([*fields[:-1], "*"]), _ANY_MOMENT)
    except CronSimError as error:
        raise ValueError(
            f"'{text}' is not a cron schedule ({str(error).lower()}); write for example 0 6 * * "
            "mon: minute, hour, day of the month, month, day of the week"
        ) from None
    return spaced


Cron = Annotated[str, AfterValidator(cron)]
