# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Decides in which notation a column writes its times.

That is decided once per column, on a sample, never value by value: a value in another notation is
unreadable rather than misread.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from operator import itemgetter

import polars as pl

from contracts.errors import SourceError
from ingest.nothing import NO_VALUE
from ingest.times import rewritten
from ingest.times.rewritten import TIDY, WHOLE_YEARS, Rewrite

SAMPLE = 10_000

# local times
_OF_1900, _OF_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001

_CLOCK = r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_ZONE = r"\s?(?:Z|[+-]\d{2}(?::?\d{2})?)"
_MERIDIEM = r"\s?[AaPp][Mm]"
# first those without fractions of a second, which are read four times as fast
_CLOCKS = (
    *("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S%.f", "T%H:%M:%S%.f"),
    *(" %I:%M:%S %p", " %I:%M %p"),
)
REAL = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d")
"""How the reader of a workbook writes a real date; the last two are for .ods."""
REAL_SHAPE = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$"
_FEWEST_DIGITS = r"(?:\d\D*){4}"  # as in 5-3-26; with fewer it is not a time in any notation
_OVER_TWELVE = "(?:1[3-9]|[2-9][0-9])"
_YEAR = "(?:[0-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"  # 9999 stands for no time
NO_TIME = (
    r"(?i)^(?:00[-/.]?00[-/.]?0000|0000[-/.]?00[-/.]?00"
    r"|31[-/.]?12[-/.]?9999|9999[-/.]?12[-/.]?31|0?1[-/.]?0?1[-/.]?1900|1900[-/.]?01[-/.]?01"
    rf"|{NO_VALUE}|n\.?v\.?t\.?|onbekend|-)?(?:[ T][\d:.]+(?:Z|[+-][\d:]+)?)?$"
)
"""Placeholders for an unknown time, in any notation."""


@dataclass(frozen=True)
class Notation:
    """A way to write times: ``shape`` recognises it, ``formats`` read it, likeliest first.

    ``rewrites`` bring texts into that shape. ``days_from``: the day from which days count, if they
    are numbers.
    """

    name: str
    shape: str
    formats: tuple[str, ...]
    rewrites: tuple[Rewrite, ...] = ()
    days_from: dt.datetime = _OF_1900

    def in_date_system(self, *, of_1904: bool) -> Notation:
        """The same for a workbook whose days count from 1904 or not."""
        return replace(self, days_from=_OF_1904) if of_1904 else self

    def prepared(self, texts: pl.Series) -> pl.Series:
        """``texts`` rewritten as ``formats`` expect them."""
        return rewritten.of(texts, self.rewrites) if self.rewrites else texts


def _dates(*dates: str, clocks: Iterable[str] = _CLOCKS) -> tuple[str, ...]:
    return tuple(date + clock for date, clock in product(dates, clocks))


_ISO = Notation(
    "iso",
    rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:{_CLOCK}(?:{_ZONE})?)?$",
    tuple(f"%Y-%m-%d{clock}" for clock in (
        "T%H:%M:%S", " %H:%M:%S", "T%H:%M:%S%.f%#z", " %H:%M:%S%.f%#z", "T%H:%M:%S%.f",
        " %H:%M:%S%.f", "", " %H:%M", "T%H:%M", "T%H:%M%#z", " %H:%M%#z",
    )),
)  # fmt: skip
_COMPACT = Notation(
    "compact",
    r"^(?:19|20)\d{2}[01]\d[0-3]\d(?:T?\d{4}(?:\d{2}(?:\d{3})?)?)?$",
    (
        *("%Y%m%d", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M", "%Y%m%dT%H%M"),
        "%Y%m%d%H%M%S%3f",  # of messages in StUF
    ),
)
_NUMERIC_SHAPE = rf"^\d{{1,2}}([-/.])\d{{1,2}}[-/.]\d{{4}}(?:{_CLOCK}(?:{_MERIDIEM})?)?$"
_DAY_FIRST = Notation("day first", _NUMERIC_SHAPE, _dates("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"))
SERIAL = Notation("serial", r"^[2-6]\d{4}(?:[.,]\d+)?$", ())
SECONDS = Notation("seconds since 1970", r"^(?:[1-3]\d{9}|40\d{8})(?:\.\d+)?$", ())
MILLISECONDS = Notation("milliseconds since 1970", r"^(?:[1-3]\d{12}|40\d{11})$", ())
EPOCHS = frozenset({SECONDS.name, MILLISECONDS.name})
"""Notations that look like any other number, such as an id: from September 2001 until 2099."""
_NOTATIONS = (_ISO, _DAY_FIRST, _COMPACT, SERIAL, SECONDS, MILLISECONDS)
_REWRITTEN_CLOCK = f"(?:{_CLOCK}(?:{_ZONE}|{_MERIDIEM})?)?$"
_REWRITTEN_CLOCKS = (
    *(*_CLOCKS, "T%H:%M", " %I:%M:%S%.f %p"),
    *(f"{t}%H:%M{seconds}%#z" for t in " T" for seconds in ("", ":%S%.f")),
)
_REWRITTEN = (
    Notation(
        _ISO.name,
        rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_REWRITTEN_CLOCK}",
        _dates("%Y-%m-%d", clocks=_REWRITTEN_CLOCKS),
    ),
    Notation(
        _DAY_FIRST.name,
        rf"^\d{{1,2}}-\d{{1,2}}-\d{{4}}{_REWRITTEN_CLOCK}",
        _dates("%d-%m-%Y", clocks=_REWRITTEN_CLOCKS),
    ),
)
"""The notations of rewritten texts."""

_SIGNS = {
    "day first": rf"^\s*{_OVER_TWELVE}[-/.][0-9]{{1,2}}[-/.]{_YEAR}",
    "month first": rf"^\s*[0-9]{{1,2}}[-/.]{_OVER_TWELVE}[-/.]{_YEAR}",
    "meridiem": r"[apAP][mM]\s*$",
}
"""The signs of what comes first in numeric dates."""
_DATES = {"day first", "month first"}


@dataclass(frozen=True)
class Sampled:
    """What the first values of a column tell about its notation.

    ``best``: the notation that fits them best. ``sample``: those that are not placeholders.
    ``seen``: the signs in them of what comes first in a date.
    """

    best: Notation
    sample: pl.Series
    seen: frozenset[str] = frozenset()

    def asks(self, text: pl.Expr) -> dict[str, pl.Expr]:
        """By sign, whether a value shows it: the questions for the whole column.

        Only another date can contradict a date that tells what comes first.
        """
        if self.best.name != _DAY_FIRST.name:
            return {}
        if self.best.rewrites:
            text = rewritten.within(text.str.strip_chars(), self.best.rewrites)
        weaker = self.seen | {"meridiem"} if self.seen & _DATES else self.seen
        return {sign: text.str.contains(_SIGNS[sign]) for sign in _SIGNS.keys() - weaker}

    def settled(self, shown: Iterable[str], column: str, name: str) -> Notation:
        """The notation, given the signs that the whole column shows; see ``notation_of``."""
        notation = self.best
        is_date = notation.name == _DAY_FIRST.name
        if is_date and _is_month_first(self.seen.union(shown), column, name):
            notation = month_first(notation)
        return _likeliest_first(notation, self.sample)


def sampled(
    texts: pl.LazyFrame, *, among_real: bool = False, is_month_first: bool = False
) -> Sampled:
    """What the first values of a column tell about its notation.

    Args:
        texts: a frame of just the column, of type String.
        among_real: whether they are among real dates, as in a workbook: each value is then in the
            notation of the texts or in ``REAL``, in which the reader writes real dates.
        is_month_first: what is known of numeric dates in it.
    """
    text = pl.first().str.strip_chars()
    written = texts.select(text).filter(~text.str.contains(NO_TIME))
    sample = _first(written)
    typed = _first(written.filter(~text.str.contains(REAL_SHAPE))) if among_real else sample
    best = _best(typed)
    if among_real and best.formats and len(typed):
        best = replace(best, formats=(*best.formats, *REAL))
        sample = pl.concat([typed, sample])
    else:
        best = _best(sample)
    seen = {
        sign for sign, shape in _SIGNS.items() if best.prepared(sample).str.contains(shape).any()
    }
    return Sampled(best, sample, frozenset(seen | ({"month first"} if is_month_first else set())))


def _first(written: pl.LazyFrame) -> pl.Series:
    return written.head(SAMPLE).collect(engine="streaming").to_series()


def _best(sample: pl.Series) -> Notation:
    """The notation that fits most; the first one if nothing can be read as a time.

    Years have two digits only if that fits more, and nothing else fits half.
    """
    best, hits = _fitting(sample)
    if not sample.str.contains(_FEWEST_DIGITS).any():
        return best
    if hits < len(sample):
        best, hits = max((best, hits), _fitting(sample, TIDY), key=itemgetter(1))
    if 2 * hits < len(sample):
        short, more = _fitting(sample, (WHOLE_YEARS, *TIDY))
        others = sample.filter(~best.prepared(sample).str.contains(best.shape))
        is_better = more > hits or not hits
        best = short if is_better and _has_days_before_years(short.prepared(others)) else best
    return best


def _fitting(sample: pl.Series, rewrites: Sequence[Rewrite] = ()) -> tuple[Notation, int]:
    """The notation that fits most of a sample, with the rewrites it needs, and how many fit."""
    needed, texts = rewritten.needed(sample, rewrites)
    hits = {
        notation: int(texts.str.contains(notation.shape).sum())
        for notation in (_REWRITTEN if needed else _NOTATIONS)
    }
    best = max(hits, key=hits.__getitem__)
    is_named = rewritten.by_number in needed and best.name == _ISO.name
    name = "named month" if is_named else best.name
    return replace(best, name=name, rewrites=needed), hits[best]


def _has_days_before_years(dates: pl.Series) -> bool:
    """Whether years of two digits come last: then they vary no more than days and months."""
    parts = dates.to_frame().select(
        pl.first().str.extract(r"^(\d{1,2})-(\d+)-(\d+)", part).alias(str(part))
        for part in (1, 2, 3)
    )
    first, second, last = (each.n_unique() for each in parts)
    return last <= max(first, second)


def notation_of(
    texts: pl.LazyFrame, column: str, name: str, *, among_real: bool = False
) -> Notation:
    """The notation of the only column of ``texts``, which is String.

    Numeric dates are day first, unless a month over 12 or AM/PM shows that they are month first.
    For that the whole column counts; for all else, the first values that are not placeholders.
    ``among_real`` is as in ``sampled``.

    Raises:
        SourceError: days over 12 are in both places; ``name`` names the file, ``column`` the
            column in it.
    """
    first = sampled(texts, among_real=among_real)
    asked = {sign: shows.any() for sign, shows in first.asks(pl.first()).items()}
    shown = texts.select(**asked).collect(engine="streaming")
    return first.settled([each.name for each in shown if each.any()], column, name)


def _is_month_first(seen: Collection[str], column: str, name: str) -> bool:
    if _DATES.issubset(seen):
        raise SourceError(
            f"{name}: the dates in column '{column}' are ambiguous: some can only be day-month, "
            "others are month-day.",
            "Export the column as year-month-day.",
        )
    return "month first" in seen or ("meridiem" in seen and "day first" not in seen)


def month_first(notation: Notation) -> Notation:
    """A day-first notation with day and month swapped."""
    exchanged = str.maketrans("dm", "md")
    formats = (each.translate(exchanged) if each not in REAL else each for each in notation.formats)
    return replace(notation, name="month first", formats=tuple(formats))


def _likeliest_first(notation: Notation, sample: pl.Series) -> Notation:
    texts = notation.prepared(sample)
    hits = {
        format_: int(texts.str.to_datetime(format_, strict=False).is_not_null().sum())
        for format_ in notation.formats
    }
    formats = tuple(sorted(notation.formats, key=lambda format_: -hits[format_]))
    return replace(notation, formats=formats)
