# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the sections of a page show, as rows of words and numbers that are ready to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from contracts.findings import ExplainedWait, Findings
from reporting.bottlenecks import Wait
from reporting.charts import band_tone, bar, ticks, watched
from reporting.counts import cases, count
from reporting.names import Names
from reporting.page_row import PageRow
from reporting.speech import Speech, forms
from reporting.vocabulary import DEVIATION, EXPLAINED, LEDGER

ROUTES = 6
WAITS = 200
EXPLAINED_WAITS = 10
_MORE_PLACES = forms(
    "And %(n)s more such place: %(days)s days.",
    "And %(n)s more such places: %(days)s days in all.",
)
DEVIATIONS = 8


def bands(table: pl.DataFrame, wait: Wait, speech: Speech) -> list[PageRow]:
    """The bands of one wait, each with its bar; shares are of what is shown.

    ``still`` is nothing where it is not told in bands how many wait now, or where nobody does.
    """
    found = wait.source
    mine = table.filter(pl.col("from") == found.from_, pl.col("to").eq_missing(found.to))
    counts: list[int] = mine["n"].drop_nulls().to_list()
    if not any(counts):
        return []
    known = pl.col("n", "open_n").fill_null(0)
    most: int = mine.select(pl.sum_horizontal(known).max()).item()
    some_wait = bool(mine["open_n"].sum())
    return [
        {
            "words": _between(row["over_days"], row["up_to_days"], speech),
            "count": count(row["n"], speech),
            "share": "" if row["n"] is None else speech.share(row["n"] / sum(counts)),
            "still": count(row["open_n"], speech) if some_wait else "",
            "bar": bar(
                (row["n"] or 0) / most, band_tone(row["up_to_days"]), (row["open_n"] or 0) / most
            ),
        }
        for row in mine.iter_rows(named=True)
    ]


def _between(over: float, up_to: float | None, speech: Speech) -> str:
    if up_to is None:
        return speech.say("longer than %(time)s", time=speech.duration(over))
    if over == 0:
        return speech.say("up to %(time)s", time=speech.duration(up_to))
    low, high = speech.span(over, up_to)
    return speech.say("%(low)s to %(high)s", low=low, high=high)


def turns(findings: Findings, speech: Speech) -> PageRow:
    """Whose turn it was: a heading, a sentence, and a row for each who had a turn."""
    heading = speech.say("Whose turn was it?")
    owned: dict[str, float | None] = dict(findings.ledger)
    days = {owner: days for owner, days in owned.items() if days}
    if not days:
        return {"heading": heading, "rows": []}
    total, most = sum(days.values()), max(days.values())
    turns_ = [
        {
            "words": speech.say(words),
            "count": speech.number(round(days[key])),
            "share": speech.share(days[key] / total),
            "bar": bar(days[key] / most, "turn"),
        }
        if key in days
        else {
            "words": speech.say(words),
            "count": speech.say("too few cases to show"),
            "share": "",
            "bar": "",
        }
        for key, words in LEDGER.items()
        if key in days or owned[key] is None
    ]
    return {"heading": heading, "rows": turns_, "summary": _agency(owned, total, speech)}


def _agency(owned: Mapping[str, float | None], total: float, speech: Speech) -> str:
    """Which part of the days that are shown were the agency's."""
    shown, wait, work = speech.number(round(total)), owned["agency_wait"], owned["agency_work"]
    if wait is None or work is None:
        return speech.say("The days below are %(days)s in all; some are not shown.", days=shown)
    share = speech.share((wait + work) / total)
    if None in owned.values():
        return speech.say(
            "Of the %(days)s days that are shown, it was the agency's turn for %(share)s.",
            days=shown,
            share=share,
        )
    return speech.say(
        "Of the %(days)s days that all cases together were under way, it was the agency's turn"
        " for %(share)s.",
        days=shown,
        share=share,
    )


def explained(findings: Findings, names: Names) -> list[PageRow]:
    """Waits that are meant to be, most days first; so many of them."""
    found = _most_days_first(findings)[:EXPLAINED_WAITS]
    return [
        {
            "place": names.place(wait.from_, wait.to),
            "reason": names.speech.say(EXPLAINED[wait.class_]),
            "cases": count(wait.cases, names.speech),
            "days": names.speech.number(round(wait.person_days)),
        }
        for wait in found
    ]


def other_explained(findings: Findings, speech: Speech) -> str:
    """What the waits that are meant to be and are not listed hold together."""
    rest = _most_days_first(findings)[EXPLAINED_WAITS:]
    if not rest:
        return ""
    days = speech.number(round(sum(wait.person_days for wait in rest)))
    return speech.plural(_MORE_PLACES, len(rest), days=days)


def _most_days_first(findings: Findings) -> list[ExplainedWait]:
    return sorted(findings.explained_waits, key=lambda wait: -wait.person_days)


def survival(table: pl.DataFrame, speech: Speech) -> list[PageRow]:
    """The curve at round durations."""
    points = ((days, watched(table, days)) for days in ticks(table["days"][-1]))
    return [
        {
            "after": speech.duration(days),
            "share": speech.share(point["not_done"]),
            "watched": speech.number(point["at_risk"]),
        }
        for days, point in points
    ]


def routes(variants: pl.DataFrame, names: Names) -> list[PageRow]:
    """The most frequent routes, step by step."""
    frequent = variants.filter(pl.col("trace").is_not_null()).head(ROUTES)
    return [
        {
            "share": names.speech.share(row["share"]),
            "cases": cases(row["cases"], names.speech),
            "steps": [names.step(step) for step in row["trace"]],
        }
        for row in frequent.iter_rows(named=True)
    ]


def other_routes(variants: pl.DataFrame, shown: Sequence[PageRow], speech: Speech) -> str:
    """What the routes that are not listed hold together."""
    listed = variants.filter(pl.col("trace").is_not_null()).head(len(shown))
    rest = float(variants["share"].sum()) - float(listed["share"].sum())
    return (
        speech.say("All other routes together: %(share)s of the cases.", share=speech.share(rest))
        if rest > 0
        else ""
    )


def rework(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Steps that were done again, most cases first."""
    keys = ("cases", "repeats", "self_loops")
    return [
        {"step": names.step(row["activity"]), **{k: count(row[k], names.speech) for k in keys}}
        for row in table.sort("cases", descending=True, maintain_order=True).iter_rows(named=True)
    ]


def all_waits(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """The waits that may be shown, most waiting first; of a great many those with most of it."""
    speech = names.speech
    unknown = speech.say("not known yet")

    def time(days: float | None) -> str:
        return unknown if days is None else speech.duration(days)

    return [
        {
            "from": names.step(row["from"]),
            "to": names.step(row["to"]) if row["to"] else unknown,
            "cases": count(row["cases"], speech),
            "open_cases": count(row["open_cases"], speech),
            "p50": time(row["p50_days"]),
            "p90": time(row["p90_days"]),
            "share": speech.share(row["share_of_waiting"]),
        }
        for row in table.sort("person_days", descending=True).head(WAITS).iter_rows(named=True)
    ]


def conformance(tables: Mapping[str, pl.DataFrame], names: Names) -> PageRow | None:
    """Whether cases went the way that the config's model means them to; null without a model."""
    summary = tables["conformance_summary"].rows(named=True)
    if not summary:
        return None
    return {
        "lines": list(_how_far(summary[0], names.speech)),
        "deviations": [
            {
                "step": names.step(row["activity"]),
                "what": names.speech.say(DEVIATION[row["what"]]),
                "cases": count(row["cases"], names.speech),
                "times": count(row["times"], names.speech),
            }
            for row in tables["conformance"].head(DEVIATIONS).iter_rows(named=True)
        ],
    }


def _how_far(told: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    seen = told["cases_looked_at"]
    if told["fitting_cases"] is None:
        yield speech.say("How many cases went as meant is not shown: one of the groups is small.")
    else:
        share = speech.share(told["fitting_cases"] / seen)
        yield speech.say("Of the cases, %(share)s went entirely as meant.", share=share)
    if told["mean_fitness"] is not None:
        yield speech.say(
            "What a case did and what the model asks agree for %(share)s on average.",
            share=speech.share(told["mean_fitness"]),
        )
    if told["is_cut_short"]:
        yield speech.say(
            "Looked at were %(seen)s of the %(cases)s cases: the most common routes. The others are"
            " left out.",
            seen=speech.number(seen),
            cases=speech.number(told["cases"]),
        )
    if told["is_out_of_time"]:
        yield speech.say("Time ran out, so another run may look at more cases or at fewer.")
