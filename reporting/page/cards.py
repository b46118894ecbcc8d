# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A definition card beside each figure: what it says, of which cases, by which calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contracts.findings import Bottleneck, Findings
from reporting.shown import Shown
from reporting.words.counts import Basis, cases, followed
from reporting.words.speech import Speech, sentence
from reporting.words.story import KeyFigure, Measure

_WHAT: Mapping[Measure, str] = {
    "half_done": sentence("How long after its begin half of the cases have their outcome."),
    "most_done": sentence("How long after its begin 9 of 10 cases have their outcome."),
    "open": sentence("Cases that did not have their outcome yet when the data ended."),
    "extra": sentence(
        "How many days longer cases waited than those they are compared with, spread over all cases"
        " of the log. All waits for the step that comes next count, wherever cases came from: so it"
        " may be more than all waiting here. In brackets: its range, 9 times out of 10."
    ),
    "wait_half": sentence("Within how long half of the cases that come here go on."),
    "wait_most": sentence("How long 1 in 10 of the cases that come here waits, or longer."),
    "waiting": sentence("Cases that waited here when the data ended."),
    "lost": sentence(
        "All days that cases waited here, added up; without what the law or a decision explains."
    ),
}
_OPEN_COUNT = sentence(
    "Cases that are still open count for as long as they were watched (Kaplan-Meier)."
)
_SHARED_OUT = sentence(
    "A case whose next step is not known yet is shared out over the steps that may come."
)
_COUNTED: Mapping[Measure, tuple[str, ...]] = {
    "half_done": (_OPEN_COUNT,),
    "most_done": (_OPEN_COUNT,),
    "open": (sentence("Of all cases in the log, whenever they began."),),
    "extra": (sentence("Of waits that ended and waits that go on, week by week."),),
    "wait_half": (_OPEN_COUNT, _SHARED_OUT),
    "wait_most": (_OPEN_COUNT, _SHARED_OUT),
    "waiting": (_SHARED_OUT,),
    "lost": (sentence("Of waits that ended, and of those that go on up to the end of the data."),),
}
_PAGE: Mapping[Measure, str] = {"extra": "ranking", "lost": "ranking"}
_OPEN_CASES = "open-cases"
_OF_FOLLOWED: frozenset[Measure] = frozenset({"half_done", "most_done"})
_IN_CASES: frozenset[Measure] = frozenset({"open", "waiting"})


def card(
    measure: Measure, basis: Basis, day: str, version: str, speech: Speech
) -> list[dict[str, str]]:
    """The rows of a card.

    Args:
        measure: which figure.
        basis: what it rests on.
        day: the day on which the data ended, in words.
        version: the version of the tool.
        speech: the language of the words.
    """
    calendar = (
        speech.say("On %(day)s.", day=day)
        if measure in _IN_CASES
        else speech.say("Calendar days, up to %(day)s.", day=day)
    )
    rows = {
        sentence("What"): speech.say(_WHAT[measure]),
        sentence("Counted"): " ".join(map(speech.say, _COUNTED[measure])),
        sentence("Calendar"): calendar,
        sentence("Cases"): _in_cases(basis, speech),
        sentence("Rule"): f"docs/methods/{_PAGE.get(measure, _OPEN_CASES)}.md, hoeksteen {version}",
    }
    return [{"term": speech.say(term), "words": words} for term, words in rows.items()]


def with_cards(
    figures: Sequence[KeyFigure], whole: Findings | Bottleneck, shown: Shown, speech: Speech
) -> tuple[KeyFigure, ...]:
    """``figures`` of the ``whole`` log or of one place in it, each with its card."""
    day = speech.day(shown.findings.as_of)
    return tuple(
        replace(
            each,
            card=tuple(
                card(each.measure, _basis(each, whole, shown), day, shown.facts.version, speech)
            ),
        )
        for each in figures
    )


def _basis(figure: KeyFigure, whole: Findings | Bottleneck, shown: Shown) -> Basis:
    if figure.measure in _OF_FOLLOWED:
        return followed(shown)
    basis = Basis.of(whole)
    if isinstance(whole, Bottleneck) and (whole.from_, whole.to) in shown.rounded_down:
        # the cases are rounded down, even if that is not said: no share of them is told
        return replace(basis, open_cases=None)
    return basis


def _in_cases(basis: Basis, speech: Speech) -> str:
    if basis.cases is None:
        return speech.say("not shown")
    told = _with_open(cases(basis.cases, speech, at_least=basis.at_least), basis, speech)
    if basis.only_begun:
        return speech.say("%(cases)s; only cases whose begin is in the log", cases=told)
    return told


def _with_open(number: str, basis: Basis, speech: Speech) -> str:
    if basis.open_cases is None or not basis.cases:
        return number
    share = speech.share(basis.open_cases / basis.cases)
    if basis.of_place:
        return speech.say(
            "%(cases)s, of which %(share)s still wait here", cases=number, share=share
        )
    return speech.say("%(cases)s, of which %(share)s are still open", cases=number, share=share)
