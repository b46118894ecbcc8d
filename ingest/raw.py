# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every reader hands over: the rows of one file, as they are in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from contracts.errors import SourceError
from contracts.left_out import Why
from ingest.notices import Sign

ROW = "#row"
"""Name of the column with row numbers."""

DIGEST = "#digest"
"""Name of the column with a digest of the whole row, including columns that are not read."""

DESTROY_ON = "#destroy_on"
"""Name of the column with the day after which the case of a row may not be kept, if any."""

MOST_COLUMNS = 5_000
"""The most columns that a log may have: each is looked through."""


def check_columns(columns: Collection[str], name: str) -> None:
    """Refuses a file, called ``name``, with too many columns for a log."""
    if len(columns) > MOST_COLUMNS:
        raise SourceError(
            f"{name} has more than {MOST_COLUMNS:,} columns.",
            "Export an event log: a row for each event, and a column for each thing it tells.",
        )


class Doubt(NamedTuple):
    """What may be wrong with a file: if a row ``shows`` it, ``settle`` looks closer.

    ``settle`` raises a ``SourceError`` if it is indeed wrong.
    """

    shows: pl.Expr
    settle: Callable[[], None]


@dataclass(frozen=True)
class Raw:
    """The rows of one file, not read yet.

    ``columns`` names all columns of the file; the attribute ``x`` of an XES trace is the column
    ``case:x``. ``frame`` has ``ROW`` (from 1), ``DIGEST``, and each column that is read, under the
    name that ``places`` gives it: a name in a file can be anything, and polars would take ``*`` for
    all columns. Values are ``String``; in Parquet, of any type. A reader may leave out columns that
    were not asked for. ``frame`` may also have ``DESTROY_ON``.
    ``texts`` names, by place, the columns of ``frame`` to look through for personal data.
    ``refusal`` makes the error for a file that turns out to be unreadable half-way.
    ``signs``: what the reader itself can see broken in a row.
    ``missing``: how many records the source says it has that are not there.
    ``left_out``: how many cases, events or rows are not in the log, by reason.
    ``doubt``: what one look through the rows may show about the whole file.
    ``untold``: how many columns have a value for a name, and therefore another name here.
    ``of_1904``: whether numbers that are days count from 1904, as a workbook may say.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    places: Mapping[str, str]
    texts: Mapping[str, str]
    refusal: Callable[[], SourceError]
    signs: Sequence[Sign] = ()
    missing: int = 0
    left_out: Mapping[Why, int] = field(default_factory=dict)
    doubt: Doubt | None = None
    untold: int = 0
    of_1904: bool = False


_OF_A_BAD_FILE = (
    pl.exceptions.ComputeError,
    pl.exceptions.InvalidOperationError,
    pl.exceptions.NoDataError,
    pl.exceptions.SchemaError,
)


def place(number: int) -> str:
    """The name in a frame of the column at index ``number`` in its file."""
    return f"c{number}"


def numbered(count: int) -> tuple[str, ...]:
    """The names of the columns of a table without a header: ``column 1`` and so on."""
    return tuple(f"column {number}" for number in range(1, count + 1))


def digest(columns: Sequence[str]) -> pl.Expr:
    """``DIGEST`` of a frame with all ``columns`` of its file, whatever their order."""
    by_name = sorted(range(len(columns)), key=lambda number: (columns[number], number))
    # each column has a hash of its own; their wrapping sum is faster than the hash of a record
    hashes = (pl.col(place(number)).hash(seed) for seed, number in enumerate(by_name))
    return pl.sum_horizontal(hashes).alias(DIGEST)


@contextmanager
def refused(
    refusal: Callable[[], SourceError], frame: pl.LazyFrame | None = None
) -> Iterator[None]:
    """Turns what polars raises for a damaged file into ``refusal``, which quotes none of it.

    If all rows of ``frame`` can be read, the file is not at fault, and the error is left as it is.
    """
    try:
        yield
    except _OF_A_BAD_FILE:
        if frame is not None and _is_whole(frame):
            raise
        raise refusal() from None
    except OSError as error:
        if error.errno is not None:  # a fault of the disk, not of the file
            raise
        raise refusal() from None


def _is_whole(frame: pl.LazyFrame) -> bool:
    try:
        frame.select(pl.col(DIGEST).max()).collect(engine="streaming")  # it reads every column
    except (pl.exceptions.PolarsError, OSError):
        return False
    return True
