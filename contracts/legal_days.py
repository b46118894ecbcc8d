# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The holidays of the Dutch law (Algemene termijnenwet, article 3), and what they are called."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import holidays

_LANGUAGES = {"nl": "nl", "en": "en_US"}


def holidays_of_the_law(
    first: int, last: int, language: Literal["nl", "en"] = "nl"
) -> dict[dt.date, str]:
    """The holidays of some years, the first and the last included, by their names."""
    # Liberation Day is a holiday of the law each year, to the library once in five
    dutch = holidays.country_holidays(
        "NL",
        years=range(first, last + 1),
        categories=("public", "optional"),
        language=_LANGUAGES[language],
    )
    return dict(sorted(dutch.items()))
