# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rewrites ordinary ways to write a time into the few that are read.

The rewrites that a column needs are decided once, on a sample; see ``ingest.times.notations``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

Rewrite = Callable[[pl.Expr], pl.Expr]

# the longest first of names that begin the same
_MONTHS = (
    ("januari", "january", "jan"), ("februari", "february", "feb"),
    ("maart", "march", "mrt", "mar"), ("april", "apr"), ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("augustus", "august", "aug"), ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
_NUMBER_OF_MONTH = {
    name: f"{number:02}" for number, names in enumerate(_MONTHS, start=1) for name in names
}
_MONTH = f"(?:{'|'.join(_NUMBER_OF_MONTH)})"
_WEEKDAY = (
    r"(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|ma|di|wo|do|vr|za|zo"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
)


def _replacing(*pairs: tuple[str, str]) -> Rewrite:
    def rewrite(text: pl.Expr) -> pl.Expr:
        for pattern, by in pairs:
            text = text.str.replace(f"(?i){pattern}", by)
        return text

    return rewrite


def by_number(text: pl.Expr) -> pl.Expr:
    """Dates with a month by name, in Dutch or English, as year, month and day."""
    year_first = text.str.replace(r"^(\d{1,2})[-/ ]([A-Za-z]+)\.?[-/ ](\d{4})", "$3-$2-$1")
    return year_first.str.replace_many(_NUMBER_OF_MONTH, leftmost=True, ascii_case_insensitive=True)


TIDY: tuple[Rewrite, ...] = (
    _replacing((rf"^{_WEEKDAY}\.?,? +", "")),
    _replacing((r" *uur$", "")),
    _replacing((r"([T ]\d{1,2}) ?[uh] ?(\d\d)$", "$1:$2")),
    _replacing((r"^(\d{4}-\d\d-\d\d)-(\d\d\.\d\d\.\d\d)", "$1 $2")),  # as DB2 writes it
    _replacing((r"^((?:19|20)\d\d)([01]\d)([0-3]\d)([T ]\d{1,2}:)", "$1-$2-$3$4")),
    _replacing((r"([ap])\.m\.$", "${1}m")),
    # as C and Java write it: Feb 22 04:21:55 CET 2024
    _replacing((rf"^({_MONTH}) +(\d{{1,2}}) (\d\d:.*) (\d{{4}})$", "$2 $1 $4 $3")),
    _replacing((r"(\d{4}),? +(?:om|at) +(\d)", "$1 $2")),
    _replacing((r"(Z|[+-]\d\d:?\d\d)\[[\w/+-]+\]$", "$1")),
    _replacing(
        (r"([T ]\d{1,2})\.(\d\d)\.(\d\d)", "$1:$2:$3"),
        (r"([T ]\d{1,2})\.(\d\d)", "$1:$2"),
    ),
    _replacing((r"(:\d\d),(\d+)", "$1.$2")),
    _replacing((r"(\d{4}), *(\d{1,2}:)", "$1 $2")),
    _replacing((r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{4}) - *(\d{1,2}:)", "$1 $2")),
    # these mean their standard offset, also in summer
    _replacing(
        (r"(\d) ?(?:UTC|GMT)$", "${1}+00:00"),
        (r"(\d) ?CET$", "${1}+01:00"),
        (r"(\d) ?CEST$", "${1}+02:00"),
    ),
    _replacing((rf"^({_MONTH})\.? (\d{{1,2}}),? (\d{{4}})", "$2 $1 $3")),
    by_number,
    _replacing((r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", "$1-$2-$3")),
    _replacing((r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})", "$1-$2-$3")),
)
"""All rewrites except years of two digits, in the order in which they are done."""

WHOLE_YEARS = _replacing(
    (rf"^((?:{_WEEKDAY}\.?,? +)?\d{{1,2}}[-/]\d{{1,2}}[-/])([0-6]\d)($|\D)", "${1}20$2$3"),
    (rf"(^|\D)(\d{{1,2}}[-/ ]{_MONTH}\.?[-/ ])([0-6]\d)($|\D)", "$1${2}20$3$4"),
)
"""Makes years of two digits those of this century, up to 2069."""


def of(texts: pl.Series, rewrites: Sequence[Rewrite]) -> pl.Series:
    """``texts`` with all ``rewrites`` done."""
    return texts.to_frame().select(within(pl.first(), rewrites)).to_series()


def within(text: pl.Expr, rewrites: Sequence[Rewrite]) -> pl.Expr:
    """``text`` with all ``rewrites`` done."""
    for rewrite in rewrites:
        text = rewrite(text)
    return text


def needed(sample: pl.Series, rewrites: Sequence[Rewrite]) -> tuple[tuple[Rewrite, ...], pl.Series]:
    """The rewrites that change any of ``sample``, and what they make of it."""
    found: list[Rewrite] = []
    for rewrite in rewrites:
        after = of(sample, [rewrite])
        if (after != sample).any():
            found.append(rewrite)
        sample = after
    return tuple(found), sample
