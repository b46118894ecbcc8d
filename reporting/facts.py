# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the accountability section needs to know besides the findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contracts.dialogue import Answer
from contracts.findings import Bottleneck
from contracts.left_out import Why
from contracts.verdict import RuleResult

WhyNot = Literal["looks_back", "few", "not_kept", "other_names"]
"""Why a run is not compared with the last one, if there is one."""


@dataclass(frozen=True)
class SourceFact:
    """A source that was read: its name, its rows, the first characters of its SHA-256.

    A source that is there no more was read for an earlier run, and is in the store.
    """

    name: str
    rows: int
    sha256: str
    is_there: bool = True


@dataclass(frozen=True)
class Facts:
    """How the findings came about.

    Attributes:
        version: the version of the tool.
        sources: what was read.
        rules: every rule of the gate, before disclosure control.
        defaulted: config keys, or sentences, about what nobody chose.
        left_out: how many cases of the sources have no row, by reason.
        known: since when the log of the run was known, if it looks back at a moment; null if what
            was known then is not kept.
        looks_back: whether it does so.
        kept_from: the day before which ended cases are kept no more, if any.
        no_steps: the kinds of rows that only tell what befell a step ("schedule"), and how many of
            each; they do not count as steps.
        answers: what was answered about stalls in earlier reports, the newest for each place.
        then: the stalls of those reports, by their day; without reports that are not kept.
        is_public: whether it is for the public: in round numbers, without what is said inside.
        not_compared: why the report does not say what changed since the last one; null if it
            does, or if there is none.
    """

    version: str
    sources: tuple[SourceFact, ...] = ()
    rules: tuple[RuleResult, ...] = ()
    defaulted: tuple[str, ...] = ()
    no_steps: tuple[tuple[str, int], ...] = ()
    left_out: Mapping[Why, int] = field(default_factory=dict)
    known: dt.datetime | None = None
    looks_back: bool = False
    kept_from: dt.date | None = None
    not_compared: WhyNot | None = None
    is_public: bool = False
    answers: tuple[Answer, ...] = ()
    then: Mapping[dt.date, tuple[Bottleneck, ...]] = field(default_factory=dict)
