# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether cases go as they were meant to: how far they do so, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.shown import Shown
from reporting.words.counts import count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech
from reporting.words.vocabulary import DEVIATION

_DEVIATIONS = 8


@dataclass(frozen=True)
class MeantSection:
    """How far cases go as meant, in sentences, and where they differ most, in rows."""

    lines: list[str]
    deviations: list[PageRow]


def meant_section(shown: Shown, names: Names) -> MeantSection | None:
    """Whether cases went as the model in the config means them to; null without a model."""
    summary = shown.tables["conformance_summary"].rows(named=True)
    if not summary:
        return None
    most = shown.tables["conformance"].head(_DEVIATIONS)
    return MeantSection(
        lines=list(_how_far(summary[0], names.speech)),
        deviations=[
            {
                "step": names.step(row["activity"]),
                "what": names.speech.say(DEVIATION[row["what"]]),
                "cases": count(row["cases"], names.speech),
                "times": count(row["times"], names.speech),
            }
            for row in most.iter_rows(named=True)
        ],
    )


def _how_far(told: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    seen = told["cases_looked_at"]
    if told["fitting_cases"] is None:
        yield speech.say("How many cases went as meant is not shown: one of the groups is small.")
    else:
        share = speech.share(told["fitting_cases"] / seen)
        yield speech.say("So far, %(share)s of the cases went entirely as meant.", share=share)
    if told["mean_fitness"] is not None:
        yield speech.say(
            "On average, what a case did agrees for %(share)s with what the model asks.",
            share=speech.share(told["mean_fitness"]),
        )
    if told["is_cut_short"]:
        yield speech.say(
            "This covers %(seen)s of the %(cases)s cases: those on the most common routes. The "
            "others are left out.",
            seen=speech.number(seen),
            cases=speech.number(told["cases"]),
        )
    if told["is_out_of_time"]:
        yield speech.say("Time ran out, so another run may look at more cases or at fewer.")
