# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the validation gate says of a log."""

from __future__ import annotations

import polars as pl
from pydantic import BaseModel, ConfigDict

from contracts.events import KEY
from contracts.findings import Severity

QUARANTINE = pl.Schema({**KEY, "case_id": pl.String, "reasons": pl.List(pl.String)})
"""A rejected row with the id of every rule it broke; ``case_id`` never leaves the work folder."""


class RuleResult(BaseModel):
    """One rule of the suite, before disclosure control; ``what`` says it in words, in English."""

    model_config = ConfigDict(frozen=True)

    id: str
    what: str
    severity: Severity
    success: bool
    rows: int
    cases: int


class Verdict(BaseModel):
    """``success`` is false when a critical rule was not met: the run stops there."""

    model_config = ConfigDict(frozen=True)

    success: bool
    rows: int
    quarantined_rows: int
    quarantined_cases: int
    rules: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The rules that were not met, of any severity."""
        return tuple(rule for rule in self.rules if not rule.success)
