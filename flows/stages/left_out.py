# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Tells on stderr how many cases of the sources have no row in the log, and why."""

from __future__ import annotations

from collections.abc import Iterable

import click

from contracts.left_out import added_up, sentences
from ingest.storage.batches import Staged


def tell(staged: Iterable[Staged], least: int) -> None:
    """Prints a line per reason; fewer cases than ``least`` are not counted in it."""
    cases = added_up(each.left_out for each in staged)
    for sentence in sentences(cases, least, "en", "{:,}".format):
        click.echo(sentence, err=True)
