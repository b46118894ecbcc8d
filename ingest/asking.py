# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Asks a source that is no file for what it has, and brings that to a file."""

from __future__ import annotations

from pathlib import Path

from contracts.errors import SourceError
from contracts.settings import Source
from ingest.sources import Address, SourceFile


def fetch(address: Address, source: Source, landing: Path) -> SourceFile:
    """Brings what ``address`` gives to ``landing``, where a reader of a format can read it.

    Args:
        address: what ``source`` means.
        source: how to ask.
        landing: a folder for this address alone, which an earlier try that was broken off may have
            left something in to go on with.

    Raises:
        SourceError: it does not answer, or not as it should.
    """
    del source, landing
    raise SourceError(f"{address.name}: {address.format} is not asked by this version yet.")
