# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Room on the disks that are written on: how much there is, and what is told where it is full."""

from __future__ import annotations

import shutil
from pathlib import Path

from contracts.errors import EngineError

_MIB = 1 << 20
_OF_PREFECT_MIB = 16  # what its database takes, and a little more


def free_mib(folder: Path) -> float:
    """How much can be written in a folder, which may have to be made yet."""
    return shutil.disk_usage(there(folder)).free / _MIB


def there(folder: Path) -> Path:
    """A folder, or the nearest one above it that there is."""
    whole = folder.resolve()
    return next(path for path in (whole, *whole.parents) if path.exists())


def check_for_prefect() -> None:
    """Looks whether a server of Prefect can be started, where none is configured.

    Raises:
        EngineError: there is too little room for its database.
    """
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME

    if PREFECT_API_URL.value() is None and free_mib(PREFECT_HOME.value()) < _OF_PREFECT_MIB:
        raise no_room()


def no_room() -> EngineError:
    """What to tell the user where a disk is full."""
    return EngineError(
        "There is no room left on a disk that is written on.",
        "`hoeksteen doctor` shows how much there is.",
    )
