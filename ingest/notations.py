# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Decides in which notation a column writes its times.

That is decided once a column, on a sample, and never guessed value by value: a value in another
notation is unreadable rather than misread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import product

import polars as pl

from contracts.errors import SourceError

SAMPLE = 10_000

_CLOCK = r"(?:,?[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_ZONE = r"(?:\s?(?:Z|[+-]\d{2}(?::?\d{2})?))?)?"
_MERIDIEM = r"(?:\s?[AaPp][Mm])?)?"
# those without fractions of a second first: they are read four times as fast
_CLOCKS = (
    *("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S%.f", "T%H:%M:%S%.f"),
    *(" %I:%M:%S %p", " %I:%M %p"),
)
_MONTHS = (
    ("januari", "jan"), ("februari", "feb"), ("maart", "mrt"), ("april", "apr"), ("mei",),
    ("juni", "jun"), ("juli", "jul"), ("augustus", "aug"), ("september", "sep"),
    ("oktober", "okt"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
_OVER_TWELVE = "(?:1[3-9]|[2-9][0-9])"
_YEAR = "(?:[0-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"  # 9999 stands for no time
_NUMBER_OF_MONTH = {
    name: f"{number:02}" for number, names in enumerate(_MONTHS, start=1) for name in names
}
NO_TIME = (
    r"(?i)^(?:00[-/.]?00[-/.]?0000|0000[-/.]?00[-/.]?00"
    r"|31[-/.]?12[-/.]?9999|9999[-/.]?12[-/.]?31|0?1[-/.]?0?1[-/.]?1900|1900[-/.]?01[-/.]?01"
    r"|n\.?v\.?t\.?|onbekend|-)?(?:[ T][\d:.]+(?:Z|[+-][\d:]+)?)?$"
)
"""What stands where a time is not known, whatever the notation."""


@dataclass(frozen=True)
class Notation:
    """A way to write times: ``shape`` recognises it, ``formats`` read it, likeliest first."""

    name: str
    shape: str
    formats: tuple[str, ...]

    def prepared(self, texts: pl.Series) -> pl.Series:
        """``texts`` as ``formats`` expect them: months as numbers."""
        if self.name != _NAMED.name:
            return texts
        plain = texts.str.to_lowercase().str.replace(".", "", literal=True)
        return plain.str.replace_many(_NUMBER_OF_MONTH, leftmost=True)


def _dates(*dates: str) -> tuple[str, ...]:
    return tuple(date + clock for date, clock in product(dates, _CLOCKS))


_ISO = Notation(
    "iso",
    rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_CLOCK}{_ZONE}$",
    tuple(f"%Y-%m-%d{clock}" for clock in (
        "T%H:%M:%S", " %H:%M:%S", "T%H:%M:%S%.f%#z", " %H:%M:%S%.f%#z", "T%H:%M:%S%.f",
        " %H:%M:%S%.f", "", " %H:%M", "T%H:%M", "T%H:%M%#z", " %H:%M%#z",
    )),
)  # fmt: skip
_COMPACT = Notation(
    "compact",
    r"^(?:19|20)\d{2}[01]\d[0-3]\d(?:T?\d{4}(?:\d{2})?)?$",
    ("%Y%m%d", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M", "%Y%m%dT%H%M"),
)
_NUMERIC_SHAPE = rf"^\d{{1,2}}([-/.])\d{{1,2}}[-/.]\d{{4}}{_CLOCK}{_MERIDIEM}$"
_DAY_FIRST = Notation("day first", _NUMERIC_SHAPE, _dates("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"))
_MONTH_FIRST = Notation("month first", _NUMERIC_SHAPE, _dates("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"))
_NAMED = Notation(
    "named month",
    rf"(?i)^\d{{1,2}}[- ](?:{'|'.join(_NUMBER_OF_MONTH)})\.?[- ]\d{{4}}{_CLOCK}{_MERIDIEM}$",
    _dates("%d %m %Y", "%d-%m-%Y"),
)
SERIAL = Notation("serial", r"^[2-6]\d{4}(?:[.,]\d+)?$", ())
_NOTATIONS = (_ISO, _DAY_FIRST, _NAMED, _COMPACT, SERIAL)


_SIGNS = {
    "day first": rf"^\s*{_OVER_TWELVE}[-/.][0-9]{{1,2}}[-/.]{_YEAR}",
    "month first": rf"^\s*[0-9]{{1,2}}[-/.]{_OVER_TWELVE}[-/.]{_YEAR}",
    "meridiem": r"[apAP][mM]\s*$",
}
"""What tells which comes first in numeric dates."""
_DATES = {"day first", "month first"}


@dataclass(frozen=True)
class Sampled:
    """What the first values of a column tell of its notation.

    ``best``: what fits them best. ``sample``: those that are no placeholders. ``seen``: the signs
    among them of what comes first in a date.
    """

    best: Notation
    sample: pl.Series
    seen: frozenset[str] = frozenset()

    def asks(self, text: pl.Expr) -> dict[str, pl.Expr]:
        """By sign, whether a value shows it: what the whole column is to be asked.

        A date that tells what comes first can only be gainsaid by another date.
        """
        if self.best is not _DAY_FIRST:
            return {}
        weaker = self.seen | {"meridiem"} if self.seen & _DATES else self.seen
        return {sign: text.str.contains(_SIGNS[sign]) for sign in _SIGNS.keys() - weaker}

    def settled(self, shown: Iterable[str], column: str, name: str) -> Notation:
        """The notation, with the signs that the whole column shows; see ``notation_of``."""
        notation = self.best
        if notation is _DAY_FIRST:
            notation = _which_first(self.seen.union(shown), column, name)
        return _likeliest_first(notation, self.sample)


def sampled(texts: pl.LazyFrame) -> Sampled:
    """What the first values of the one column of ``texts``, a String one, tell of its notation."""
    text = pl.first().str.strip_chars()
    written = texts.select(text).filter(~text.str.contains(NO_TIME))
    sample = written.head(SAMPLE).collect(engine="streaming").to_series()
    hits = {notation: int(sample.str.contains(notation.shape).sum()) for notation in _NOTATIONS}
    best = max(_NOTATIONS, key=hits.__getitem__)  # where nothing reads as a time the first
    seen = {sign for sign, shape in _SIGNS.items() if sample.str.contains(shape).any()}
    return Sampled(best, sample, frozenset(seen))


def notation_of(texts: pl.LazyFrame, column: str, name: str) -> Notation:
    """The notation that the one column of ``texts``, a String one, is in.

    Numeric dates are day first, unless a month over 12 or AM/PM says month first; this looks at
    the whole column, anything else at its first values that are not placeholders.

    Raises:
        SourceError: days over 12 stand in both places; ``name`` names the file, ``column`` the
            column in it.
    """
    first = sampled(texts)
    asked = {sign: shows.any() for sign, shows in first.asks(pl.first()).items()}
    shown = texts.select(**asked).collect(engine="streaming")
    return first.settled([each.name for each in shown if each.any()], column, name)


def _which_first(seen: Collection[str], column: str, name: str) -> Notation:
    if _DATES.issubset(seen):
        raise SourceError(
            f"{name}: the dates in column '{column}' are ambiguous: some can only be day-month, "
            "others only month-day.",
            "Export the column as year-month-day.",
        )
    if "month first" in seen or ("meridiem" in seen and "day first" not in seen):
        return _MONTH_FIRST
    return _DAY_FIRST


def _likeliest_first(notation: Notation, sample: pl.Series) -> Notation:
    texts = notation.prepared(sample)
    hits = {
        format_: int(texts.str.to_datetime(format_, strict=False).is_not_null().sum())
        for format_ in notation.formats
    }
    formats = tuple(sorted(notation.formats, key=lambda format_: -hits[format_]))
    return replace(notation, formats=formats)
