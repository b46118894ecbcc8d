# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The words of one language: sentences, plurals, numbers, dates and durations for readers.

A sentence is written in English where it is used, and looked up in ``locale/<language>.po`` if the
page is in another language. ``%(name)s`` is filled in afterwards; a percent sign is ``%%``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NewType
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from contracts.texts import Language

LOCALE = Path(__file__).parents[1] / "locale"
Forms = NewType("Forms", tuple[str, str])

DAYS_IN_MONTH = 365.25 / 12


def forms(one: str, many: str) -> Forms:
    """Marks a sentence and its plural for the translator; said later, by ``Speech.plural``."""
    return Forms((one, many))


def sentence(text: str) -> str:
    """Marks a sentence for the translator; said later, by ``Speech.say``."""
    return text


def capitalised(text: str) -> str:
    """``text`` with a capital, as at the begin of a sentence."""
    return text[0].upper() + text[1:]


def glued(text: str) -> str:
    """``text`` on one line: words wrap, figures do not."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


_UNITS = (  # up to how many days, and how many days a unit is
    (60 / 86_400, 1 / 86_400, forms("%(n)s second", "%(n)s seconds")),
    (90 / 1_440, 1 / 1_440, forms("%(n)s minute", "%(n)s minutes")),
    (1.0, 1 / 24, forms("%(n)s hour", "%(n)s hours")),
    (21.0, 1.0, forms("%(n)s day", "%(n)s days")),
    (91.0, 7.0, forms("%(n)s week", "%(n)s weeks")),
    (730.5, DAYS_IN_MONTH, forms("%(n)s month", "%(n)s months")),
    (float("inf"), 365.25, forms("%(n)s year", "%(n)s years")),
)
_DAYS = forms("%(n)s day", "%(n)s days")
_HARDLY = 0.1  # of a day: shorter is said in hours
_FINE_BELOW = 3  # 1,5 uur and 2,5 jaar say more than 2 uur and 3 jaar; 7,4 weken does not


@cache
def _catalog(language: Language) -> Catalog:
    path = LOCALE / f"{language}.po"
    if not path.exists():  # English needs no catalog: it is the language of the code
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


@dataclass(frozen=True)
class Speech:
    """How everything is said in one language, with dates in one time zone."""

    language: Language
    zone: ZoneInfo

    def say(self, text: str, **values: object) -> str:
        """``text`` in this language, with ``values`` filled in."""
        return self.template(text) % values

    def template(self, text: str) -> str:
        """``text`` in this language, with nothing filled in yet."""
        message = _catalog(self.language).get(text)
        return str((message and message.string) or text)

    def any_of(self, texts: Sequence[str]) -> str:
        """``a, b or c``."""
        return str(format_list(texts, style="or", locale=self.language))

    def plural(self, texts: Forms, n: float, **values: object) -> str:
        """The form of ``texts`` that fits ``n``; ``%(n)s`` is the number itself."""
        # both languages have one and many; a third language with more forms brings its own rule
        chosen = self.unfilled(texts)[0 if n == 1 else 1]
        return chosen % {"n": self.number(n, 2), **values}

    def unfilled(self, texts: Forms) -> tuple[str, str]:
        """One and many in this language, with nothing filled in yet."""
        message = _catalog(self.language).get(texts[0])
        said = (message and message.string) or texts
        return str(said[0]), str(said[1])

    def some(self, names: Sequence[str], most: int | None = None) -> str:
        """The first ``most`` of some names, and how many more there are."""
        words, more = ", ".join(names[:most]), len(names) - len(names[:most])
        return self.say("%(values)s and %(n)s more", values=words, n=more) if more else words

    def number(self, value: float, decimals: int = 1) -> str:
        """1.434 or 12,3: with at most so many decimals."""
        pattern = "#,##0." + "#" * decimals
        return str(format_decimal(value, format=pattern, locale=self.language))

    def share(self, part: float) -> str:
        """12 %: whole above one percent, since readers have no use for more."""
        percent = part * 100
        if 0 < percent < 0.1:  # noqa: PLR2004
            return self.say("less than %(share)s", share=self._percent(0.1))
        return self._percent(round(percent, 0 if percent >= 1 else 1))

    def _percent(self, percent: float) -> str:
        gap = "\u00a0" if self.language == "nl" else ""
        return f"{self.number(percent)}{gap}%"

    def date_of(self, moment: dt.datetime) -> dt.date:
        """The day of a moment, in the zone of the process."""
        return moment.astimezone(self.zone).date()

    def day(self, moment: dt.datetime | dt.date) -> str:
        """2 oktober 2010, in the zone of the process."""
        local = self.date_of(moment) if isinstance(moment, dt.datetime) else moment
        return str(format_date(local, "d MMMM y", locale=self.language))

    def month(self, day: dt.date) -> str:
        """Oktober 2010."""
        return str(format_date(day, "LLLL y", locale=self.language))

    def short_month(self, day: dt.date) -> str:
        """Okt. 2010."""
        return str(format_date(day, "LLL y", locale=self.language))

    def duration(self, days: float) -> str:
        """13 minuten, 2 uur, 8 dagen, 7 weken, 9 maanden."""
        count, unit = _measure(days)
        return self.plural(unit, count)

    def whole_duration(self, days: float) -> str:
        """2 weken, 6 maanden: in the largest unit of which it is a whole number, so not rounded."""
        counts = [(round(days / size, 6), unit) for _, size, unit in reversed(_UNITS)]
        whole = (measure for measure in counts if measure[0] >= 1 and measure[0].is_integer())
        count, unit = next(whole, _measure(days))
        return self.plural(unit, count)

    def duration_if_known(self, days: float | None) -> str:
        """A duration, or that it is not known yet."""
        return self.say("not known yet") if days is None else self.duration(days)

    def wait(self, days: float | None) -> str:
        """How long a wait took: a duration, that it took no time, or that it is not known yet."""
        took_none = days is not None and not _measure(days)[0]
        return self.say("at once") if took_none else self.duration_if_known(days)

    def within(self, days: float) -> str:
        """Within how long something was done, or that it took no time."""
        if not _measure(days)[0]:
            return self.say("at once")
        return self.say("within %(time)s", time=self.duration(days))

    def days(self, days: float) -> str:
        """5,3 dagen: in days, so that effects can be compared; very short times as ``duration``."""
        if days < _HARDLY:
            return self.duration(days)
        return self.plural(_DAYS, round(days, _decimals(days)))

    def days_between(self, days: float, low: float, high: float) -> tuple[str, str, str]:
        """``days``, and the ends of its range, as exact as the number itself."""
        if days < _HARDLY:
            return self.duration(days), *self.span(low, high)
        decimals = _decimals(days)
        # an end with three digits before the point has no known digit after it
        first, last = (self.exact(each, min(decimals, _decimals(each))) for each in (low, high))
        one, many = self.unfilled(_DAYS)
        form = one if round(days, decimals) == 1 else many
        return form % {"n": self.exact(days, decimals)}, first, last

    def exact(self, value: float, decimals: int) -> str:
        """3,0: with exactly so many decimals, noughts included."""
        return str(format_decimal(value, format=f"#,##0.{'0' * decimals}", locale=self.language))

    def span(self, low: float, high: float) -> tuple[str, str]:
        """Two durations, the first without its unit if both have the same: 3 … 7 dagen."""
        (count, unit), (_, other) = _measure(low), _measure(high)
        first = self.number(count) if unit == other else self.duration(low)
        return first, self.duration(high)


def _decimals(days: float) -> int:
    return 2 if days < 1 else 1 if days < 100 else 0  # noqa: PLR2004


def _measure(days: float) -> tuple[float, Forms]:
    size, unit = next((size, unit) for up_to, size, unit in _UNITS if days < up_to)
    count = days / size
    return round(count, 1 if count < _FINE_BELOW else None), unit
