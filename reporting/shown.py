# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a report is made of, without small groups; everything that is written comes from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.findings import Findings
from contracts.settings import Settings
from reporting.disclosure.release import Release, by_day, released
from reporting.disclosure.rules import protect
from reporting.disclosure.steps import steps_at_least
from reporting.disclosure.waits import Pair, told_at_least
from reporting.facts import Facts


@dataclass(frozen=True)
class Shown:
    """What may be shown of a run, and what is needed to say it.

    Whatever it is made from, it hides what would reveal few cases (``reporting.disclosure.rules``).
    For the public it is told in round numbers (``reporting.disclosure.release``).

    Attributes:
        findings: what the run found.
        tables: the same, in the shapes of ``contracts.tables.TABLES``.
        settings: the config of the process.
        facts: how the findings came about.
        earlier: what was published of the process before; only public findings are compared.
    """

    findings: Findings
    tables: Mapping[str, pl.DataFrame]
    settings: Settings
    facts: Facts
    earlier: Sequence[Release] = ()

    def __post_init__(self) -> None:
        """Hides small groups, from exact numbers: parts of round ones may seem to leave few."""
        least, ends = self.settings.privacy.minimum_group, self.settings.whole_journey.end
        deadlines = self.settings.deadlines
        findings, tables = protect(self.findings, self.tables, least, ends, deadlines)
        if self.facts.is_public:  # all its numbers are round, and may be above the real ones
            public = released(findings, tables, self.earlier, least)
            findings = by_day(without_at_least(public.findings), self.settings.zone)
            tables = dict(public.tables)
        object.__setattr__(self, "findings", findings)
        object.__setattr__(self, "tables", tables)

    @property
    def rounded_down(self) -> Collection[Pair]:
        """The waits that may have more cases than are told, as for bottlenecks in the findings."""
        return told_at_least(self.tables["waits"], self.settings.privacy.minimum_group)

    @property
    def at_least(self) -> Collection[Pair]:
        """The waits that are said to have at least so many cases."""
        return () if self.facts.is_public else self.rounded_down

    @property
    def steps_at_least(self) -> frozenset[str]:
        """The steps that are told to have at least so many cases."""
        if self.facts.is_public:
            return frozenset()
        return steps_at_least(self.tables["steps"], self.settings.privacy.minimum_group)


def without_at_least(findings: Findings) -> Findings:
    """``findings`` that say of no number that it is rounded down."""
    as_told = {"cases_at_least": False}
    return findings.model_copy(
        update={
            "log": findings.log.model_copy(update={"events_at_least": False}),
            "bottlenecks": tuple(each.model_copy(update=as_told) for each in findings.bottlenecks),
            "explained_waits": tuple(
                each.model_copy(update=as_told) for each in findings.explained_waits
            ),
            "deadlines": tuple(
                each.model_copy(update={"at_least": ()}) for each in findings.deadlines
            ),
        }
    )
