# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Counts in words, and the words for counts that may not be shown."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from contracts.figures import Count
from contracts.findings import Bottleneck, Findings
from reporting.disclosure.small_groups import is_small
from reporting.shown import Shown
from reporting.words.speech import Speech, forms, sentence

_CASES = forms("%(n)s case", "%(n)s cases")


_AT_LEAST = forms("at least %(n)s case", "at least %(n)s cases")
AT_LEAST = sentence(
    "≥: at least so many; rounded down, since the exact number could tell of a few cases."
)


def cases(number: Count, speech: Speech, *, at_least: bool = False) -> str:
    """Such as "791 zaken", or that their number is not shown; ``at_least``: it is rounded down."""
    if number is None:
        return speech.say("number of cases not shown")
    return speech.plural(_AT_LEAST if at_least else _CASES, number)


def cases_in_brief(number: int, speech: Speech, *, at_least: bool) -> str:
    """Such as "≥ 790 zaken"."""
    one, many = speech.unfilled(_CASES)
    return (one if number == 1 else many) % {"n": count(number, speech, at_least=at_least)}


def count(value: Count, speech: Speech, *, at_least: bool = False) -> str:
    """A count, or that it is not shown: the group would be too small."""
    if value is None:
        return speech.say("not shown")
    sign = "≥\N{NO-BREAK SPACE}" if at_least else ""
    return f"{sign}{speech.number(value)}"


def of_waiting(share: float, findings: Findings, speech: Speech) -> str:
    """Such as "12 % van al het wachten", or of the waiting that is shown."""
    part = speech.share(share)
    if findings.waits_left_out:
        return speech.say("%(share)s of the waiting that is shown", share=part)
    return speech.say("%(share)s of all waiting", share=part)


def rows(number: int, minimum_group: int, speech: Speech) -> str:
    """How many rows, or that there are fewer than can be told."""
    if is_small(number, minimum_group):
        return speech.say("fewer than %(n)s", n=minimum_group)
    return speech.number(number)


@dataclass(frozen=True)
class Basis:
    """What figures rest on: how many cases, and how many of them are open.

    ``at_least``: the number of cases is rounded down; ``only_begun``: they are only cases whose
    begin is in the log, which has others too; ``of_place``: the open cases wait at one place.
    """

    cases: Count
    open_cases: Count
    at_least: bool = False
    only_begun: bool = False
    of_place: bool = False

    @classmethod
    def of(cls, whole: Findings | Bottleneck) -> Basis:
        """The basis of figures of the whole log, or of one place in it."""
        # a share of a number that is rounded down could be far off
        if isinstance(whole, Findings):
            log = whole.log
            return cls(log.cases, None if log.open_cases_at_least else log.open_cases)
        still_open = None if whole.cases_at_least else whole.open_cases
        return cls(whole.cases, still_open, at_least=whole.cases_at_least, of_place=True)


def followed(shown: Shown) -> Basis:
    """The basis of figures of whole cases: cases whose begin is in the log, like all from then."""
    log, told = shown.findings.log, shown.tables["clocks"].filter(pl.col("clock") == "citizen")
    if log.cases is None or told.is_empty():
        return Basis.of(shown.findings)
    counted, some_open = told.select("cases", "open_cases").row(0)
    # these are rounded down: if there is none, a few may still be open
    still_open = some_open or (0 if log.open_cases == 0 else None)
    is_all = log.cases - counted < shown.settings.privacy.minimum_group  # rounded down
    return (
        Basis.of(shown.findings)
        if is_all
        else Basis(counted, still_open, at_least=not shown.facts.is_public, only_begun=True)
    )
