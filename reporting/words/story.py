# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""From findings to sentences: where cases wait, how long, and how sure that is.

It says where, and which signs of a cause the log shows; never who is to blame. Words such as
percentile, variant or throughput are left to the tables; readers get "half" and "9 in 10".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl

from contracts.findings import LEAST_CASES, Findings, Log
from reporting.words import kinds
from reporting.words.names import Names
from reporting.words.speech import Speech, forms, sentence

SECTIONS = 5
"""How many bottlenecks get a section of their own."""

FIRST = 3
"""How many bottlenecks are listed beside the answer."""

Place = tuple[str, str | None]

_SPREAD = forms(
    "No place stands out: the waiting that nothing explains is in %(n)s place (%(most)s):"
    " %(place)s.",
    "No place stands out: the waiting that nothing explains is spread over %(n)s places. The"
    " largest of these (%(most)s) is %(place)s.",
)
_OF_ALL = (
    sentence("Of all the time that cases stand still, %(share)s is %(place)s."),
    sentence(
        "Of all the time that cases stand still, %(share)s is in %(n)s places. The largest of these"
        " (%(most)s) is %(place)s."
    ),
)
_OF_SHOWN = (
    sentence("Of the waiting that may be shown, %(share)s is %(place)s."),
    sentence(
        "Of the waiting that may be shown, %(share)s is in %(n)s places. The largest of these"
        " (%(most)s) is %(place)s."
    ),
)
"""For one place, and for more of them."""

_FURTHER = forms(
    "One more of these places is further down.",
    "%(n)s more of these places are further down.",
)
_SEEN_FIRST = {
    "person_days_lost": sentence(
        "First come the places where the log shows a cause, those with the most waiting on top;"
        " then the others."
    ),
    "excess_person_days": sentence(
        "First come the places where the log shows a cause, those with the most extra waiting on"
        " top; then the others."
    ),
    "cases": sentence(
        "First come the places where the log shows a cause, those with the most cases on top; then"
        " the others."
    ),
}
_ALL_ALIKE = {
    "excess_person_days": sentence("The places with the most extra waiting come first."),
    "cases": sentence("The places with the most cases come first."),
}
"""By ``analysis.rank_by``: if some of the places show a cause, and if all or none do."""

Measure = Literal[
    "half_done", "most_done", "open", "extra", "wait_half", "wait_most", "waiting", "lost"
]


@dataclass(frozen=True)
class KeyFigure:
    """A figure in large type, the words under it, and what it measures.

    ``card`` tells how it was counted: rows of a term and words (``reporting.page.cards``).
    """

    value: str
    words: str
    measure: Measure
    card: tuple[dict[str, str], ...] = ()


class _Share(NamedTuple):
    """A share of the cases, and what is told of when it is done, if that is known and if not."""

    measure: Measure
    left: float
    known: str
    longer: str
    too_few: str


_HALF = _Share(
    "half_done",
    left=0.5,
    known=sentence("then half of the cases are done"),
    longer=sentence("more than half of the cases take longer than %(time)s"),
    too_few=sentence("too few cases are done to say when half of them are"),
)
_MOST = _Share(
    "most_done",
    left=0.1,
    known=sentence("then 9 of 10 cases are done"),
    longer=sentence("more than 1 in 10 cases takes longer than %(time)s"),
    too_few=sentence("too few cases are done to say when 9 of 10 of them are"),
)


def question(names: Names) -> str:
    """The question that the report of a process answers."""
    process = names.settings.process.title(names.speech.language)
    return names.speech.say("Where do citizens wait in %(process)s?", process=process)


def answer(findings: Findings, waits: pl.DataFrame, names: Names) -> str:
    """The sentence or two that answer the question of the page.

    Args:
        findings: what may be shown of the findings of a run.
        waits: of the same run, in the shape of ``contracts.tables.TABLES["waits"]``.
        names: the names of steps.
    """
    found = findings.bottlenecks[:SECTIONS]
    if not found:
        return _nothing_stands_out(findings, waits, names)
    shares = {(each.from_, each.to): each.share_of_waiting for each in found}
    most = max(shares, key=lambda place: shares[place])
    outside = [
        row
        for row in _unexplained(findings, waits)
        if (row["from"], row["to"]) not in shares and row["share_of_waiting"] > shares[most]
    ]
    told = [_in_places(shares, most, findings, names)]
    told += _outside(outside[0], names) if outside else []
    if findings.waits_left_out:
        told.append(
            names.speech.say(
                "Places with fewer than %(n)s cases are not counted.",
                n=names.settings.privacy.minimum_group,
            )
        )
    return " ".join(told)


def further(findings: Findings, speech: Speech) -> str:
    """How many places that the answer counts are not in the list beside it; empty: none."""
    found = [(each.from_, each.to) for each in findings.bottlenecks[:SECTIONS]]
    others = len(set(found) - set(found[:FIRST]))
    return speech.plural(_FURTHER, others) if others else ""


def order(findings: Findings, names: Names) -> str:
    """Why the places stand in their order; empty if it is that of their shares of the waiting."""
    found = findings.bottlenecks[:SECTIONS]
    shares = [round(each.share_of_waiting * 100) for each in found]
    if shares == sorted(shares, reverse=True):
        return ""
    differ = len({kinds.is_seen(each) for each in found}) > 1
    words = (_SEEN_FIRST if differ else _ALL_ALIKE).get(names.settings.analysis.rank_by)
    return names.speech.say(words) if words else ""


def _in_places(shares: Mapping[Place, float], most: Place, findings: Findings, names: Names) -> str:
    speech, (one, many) = names.speech, _OF_SHOWN if findings.waits_left_out else _OF_ALL
    return speech.say(
        one if len(shares) == 1 else many,
        share=speech.share(sum(shares.values())),
        n=len(shares),
        most=speech.share(shares[most]),
        place=names.place(*most),
    )


def _outside(row: Mapping[str, Any], names: Names) -> Iterator[str]:
    """That more waiting than at any listed place is elsewhere, and why that is not listed."""
    speech = names.speech
    share, place = speech.share(row["share_of_waiting"]), names.place(row["from"], row["to"])
    if row["to"] is None:
        yield speech.say(
            "Another place has more (%(share)s): %(place)s, where cases stand still that have not"
            " gone on.",
            share=share,
            place=place,
        )
    else:
        yield speech.say("Another place has more (%(share)s): %(place)s.", share=share, place=place)
    if row["cases"] is not None and row["cases"] < LEAST_CASES:
        yield speech.say(
            "That place is not in the list: it has fewer than %(n)s cases.", n=LEAST_CASES
        )


def _nothing_stands_out(findings: Findings, shown: pl.DataFrame, names: Names) -> str:
    speech = names.speech
    waits = shown.filter(pl.col("person_days").ne_missing(0))  # in others, cases went on at once
    if waits.is_empty() and findings.log.cases and not findings.waits_left_out:
        return speech.say("No case was seen to wait between two steps.")
    if waits.is_empty():
        return speech.say("No wait in this process has enough cases to be shown.")
    rows = _unexplained(findings, waits)
    if not rows:
        return speech.say("The reason is known for all waiting that may be shown.")
    most, place = rows[0], names.place(rows[0]["from"], rows[0]["to"])
    share = speech.share(most["share_of_waiting"])
    if all(row["cases"] is not None and row["cases"] < LEAST_CASES for row in rows):
        return speech.say(
            "No place has the %(n)s cases that are needed to say anything about it. Most of the "
            "waiting that may be shown is %(place)s (%(most)s).",
            n=LEAST_CASES,
            place=place,
            most=share,
        )
    return speech.plural(_SPREAD, len(rows), most=share, place=place)


def _unexplained(findings: Findings, waits: pl.DataFrame) -> list[dict[str, Any]]:
    """The waits that may be shown and have no known reason, the largest share first."""
    meant = {(each.from_, each.to) for each in findings.explained_waits}
    rows = waits.sort("share_of_waiting", descending=True, maintain_order=True, nulls_last=True)
    return [row for row in rows.iter_rows(named=True) if (row["from"], row["to"]) not in meant]


def key_figures(findings: Findings, survival: pl.DataFrame, speech: Speech) -> list[KeyFigure]:
    """When half is done, when 9 of 10 are done, and how many cases are still open."""
    days = findings.throughput_days
    return [
        _done(_HALF, days.p50, survival, speech),
        _done(_MOST, days.p90, survival, speech),
        _still_open(findings.log, speech),
    ]


def _done(share: _Share, days: float | None, survival: pl.DataFrame, speech: Speech) -> KeyFigure:
    if days is not None:
        return KeyFigure(speech.duration(days), speech.say(share.known), share.measure)
    time = _watched_until(share.left, survival, speech)
    words = speech.say(share.longer, time=time) if time else speech.say(share.too_few)
    return KeyFigure(speech.say("not known yet"), words, share.measure)


def _watched_until(left: float, survival: pl.DataFrame, speech: Speech) -> str | None:
    """How long cases were watched, if more than the share ``left`` was not done even then."""
    last = survival.filter(pl.col("not_done") > left).tail(1)
    return speech.duration(last["days"][0]) if len(last) else None


def _still_open(log: Log, speech: Speech) -> KeyFigure:
    if log.open_cases is None:
        unsaid = speech.say("how many cases were not done yet")
        return KeyFigure(speech.say("not shown"), unsaid, "open")
    told = speech.number(log.open_cases)
    if not log.cases or log.open_cases_at_least:
        value = speech.say("at least %(n)s", n=told) if log.open_cases_at_least else told
        return KeyFigure(value, speech.say("cases were not done yet when the data ended"), "open")
    words = speech.say(
        "cases (%(share)s) were not done yet when the data ended",
        share=speech.share(log.open_cases / log.cases),
    )
    return KeyFigure(told, words, "open")
