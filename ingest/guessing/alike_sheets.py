# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds the sheets of a workbook that together are one log, such as a sheet per year."""

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
    """The other sheets of the only workbook that have the same columns as that of ``source``.

    Args:
        files: the files of the export; if there are several, none is given.
        source: how its sheet is read.
        sheets: all sheets that hold a table.
        columns: the columns of the sheet of ``source``.
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
    """The names of the columns of a sheet with rows; none if it cannot be read."""
    try:
        return sorted(read(file, source, (), Path(tempfile.mkdtemp(dir=scratch))).columns)
    except SourceError:
        return []
