# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A store of which something was lost, as by a disk, or by a copy that was cut short."""

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
"""What a Parquet file ends with."""


def damaged(store: StorePlace) -> SourceError:
    """What to tell of it."""
    return SourceError(
        f"The store in {store} is damaged: something of it is missing, cut short, or garbled.",
        "Put back a copy of it. If you begin with a new --store, forget again what was forgotten.",
    )


def check_whole(store: StorePlace, paths: Iterable[Path]) -> None:
    """Makes sure that files of a store are there, and were not cut short; others are let be.

    Raises:
        SourceError: one is not.
    """
    ours = (path for path in paths if path.is_relative_to(store.path))
    if not all(map(_is_whole, ours)):
        raise damaged(store)


@contextmanager
def damage_told(store: StorePlace) -> Iterator[None]:
    """Tells of what nobody foresaw as of damage, where a file of ``store`` cannot be read.

    All of a file is read only then: what is garbled amid it, nothing else would tell.

    Raises:
        SourceError: one cannot.
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
