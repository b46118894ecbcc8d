# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Is the picture right? What was checked, what was set aside, and what that may do to the figures.

A first figure is called in doubt if it could be more than a fifth lower or higher than told, or has
no known end: a reader might then draw another conclusion from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from contracts.findings import Findings, Headline, HeadlineId
from contracts.verdict import Counts, RuleResult, told_counts
from reporting.facts import Facts
from reporting.words.counts import count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, glued, sentence
from reporting.words.vocabulary import OUTCOME, OWNER, SEVERITY

_FIRST_FIGURES: tuple[HeadlineId, ...] = ("p50_days", "p90_days", "open_cases")
_MOST_STEPS = 6
_MUCH = 0.2  # of a figure: a difference of so much changes the conclusion

_WORDS: dict[HeadlineId, str] = {
    "p50_days": sentence("half of the cases are done within"),
    "p90_days": sentence("9 of 10 cases are done within"),
    "cases": sentence("cases"),
    "open_cases": sentence("cases that are not done yet"),
    "person_days": sentence("days that all cases together were under way"),
}
_SHARE = {  # by whether waits were left out, and whether the first place is told
    (False, False): sentence("share of all waiting in the first place"),
    (False, True): sentence("share of all waiting that is %(place)s"),
    (True, False): sentence("share of the shown waiting in the first place"),
    (True, True): sentence("share of the shown waiting that is %(place)s"),
}
_NO_COUNT = "\N{EN DASH}"
"""Stands for a count where a rule is about the log as a whole."""

_ABSENT = {
    "value": sentence("not known yet"),
    "without": sentence("not known yet"),
    "lowest": sentence("cannot be said"),
    "highest": sentence("cannot be said"),
}
_ABSENT_TIME = {**_ABSENT, "highest": sentence("longer than the log shows")}
COLUMNS = tuple(_ABSENT)
TIMES = ("p50_days", "p90_days")


@dataclass(frozen=True)
class QualitySection:
    """What the section shows.

    Attributes:
        lines: what was set aside and what is kept no more, in sentences.
        headlines: what else the first figures could be.
        broken: the rules that the log breaks; ``held``: the others.
    """

    lines: list[str]
    headlines: list[PageRow]
    broken: list[PageRow]
    held: list[PageRow]
    held_summary: str


def quality(findings: Findings, facts: Facts, minimum_group: int, names: Names) -> QualitySection:
    """What was set aside and what that may do; the rules, broken ones first."""
    speech, rules = names.speech, facts.rules
    held = [rule for rule in rules if rule.success]
    return QualitySection(
        lines=[
            *_set_aside(findings, minimum_group, speech),
            *_kept_no_more(findings, facts, names),
        ],
        headlines=list(_headlines(findings, names)),
        broken=[
            _broken(rule, counts, names)
            for rule, counts in broken_rules(findings, rules, minimum_group)
        ],
        held=[{"id": rule.id, "what": asked(rule, names)} for rule in held],
        held_summary=speech.say("Show the rules that hold (%(n)s)", n=len(held)),
    )


def asked(rule: RuleResult, names: Names) -> str:
    """What a rule asks, and which steps break it, by the names that the report uses."""
    steps = list(dict.fromkeys(map(names.step, rule.names)))  # several may have the same label
    what = names.settings.validation.rule(rule.id).sentence(steps) if steps else rule.what
    asks = what.get(names.speech.language)
    if not rule.about:
        return asks
    broken_by = list(dict.fromkeys(map(names.quoted, rule.about)))
    steps_told = names.speech.some(broken_by, _MOST_STEPS)
    return names.speech.say("%(rule)s Not so for: %(steps)s.", rule=asks, steps=steps_told)


def broken_rules(
    findings: Findings, rules: Sequence[RuleResult], minimum_group: int
) -> list[tuple[RuleResult, Counts]]:
    """The broken rules, gravest first, with the rows and cases that may be told of each."""
    grave = list(SEVERITY)
    broken = [rule for rule in rules if not rule.success]
    broken.sort(key=lambda rule: grave.index(rule.severity))
    log = findings.log
    counts = told_counts(broken, log.quarantined_rows, log.quarantined_cases, minimum_group)
    return [(rule, counts[rule.id]) for rule in broken]


def headlines(findings: Findings) -> tuple[Headline, ...]:
    """The first figures and what else they could be, if that may be shown of any."""
    return () if _all_hidden(findings) else findings.validation.headlines


def cautions(findings: Findings, facts: Facts, names: Names) -> list[str]:
    """What a reader of the first screen must know before its figures are believed."""
    speech = names.speech
    told = []
    if _is_in_doubt(findings):
        told.append(
            speech.say(
                "Take care: rows were set aside. So these figures may be more than a fifth"
                " different."
            )
        )
    day = _lacking_before(findings, facts, names)
    if day and speech.date_of(findings.as_of) < day:  # no case that began since is there
        told.append(
            speech.say(
                "Take care: cases that ended before %(day)s are no longer kept. So cases seem to"
                " take longer than they do.",
                day=speech.day(day),
            )
        )
    return told


def _lacking_before(findings: Findings, facts: Facts, names: Names) -> dt.date | None:
    """The day before which the log has only cases that went on, if it has such cases."""
    first, day = findings.log.first, facts.kept_from
    return day if first and day and names.speech.date_of(first) < day else None


def _kept_no_more(findings: Findings, facts: Facts, names: Names) -> Iterator[str]:
    if day := _lacking_before(findings, facts, names):
        yield names.speech.say(
            "Cases that ended before %(day)s are no longer kept, as the config asks. Of the cases "
            "that began before that day, only those that took long are here. So how long cases "
            "take, and how long they wait, is told by what began since; what is open counts "
            "whenever it began.",
            day=names.speech.day(day),
        )


def _is_in_doubt(findings: Findings) -> bool:
    """Whether a figure of the first screen could well be another."""
    return any(
        _could_differ(each) for each in findings.validation.headlines if each.id in _FIRST_FIGURES
    )


def _could_differ(headline: Headline) -> bool:
    value, lowest, highest = headline.value, headline.lowest, headline.highest
    if value is None or headline.suppressed:
        return False
    if lowest is None or highest is None:
        return True
    return lowest < (1 - _MUCH) * value or highest > (1 + _MUCH) * value


def _set_aside(findings: Findings, minimum_group: int, speech: Speech) -> Iterator[str]:
    log = findings.log
    if log.quarantined_rows == 0:
        yield speech.say("Nothing was set aside: every row of the log could be used.")
    elif log.quarantined_rows is None or log.quarantined_cases is None:
        yield speech.say(
            "Rows were set aside because they could not be trusted, or repeat another row. How"
            " many, and of how many cases, is not shown: it would tell of fewer than %(n)s cases"
            " or rows.",
            n=minimum_group,
        )
    else:
        yield speech.say(
            "Set aside because they could not be trusted, or repeat another row: %(rows)s rows, of"
            " %(cases)s cases.",
            rows=speech.number(log.quarantined_rows),
            cases=speech.number(log.quarantined_cases),
        )
    if _all_hidden(findings):
        yield speech.say(
            "What the figures are without those cases is not shown: it would tell of fewer than"
            " %(n)s cases.",
            n=minimum_group,
        )
    if log.cases is None:  # there are so few that it may be none
        yield speech.say("How many cases have steps in no certain order is not shown.")
    elif log.order_undetermined_cases is None:
        yield speech.say("Some cases have steps in no certain order; how many is not shown.")
    elif log.order_undetermined_cases:
        yield speech.say(
            "Cases whose steps have no certain order: %(cases)s.",
            cases=speech.number(log.order_undetermined_cases),
        )


def _all_hidden(findings: Findings) -> bool:
    told = findings.validation.headlines
    return bool(told) and all(each.suppressed for each in told)


def _headlines(findings: Findings, names: Names) -> Iterator[PageRow]:
    """A row per figure: as told, without the cases that lost rows, at least, at most."""
    for headline in headlines(findings):
        yield {
            "words": in_words(headline, findings, names),
            "figures": list(_figures(headline, names.speech)),
        }


def in_words(headline: Headline, findings: Findings, names: Names) -> str:
    """What a first figure measures."""
    if headline.id != "share_of_first_wait":
        return names.speech.say(_WORDS[headline.id])
    is_known = headline.value is not None
    first = findings.bottlenecks[0] if is_known else None
    return names.speech.say(
        _SHARE[findings.waits_left_out, is_known],
        place=first and names.place(first.from_, first.to),
    )


def _figures(headline: Headline, speech: Speech) -> Iterator[str]:
    told = _told(headline.id, speech)
    for column in COLUMNS:
        figure = getattr(headline, column)
        if figure is not None:
            yield glued(told(figure))
        else:
            yield absent(headline, column, speech)


def absent(headline: Headline, column: str, speech: Speech) -> str:
    """Why a figure is missing."""
    words = _ABSENT_TIME if headline.id in TIMES else _ABSENT
    return speech.say("not shown" if headline.suppressed else words[column])


def _told(id_: HeadlineId, speech: Speech) -> Callable[[float], str]:
    if id_ in TIMES:
        return speech.days
    if id_ == "share_of_first_wait":
        return speech.share
    return lambda number: speech.number(round(number))


def _broken(rule: RuleResult, counts: Counts, names: Names) -> PageRow:
    speech = names.speech
    rows, cases = (_NO_COUNT if rule.of == "log" else count(each, speech) for each in counts)
    return {
        "id": rule.id,
        "what": asked(rule, names),
        "severity": speech.say(SEVERITY[rule.severity]),
        "outcome": speech.say(OUTCOME[rule.severity]),
        "rows": rows,
        "cases": cases,
        "owner": speech.say(OWNER[rule.owner]),
    }
