# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Room on the disks that are written on: how much there is, and what to tell if one is full."""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path

from contracts.errors import EngineError

MIB = 1 << 20


def free_mib(folder: Path) -> float:
    """How much can be written to a file in a folder, which need not exist yet."""
    free = shutil.disk_usage(there(folder)).free
    largest, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    return (free if largest == resource.RLIM_INFINITY else min(free, largest)) / MIB


def there(folder: Path) -> Path:
    """A folder, or the nearest one above it that can be seen."""
    whole = folder.resolve()
    return next(path for path in (whole, *whole.parents) if os.access(path, os.F_OK))


def no_room() -> EngineError:
    """What to tell the user if a disk is full."""
    return EngineError(
        "A disk is full, or a file has reached its size limit (`ulimit -f`).",
        "`hoeksteen doctor`, given the same --out, shows how much room there is.",
    )
