# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A table as plans: whole, in slices, and in parts that are made when a rule asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from contracts.events import SLOTS


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


def table_of(paths: Sequence[str | Path], part_rows: int, scratch: str) -> Table:
    """The table of some Parquet files, in parts of about ``part_rows`` rows.

    Args:
        paths: parquet files; with a ``slot`` column, which says where cases go, if there are more
            rows than that.
        part_rows: how many rows a part may hold, where cases are spread evenly over the slots.
        scratch: a folder where the rows of a log of several parts are written once more, a part
            at a place, since each rule would else read the whole log for each part.
    """
    log = whole_log(paths)
    rows = log.select(pl.len()).collect().item()
    count = max(1, -(-rows // part_rows))

    def cut() -> list[pl.LazyFrame]:
        places = pl.PartitionBy(scratch, key=place_in(count).alias("part"), include_key=False)
        log.sink_parquet(places, compression="lz4", mkdir=True)
        return [
            pl.scan_parquet(sorted(place.iterdir()), glob=False)
            for place in sorted(Path(scratch).glob("part=*"))
        ]

    return Table(log, count, part_rows, cut)


def place_in(count: int) -> pl.Expr:
    """In which of so many parts a row is, by its ``slot``; one without is in the first."""
    # a row without a case id has no slot; it must be judged all the same
    return pl.col("slot").fill_null(0).cast(pl.Int64) * count // SLOTS


def whole_log(paths: Sequence[str | Path]) -> pl.LazyFrame:
    """The rows of all files; a column that a file lacks is null there."""
    # a folder may be called out[1]: a path is no pattern
    files = [pl.scan_parquet(path, glob=False) for path in paths]
    return pl.concat(files, how="diagonal")
