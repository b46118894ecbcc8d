# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tells Prefect things beside a run; if it does not take them, that is only logged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.logging import get_run_logger


@contextmanager
def told_of(what: str, see: Path | None = None) -> Iterator[None]:
    """Lets the run go on if Prefect cannot be told; ``see`` is where the same can be read."""
    try:
        yield
    except Exception as error:
        get_run_logger().warning(
            "Prefect was not told of %s (%s)%s.",
            what,
            type(error).__name__,
            f"; see {see}" if see else "",
        )
