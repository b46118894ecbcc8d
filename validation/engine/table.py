# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A table as plans: whole, in slices, and in parts that are made when a rule asks for them."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from contracts.candidates import scan
from contracts.events import SLOTS
from contracts.settling import whole

Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Calls a function for every item, here or elsewhere; gives the results in the order of items."""


def _uncut() -> Sequence[pl.LazyFrame]:
    raise ValueError("A table of one part is not cut.")


@dataclass(frozen=True)
class Table:
    """A table as a whole, in slices and in parts; each of the three holds every row once.

    There are ``count`` slices, and as many parts except empty ones. A slice has ``slice_rows`` rows
    in their order in the files; ``cut`` makes parts, and all rows of a case are in one part.
    """

    whole: pl.LazyFrame
    count: int = 1
    slice_rows: int = 0
    cut: Callable[[], Sequence[pl.LazyFrame]] = _uncut

    @cached_property
    def slices(self) -> list[pl.LazyFrame]:
        """The table as slices."""
        if self.count == 1:
            return [self.whole]
        size = self.slice_rows
        return [self.whole.slice(number * size, size) for number in range(self.count)]

    @cached_property
    def parts(self) -> list[pl.LazyFrame]:
        """The table as parts."""
        return [self.whole] if self.count == 1 else list(self.cut())


def table_of(paths: Sequence[str | Path], part_rows: int, scratch: str, each: Each) -> Table:
    """The table of some Parquet files, in parts of about ``part_rows`` rows.

    Args:
        paths: parquet files; if they have more rows than that, they need a ``slot`` column, which
            says to which part a case goes.
        part_rows: how many rows a part may have, if cases are spread evenly over the slots.
        scratch: a folder where the rows of a log of several parts are written again, a part at a
            place; otherwise each rule would read the whole log for each part.
        each: calls a function for every slice, to cut it.
    """
    log = scan(paths)
    rows = log.select(pl.len()).collect().item()
    count = max(1, -(-rows // part_rows))

    def cut() -> list[pl.LazyFrame]:
        spread_over(count, Table(log, count, part_rows).slices, Path(scratch), each)
        files = [files_at(place, Path(scratch)) for place in range(count)]
        return [pl.scan_parquet(each_part, glob=False) for each_part in files if each_part]

    return Table(log, count, part_rows, cut)


def spread_over(count: int, plans: Iterable[pl.LazyFrame], folder: Path, each: Each) -> None:
    """Writes the rows of each plan in ``folder``, at one of ``count`` places by their ``slot``."""
    pieces = [_Piece(rows, folder / f"{n:05}", count) for n, rows in enumerate(plans)]
    collections.deque(each(_spread, pieces), maxlen=0)


def files_at(place: int, folder: Path) -> list[Path]:
    """The files of the rows at a place, without those that are still being written."""
    return sorted(folder.glob(f"[0-9]*/place={place}/*.parquet"))


class _Piece(NamedTuple):
    """A plan of some rows, a new folder for them, and the number of places in it."""

    rows: pl.LazyFrame
    folder: Path
    places: int


def _spread(piece: _Piece) -> None:
    rows, folder, count = piece
    with whole(folder) as aside:
        places = pl.PartitionBy(aside, key=_place_in(count).alias("place"), include_key=False)
        rows.sink_parquet(places, compression="lz4", mkdir=True)


def _place_in(count: int) -> pl.Expr:
    """The place of a row, of ``count``, by its ``slot``; a row without one is at the first."""
    # a row without a case id has no slot, but must be judged all the same
    return pl.col("slot").fill_null(0).cast(pl.Int64) * count // SLOTS
