# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the last day of a term came about, in one sentence per case, for all cases at once."""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl
from babel.dates import get_day_names, get_month_names

from contracts.deadlines import OwnDate
from contracts.legal_days import holidays_of_the_law
from contracts.norms import Period, Unit, amount_of
from contracts.texts import Language
from reporting.words.names import Names
from reporting.words.speech import Forms, Speech, forms, sentence
from reporting.words.terms import DOUBTS

_TERMS: dict[Unit, Forms] = {
    "hours": forms("%(n)s hour", "%(n)s hours"),
    "days": forms("%(n)s day", "%(n)s days"),
    "weeks": forms("%(n)s week", "%(n)s weeks"),
    "months": forms("%(n)s month", "%(n)s months"),
    "years": forms("%(n)s year", "%(n)s years"),
}
_EXTENDED = forms(", extended by %(n)s day", ", extended by %(n)s days")
_SUSPENDED = forms(", %(n)s day suspended", ", %(n)s days suspended")
_AHEAD = forms("%(n)s day left", "%(n)s days left")
_STILL = forms(
    "%(n)s day left, and it stands still now", "%(n)s days left, and it stands still now"
)
_MET = forms("met %(n)s day before it", "met %(n)s days before it")
_LATE = forms("met %(n)s day too late", "met %(n)s days too late")
_OVERDUE = forms("%(n)s day too late already", "%(n)s days too late already")
_YEARS = (1990, 2100)


def explained(names: Names) -> pl.Expr:
    """A sentence about each row of ``contracts.case_terms.CASE_TERMS``.

    Such as "8 weeks from 10 March 2026, 17 days suspended (…), ends on Ascension Day, 14 May 2026,
    so Friday 15 May 2026: 3 days left."
    """
    speech = names.speech
    is_own = pl.col("id").is_in(
        [each.id for each in names.settings.deadlines if isinstance(each.rule, OwnDate)]
    )
    counted = pl.concat_str(
        _said(
            speech,
            sentence("%(term)s from %(day)s"),
            term=_term(names),
            day=_date(pl.col("start"), speech),
        ),
        _where(pl.col("extended_days") > 0, _counted(speech, _EXTENDED, "extended_days")),
        _where(pl.col("suspended_days") > 0, _suspended(names)),
        _where(pl.col("moved_days") > 0, _moved(speech)),
        _said(speech, sentence(", so until %(day)s"), day=_weekday(pl.col("end"), speech)),
    )
    own = _said(
        speech, sentence("A date of the case itself: %(day)s"), day=_weekday(pl.col("end"), speech)
    )
    how = pl.when(is_own).then(own).otherwise(counted)
    known = pl.concat_str(how, pl.lit(": "), _state(speech), pl.lit("."))
    return pl.coalesce(known, _unknown(speech))


def _term(names: Names) -> pl.Expr:
    """How long the term is without an extension, by the version of the rule."""
    long = {
        (deadline.id, version.name): _period(version.term, names.speech)
        for deadline in names.settings.deadlines
        for version in deadline.versions
    }
    found = pl.lit(None, dtype=pl.String)
    for (deadline, version), words in long.items():
        is_it = (pl.col("id") == deadline) & (pl.col("version") == version)
        found = pl.when(is_it).then(pl.lit(words)).otherwise(found)
    return found


def _period(period: Period, speech: Speech) -> str:
    amount, unit = amount_of(period)
    return speech.plural(_TERMS[unit], amount)


def _suspended(names: Names) -> pl.Expr:
    """For how long and why: the reason from the config, else the step that was waited for."""
    reasons = {
        each.end: each.reason.get(names.speech.language)
        for each in names.settings.journey.suspensions
        if each.reason
    }
    steps = {step: names.step(step) for step in names.settings.journey.steps}
    waited_for = pl.col("suspended_for").list.eval(pl.element().replace({**steps, **reasons}))
    why = pl.concat_str(pl.lit(" ("), waited_for.list.join(", "), pl.lit(")")).fill_null("")
    return pl.concat_str(_counted(names.speech, _SUSPENDED, "suspended_days"), why)


def _moved(speech: Speech) -> pl.Expr:
    """Why the last day by the count is not the last day: what kind of day it is."""
    counted = pl.col("end") - pl.duration(days="moved_days")
    holidays = _holidays(speech.language)
    holiday = counted.replace_strict(holidays, default=None, return_dtype=pl.String)
    is_weekend = counted.dt.weekday() > 5  # noqa: PLR2004  ISO: Saturday is the sixth
    other = pl.lit(speech.say("a day made equal to a holiday"))
    named = sentence(", ends on %(why)s, %(day)s")
    return (
        pl.when(holiday.is_null() & is_weekend)
        .then(_said(speech, sentence(", ends on %(day)s"), day=_weekday(counted, speech)))
        .otherwise(_said(speech, named, why=holiday.fill_null(other), day=_date(counted, speech)))
    )


@cache
def _holidays(language: Language) -> dict[dt.date, str]:
    return holidays_of_the_law(*_YEARS, language)


def _state(speech: Speech) -> pl.Expr:
    days = pl.col("days_left")
    is_open, stands_still = pl.col("stop").is_null(), pl.col("is_suspended")
    ahead, still, overdue, met, late = (
        _counted(speech, words, "days_left") for words in (_AHEAD, _STILL, _OVERDUE, _MET, _LATE)
    )
    return (
        pl.when(is_open & stands_still)
        .then(still)
        .when(is_open & (pl.col("status") == "open_within"))
        .then(ahead)
        .when(is_open)
        .then(overdue)
        .when((days == 0) & (pl.col("status") == "late"))
        .then(pl.lit(speech.say("met on that day, and too late")))
        .when(days == 0)
        .then(pl.lit(speech.say("met on that day")))
        .when(days > 0)
        .then(met)
        .when(days < 0)
        .then(late)
    )


def _unknown(speech: Speech) -> pl.Expr:
    why = {reason: speech.say(words) for reason, words in DOUBTS.items()}
    reason = pl.col("status").replace_strict(why, default=None, return_dtype=pl.String)
    return _said(speech, sentence("It cannot be said: for this case %(why)s."), why=reason)


def _counted(speech: Speech, texts: Forms, column: str) -> pl.Expr:
    """The form for one or for many, with the number of days without its sign."""
    n = pl.col(column).abs()
    one, many = (
        _filled(text % {"n": _MARK.format("n")}, {"n": n.cast(pl.String)})
        for text in speech.unfilled(texts)
    )
    return pl.when(n == 1).then(one).otherwise(many)


_MARK = "\x00{}\x00"


def _said(speech: Speech, text: str, **values: pl.Expr) -> pl.Expr:
    """``Speech.say`` for a column of values."""
    marks = {name: _MARK.format(name) for name in values}
    return _filled(speech.say(text, **marks), values)


def _filled(text: str, values: dict[str, pl.Expr]) -> pl.Expr:
    parts = text.split("\x00")
    return pl.concat_str(values[part] if n % 2 else pl.lit(part) for n, part in enumerate(parts))


def _where(holds: pl.Expr, words: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(words).otherwise(pl.lit(""))


def _date(day: pl.Expr, speech: Speech) -> pl.Expr:
    """10 maart 2026."""
    months = dict(get_month_names("wide", locale=speech.language))
    month = day.dt.month().replace_strict(months, return_dtype=pl.String)
    return pl.concat_str(day.dt.day(), month, day.dt.year(), separator=" ")


def _weekday(day: pl.Expr, speech: Speech) -> pl.Expr:
    """Dinsdag 10 maart 2026."""
    name = day.dt.weekday().replace_strict(_weekdays(speech), return_dtype=pl.String)
    return pl.concat_str(name, _date(day, speech), separator=" ")


def _weekdays(speech: Speech) -> dict[int, str]:
    names = get_day_names("wide", locale=speech.language)
    return {int(day) + 1: name for day, name in names.items()}
