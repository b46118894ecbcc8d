# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The whole route: how long it takes, which ways cases go, what is done again, all waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from reporting.disclosure.waits import Pair
from reporting.drawing import charts
from reporting.shown import Shown
from reporting.words.counts import AT_LEAST, cases, count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech

_OF_NO_SHARE = ("statutory_wait", "policy_pause")
_ROUTES = 6
_WAITS = 200


@dataclass(frozen=True)
class RouteSection:
    """What the section shows, besides whole cases and the whole map.

    Attributes:
        curve: which share is not done after how long; ``survival``: the same in rows. Both are
            empty if there are too few cases.
        routes: the most frequent ones; ``other_routes``: what the others contain together.
        rework: steps that were done again.
        all_waits: the waits with the most waiting.
        all_waits_summary: the line above those.
        other_waits: where the others are.
        at_least: what the sign of a number that is rounded down means.
        has_explained: whether there are days that the shares of waits leave out.
    """

    curve: Markup
    survival: list[PageRow]
    routes: list[PageRow]
    other_routes: str
    rework: list[PageRow]
    all_waits: list[PageRow]
    all_waits_summary: str
    other_waits: str
    at_least: str
    has_explained: bool


def route_section(shown: Shown, names: Names) -> RouteSection:
    """The whole route of the cases of a run."""
    tables, speech, survival = shown.tables, names.speech, shown.tables["survival"]
    is_drawn = survival.height > 1
    routes = _routes(tables["variants"], names)
    waits = _all_waits(tables["waits"], shown.at_least, names)
    return RouteSection(
        curve=charts.curve(survival, speech) if is_drawn else Markup(),
        survival=_survival(survival, speech) if is_drawn else [],
        routes=routes,
        other_routes=_other_routes(tables["variants"], routes, speech),
        rework=_rework(tables["rework"], names),
        all_waits=waits,
        all_waits_summary=_summary(tables["waits"].height, len(waits), speech),
        other_waits=_other_waits(tables["waits"].height, len(waits), speech),
        at_least=speech.say(AT_LEAST) if shown.at_least else "",
        has_explained=any(wait.class_ in _OF_NO_SHARE for wait in shown.findings.explained_waits),
    )


def _survival(table: pl.DataFrame, speech: Speech) -> list[PageRow]:
    """The curve at round durations."""
    points = ((days, charts.watched(table, days)) for days in charts.ticks(table["days"][-1]))
    return [
        {
            "after": speech.whole_duration(days),
            "share": speech.share(point["not_done"]),
            "watched": speech.number(point["at_risk"]),
        }
        for days, point in points
    ]


def _routes(variants: pl.DataFrame, names: Names) -> list[PageRow]:
    """The most frequent routes, step by step."""
    frequent = variants.filter(pl.col("trace").is_not_null()).head(_ROUTES)
    return [
        {
            "share": names.speech.share(row["share"]),
            "cases": cases(row["cases"], names.speech),
            "steps": [names.step(step) for step in row["trace"]],
        }
        for row in frequent.iter_rows(named=True)
    ]


def _other_routes(variants: pl.DataFrame, shown: Sequence[PageRow], speech: Speech) -> str:
    """What the routes that are not listed contain together."""
    listed = variants.filter(pl.col("trace").is_not_null()).head(len(shown))
    rest = float(variants["share"].sum()) - float(listed["share"].sum())
    return (
        speech.say("All other routes together: %(share)s of the cases.", share=speech.share(rest))
        if rest > 0
        else ""
    )


def _rework(table: pl.DataFrame, names: Names) -> list[PageRow]:
    """Steps that were done again, most cases first."""
    keys = ("cases", "repeats", "self_loops")
    ranked = table.sort("cases", descending=True, nulls_last=True, maintain_order=True)
    return [
        {"step": names.step(row["activity"]), **{k: count(row[k], names.speech) for k in keys}}
        for row in ranked.iter_rows(named=True)
    ]


def _all_waits(table: pl.DataFrame, at_least: Collection[Pair], names: Names) -> list[PageRow]:
    """The waits that may be shown, most waiting first; if there are very many, only the largest."""
    speech = names.speech
    return [
        {
            "from": names.step(row["from"]),
            "to": names.step(row["to"]) if row["to"] else speech.say("not known yet"),
            "cases": count(row["cases"], speech, at_least=(row["from"], row["to"]) in at_least),
            "open_cases": count(row["open_cases"], speech),
            "p50": speech.wait(row["p50_days"]),
            "p90": speech.wait(row["p90_days"]),
            "share": speech.share(row["share_of_waiting"]),
        }
        for row in table.sort("person_days", descending=True).head(_WAITS).iter_rows(named=True)
    ]


def _summary(number: int, shown: int, speech: Speech) -> str:
    if number == shown:
        return speech.say("Show all waits (%(n)s)", n=speech.number(number))
    return speech.say(
        "Show the waits with the most waiting (%(shown)s of %(number)s)",
        shown=speech.number(shown),
        number=speech.number(number),
    )


def _other_waits(number: int, shown: int, speech: Speech) -> str:
    if number <= shown:
        return ""
    return speech.say(
        "These are the %(shown)s waits with the most waiting, of %(number)s. All of them are in"
        " tables/waits.parquet, beside this report.",
        shown=speech.number(shown),
        number=speech.number(number),
    )
