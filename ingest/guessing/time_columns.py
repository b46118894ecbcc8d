# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A column of an export in which nearly all values can be read as times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import polars as pl

from contracts.errors import SourceError
from ingest.guessing.column_names import tells_time
from ingest.times.instants import parsed, typed
from ingest.times.notations import EPOCHS, NO_TIME, SAMPLE, month_first, notation_of, sampled

ZONE = "Europe/Amsterdam"

_HAS_OFFSET = r"(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_MOSTLY = 0.9


@dataclass(frozen=True)
class Times:
    """A column of times: ``notation`` is how it writes them, ``read`` parses them in a zone.

    ``tells_offset``: whether each value does. ``month_first``: the dates that are read day first,
    read the other way round.
    """

    notation: str
    tells_offset: pl.Series
    read: Callable[[str], pl.Series]
    month_first: Times | None = None

    @cached_property
    def parsed(self) -> pl.DataFrame:
        """All values as the fields of ``PARSED``."""
        return self.read(ZONE).struct.unnest()

    @property
    def at(self) -> pl.Series:
        """The instants; null where there is none."""
        return self.parsed["at"]

    @property
    def unreadable(self) -> int:
        """How many values are not in this notation."""
        return int((self.parsed["problem"] == "unreadable").sum())

    @property
    def with_offset(self) -> int:
        """How many values tell their offset."""
        return int((self.at.is_not_null() & self.tells_offset).sum())

    @property
    def without_offset(self) -> int:
        """How many values have a time of day without an offset."""
        has_clock = self.at.is_not_null() & ~self.parsed["is_day"]
        return int((has_clock & ~self.tells_offset).sum())

    @cached_property
    def skipped(self) -> int:
        """How many values are local times in the hour that clocks in ``ZONE`` skip in spring."""
        read = self.read("UTC").struct.field("at").filter(~self.tells_offset)
        local = read.dt.replace_time_zone(None)
        there = local.dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null")
        return there.null_count() - local.null_count()


def times_of(values: pl.Series, *, among_real: bool, of_1904: bool) -> Times | None:
    """The times of a column; null if it holds none, or their notation cannot be told.

    Args:
        values: texts or moments; null where there is none.
        among_real: as in ``sampled``.
        of_1904: as in ``Raw``.
    """
    column = pl.col("value")
    if values.dtype.is_temporal():
        has_zone = getattr(values.dtype, "time_zone", None) is not None
        tells_offset = pl.repeat(has_zone, len(values), eager=True)
        return Times("moments", tells_offset, _reader(values, lambda zone: typed(column, zone)))
    texts = values.drop_nulls().filter(~values.drop_nulls().str.contains(NO_TIME))
    if texts.is_empty() or not _looks_like_times(texts, among_real=among_real):
        return None
    try:
        notation = notation_of(texts.to_frame().lazy(), values.name, "", among_real=among_real)
    except SourceError:  # day and month are in both orders
        return None
    notation = notation.in_date_system(of_1904=of_1904)
    is_epoch = notation.name in EPOCHS
    if is_epoch and not tells_time(values.name):  # ids may look so too
        return None
    if is_epoch:
        tells_offset = pl.repeat(value=True, n=len(values), eager=True)
    else:
        tells = notation.prepared(values).str.contains(f":.*{_HAS_OFFSET}")
        tells_offset = tells.fill_null(value=False)
    times, turned = (
        Times(each.name, tells_offset, _reader(values, partial(parsed, column, each)))
        for each in (notation, month_first(notation))
    )
    if notation.name == "day first":
        times = replace(times, month_first=turned)
    return times if times.at.count() >= _MOSTLY * len(texts) else None


def _looks_like_times(texts: pl.Series, *, among_real: bool) -> bool:
    """Whether any of the first values is shaped like a time; most columns need not be parsed."""
    first = sampled(texts.head(SAMPLE).to_frame().lazy(), among_real=among_real)
    return bool(first.best.prepared(first.sample).str.contains(first.best.shape).any())


def _reader(values: pl.Series, read_in: Callable[[str], pl.Expr]) -> Callable[[str], pl.Series]:
    return lambda zone: values.to_frame("value").select(read_in(zone)).to_series()
