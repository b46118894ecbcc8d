# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a report says, in one language: words, figures and drawings, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.dialogue import Said
from contracts.findings import Log
from contracts.texts import Language
from reporting.page import dialogue, readers
from reporting.page.account_section import AccountSection, account_section
from reporting.page.dialogue import Answered
from reporting.page.first_screen import FirstScreen, first_screen
from reporting.page.map_section import MapSection, WholeMap, map_section, whole_map
from reporting.page.meant_section import MeantSection, meant_section
from reporting.page.readers import Reader
from reporting.page.route_section import RouteSection, route_section
from reporting.page.turns_section import TurnsSection, turns_section
from reporting.page.wait_section import WaitSection, wait_sections
from reporting.page.wholes import WholesSection, wholes_section
from reporting.shown import Shown
from reporting.words import story
from reporting.words.changes import ChangesSection, changes
from reporting.words.counts import cases
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.quality import QualitySection, quality
from reporting.words.speech import Speech
from reporting.words.terms import TermsSection, terms_section
from reporting.words.vocabulary import ANSWERS

LANGUAGES: dict[Language, str] = {"nl": "Nederlands", "en": "English"}


@dataclass(frozen=True)
class About:
    """What a report is about.

    Attributes:
        languages: the other languages of the same report.
        on_paper: whether there is a PDF of it too.
        cases: how many; ``period``: over which days, empty if no day is known.
        version: the version of the tool.
        answer_in: the workbook for answers, if there is one.
    """

    language: Language
    languages: list[PageRow]
    on_paper: bool
    is_public: bool
    process: str
    title: str
    cases: str
    period: str
    as_of: str
    version: str
    answer_in: str


@dataclass(frozen=True)
class Content:
    """Everything that a report shows, by the names that its templates use.

    Attributes:
        answers: the possible answers to the question at the end of each place.
        earlier: what was answered about places that are not among these waits.
        whole_map: null if ``map`` has all steps.
        meant: null without a model.
        changes: null if there is no earlier report.
    """

    about: About
    first: FirstScreen
    map: MapSection
    readers: list[Reader]
    waits: list[WaitSection]
    answers: tuple[tuple[Said, str, str], ...]
    earlier: list[Answered]
    turns: TurnsSection
    route: RouteSection
    wholes: WholesSection
    terms: TermsSection
    whole_map: WholeMap | None
    meant: MeantSection | None
    quality: QualitySection
    changes: ChangesSection | None
    account: AccountSection


def content(shown: Shown, language: Language) -> Content:
    """What the report of a run says in ``language``."""
    findings, facts, k = shown.findings, shown.facts, shown.settings.privacy.minimum_group
    names = Names(shown.settings, Speech(language, shown.settings.zone))
    sections = wait_sections(shown, names)
    waits = [section.wait for section in sections]
    map_, terms = map_section(shown, waits, names), terms_section(shown, names)
    meant, changed = meant_section(shown, names), changes(findings, facts, names, k)
    return Content(
        about=_about(shown, names),
        first=first_screen(shown, names),
        map=map_,
        readers=readers.readers(waits, _there(terms, meant, changed), names.speech),
        waits=sections,
        answers=ANSWERS,
        earlier=dialogue.said_earlier(findings, shown.tables, facts, names),
        turns=turns_section(shown, names),
        route=route_section(shown, names),
        wholes=wholes_section(shown, names),
        terms=terms,
        whole_map=whole_map(map_, shown, waits, names),
        meant=meant,
        quality=quality(findings, facts, k, names),
        changes=changed,
        account=account_section(shown, names),
    )


def _about(shown: Shown, names: Names) -> About:
    log, report, speech = shown.findings.log, shown.settings.report, names.speech
    others = [code for code in report.languages if code != speech.language]
    return About(
        language=speech.language,
        languages=[{"code": code, "name": LANGUAGES[code]} for code in others],
        on_paper="pdf" in report.formats,
        is_public=shown.facts.is_public,
        process=shown.settings.process.title(speech.language),
        title=story.question(names),
        cases=cases(log.cases, speech),
        period=_period(log, speech),
        as_of=speech.day(shown.findings.as_of),
        version=shown.facts.version,
        answer_in="" if shown.facts.is_public else dialogue.answer_in(report.formats),
    )


def _period(log: Log, speech: Speech) -> str:
    if log.first is None or log.last is None:
        return ""
    first, last = speech.day(log.first), speech.day(log.last)
    return first if first == last else f"{first} \N{EN DASH} {last}"


def _there(
    terms: TermsSection, meant: MeantSection | None, changed: ChangesSection | None
) -> list[readers.Link]:
    """The sections of this report among those to which a reader may be sent."""
    is_there = {
        readers.ROUTE: True,
        readers.TURNS: True,
        readers.QUALITY: True,
        readers.METHOD: True,
        readers.TERMS: bool(terms.kept),
        readers.MEANT: meant is not None,
        readers.CHANGES: changed is not None,
    }
    return [link for link, shown in is_there.items() if shown]
