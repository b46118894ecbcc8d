# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Says on stderr how many cases of the sources have no row in the log, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ingest.staging import Staged


def tell(staged: Iterable[Staged], least: int) -> None:
    """A line a reason; of fewer cases than ``least`` not how many."""
    cases: Counter[str] = Counter()
    for each in staged:
        cases.update(each.left_out)
    for why, n in cases.items():
        many = f"Fewer than {least}" if n < least else f"{n:,}"
        click.echo(f"{many} cases {why}.", err=True)
