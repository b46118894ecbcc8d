# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which sheets of a workbook are one log, as where each year has one."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from contracts.errors import SourceError
from contracts.sources import Source
from ingest.source_files import SourceFile
from ingest.staging import read


def alike(
    files: Sequence[SourceFile],
    source: Source,
    sheets: Collection[str],
    columns: Sequence[str],
    scratch: Path,
) -> tuple[str, ...]:
    """The sheets of the only workbook that have the same columns as the one of ``source``.

    Args:
        files: of the export; of several none is told.
        source: how its sheet is read.
        sheets: all that hold a table.
        columns: of the sheet of ``source``.
        scratch: an existing folder.
    """
    if source.sheet is None or len(files) > 1:
        return ()
    others = [each for each in sheets if each != source.sheet]
    return tuple(
        each
        for each in others
        if _columns(files[0], source.model_copy(update={"sheet": each}), scratch) == sorted(columns)
    )


def _columns(file: SourceFile, source: Source, scratch: Path) -> list[str]:
    """The columns of a sheet that has rows, by name; none of one that cannot be read."""
    try:
        return sorted(read(file, source, (), Path(tempfile.mkdtemp(dir=scratch))).columns)
    except SourceError:
        return []
