# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds columns that hold citizen service numbers (BSN), and the rows in which one stands.

One in eleven numbers passes the test by chance, and so do all numbers of organisations (RSIN). So
a column is judged as a whole, by all that stands in it, and only then its rows. Where a text calls
the number one of a citizen itself, that is enough.
"""

from __future__ import annotations

import polars as pl

LIKELY = r"[0-9]{8}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}|[0-9]{4}[. -][0-9]{2}[. -][0-9]{3}"
"""What a text with a number holds; it is quick to look for, and many other texts hold it too."""

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ROWS_OF_ONE_CITIZEN = 1000  # on average; what stands in more is the number of an organisation
_NEARLY_ALL, _FEWEST_ROWS = 0.9, 10  # in fewer rows a number that comes back tells nothing

_EDGE = r"(?-u:\b)"
# each whole, so that no part of a longer number is taken for one: a telephone number abroad, a
# number in groups, and any other with its decimals or what hyphens join to it; letters and a low
# line are no part of a number
_WRITTEN = (
    rf"(?:\+|{_EDGE}00)[0-9]{{2}}(?:[ -]|\(0\))+[0-9]+(?:[ -][0-9]{{2,4}})*{_EDGE}"
    rf"|[0-9]{{1,4}}(?:[ .][0-9]{{2,4}})+(?:,[0-9]+)?{_EDGE}"
    r"|[0-9]+(?:[.,-][0-9]+)*"
)
_NINE = r"(?:[0-9]{9}|[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}|[0-9]{4}[. -][0-9]{2}[. -][0-9]{3})"
# a year before it or a serial number after it, as in names of cases, leaves it what it is
_OF_NINE = f"^(?:(?:19|20)[0-9]{{2}}-)?({_NINE})(?:-[0-9]{{1,4}})?$"
_WORD = r"(?i:bsn|burger ?service ?(?:nummer|nr)|sofi ?(?:nummer|nr))"
_CALLED_BEFORE = rf"{_WORD}[^0-9]{{0,12}}{_NINE}(?:[^0-9]|$)"
_CALLED_AFTER = rf"(?:^|[^0-9.,+-]){_NINE}[^0-9\p{{L}}]{{0,3}}{_WORD}"
_WITH_DECIMAL = r"^([0-9]{8,9})\.0$"  # as where a column of numbers has gaps
# a spreadsheet drops the first zero; eight digits that begin with a year and a month are a date
_OF_EIGHT = (
    r"^((?:1[0-8]|2[1-9]|[03-9][0-9])[0-9]{6}"
    r"|(?:19|20)[0-9]{2}(?:00|1[3-9]|[2-9][0-9])[0-9]{2})$"
)


def numbers_in(text: pl.Expr) -> pl.Expr:
    """What is written in ``text`` as such a number: UInt32, null for every other number in it.

    Dots, spaces or hyphens may stand between the digits. Of a text that is nothing but eight
    digits the first was a zero that got lost.
    """
    whole = text.str.strip_chars().str.replace(_WITH_DECIMAL, "$1").str.replace(_OF_EIGHT, "0$1")
    number = pl.element()
    nine = pl.when(number.str.contains(_OF_NINE)).then(number).str.extract(_OF_NINE)
    return whole.str.extract_all(_WRITTEN).list.eval(
        nine.str.replace_all("[ .-]", "").cast(pl.UInt32, strict=False)
    )


def passes(number: pl.Expr) -> pl.Expr:
    """Whether a number, of nine digits with its leading zeros, can be a citizen's."""
    digits = (number.cast(pl.Int64) // 10**place % 10 for place in range(8, -1, -1))
    weighed = (weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return (number > 0) & (pl.sum_horizontal(weighed) % 11 == 0)


def stand_in(text: pl.Expr) -> pl.Expr:
    """Whether any number in ``text`` passes."""
    return numbers_in(text).list.eval(passes(pl.element())).list.any()


def are_called_so(text: pl.Expr) -> pl.Expr:
    """Whether a number in ``text`` passes that the text itself calls a citizen's.

    The word for it stands before the number or right after it.
    """
    digits = pl.element().str.replace_all("[^0-9]", "").cast(pl.UInt32, strict=False)
    has_word = pl.when(text.str.contains(_WORD)).then(text)  # which is quicker to look for
    before, after = (
        has_word.str.extract_all(called).list.eval(passes(digits)).list.any()
        for called in (_CALLED_BEFORE, _CALLED_AFTER)
    )
    return before | after


def are_of_citizens(numbers: pl.Series, rows: int) -> bool:
    """Whether the numbers that stand in a column are of citizens, by what they are together.

    Half of those that differ pass, and they are not an organisation's: one that nearly every row
    holds, or each in very many rows.

    Args:
        numbers: of the column, one for each time that it stands there.
        rows: in how many rows they could have stood.
    """
    counted = pl.DataFrame({"number": numbers.drop_nulls()}).group_by("number").len("times")
    passed = counted.filter(passes(pl.col("number")))
    if passed.is_empty() or 2 * len(passed) < len(counted):
        return False
    times = passed["times"].to_numpy()
    is_everywhere = rows >= _FEWEST_ROWS and times.max() >= _NEARLY_ALL * rows
    return not is_everywhere and bool(times.mean() <= _ROWS_OF_ONE_CITIZEN)
