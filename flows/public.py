# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The copy of a run that may be published: a folder ``public`` in the run's own.

What it says depends on what was published of the process before, as it must: nobody may take one
release from another and find out what a few cases did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from contracts.findings import TABLES, Findings
from contracts.settings import Settings

if TYPE_CHECKING:
    from reporting.facts import Facts
    from reporting.release import Release

FOLDER = "public"


def write_public(
    findings: Findings,
    tables: Mapping[str, pl.DataFrame],
    settings: Settings,
    facts: Facts,
    process_folder: Path,
    run: Path,
) -> None:
    """Writes what may be published of a run into its folder.

    Args:
        findings: what may be shown inside of what it found.
        tables: the same, in the shapes of ``contracts.findings.TABLES``.
        settings: the config of the process.
        facts: how the findings came about; what counts rows or is said inside is left out.
        process_folder: holds the runs of the process, and so what was published before.
        run: where the run is made.
    """
    from reporting.outputs import write_outputs
    from reporting.release import released

    earlier = list(_earlier(process_folder))
    told = released(findings, tables, earlier, settings.privacy.minimum_group)
    out = run / FOLDER
    out.mkdir()
    open_facts = replace(
        facts,
        is_public=True,
        sources=(),
        rules=(),
        no_steps=(),
        left_out={},
        answers=(),
        then={},
        not_compared=None,
    )
    write_outputs(told.findings, told.tables, settings, open_facts, out)


def _earlier(process_folder: Path) -> Iterator[Release]:
    """All that was published of a process so far and is kept."""
    from reporting.release import Release

    for path in sorted(process_folder.glob(f"[!.]*/{FOLDER}/findings.json")):
        if path.parent.parent.is_symlink():  # `latest`
            continue
        findings = Findings.model_validate_json(path.read_text("utf-8"))
        tables = {each.stem: each for each in (path.parent / "tables").glob("*.parquet")}
        known = tables.keys() & TABLES.keys()  # an older version may have had others
        yield Release(findings, {n: pl.read_parquet(tables[n], glob=False) for n in sorted(known)})
