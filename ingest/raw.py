# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What every reader hands over: the rows of one file, as they stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from contracts.errors import SourceError

ROW = "#row"
"""Name of the column with row numbers, which no export has."""

DIGEST = "#digest"
"""Name of the column with a digest of all that a row says, also in columns that are not read."""


@dataclass(frozen=True)
class Raw:
    """The rows of one file, not read yet.

    ``frame`` has ``ROW`` (from 1), ``DIGEST``, and columns named as in the file; the attribute
    ``x`` of an XES trace is the column ``case:x``. Values are ``String``, in Parquet of any type. A
    reader may leave out columns not asked for; ``columns`` names all that the file has.
    ``refusal`` says what is wrong with a file that turns out to be unreadable half-way.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    refusal: Callable[[], SourceError]


_OF_A_BAD_FILE = (
    pl.exceptions.ComputeError,
    pl.exceptions.InvalidOperationError,
    pl.exceptions.NoDataError,
)


@contextmanager
def refused(refusal: Callable[[], SourceError]) -> Iterator[None]:
    """Turns what polars throws at a damaged file into ``refusal``, which echoes none of it."""
    try:
        yield
    except _OF_A_BAD_FILE:
        raise refusal() from None
    except OSError as error:
        if error.errno is not None:  # the disk's trouble, not the file's
            raise
        raise refusal() from None
