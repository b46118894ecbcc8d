# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a page shows of whole cases: three clocks, three ways to count, and how cases end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reporting.shown import Shown
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, sentence

_ROUNDED = sentence("numbers of cases are rounded down")
_SHARES_TOO = sentence(
    "numbers of cases are rounded down; percentages are rounded too, more so where cases are few"
)
_MONTHS = 12
_MOMENTS = 4
_CLOCKS = {
    "citizen": sentence("the citizen's: from the start of the case to the outcome"),
    "legal": sentence(
        "the legal one: leaves out what does not count according to the configuration"
    ),
    "work": sentence("that of the work: only while somebody works on the case; closed cases only"),
}


@dataclass(frozen=True)
class Outcomes:
    """The share of the cases with each outcome, at some moments after they started."""

    moments: list[str]
    rows: list[PageRow]


@dataclass(frozen=True)
class WholesSection:
    """How long whole cases take by each clock and in each month, and how they end.

    ``rounded``: that numbers of cases are rounded down; in a copy for the public they are not.
    ``outcomes_rounded``: the same, and that shares are rounded.
    """

    clocks: list[PageRow]
    months: list[PageRow]
    outcomes: Outcomes
    rounded: str
    outcomes_rounded: str


def wholes_section(shown: Shown, names: Names) -> WholesSection:
    """The whole cases of a run."""
    tables, speech = shown.tables, names.speech
    rounded, shares_too = (
        "" if shown.facts.is_public else f"; {speech.say(words)}"
        for words in (_ROUNDED, _SHARES_TOO)
    )
    return WholesSection(
        clocks=_clocks(tables["clocks"], speech),
        months=_months(tables["bases"], speech.date_of(shown.findings.as_of), speech),
        outcomes=_outcomes(tables["outcomes"], names),
        rounded=rounded,
        outcomes_rounded=shares_too,
    )


def _clocks(table: pl.DataFrame, speech: Speech) -> list[PageRow]:
    """A row for each clock that is known."""
    return [
        {
            "clock": speech.say(_CLOCKS[row["clock"]]),
            "cases": speech.number(row["cases"]),
            "p50": _reached(row["p50_days"], row["watched_days"], speech),
            "p90": _reached(row["p90_days"], None, speech),
        }
        for row in table.iter_rows(named=True)
    ]


def _months(bases: pl.DataFrame, as_of: dt.date, speech: Speech) -> list[PageRow]:
    """The last whole months, each on three bases; what is not shown is empty.

    Args:
        bases: in the shape of ``TABLES["bases"]``.
        as_of: local date; its own month is not over.
        speech: the language of the words.
    """
    whole = bases.filter(pl.col("month") < as_of.replace(day=1))
    shown = whole["month"].unique().sort().tail(_MONTHS)
    by_place = {(row["month"], row["basis"]): row for row in whole.iter_rows(named=True)}
    return [
        {
            "month": speech.month(month),
            **{
                basis: _basis(by_place.get((month, basis)), speech)
                for basis in ("began", "ended", "open")
            },
        }
        for month in shown
    ]


def _basis(row: Mapping[str, Any] | None, speech: Speech) -> PageRow:
    if row is None:
        return {"n": speech.say("not shown"), "p50": ""}
    p50 = _reached(row["p50_days"], row["watched_days"], speech)
    return {"n": speech.number(row["n"]), "p50": p50}


def _reached(days: float | None, watched_days: float | None, speech: Speech) -> str:
    if days is not None:
        return _days(days, speech)
    if not watched_days:
        return speech.say("not known yet")
    return speech.say("longer than %(time)s", time=_days(watched_days, speech))


def _days(days: float, speech: Speech) -> str:
    """In days, so that rows can be compared; in hours if it takes hours."""
    return speech.days(days) if days >= 1 else speech.duration(days)


def _outcomes(table: pl.DataFrame, names: Names) -> Outcomes:
    """For each outcome, which share of the cases has it within how long; at a few moments."""
    moments = table.filter(pl.col("share") > 0)["days"].unique().sort().tail(_MOMENTS).to_list()
    if not moments:
        return Outcomes(moments=[], rows=[])
    at = table.filter(pl.col("days").is_in(moments)).sort("days")
    found = at.group_by("outcome", "cases", maintain_order=True).agg("share")
    return Outcomes(
        moments=[
            names.speech.say("within %(time)s", time=names.speech.days(days)) for days in moments
        ],
        rows=[
            {
                "outcome": names.step(outcome),
                "cases": names.speech.number(cases),
                "shares": [names.speech.share(share) for share in shares],
            }
            for outcome, cases, shares in found.sort("cases", descending=True).iter_rows()
        ],
    )
