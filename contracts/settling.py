# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Folders that are never half-written, whoever makes them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """Writes a folder in one step: gives another folder to write in, and then renames that.

    Two workers may write the same folder if one was taken for dead: they write the same, and that
    of the first stays. The parent folder must exist: a worker that comes back after the end of the
    run finds it gone, and makes nothing.
    """
    aside = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    aside.mkdir()
    try:
        yield aside
        _settle(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _settle(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
