# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The holidays of Dutch law (Algemene termijnenwet, article 3), and their names."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import holidays

_LANGUAGES = {"nl": "nl", "en": "en_US"}


def holidays_of_the_law(
    first: int, last: int, language: Literal["nl", "en"] = "nl"
) -> dict[dt.date, str]:
    """The holidays of some years, including the first and the last, with their names."""
    # by law Liberation Day is a holiday each year; in the library, once in five years
    dutch = holidays.country_holidays(
        "NL",
        years=range(first, last + 1),
        categories=("public", "optional"),
        language=_LANGUAGES[language],
    )
    return dict(sorted(dutch.items()))
