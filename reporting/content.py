# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a report says, in one language: words, figures and drawings, ready to be laid out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from markupsafe import Markup

from contracts import left_out
from contracts.findings import QUESTION, Bottleneck, Findings
from contracts.settings import Language
from reporting import (
    bottlenecks,
    cards,
    changes,
    charts,
    counts,
    dialogue,
    hands,
    kinds,
    limits,
    map_view,
    quality,
    queue_chart,
    readers,
    route_map,
    sections,
    story,
    terms,
    vocabulary,
    wholes,
)
from reporting.facts import Facts
from reporting.names import Names
from reporting.shown import Shown
from reporting.speech import Speech, sentence
from reporting.svg import tag

LANGUAGES: dict[Language, str] = {"nl": "Nederlands", "en": "English"}
ROWS = sentence(
    "%(n)s rows only say that a step was in the state “%(what)s"
    "”, not that it was done; they do not count as steps."
)
TONES = (
    ("t0", sentence("less than 1 day")),
    ("t1", sentence("1 to 7 days")),
    ("t2", sentence("7 days or more")),
    ("unknown", sentence("not known yet, or too few cases to tell")),
)


def content(shown: Shown, language: Language) -> dict[str, Any]:
    """Everything that a report in ``language`` shows, by the names that its templates use."""
    findings, tables, facts, settings = shown.findings, shown.tables, shown.facts, shown.settings
    names = Names(settings, Speech(language, settings.zone))
    told = {
        **_head(findings, names),
        **_first(findings, tables, facts, names),
        **_rest(findings, tables, names),
        **_account(findings, facts, names),
        "said_of": lambda wait: dialogue.said(wait.source, findings, facts, names),
        "said_earlier": dialogue.said_earlier(findings, tables, facts, names),
        "answer_in": "" if facts.is_public else dialogue.answer_in(settings.report.formats),
        "kinds": kinds.meanings(
            findings.bottlenecks[: story.SECTIONS], settings.analysis.segments, names.speech
        ),
    }
    return {**told, "readers": _readers(told, names.speech)}


def _head(findings: Findings, names: Names) -> dict[str, Any]:
    log, settings, speech = findings.log, names.settings, names.speech
    first_and_last = (
        log.first and log.last and f"{speech.day(log.first)} \N{EN DASH} {speech.day(log.last)}"
    )
    others = [code for code in settings.report.languages if code != speech.language]
    return {
        "language": speech.language,
        "languages": [{"code": code, "name": LANGUAGES[code]} for code in others],
        "on_paper": "pdf" in settings.report.formats,
        "process": settings.process.title(speech.language),
        "title": story.question(names),
        "cases": counts.cases(log.cases, speech),
        "period": first_and_last or "",
        "as_of": speech.day(findings.as_of),
    }


def _first(
    findings: Findings, tables: Mapping[str, pl.DataFrame], facts: Facts, names: Names
) -> dict[str, Any]:
    """The first screen, the map and the sections of the bottlenecks."""
    speech = names.speech
    day = speech.day(findings.as_of)

    def counted(
        figures: Sequence[story.KeyFigure], whole: Findings | Bottleneck
    ) -> tuple[story.KeyFigure, ...]:
        return _with_cards(figures, whole, day, facts.version, speech)

    waits = [
        replace(wait, figures=counted(wait.figures, wait.source))
        for wait in bottlenecks.waits(findings, names)
    ]
    pairs = [(wait.source.from_, wait.source.to) for wait in waits]
    settings = names.settings
    shown = map_view.choose(tables, settings.journey, pairs, settings.registration)
    return {
        "answer": story.answer(findings, tables["waits"], names),
        "figures": counted(story.key_figures(findings, tables["survival"], speech), findings),
        "cautions": quality.cautions(findings, facts, names),
        "waits": waits,
        "overview": shown,
        "has_loose_ends": shown.has_loose_ends,
        "map": route_map.draw(shown, waits, names),
        "whole_map": _whole_map(shown, waits, tables, names),
        "off_map": _off_map(shown, waits, speech),
        "tones": [(tone, speech.say(words)) for tone, words in TONES],
        "swatch": _swatch,
        "bands_of": lambda wait: sections.bands(tables["wait_bands"], wait, speech),
        "queue_of": lambda wait: queue_chart.queue(
            tables["queues"], wait.source, settings.privacy.minimum_group, speech
        ),
        "limits_of": lambda wait: limits.limits(wait.source, findings, tables["work_band"], names),
        "meanwhile_of": lambda wait: hands.meanwhile(tables["waiting_causes"], wait, speech),
        "question": QUESTION,
        "answers": vocabulary.ANSWERS,
    }


def _with_cards(
    figures: Sequence[story.KeyFigure],
    whole: Findings | Bottleneck,
    day: str,
    version: str,
    speech: Speech,
) -> tuple[story.KeyFigure, ...]:
    """Figures of the whole log or of a place, each with its definition card."""
    basis = cards.Basis.of(whole)
    return tuple(
        replace(each, card=tuple(cards.card(each.measure, basis, day, version, speech)))
        for each in figures
    )


def _readers(told: Mapping[str, Any], speech: Speech) -> list[readers.Reader]:
    """The three readers, each with those of the sections for them that the page has."""
    is_there = {
        readers.TERMS: told["terms"],
        readers.MEANT: told["conformance"],
        readers.CHANGES: told["changes"],
    }
    always = (readers.ROUTE, readers.TURNS, readers.QUALITY, readers.METHOD)
    there = [*always, *(link for link, shown in is_there.items() if shown)]
    return readers.readers(told["waits"], there, speech)


def _whole_map(
    first: map_view.MapView,
    waits: list[bottlenecks.Wait],
    tables: Mapping[str, pl.DataFrame],
    names: Names,
) -> dict[str, Any] | None:
    """The map of nearly all steps; null where the first one has them already."""
    settings = names.settings
    pairs = [(wait.source.from_, wait.source.to) for wait in waits]
    shown = map_view.choose(tables, settings.journey, pairs, settings.registration, map_view.WHOLE)
    if len(shown.steps) <= len(first.steps):
        return None
    drawing = route_map.draw(shown, waits, names, "whole-map")
    return {"drawing": drawing, "steps": len(shown.steps), "of": tables["steps"].height}


def _off_map(shown: map_view.MapView, waits: list[bottlenecks.Wait], speech: Speech) -> str:
    drawn = {(move.from_, move.to) for move in shown.moves} | {(step, None) for step in shown.steps}
    off = [str(w.number) for w in waits if (w.source.from_, w.source.to) not in drawn]
    if not off:
        return ""
    return speech.say("These numbers are not on the map: %(numbers)s.", numbers=", ".join(off))


def _swatch(tone: str) -> Markup:
    line = tag("line", x1=0, y1=5, x2=32, y2=5)
    return tag("svg", line, class_=f"swatch {tone}", viewBox="0 0 32 10", aria_hidden="true")


def _rest(findings: Findings, tables: Mapping[str, pl.DataFrame], names: Names) -> dict[str, Any]:
    """The whole log: whose turn it was, the curve, the routes, the tables."""
    speech, survival = names.speech, tables["survival"]
    routes = sections.routes(tables["variants"], names)
    waits = sections.all_waits(tables["waits"], names)
    return {
        "turns": sections.turns(findings, speech),
        "nobody_said": not names.settings.journey.steps,
        "explained": sections.explained(findings, names),
        "other_explained": sections.other_explained(findings, speech),
        "has_parallel": any(w.class_ == "parallel" for w in findings.explained_waits),
        "conformance": sections.conformance(tables, names),
        "curve": charts.curve(survival, speech) if len(survival) > 1 else "",
        "survival": sections.survival(survival, speech) if len(survival) > 1 else [],
        "clocks": wholes.clocks(tables["clocks"], speech),
        "months": wholes.months(tables["bases"], _date(findings.as_of, speech), speech),
        "outcomes": wholes.outcomes(tables["outcomes"], names),
        "terms": terms.kept(findings, names),
        "exposures": terms.exposures(findings, names),
        "outrun": terms.outrun(findings, names),
        "lapses": terms.lapses(tables["breaches"], names),
        "registered": terms.registered(tables["registered_ends"], names),
        "bunches": terms.bunches(tables["bunching"], names),
        "rescue": terms.rescue(tables["rescue"], names),
        "doubts": terms.doubts(tables["deadlines"], names),
        "routes": routes,
        "other_routes": sections.other_routes(tables["variants"], routes, speech),
        "rework": sections.rework(tables["rework"], names),
        "all_waits": waits,
        "all_waits_summary": speech.say("Show all waits (%(n)s)", n=len(waits)),
        "other_waits": _other_waits(tables["waits"].height, len(waits), speech),
    }


def _other_waits(number: int, shown: int, speech: Speech) -> str:
    if number <= shown:
        return ""
    return speech.say(
        "These are the %(shown)s waits with the most waiting, of %(number)s. All of them are in"
        " tables/waits.parquet, beside this report.",
        shown=speech.number(shown),
        number=speech.number(number),
    )


def _date(moment: dt.datetime, speech: Speech) -> dt.date:
    return moment.astimezone(speech.zone).date()


def _account(findings: Findings, facts: Facts, names: Names) -> dict[str, Any]:
    speech, settings = names.speech, names.settings
    k = settings.privacy.minimum_group

    return {
        "facts": facts,
        "can_be_saved": not facts.is_public
        and any(each.open_within != 0 for each in findings.deadlines),
        "begin_known": bool(settings.journey.start),
        "known": facts.known and speech.day(facts.known),
        "run_id": findings.run_id,
        "minimum_group": k,
        "quality": quality.quality(findings, facts, k, names),
        "changes": changes.changes(findings, facts, names, k),
        "compared": findings.changes is not None,
        "redefined": changes.in_period(settings.definitions, findings, names),
        "defaulted": [
            {"key": key, "words": vocabulary.key(key, speech)} for key in facts.defaulted
        ],
        "sources": [
            {
                "name": s.name,
                "rows": counts.rows(s.rows, k, speech),
                "sha256": s.sha256,
                "is_there": s.is_there,
            }
            for s in facts.sources
        ],
        "of_a_client": any(source.meant_format == "zgw" for source in settings.sources),
        "left_out": left_out.sentences(
            facts.left_out, k, speech.language, lambda n: speech.number(n, 0)
        ),
        "no_steps": [_no_steps(what, rows, k, speech) for what, rows in facts.no_steps],
    }


def _no_steps(what: str, rows: int, minimum_group: int, speech: Speech) -> str:
    number = counts.rows(rows, minimum_group, speech)
    text = speech.say(ROWS, n=number, what=what)
    return text[0].upper() + text[1:]
