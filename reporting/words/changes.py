# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed since the last report, and what each change did to how long cases take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contracts.changes import Change, ChangeId, Changes, Effect, Since
from contracts.figures import Quantiles
from contracts.findings import Findings, Log
from contracts.settings import Definition
from reporting.facts import Facts, WhyNot
from reporting.words.counts import count
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, glued, sentence
from reporting.words.vocabulary import nearest_key

_WORDS: dict[ChangeId, str] = {
    "removed": sentence("cases that may no longer be kept"),
    "told_otherwise": sentence(
        "steps about which something else is known now, such as the day the case was registered"
    ),
    "late": sentence("steps from before the last report that came in after it"),
    "edited": sentence("steps that have another time now"),
    "relabelled": sentence("steps that have another name now"),
    "gone_events": sentence("steps that are no longer in the log"),
    "gone_cases": sentence("cases that are no longer in the log"),
    "went_on": sentence("time that went by: steps after the last report, in cases from before it"),
    "new_cases": sentence("new cases"),
}
_CONFIG = sentence("other settings")
_VERSION = sentence("another version of hoeksteen")
_BOTH = sentence("other settings, and another version of hoeksteen")
_WHY_NOT: dict[WhyNot, str] = {
    "looks_back": sentence(
        "This report looks back, so it does not say what changed since the last one."
    ),
    "few": sentence("The last report was of too few cases to say what changed since then."),
    "not_kept": sentence(
        "The log of the last report was not kept, so it is not known what changed since then."
    ),
    "other_names": sentence(
        "The case numbers were replaced in another way at the last report, so it is not known "
        "what changed since then."
    ),
}
_HARDLY = 1 / 24  # of a day: the figures themselves are less exact than this
_MINUS = "\N{MINUS SIGN}"
_NO_COUNT = "\N{EN DASH}"
"""Stands for the number of cases where a change is not about certain cases."""


@dataclass(frozen=True)
class ChangesSection:
    """What the section shows; if reports are not ``compared``, only why.

    Attributes:
        lead: with which report this one is compared, or why with none.
        rows: each change with its effect, between the figures of both reports.
        rounded: how the numbers in these rows are told.
        renamed: steps that have another name now.
        definitions: what means something else now.
        config: what is set otherwise now; ``version``: the version of the tool, if it is another.
    """

    lead: str
    compared: bool = False
    rows: list[PageRow] = field(default_factory=list)
    rounded: str = ""
    renamed: list[PageRow] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    config: list[PageRow] = field(default_factory=list)
    version: str = ""


def changes(
    findings: Findings, facts: Facts, names: Names, minimum_group: int
) -> ChangesSection | None:
    """What the section shows; null where there is no earlier report.

    Args:
        findings: the findings after disclosure control.
        facts: how they came about.
        names: the names of the steps.
        minimum_group: counts are rounded down to multiples of it.
    """
    speech, found = names.speech, findings.changes
    if found is None:
        why = facts.not_compared
        return why and ChangesSection(speech.say(_WHY_NOT[why]))
    return ChangesSection(
        lead=speech.say(
            "The last report was of the log as it was on %(day)s.",
            day=speech.day(found.since.as_of),
        ),
        compared=True,
        rows=_rows(found, facts, findings, speech),
        rounded=speech.say(
            "Numbers of what changed are rounded down to a multiple of %(n)s. What fewer than %(n)s"
            " cases did is shown together with something else.",
            n=minimum_group,
        ),
        renamed=[
            {
                "before": pair.from_,
                "after": names.step(pair.to),
                "cases": count(pair.cases, speech),
                "steps": count(pair.events, speech),
            }
            for pair in found.relabelled
        ],
        definitions=definitions(found.definitions, names),
        config=[
            {"key": key, "words": words and speech.say(words)}
            for key, words in zip(found.config, map(nearest_key, found.config), strict=True)
        ],
        version=_version(found, facts, speech),
    )


def definitions(register: Sequence[Definition], names: Names) -> list[str]:
    """Each definition that changed, with its day and step."""
    speech = names.speech
    return [
        speech.say("From %(day)s: %(what)s", day=speech.day(each.start), what=_what(each, names))
        for each in sorted(register, key=lambda each: each.start)
    ]


def in_period(register: Sequence[Definition], findings: Findings, names: Names) -> list[str]:
    """The definitions that changed while the log ran."""
    if findings.log.first is None:
        return []
    first, last = map(names.speech.date_of, (findings.log.first, findings.as_of))
    return definitions([each for each in register if first < each.start <= last], names)


def _what(definition: Definition, names: Names) -> str:
    what = definition.what.get(names.speech.language)
    return f"{names.quoted(definition.activity)}: {what}" if definition.activity else what


def _rows(found: Changes, facts: Facts, findings: Findings, speech: Speech) -> list[PageRow]:
    """The figures of the last report, each change with its effect, and the figures of now."""
    log, days = findings.log, findings.throughput_days
    changed = [row for effect in found.effects for row in _effect(effect, found, facts, speech)]
    if not changed:
        return []
    now = Quantiles(p50=days.p50, p90=days.p90)
    last = _figures(speech.say("the last report"), found.since, found.since.days, speech)
    return [last, *changed, _figures(speech.say("this report"), log, now, speech)]


def _figures(words: str, of: Since | Log, days: Quantiles, speech: Speech) -> PageRow:
    events = count(of.events, speech, at_least=of.events_at_least)
    return {
        "words": words,
        "is_whole": True,
        "counts": [count(of.cases, speech), events],
        "figures": [
            speech.say("not known yet") if each is None else glued(speech.days(each))
            for each in (days.p50, days.p90)
        ],
    }


def _effect(effect: Effect, found: Changes, facts: Facts, speech: Speech) -> Iterator[PageRow]:
    """A row for each change of those that have this effect together; the last one tells it.

    If none of them may be counted, they are one row.
    """
    counts: dict[str, Change] = {each.what: each for each in found.counts}
    moved = (effect.effect_days.p50, effect.effect_days.p90)
    shown = [what for what in effect.what if _happened(counts.get(what), found, facts)]
    if not shown and any(moved):
        shown = [effect.what[-1]]
    is_hidden = all(what in counts and counts[what].cases is None for what in shown)
    rows = [shown] if shown and is_hidden else [[what] for what in shown]
    for number, row in enumerate(rows, start=1):
        yield {
            "words": "; ".join(_in_words(counts.get(what), found, facts, speech) for what in row),
            "is_whole": False,
            "counts": _counts(counts.get(row[-1]), speech),
            "figures": [_moved(each, speech) for each in moved]
            if number == len(rows)
            else [speech.say("with the next row")] * 2,
        }


def _in_words(change: Change | None, found: Changes, facts: Facts, speech: Speech) -> str:
    return speech.say(_WORDS[change.what] if change else _redefined(found, facts))


def _happened(change: Change | None, found: Changes, facts: Facts) -> bool:
    """Whether anything of a change happened; null: the change is of the config or the version."""
    if change is None:
        return bool(found.config) or found.since.version != facts.version
    return change.cases != 0


def _counts(change: Change | None, speech: Speech) -> list[str]:
    if change is None:
        return [_NO_COUNT, _NO_COUNT]
    return [count(change.cases, speech), count(change.events, speech)]


def _moved(days: float | None, speech: Speech) -> str:
    if days is None:
        return speech.say("cannot be said")
    if days == 0:
        return speech.say("no difference")
    if abs(days) < _HARDLY:
        return speech.say("hardly any difference")
    return glued(f"{'+' if days > 0 else _MINUS}{speech.days(abs(days))}")


def _redefined(found: Changes, facts: Facts) -> str:
    if found.since.version == facts.version:
        return _CONFIG
    return _BOTH if found.config else _VERSION


def _version(found: Changes, facts: Facts, speech: Speech) -> str:
    if found.since.version == facts.version:
        return ""
    return speech.say(
        "The last report was made by version %(before)s of hoeksteen, this one by version %(now)s.",
        before=found.since.version,
        now=facts.version,
    )
