# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What Prefect is told beside a run: where it does not take that, it is logged, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.logging import get_run_logger


@contextmanager
def told_of(what: str, see: Path | None = None) -> Iterator[None]:
    """Lets the run go on where Prefect cannot be told; what it would be told is in ``see``."""
    try:
        yield
    except Exception as error:
        get_run_logger().warning(
            "Prefect was not told of %s (%s)%s.",
            what,
            type(error).__name__,
            f"; see {see}" if see else "",
        )
