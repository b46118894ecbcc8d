# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bottlenecks in words: a heading, a summary, the figures, the signs and what to ask first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from contracts.findings import Bottleneck, Findings
from reporting.disclosure.small_groups import in_digits
from reporting.words import counts, evidence, kinds
from reporting.words.names import Names
from reporting.words.place_figures import figures_of
from reporting.words.speech import Speech, capitalised, forms, sentence
from reporting.words.story import SECTIONS, KeyFigure

CERTAINTY = {
    "high": sentence("certainty of figures: high"),
    "fair": sentence("certainty of figures: fair"),
    "low": sentence("certainty of figures: low"),
}
NOBODY_SAID = sentence(
    "The configuration does not say whose turn it is here; it is assumed to be the agency's."
)
CITIZEN_CLOCK = sentence("The legal clock does not run here; for the citizen time does pass.")
ACTOR = {
    "agency": sentence("The agency must act here."),
    "citizen": sentence("The citizen must act here."),
    "third_party": sentence("Another party must act here."),
}

_WORKING_DAYS = forms("%(n)s working day", "%(n)s working days")
_FEW_WEIGH = 0.5
"""With this share of all waiting in it, the longest hundredth tells more than 1 in 10 does."""


@dataclass(frozen=True)
class Wait:
    """A bottleneck in words.

    Attributes:
        number: its place in the list and on the map.
        anchor: the anchor of its section in the page.
        title: where it is; ``heading``: where, and why or how long.
        cause: its kind, or that none is seen; ``is_seen``: which of the two.
        about: which group and which period, in few words; ``whom``, ``since``: in full.
        extra: what a visible cause adds to a case, in few words.
        again: if its place was told of before, that it was.
        meaning: the anchor where the page explains ``term``.
        signs: what the log shows of the cause.
        remarks: whose turn it is, what was counted, how sure its rank is.
    """

    number: int
    anchor: str
    source: Bottleneck
    title: str
    cause: str
    is_seen: bool
    about: str
    whom: str
    since: str
    extra: str
    meaning: str
    term: str
    heading: str
    summary: str
    share: str
    again: str
    certainty: str
    figures: tuple[KeyFigure, ...]
    signs: tuple[str, ...]
    remarks: tuple[str, ...]
    first_question: str | None


def waits(findings: Findings, names: Names, most: int | None = SECTIONS) -> list[Wait]:
    """The first ``most`` bottlenecks in words, in their order."""
    first: dict[tuple[str, str | None], int] = {}
    return [
        _wait(each, first.setdefault((each.from_, each.to), each.rank), findings, names)
        for each in findings.bottlenecks[:most]
    ]


def anchor(found: Bottleneck) -> str:
    """The anchor of the section of a bottleneck in the page."""
    return f"wait-{found.rank}"


def _wait(found: Bottleneck, first: int, findings: Findings, names: Names) -> Wait:
    """One bottleneck; ``first`` is the number of the first bottleneck at this place."""
    speech, as_of = names.speech, findings.as_of
    place = names.place(found.from_, found.to)
    cause = kinds.label(found, speech)
    again = speech.say("The same place as number %(n)s.", n=first)
    return Wait(
        number=found.rank,
        anchor=anchor(found),
        source=found,
        title=capitalised(place),
        cause=cause,
        is_seen=kinds.is_seen(found),
        about=evidence.brief(found, as_of, speech),
        whom=_whom(found, names),
        since=_since(found, as_of, speech),
        extra=_extra(found, speech),
        meaning=f"kind-{kinds.meaning_of(found)}",
        term=kinds.term(found, speech),
        heading=f"{cause}: {place}" if kinds.is_seen(found) else _heading(found, place, speech),
        summary=_summary(found, speech),
        share=counts.of_waiting(found.share_of_waiting, findings, speech),
        again="" if first == found.rank else again,
        certainty=speech.say(CERTAINTY[found.certainty]),
        figures=tuple(figures_of(found, speech)),
        signs=tuple(evidence.signs(found, speech)),
        remarks=tuple(_remarks(found, names)),
        first_question=kinds.first_question(found, speech),
    )


def _whom(found: Bottleneck, names: Names) -> str:
    speech, group = names.speech, evidence.group(found, names.speech)
    if group:
        return speech.say(
            "The signs show in cases with %(group)s; the figures are of all cases.",
            group=group,
        )
    if names.settings.analysis.segments:
        return speech.say("This is about all cases that come here.")
    return speech.say(
        "This is about all cases that come here; the configuration names no groups to compare."
    )


def _since(found: Bottleneck, as_of: dt.datetime, speech: Speech) -> str:
    period = evidence.period(found, as_of, speech)
    return (
        speech.say(
            "The signs show %(period)s; the figures are of the whole log.",
            period=period,
        )
        if period
        else speech.say("The log does not show since when.")
    )


def _extra(found: Bottleneck, speech: Speech) -> str:
    if found.interval is None or found.mean_days_per_case <= 0 or not kinds.is_seen(found):
        return ""
    days, _, _ = speech.days_between(found.mean_days_per_case, *found.interval)
    return speech.say("%(days)s extra per case", days=days)


def _heading(found: Bottleneck, place: str, speech: Speech) -> str:
    days = found.wait_days
    if found.to is None:
        return speech.say("Cases stand still %(place)s", place=place)
    if evidence.told(found).get("share_of_longest_hundredth", 0.0) >= _FEW_WEIGH:
        return speech.say("A few cases stand still for very long %(place)s", place=place)
    if days.p90 is not None:
        time = speech.duration(days.p90)
        return speech.say(
            "1 in 10 cases stands still for %(time)s or longer %(place)s", time=time, place=place
        )
    if days.p50 is not None:
        time = speech.duration(days.p50)
        return speech.say(
            "Half of the cases stand still for %(time)s or longer %(place)s", time=time, place=place
        )
    return speech.say("Cases stand still %(place)s", place=place)


def _summary(found: Bottleneck, speech: Speech) -> str:
    cases = _cases(found, speech)
    days = found.wait_days
    if found.to is None:
        return speech.say(
            "%(cases)s stand still here: that many of the cases that stood still this long did "
            "not go on in the log.",
            cases=cases,
        )
    if days.p90 is not None:
        time = speech.duration(days.p90)
        return speech.say(
            "%(cases)s waited here; 1 in 10 for %(time)s or longer.", cases=cases, time=time
        )
    if days.p50 is not None:
        time = speech.duration(days.p50)
        return speech.say(
            "%(cases)s waited here; half of them for %(time)s or longer. How long 1 in 10"
            " waits is not known yet.",
            cases=cases,
            time=time,
        )
    return speech.say("%(cases)s waited here; how long is not known yet.", cases=cases)


def _cases(found: Bottleneck, speech: Speech) -> str:
    if found.cases is None:
        return speech.say("An unknown number of cases")
    return capitalised(counts.cases(found.cases, speech, at_least=found.cases_at_least))


def _remarks(found: Bottleneck, names: Names) -> list[str]:
    step = names.settings.journey.steps.get(found.to or "")
    is_norm = bool(step and step.statutory_wait)
    remarks = [
        names.speech.say(ACTOR[found.actor] if step else NOBODY_SAID) if found.actor else "",
        names.speech.say(CITIZEN_CLOCK) if found.clocks == ("citizen",) else "",
        evidence.compared_with(found, names.speech, is_norm=is_norm) if found.interval else "",
        _working_days(found, names.speech),
        _range(found, names.speech),
    ]
    return [remark for remark in remarks if remark]


def _working_days(found: Bottleneck, speech: Speech) -> str:
    days = found.wait_working_days
    half, most = (round(in_digits(each or 0), 1) for each in (days and days.p50, days and days.p90))
    if half and most:
        return speech.say(
            "Counted in opening hours only, half of the cases go on within %(half)s, and 1 in 10"
            " waits %(most)s or longer.",
            half=speech.plural(_WORKING_DAYS, half),
            most=speech.plural(_WORKING_DAYS, most),
        )
    if half:
        return speech.say(
            "Counted in opening hours only, half of the cases go on within %(half)s.",
            half=speech.plural(_WORKING_DAYS, half),
        )
    if most:
        return speech.say(
            "Counted in opening hours only, 1 in 10 cases waits %(most)s or longer.",
            most=speech.plural(_WORKING_DAYS, most),
        )
    return ""


def _range(found: Bottleneck, speech: Speech) -> str:
    low, high = found.rank_range or (found.rank, found.rank)
    if low == high:
        return ""
    return speech.say(
        "The position of this place in the list is not certain: probably number %(low)s to "
        "%(high)s.",
        low=low,
        high=high,
    )
