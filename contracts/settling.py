# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Folders that are never half there, whoever makes them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """Writes a folder in one step: what is written in the one that it gives is then renamed.

    Two may write the same folder, where a worker was taken for dead: what they write is the same,
    and that of the first stays. The folder above it must be there: who comes back after the run has
    ended finds it gone, and makes nothing.
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
