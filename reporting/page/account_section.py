# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a report was worked out: what it rests on, what nobody chose, and what was read."""

from __future__ import annotations

from dataclasses import dataclass

from contracts import left_out
from reporting.disclosure.small_groups import is_small
from reporting.shown import Shown
from reporting.words import changes, kinds, story, vocabulary
from reporting.words.counts import rows
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, capitalised, sentence

_NO_STEPS = sentence(
    "%(n)s rows only say that a step was in the state “%(what)s”, not that it was done; they do "
    "not count as steps."
)


@dataclass(frozen=True)
class AccountSection:
    """What the section shows.

    Attributes:
        run_id: the id of the run.
        minimum_group: no smaller group of cases is shown.
        begin_known: whether the config says where a case begins.
        looks_back: whether it is about an earlier day; ``known``: since when its log was known,
            null if that is not kept.
        of_a_client: whether the log is what an API gives a client.
        left_out: which cases have no row.
        no_steps: which rows are no steps.
        redefined: what came to mean something else while the log ran.
        kinds: what the names of causes mean.
        defaulted: what nobody chose.
        sources: what was read.
    """

    run_id: str
    minimum_group: int
    begin_known: bool
    looks_back: bool
    known: str | None
    of_a_client: bool
    left_out: list[str]
    no_steps: list[str]
    redefined: list[str]
    kinds: list[PageRow]
    defaulted: list[PageRow]
    sources: list[PageRow]


def account_section(shown: Shown, names: Names) -> AccountSection:
    """How the report of a run was worked out."""
    findings, settings, facts, speech = shown.findings, shown.settings, shown.facts, names.speech
    k = settings.privacy.minimum_group
    told = findings.bottlenecks[: story.SECTIONS]
    return AccountSection(
        run_id=findings.run_id,
        minimum_group=k,
        begin_known=bool(settings.journey.start),
        looks_back=facts.looks_back,
        known=speech.day(facts.known) if facts.known else None,
        of_a_client=any(source.meant_format == "zgw" for source in settings.sources),
        left_out=left_out.sentences(
            facts.left_out, k, speech.language, lambda n: speech.number(n, 0)
        ),
        no_steps=[_no_steps(what, number, k, speech) for what, number in facts.no_steps],
        redefined=changes.in_period(settings.definitions, findings, names),
        kinds=kinds.meanings(told, settings.analysis.segments, speech),
        defaulted=[{"key": key, "words": vocabulary.key(key, speech)} for key in facts.defaulted],
        sources=[
            {
                "name": source.name,
                "rows": _rows_of(source.rows, shown, speech),
                "sha256": source.sha256,
                "is_there": source.is_there,
            }
            for source in facts.sources
        ],
    )


def _rows_of(number: int, shown: Shown, speech: Speech) -> str:
    """How many rows a source has, rounded down if the exact number would reveal few.

    Less the events of the log, that number would show how few rows were set aside, are no steps, or
    are of another source. It would also show how many events the log has, if those are rounded
    down.
    """
    log, facts, k = shown.findings.log, shown.facts, shown.settings.privacy.minimum_group
    if log.cases is None:
        return speech.say("not shown")
    others = (*(each.rows for each in facts.sources), *(n for _, n in facts.no_steps))
    has_few = log.quarantined_rows is None or any(is_small(n, k) for n in others)
    if (has_few or log.events_at_least) and not is_small(number, k):
        return speech.say("at least %(n)s", n=speech.number(number // k * k))
    return rows(number, k, speech)


def _no_steps(what: str, number: int, minimum_group: int, speech: Speech) -> str:
    return capitalised(speech.say(_NO_STEPS, n=rows(number, minimum_group, speech), what=what))
