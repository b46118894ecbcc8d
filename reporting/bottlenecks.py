# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bottlenecks in words: a heading, a summary, the figures and what to ask first."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.findings import Bottleneck, Findings
from reporting.names import Names
from reporting.speech import Speech, forms, sentence
from reporting.story import SECTIONS, KeyFigure

CERTAINTY = {
    "high": sentence("certainty: high"),
    "fair": sentence("certainty: fair"),
    "low": sentence("certainty: low"),
}
FIRST_QUESTION = {
    "capacity": sentence("How much work comes in, and how many hours are there really for it?"),
    "third_party_capacity": sentence("What has been agreed with the party that must act here?"),
    "handover": sentence("Who keeps hold of the case between these two steps?"),
    "rework": sentence("What was not clear or not complete the first time?"),
    "prioritisation": sentence("Who decided on the order, and does the citizen know?"),
    "before_the_clock": sentence("What does the citizen see here that the figures do not show?"),
    "policy_pause": sentence("Who decided on this pause, and was it explained?"),
    "waiting_on_citizen": sentence("What did we ask, and could someone reasonably do that?"),
    "batching": sentence("Is the work done in batches, or only recorded in batches?"),
    "statutory_wait": sentence("Must this waiting time be, or may it be shorter?"),
}
NOBODY_SAID = sentence(
    "The configuration does not say whose turn it is here; that it is the agency's is assumed."
)
ACTOR = {
    "agency": sentence("The agency must act here."),
    "citizen": sentence("The citizen must act here."),
    "third_party": sentence("Another party must act here."),
}


@dataclass(frozen=True)
class Wait:
    """A bottleneck in words; ``number`` is its place in the list and on the map."""

    number: int
    source: Bottleneck
    title: str
    heading: str
    summary: str
    share: str
    certainty: str
    figures: tuple[KeyFigure, ...]
    remarks: tuple[str, ...]
    first_question: str | None

    @property
    def anchor(self) -> str:
        """Where its section stands in the page."""
        return f"wait-{self.number}"


def waits(findings: Findings, names: Names) -> list[Wait]:
    """The bottlenecks in words, most waiting first."""
    return [_wait(b, names) for b in findings.bottlenecks[:SECTIONS]]


def _wait(found: Bottleneck, names: Names) -> Wait:
    speech = names.speech
    place = names.place(found.from_, found.to)
    return Wait(
        number=found.rank,
        source=found,
        title=place[0].upper() + place[1:],
        heading=_heading(found, place, speech),
        summary=_summary(found, speech),
        share=speech.share(found.share_of_waiting),
        certainty=speech.say(CERTAINTY[found.certainty]),
        figures=tuple(_figures(found, speech)),
        remarks=tuple(_remarks(found, names)),
        first_question=found.kind and speech.say(FIRST_QUESTION[found.kind]),
    )


def _heading(found: Bottleneck, place: str, speech: Speech) -> str:
    days = found.wait_days
    if found.to is None:
        return speech.say("Cases stand still %(place)s", place=place)
    if days.p90 is not None:
        time = speech.duration(days.p90)
        return speech.say(
            "1 in 10 cases lies still for more than %(time)s %(place)s", time=time, place=place
        )
    if days.p50 is not None:
        time = speech.duration(days.p50)
        return speech.say(
            "Half of the cases lie still for more than %(time)s %(place)s", time=time, place=place
        )
    return speech.say("Cases lie still %(place)s", place=place)


def _summary(found: Bottleneck, speech: Speech) -> str:
    cases = _cases(found, speech)
    days = found.wait_days
    if found.to is None:
        return speech.say(
            "%(cases)s stand still here; nothing in this log tells what comes next.", cases=cases
        )
    if days.p90 is not None:
        time = speech.duration(days.p90)
        return speech.say(
            "%(cases)s waited here; 1 in 10 longer than %(time)s.", cases=cases, time=time
        )
    if days.p50 is not None:
        time = speech.duration(days.p50)
        return speech.say(
            "%(cases)s waited here; half of them longer than %(time)s, 1 in 10 for a time not"
            " known yet.",
            cases=cases,
            time=time,
        )
    return speech.say("%(cases)s waited here; how long is not known yet.", cases=cases)


def _cases(found: Bottleneck, speech: Speech) -> str:
    if found.cases is None:
        return speech.say("An unknown number of cases")
    return speech.plural(forms("%(n)s case", "%(n)s cases"), found.cases)


def _figures(found: Bottleneck, speech: Speech) -> list[KeyFigure]:
    waiting, lost = found.open_cases, speech.number(round(found.person_days_lost))
    known = speech.say("not shown") if waiting is None else speech.number(waiting)
    return [
        *([] if found.to is None else _quantiles(found, speech)),
        KeyFigure(known, speech.say("cases wait here now")),
        KeyFigure(lost, speech.say("days of waiting, all cases together")),
    ]


def _quantiles(found: Bottleneck, speech: Speech) -> list[KeyFigure]:
    half, most = found.wait_days.p50, found.wait_days.p90
    unknown = speech.say("not known yet")
    return [
        KeyFigure(unknown, speech.say("when half of the cases have gone on"))
        if half is None
        else KeyFigure(
            speech.say("within %(time)s", time=speech.duration(half)),
            speech.say("half of the cases go on"),
        ),
        KeyFigure(unknown, speech.say("how long 1 in 10 cases waits"))
        if most is None
        else KeyFigure(
            speech.say("longer than %(time)s", time=speech.duration(most)),
            speech.say("1 in 10 cases waits"),
        ),
    ]


def _remarks(found: Bottleneck, names: Names) -> list[str]:
    speech, remarks = names.speech, []
    step = names.settings.journey.steps.get(found.to or "")
    if found.actor:
        remarks.append(speech.say(ACTOR[found.actor] if step else NOBODY_SAID))
    if found.segment:
        remarks.append(
            speech.say(
                "This is about cases with %(attribute)s: %(values)s.",
                attribute=found.segment.attribute,
                values=", ".join(found.segment.values),
            )
        )
    if found.window:
        remarks.append(
            speech.say(
                "This is about the time from %(start)s to %(end)s.",
                start=speech.day(found.window.start),
                end=speech.day(found.window.end),
            )
        )
    if found.reference_days is not None and found.mean_days_per_case > 0:
        is_norm = bool(step and step.statutory_wait)
        remarks.append(_gain(found, found.reference_days, speech, is_norm=is_norm))
    return remarks


def _gain(found: Bottleneck, reference: float, speech: Speech, *, is_norm: bool) -> str:
    sooner = speech.duration(found.mean_days_per_case)
    time = speech.duration(reference)
    if is_norm:
        return speech.say(
            "The law lets %(time)s pass here. Had no case waited longer, the average case of the"
            " whole log would be done %(sooner)s sooner.",
            time=time,
            sooner=sooner,
        )
    if found.interval is None:
        return speech.say(
            "A quarter of the cases go on within %(time)s. Had all done so, the average case of"
            " the whole log would be done %(sooner)s sooner.",
            time=time,
            sooner=sooner,
        )
    low, high = speech.span(*(max(0.0, days) for days in found.interval))
    return speech.say(
        "A quarter of the cases go on within %(time)s. Had all done so, the average case of the"
        " whole log would be done %(sooner)s sooner (probably between %(low)s and %(high)s).",
        time=time,
        sooner=sooner,
        low=low,
        high=high,
    )
