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

from contracts.events import SLOTS
from contracts.settling import whole

Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Does a function for every item, here or elsewhere; what that gives in the order of the items."""


def _uncut() -> Sequence[pl.LazyFrame]:
    raise ValueError("A table of one part is not cut.")


@dataclass(frozen=True)
class Table:
    """``whole`` holds each row once, and so do its slices, and the parts that ``cut`` makes of it.

    There are ``count`` of each, less the parts that would be empty. A slice holds ``slice_rows``
    rows as they stand; the rows of a case are in one part.
    """

    whole: pl.LazyFrame
    count: int = 1
    slice_rows: int = 0
    cut: Callable[[], Sequence[pl.LazyFrame]] = _uncut

    @cached_property
    def slices(self) -> list[pl.LazyFrame]:
        """The slices."""
        if self.count == 1:
            return [self.whole]
        size = self.slice_rows
        return [self.whole.slice(number * size, size) for number in range(self.count)]

    @cached_property
    def parts(self) -> list[pl.LazyFrame]:
        """The parts."""
        return [self.whole] if self.count == 1 else list(self.cut())


def table_of(paths: Sequence[str | Path], part_rows: int, scratch: str, each: Each) -> Table:
    """The table of some Parquet files, in parts of about ``part_rows`` rows.

    Args:
        paths: parquet files; with a ``slot`` column, which says where cases go, if there are more
            rows than that.
        part_rows: how many rows a part may hold, where cases are spread evenly over the slots.
        scratch: a folder where the rows of a log of several parts are written once more, a part
            at a place, since each rule would else read the whole log for each part.
        each: does a function for every slice, to cut it.
    """
    log = whole_log(paths)
    rows = log.select(pl.len()).collect().item()
    count = max(1, -(-rows // part_rows))

    def cut() -> list[pl.LazyFrame]:
        slices = Table(log, count, part_rows).slices
        uncut = [_Uncut(piece, Path(scratch) / f"{n:05}", count) for n, piece in enumerate(slices)]
        collections.deque(each(_cut, uncut), maxlen=0)
        of_parts = (sorted(Path(scratch).glob(f"[0-9]*/part={n}/*.parquet")) for n in range(count))
        return [pl.scan_parquet(files, glob=False) for files in of_parts if files]

    return Table(log, count, part_rows, cut)


class _Uncut(NamedTuple):
    """Some rows, and a new folder for them, with a place for each of so many parts."""

    rows: pl.LazyFrame
    folder: Path
    parts: int


def _cut(uncut: _Uncut) -> None:
    with whole(uncut.folder) as folder:
        places = pl.PartitionBy(folder, key=place_in(uncut.parts).alias("part"), include_key=False)
        uncut.rows.sink_parquet(places, compression="lz4", mkdir=True)


def place_in(count: int) -> pl.Expr:
    """In which of so many parts a row is, by its ``slot``; one without is in the first."""
    # a row without a case id has no slot; it must be judged all the same
    return pl.col("slot").fill_null(0).cast(pl.Int64) * count // SLOTS


def whole_log(paths: Sequence[str | Path]) -> pl.LazyFrame:
    """The rows of all files; a column that a file lacks is null there."""
    # a folder may be called out[1]: a path is no pattern
    files = [pl.scan_parquet(path, glob=False) for path in paths]
    return pl.concat(files, how="diagonal")
