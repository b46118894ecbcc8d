# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The copy of a run that may be published: a folder ``public`` in the folder of the run.

What it says has to depend on what was published of the process before: nobody may subtract one
release from another and find out what a few cases did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contracts.findings import Findings
from contracts.tables import TABLES

if TYPE_CHECKING:
    from reporting.disclosure.release import Release
    from reporting.shown import Shown

FOLDER = "public"


def write_public(shown: Shown, process_folder: Path, run: Path) -> None:
    """Writes what may be published of a run into its folder.

    Args:
        shown: what may be shown of it inside; counts of rows and what only insiders say are left
            out.
        process_folder: the folder of the runs of the process, and so of what was published before.
        run: where the run is made.
    """
    from reporting.outputs import write_outputs

    out = run / FOLDER
    out.mkdir()
    open_facts = replace(
        shown.facts,
        is_public=True,
        sources=(),
        rules=(),
        no_steps=(),
        left_out={},
        answers=(),
        then={},
        not_compared=None,
    )
    earlier = tuple(_earlier(process_folder))
    write_outputs(replace(shown, facts=open_facts, earlier=earlier), out)


def _earlier(process_folder: Path) -> Iterator[Release]:
    """All earlier releases of a process that are kept."""
    from reporting.disclosure.release import Release

    for path in sorted(process_folder.glob(f"[!.]*/{FOLDER}/findings.json")):
        if path.parent.parent.is_symlink():  # `latest`
            continue
        findings = Findings.model_validate_json(path.read_text("utf-8"))
        tables = {each.stem: each for each in (path.parent / "tables").glob("*.parquet")}
        known = tables.keys() & TABLES.keys()  # an older version may have had others
        yield Release(findings, {n: pl.read_parquet(tables[n], glob=False) for n in sorted(known)})
