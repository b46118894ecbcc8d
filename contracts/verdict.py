# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the validation gate says of a log."""

from __future__ import annotations

import polars as pl
from pydantic import BaseModel, ConfigDict

from contracts.events import KEY
from contracts.rules import Owner, Severity, Words

QUARANTINE = pl.Schema({**KEY, "case_id": pl.String, "reasons": pl.List(pl.String)})
"""A row with the id of every rule it broke; ``case_id`` never leaves the work folder.

Rows that were set aside have it, and so have those that were only remarked on."""


class RuleResult(BaseModel):
    """One rule of the suite, before disclosure control.

    ``what`` it asks; ``found`` says, in English, what helps to mend it. Of a rule about the log as
    a whole ``rows`` and ``cases`` are zero.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    what: Words
    found: str = ""
    severity: Severity
    owner: Owner
    success: bool
    rows: int
    cases: int

    @property
    def in_words(self) -> str:
        """What it asks and what was found, in English."""
        return f"{self.what.en} {self.found}".strip()


class Verdict(BaseModel):
    """``success`` is false when a critical rule was not met: the run stops there.

    ``unnamed_rows`` of those in the quarantine say of no case that they belong to it.
    """

    model_config = ConfigDict(frozen=True)

    success: bool
    rows: int
    quarantined_rows: int
    quarantined_cases: int
    unnamed_rows: int = 0
    rules: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The rules that were not met, of any severity."""
        return tuple(rule for rule in self.rules if not rule.success)
