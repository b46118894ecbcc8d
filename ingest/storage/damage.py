# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Detects a store that lost something, for instance by a bad disk or a copy that was cut short."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from contracts.errors import HoeksteenError, SourceError
from ingest.storage.bucket_folder import BATCHES
from ingest.storage.places import StorePlace

_MARK = b"PAR1"
"""The last bytes of a Parquet file."""


def damaged(store: StorePlace) -> SourceError:
    """The error for a damaged store."""
    return SourceError(
        f"The store in {store} is damaged: something of it is missing, cut short, or garbled.",
        "Put back a copy of it. If you begin with a new --store, forget again what was forgotten.",
    )


def check_whole(store: StorePlace, paths: Iterable[Path]) -> None:
    """Checks that files of a store are there, and not cut short; others are not looked at.

    Raises:
        SourceError: one is missing or cut short.
    """
    ours = (path for path in paths if path.is_relative_to(store.path))
    if not all(map(_is_whole, ours)):
        raise damaged(store)


@contextmanager
def damage_told(store: StorePlace) -> Iterator[None]:
    """Turns an unforeseen error into that of damage, if a file of ``store`` cannot be read.

    Only then are the files read as a whole, which alone shows what is garbled inside them.

    Raises:
        SourceError: a file cannot be read.
    """
    try:
        yield
    except HoeksteenError:
        raise
    except (Exception, pl.exceptions.PanicException):
        if all(map(_is_read, store.path.glob(f"{BATCHES}*/*"))):
            raise
        raise damaged(store) from None


def _is_read(path: Path) -> bool:
    try:
        pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return False
    return True


def _is_whole(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - len(_MARK)))
        return file.read() == _MARK
