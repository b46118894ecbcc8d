# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Why cases wait, in words: the name of each kind, how it is told, and what to ask first."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.events import CASE_PREFIX
from contracts.findings import LEAST_IN_GROUP, Bottleneck, Kind
from reporting.words.names import isolated
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, sentence

_ALWAYS_TOLD = "share_of_longest_hundredth"  # told of any wait, whatever causes it
UNKNOWN = "unknown"
_BY_NATURE = ("before_the_clock", "statutory_wait")  # kinds of a wait, whatever causes it

LABEL: dict[Kind, str] = {
    "capacity": sentence("Too little capacity"),
    "third_party_capacity": sentence("Too little capacity at another party"),
    "handover": sentence("Handover between organisations"),
    "rework": sentence("Work that is done again"),
    "prioritisation": sentence("The order of work"),
    "before_the_clock": sentence("Waiting before the clock starts"),
    "batching": sentence("In fixed rounds (batches)"),
    "statutory_wait": sentence("A period that the law sets"),
}
UNSEEN: dict[Kind | None, str] = {
    "third_party_capacity": sentence(
        "Waiting on another party; the log does not show why it takes this long"
    ),
    "handover": sentence(
        "Waiting for another organisation to take over; the log does not show why it takes this"
        " long"
    ),
    "before_the_clock": sentence(
        "Waiting before the clock starts; the log does not show why it takes this long"
    ),
    "statutory_wait": sentence("Always as long: probably a fixed term"),
    None: sentence("The log does not show why"),
}
FIRST_QUESTION: dict[Kind, str] = {
    "capacity": sentence("How much work comes in, and how many hours are there really for it?"),
    "third_party_capacity": sentence("What has been agreed with the party that must act here?"),
    "handover": sentence("With whom is the case between these two steps?"),
    "rework": sentence("What was not clear or not complete the first time?"),
    "prioritisation": sentence("Who decided on the order, and does the citizen know?"),
    "before_the_clock": sentence("What does the citizen see here that the figures do not show?"),
    "batching": sentence("Is the work done in batches, or only recorded in batches?"),
    "statutory_wait": sentence("Does this wait have to be this long, or may it be shorter?"),
}
_MEANING: dict[str, str] = {
    "capacity": sentence(
        "The agency must act. Waits are longer when more cases wait, or they were"
        " longer for a period, or the cases of one team wait longer."
    ),
    "third_party_capacity": sentence(
        "Another party must act. One group waits longer for it than other cases of the same weeks,"
        " or there was a period in which all waits were longer."
    ),
    "handover": sentence(
        "Cases that a certain organisation takes up wait longer than other cases, or cases pass "
        "through another organisation and come back."
    ),
    "rework": sentence(
        "A step is done again, or something more is asked of some groups more often. All waiting"
        " in such an extra round counts."
    ),
    "prioritisation": sentence(
        "One group waits longer for a step of the agency than other cases of the same weeks,"
        " and no team explains it: other cases go first. Whoever goes first makes another wait, so"
        " only the waiting beyond the average of all cases counts."
    ),
    "before_the_clock": sentence(
        "Most cases wait here before the legal clock starts. The figures about legal deadlines do"
        " not show this waiting; the citizen does wait."
    ),
    "batching": sentence(
        "9 in 10 cases are finished on at most half of the working days. A case then waits for"
        " the day of the next round."
    ),
    "statutory_wait": sentence(
        "Nearly every case waits here for the same number of days. That is not a queue, but a "
        "term that somebody set. The configuration can say which, and then it is no longer in "
        "this list."
    ),
}
_UNEXPLAINED = sentence(
    "Nothing that was looked for explains this wait: no group of %(n)s waits or more (by "
    "%(columns)s), no period, no extra rounds. Cases without a value there were not compared."
    " There may still be a cause. A long wait alone is no reason to blame anyone."
)
_NOT_COMPARED = sentence(
    "No period and no extra rounds explain this wait. The configuration names no groups of cases "
    "to compare, such as regions, so it is not known whether one group waits longer than others. "
    "You can name columns to compare by there, under analysis.segments. A long wait alone is no "
    "reason to blame anyone."
)
_NAMED: dict[str, str] = {
    **{str(kind): words for kind, words in LABEL.items()},
    UNKNOWN: UNSEEN[None],
}
_PAGE = {
    UNKNOWN: "ranking",
    "statutory_wait": "explained-waits",
}


def is_seen(found: Bottleneck) -> bool:
    """Whether the log shows a cause; without one, a kind only says whose turn it is."""
    return any(each.what != _ALWAYS_TOLD for each in found.evidence)


def label(found: Bottleneck, speech: Speech) -> str:
    """The name of the cause of a wait, or that none is seen."""
    if found.kind in LABEL and is_seen(found):
        return speech.say(LABEL[found.kind])
    return speech.say(UNSEEN.get(found.kind, UNSEEN[None]))


def first_question(found: Bottleneck, speech: Speech) -> str | None:
    """What to ask first about a wait, with a cause or not; nothing if no kind is known."""
    return speech.say(FIRST_QUESTION[found.kind]) if found.kind in FIRST_QUESTION else None


def meaning_of(found: Bottleneck) -> str:
    """The name in ``meanings`` for what is told of a wait."""
    is_told = found.kind in _BY_NATURE or (found.kind in _MEANING and is_seen(found))
    return str(found.kind) if is_told else UNKNOWN


def term(found: Bottleneck, speech: Speech) -> str:
    """The words in ``meanings`` for what is told of a wait."""
    return speech.say(_NAMED[meaning_of(found)])


def meanings(found: Sequence[Bottleneck], segments: Sequence[str], speech: Speech) -> list[PageRow]:
    """What each kind that occurs means: name, words, and the page with the method.

    Args:
        found: the waits that are told.
        segments: the attributes of cases by which groups were compared.
        speech: the language.
    """
    names = dict.fromkeys(meaning_of(each) for each in found)
    return [
        {
            "anchor": f"kind-{name}",
            "label": speech.say(_NAMED[name]),
            "words": _words(name, segments, speech),
            "page": f"docs/methods/{_PAGE.get(name, name)}.md",
        }
        for name in names
    ]


def _words(name: str, segments: Sequence[str], speech: Speech) -> str:
    """What a kind means; for a wait that nothing explains, what was looked for."""
    if name != UNKNOWN:
        return speech.say(_MEANING[name])
    if not segments:
        return speech.say(_NOT_COMPARED)
    columns = [isolated(each.removeprefix(CASE_PREFIX).replace("_", " ")) for each in segments]
    return speech.say(_UNEXPLAINED, n=LEAST_IN_GROUP, columns=speech.any_of(columns))
