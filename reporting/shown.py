# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a report is made of, in which no small group can be: what is written, is written of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from contracts.findings import Findings
from contracts.settings import Settings
from reporting.disclosure import protect
from reporting.facts import Facts


@dataclass(frozen=True)
class Shown:
    """What may be shown of a run, and what is needed to say it.

    Whatever it is made of, what tells of few cases is hidden in it (``reporting.disclosure``).

    Attributes:
        findings: what the run found.
        tables: the same, in the shapes of ``contracts.tables.TABLES``.
        settings: the config of the process.
        facts: how the findings came about.
    """

    findings: Findings
    tables: Mapping[str, pl.DataFrame]
    settings: Settings
    facts: Facts

    def __post_init__(self) -> None:
        """Hides small groups; twice is as once."""
        least, ends = self.settings.privacy.minimum_group, self.settings.journey.end
        findings, tables = protect(self.findings, self.tables, least, ends)
        object.__setattr__(self, "findings", findings)
        object.__setattr__(self, "tables", tables)
