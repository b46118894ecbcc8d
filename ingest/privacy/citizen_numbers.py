# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds columns that hold citizen service numbers (BSN), and the rows that have one.

One in eleven numbers passes the test by chance, and so do all numbers of organisations (RSIN). So
a column is judged first, as a whole, and only then its rows. If a text itself says that its number
is a citizen's, that is enough.
"""

from __future__ import annotations

import polars as pl

LIKELY = r"[0-9]{8}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}|[0-9]{4}[. -][0-9]{2}[. -][0-9]{3}"
"""A pattern that matches every text with such a number; quick to try, but also in other texts."""

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ROWS_OF_ONE_CITIZEN = 1000  # on average; a number in more rows is an organisation's
_NEARLY_ALL, _FEWEST_ROWS = 0.9, 10  # in fewer rows, a number that recurs means nothing

_EDGE = r"(?-u:\b)"
# whole numbers, so that no part of a longer one is taken for a BSN: a foreign telephone number, a
# number in groups, any other with its decimals or what hyphens join to it; letters and underscores
# are not part of a number
_WRITTEN = (
    rf"(?:\+|{_EDGE}00)[0-9]{{2}}(?:[ -]|\(0\))+[0-9]+(?:[ -][0-9]{{2,4}})*{_EDGE}"
    rf"|[0-9]{{1,4}}(?:[ .][0-9]{{2,4}})+(?:,[0-9]+)?{_EDGE}"
    r"|[0-9]+(?:[.,-][0-9]+)*"
)
_NINE = r"(?:[0-9]{9}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}|[0-9]{4}[. -][0-9]{2}[. -][0-9]{3})"
# may have a year before it or a serial number after it, as in names of cases
_OF_NINE = f"^(?:(?:19|20)[0-9]{{2}}-)?({_NINE})(?:-[0-9]{{1,4}})?$"
_WORD = r"(?i:bsn|burger ?service ?(?:nummer|nr)|sofi ?(?:nummer|nr))"
_CALLED_BEFORE = rf"{_WORD}[^0-9]{{0,12}}{_NINE}(?:[^0-9]|$)"
_CALLED_AFTER = rf"(?:^|[^0-9.,+-]){_NINE}[^0-9\p{{L}}]{{0,3}}{_WORD}"
_WITH_DECIMAL = r"^([0-9]{8,9})\.0$"  # a column of numbers with gaps has these
# a spreadsheet drops the first zero; eight digits that begin with a year and a month are a date
_OF_EIGHT = (
    r"^((?:1[0-8]|2[1-9]|[03-9][0-9])[0-9]{6}"
    r"|(?:19|20)[0-9]{2}(?:00|1[3-9]|[2-9][0-9])[0-9]{2})$"
)


def numbers_in(text: pl.Expr) -> pl.Expr:
    """The numbers in ``text`` that are written like a BSN, as UInt32; null for every other number.

    Dots, spaces or hyphens may separate the digits. A text of just eight digits has lost a leading
    zero.
    """
    whole = text.str.strip_chars().str.replace(_WITH_DECIMAL, "$1").str.replace(_OF_EIGHT, "0$1")
    number = pl.element()
    nine = pl.when(number.str.contains(_OF_NINE)).then(number).str.extract(_OF_NINE)
    return whole.str.extract_all(_WRITTEN).list.eval(
        nine.str.replace_all("[ .-]", "").cast(pl.UInt32, strict=False)
    )


def passes(number: pl.Expr) -> pl.Expr:
    """Whether a number, of nine digits with leading zeros, can be a citizen's."""
    digits = (number.cast(pl.Int64) // 10**place % 10 for place in range(8, -1, -1))
    weighed = (weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return (number > 0) & (pl.sum_horizontal(weighed) % 11 == 0)


def stand_in(text: pl.Expr) -> pl.Expr:
    """Whether any number in ``text`` passes."""
    return numbers_in(text).list.eval(passes(pl.element())).list.any()


def are_called_so(text: pl.Expr) -> pl.Expr:
    """Whether ``text`` has a number that passes and that the text itself calls a citizen's.

    The word for it comes before the number or right after it.
    """
    digits = pl.element().str.replace_all("[^0-9]", "").cast(pl.UInt32, strict=False)
    has_word = pl.when(text.str.contains(_WORD)).then(text)  # the word is quicker to look for
    before, after = (
        has_word.str.extract_all(called).list.eval(passes(digits)).list.any()
        for called in (_CALLED_BEFORE, _CALLED_AFTER)
    )
    return before | after


def are_of_citizens(numbers: pl.Series, rows: int) -> bool:
    """Whether the numbers in a column are of citizens, judged all together.

    At least half of the different ones must pass, and they must not be an organisation's: one
    number in nearly every row, or each in very many rows.

    Args:
        numbers: the numbers in the column, each as often as it occurs.
        rows: the number of rows in which they could occur.
    """
    counted = pl.DataFrame({"number": numbers.drop_nulls()}).group_by("number").len("times")
    passed = counted.filter(passes(pl.col("number")))
    if passed.is_empty() or 2 * len(passed) < len(counted):
        return False
    times = passed["times"].to_numpy()
    is_everywhere = rows >= _FEWEST_ROWS and times.max() >= _NEARLY_ALL * rows
    return not is_everywhere and bool(times.mean() <= _ROWS_OF_ONE_CITIZEN)
