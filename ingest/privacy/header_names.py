# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Names of columns that may be told: a first line that is really a row may hold personal data.

The names of columns appear in errors, configs and what the gate tells. So readers do not pass on a
name that holds a value, nor such a name of a sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import polars as pl

from ingest.privacy import citizen_numbers, personal
from ingest.raw import Raw, numbered

_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[-/]\d{1,2}[-/]\d{2}"
    r"|(?i:\d{1,2}[- ](?:jan|feb|m[aä]r|maa|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)"
    r"[a-z]*\.?[- ]\d{2})"
)
_NUMBER = r"^\s*\d{5,}\s*$"
_TIME = r"^\s*\d{1,2}:\d{2}"  # not article 4:13
IS_A_VALUE = f"{_NUMBER}|{_DATE}|{_TIME}|{citizen_numbers.LIKELY}|{personal.LIKELY}"
"""What no name contains: a long number, a moment, an address. A year is part of many names."""


def hold_a_value(texts: Collection[str]) -> list[bool]:
    """For each text, whether it holds what no name of a column or sheet does."""
    return pl.Series(texts, dtype=pl.String).str.contains(IS_A_VALUE).to_list()


def that_may_be_told(names: Collection[str]) -> list[str]:
    """The names of columns or sheets that hold no value."""
    return [name for name, holds in zip(names, hold_a_value(names), strict=True) if not holds]


def names_to_tell(names: Collection[str], written: Callable[[str], str] = str) -> str:
    """The names that may be told, each passed through ``written``, and the number of others."""
    shown = that_may_be_told(names)
    others = len(names) - len(shown)
    hidden = [f"{others} called after a value"] if others else []
    return ", ".join([*map(written, shown), *hidden])


def with_names_that_may_be_told(raw: Raw, known: Collection[str]) -> Raw:
    """``raw`` with each column whose name holds a value renamed to ``column N``, by its position.

    Args:
        raw: what a reader hands over.
        known: the columns that the config names; they keep their names.
    """
    numbers = zip(raw.columns, numbered(len(raw.columns)), hold_a_value(raw.columns), strict=True)
    told = {name: number for name, number, holds in numbers if holds and name not in known}
    return replace(
        raw,
        columns=tuple(told.get(name, name) for name in raw.columns),
        places={told.get(name, name): place for name, place in raw.places.items()},
        texts={place: told.get(name, name) for place, name in raw.texts.items()},
        untold=len(told),
    )
