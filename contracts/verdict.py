# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The verdict of the validation gate on a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import polars as pl
from pydantic import BaseModel, ConfigDict

from contracts.events import KEY
from contracts.rules import Of, Owner, Severity
from contracts.texts import Words

QUARANTINE = pl.Schema({**KEY, "case_id": pl.String, "reasons": pl.List(pl.String)})
"""A row with the ids of all rules that it broke; ``case_id`` never leaves the work folder.

This is the shape of rows that were set aside, and of those that were only remarked on."""


class RuleResult(BaseModel):
    """One rule of the suite, before disclosure control.

    ``what`` it asks, with the ``names`` of the activities that it is about, as in the log;
    ``about``: the activities that break it, if they are in many cases; ``found`` says, in English,
    what helps to mend it. For a rule on the log as a whole, ``rows`` and ``cases`` are zero.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    what: Words
    names: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    found: str = ""
    of: Of
    severity: Severity
    owner: Owner
    success: bool
    rows: int
    cases: int

    def told(self, rows: int | None) -> str:
        """What the rule asks and what was found, in English; ``rows`` as they may be told."""
        broke = "" if rows == 0 else f" (not so in {_some(rows)} rows)"
        return f"{self.what.en.rstrip('.')}{broke}. {self.found}".strip()


class Verdict(BaseModel):
    """The verdict of the gate; if not a ``success``, a critical rule was broken and the run stops.

    ``unnamed_rows`` counts the rows in quarantine that do not say to which case they belong.
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

    def aside(self, k: int) -> Counts:
        """The rows and cases that are set aside, as they may be told."""
        return counts_of(self.quarantined_rows, self.quarantined_cases, k)

    def sentences(self, k: int) -> dict[str, str]:
        """What each rule asks and what was found; ``k``: the smallest group to tell of."""
        counts = told_counts(self.rules, *self.aside(k), k)
        return {rule.id: rule.told(counts[rule.id][0]) for rule in self.rules}


def _some(count: int | None) -> str:
    return "some" if count is None else f"{count:,}"


class Broken(Protocol):
    """How much of a log breaks a rule."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def severity(self) -> Severity: ...  # noqa: D102
    @property
    def rows(self) -> int | None: ...  # noqa: D102
    @property
    def cases(self) -> int | None: ...  # noqa: D102


Counts = tuple[int | None, int | None]


def told_counts(
    rules: Sequence[Broken], rows: int | None, cases: int | None, k: int
) -> dict[str, Counts]:
    """The rows and cases of each rule as they may be told: null if they are few.

    A hidden count could be worked out from the total and the counts of other rules; if that would
    give away a small count, the next smallest is hidden too.

    Args:
        rules: the rules with their exact counts.
        rows: the rows set aside, as told; null if they are not told.
        cases: the cases that lost rows, as told.
        k: the smallest group to tell of.
    """
    counts = {rule.id: counts_of(rule.rows, rule.cases, k) for rule in rules}
    aside = [rule for rule in rules if rule.severity != "info" and rule.rows]
    seen = sorted((rule for rule in aside if None not in counts[rule.id]), key=_size)
    while seen and _is_told(seen, rows, cases, k):
        counts[seen.pop(0).id] = (None, None)
    return counts


def counts_of(rows: int | None, cases: int | None, k: int) -> Counts:
    """The counts, with null for 1 … ``k - 1``, and for the rows of so few cases."""
    few = cases is None or 0 < cases < k
    return (None if few or rows is None or 0 < rows < k else rows), (None if few else cases)


def _size(rule: Broken) -> int:
    return rule.rows or 0


def _is_told(seen: Sequence[Broken], rows: int | None, cases: int | None, k: int) -> bool:
    """Whether a total minus one of these counts, or minus all, gives away a hidden count."""
    left = [
        total - told
        for total, each in ((rows, [rule.rows for rule in seen]), (cases, [r.cases for r in seen]))
        if total is not None
        for told in (*(count or 0 for count in each), sum(count or 0 for count in each))
    ]
    return any(0 < count < k for count in left)
