# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The page over all processes: the newest report of each, and how it changed from report to report.

It is made from what reports tell, and from nothing else. What two of them together would reveal of
few cases is left out (``reporting.page.comparable``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from contracts.figures import Count
from contracts.findings import Findings, Log
from contracts.house_style import HouseStyle
from contracts.settings import Settings
from contracts.texts import Language
from reporting.page import trend
from reporting.page.comparable import rounded, side_by_side
from reporting.page.content import LANGUAGES
from reporting.page.pages import render
from reporting.words import evidence, kinds
from reporting.words.bottlenecks import anchor
from reporting.words.names import Names
from reporting.words.page_row import PageRow
from reporting.words.speech import Speech, capitalised, sentence


@dataclass(frozen=True)
class Shelved:
    """A run, as read from its folder.

    Attributes:
        findings: what it found, after disclosure control.
        settings: its config, as far as the index needs it.
        languages: the languages of its pages, the first of the config first.
        made_at: when it was made.
        measure: the same for runs whose figures were counted in the same way.
    """

    findings: Findings
    settings: Settings
    languages: tuple[Language, ...]
    made_at: dt.datetime
    measure: str

    @property
    def day(self) -> dt.date:
        """The day on which its log ends, in the zone of the process."""
        return self.findings.as_of.astimezone(self.settings.zone).date()


def languages(runs: Sequence[Shelved]) -> tuple[Language, ...]:
    """The languages of the newest reports, in order of how many reports have them as the first."""
    newest = [of_process[0] for of_process in _processes(runs).values()]
    first = Counter(run.languages[0] for run in newest)
    spoken = {language for run in newest for language in run.languages}
    order: list[Language] = sorted(
        spoken, key=lambda each: (-first[each], [*LANGUAGES].index(each))
    )
    return tuple(order)


def page(runs: Sequence[Shelved], language: Language, version: str) -> str:
    """The index in one language as HTML.

    Args:
        runs: all runs with a page, in any order; at least one.
        language: the language of all words; one of ``languages(runs)``.
        version: the version of the tool.
    """
    processes = _processes(runs)
    newest = [of_process[0] for of_process in processes.values()]
    told = _told_apart([_process(of_process, language) for of_process in processes.values()])
    others = [code for code in languages(runs) if code != language]
    return render(
        "index.html",
        Speech(language, newest[0].settings.zone),
        {
            "language": language,
            "languages": [{"code": code, "name": LANGUAGES[code]} for code in others],
            "processes": sorted(told, key=lambda each: (each["name"].casefold(), each["id"])),
            "version": version,
        },
        _style_of_all(newest),
    )


def _told_apart(processes: Sequence[PageRow]) -> list[PageRow]:
    """Adds the id to processes of the same name, since a link or heading is about one."""
    often = Counter(each["name"] for each in processes)
    return [
        {**each, "name": f"{each['name']} ({each['id']})"} if often[each["name"]] > 1 else each
        for each in processes
    ]


def _style_of_all(runs: Sequence[Shelved]) -> HouseStyle | None:
    """The house style of the reports, if all have the same."""
    first, *others = (run.settings.report.style for run in runs)
    return first if all(style == first for style in others) else None


def _processes(runs: Sequence[Shelved]) -> dict[str, list[Shelved]]:
    """The runs of each process, the newest log first; for each day, the run that was made last."""
    ordered = sorted(
        runs,
        key=lambda run: (run.day, run.made_at, run.findings.run_id),
        reverse=True,
    )
    ordered.sort(key=lambda run: run.findings.process)
    return {
        process: [next(of_day) for _, of_day in groupby(of_process, key=lambda run: run.day)]
        for process, of_process in groupby(ordered, key=lambda run: run.findings.process)
    }


def _process(runs: Sequence[Shelved], language: Language) -> PageRow:
    """What the page tells of one process; ``runs`` has one per day, the newest first."""
    newest = runs[0]
    names = Names(newest.settings, Speech(language, newest.settings.zone))
    k = max(run.settings.privacy.minimum_group for run in runs)
    comparable = {each.run_id for each in side_by_side([run.findings for run in runs], k)}
    shown = [run for run in reversed(runs) if run.findings.run_id in comparable]
    return {
        "id": newest.findings.process,
        "name": newest.settings.process.title(language),
        "report": _link(newest, names.speech),
        "figures": _figures(newest.findings, k, names.speech),
        "first_wait": _first_wait(newest.findings, names),
        "trend": _trend(shown, k, names.speech) if len(shown) > 1 else None,
        "earlier": [_link(run, names.speech) for run in runs[1:]],
        "left_out": len(runs) - len(shown),
        "minimum_group": k,
    }


def _first_wait(found: Findings, names: Names) -> PageRow | None:
    """Where to look first: only what every version of hoeksteen tells in the same words."""
    if not found.bottlenecks:
        return None
    first = found.bottlenecks[0]
    return {
        "anchor": anchor(first),
        "title": capitalised(names.place(first.from_, first.to)),
        "cause": kinds.label(first, names.speech),
        "about": evidence.brief(first, found.as_of, names.speech),
    }


def _link(run: Shelved, speech: Speech) -> Mapping[str, str]:
    code = speech.language if speech.language in run.languages else run.languages[0]
    return {
        "href": f"{run.findings.process}/{run.findings.run_id}/report.{code}.html",
        "language": code,
        "day": speech.day(run.day),
    }


def _figures(found: Findings, k: int, speech: Speech) -> list[dict[str, str]]:
    days = found.throughput_days
    told = {
        sentence("half of the cases are done within"): speech.duration_if_known(days.p50),
        sentence("9 of 10 cases are done within"): speech.duration_if_known(days.p90),
        sentence("cases not done yet"): _at_least(found.log.open_cases, k, speech),
        sentence("cases in the log"): _at_least(found.log.cases, k, speech),
    }
    return [{"words": speech.say(words), "value": value} for words, value in told.items()]


def _at_least(count: Count, k: int, speech: Speech) -> str:
    """A count, rounded down; nought is exact, since 1 … k-1 is hidden."""
    least = rounded(count, k)
    if least is None:
        return speech.say("not shown")
    return speech.say("at least %(n)s", n=speech.number(least)) if least else "0"


def _open_to_compare(log: Log, k: int) -> Count:
    """How many are open, rounded down; null where a report told less, lest it seem to fall."""
    return None if log.open_cases_at_least else rounded(log.open_cases, k)


def _trend(runs: Sequence[Shelved], k: int, speech: Speech) -> PageRow:
    """Two charts and their figures; ``runs`` has the oldest first."""
    days = [run.day for run in runs]
    halves = [run.findings.throughput_days.p50 for run in runs]
    most = [run.findings.throughput_days.p90 for run in runs]
    counts = [_open_to_compare(run.findings.log, k) for run in runs]
    half_line = trend.Line(_from_to(speech.say("half is done"), halves, speech), halves)
    most_line = trend.Line(_from_to(speech.say("9 of 10 are done"), most, speech), most, "most")
    ends = [_at_least(count, k, speech) for count in (counts[0], counts[-1])]
    open_words = speech.say("Not done yet: %(first)s, then %(last)s.", first=ends[0], last=ends[1])
    longest = max((d for d in (*halves, *most) if d is not None), default=0.0)
    highest = max((count for count in counts if count is not None), default=0)
    return {
        "durations": trend.chart(days, [half_line, most_line], speech.duration(longest), speech),
        "open": trend.chart(days, [trend.Line(open_words, counts)], speech.number(highest), speech),
        "legend": [
            (trend.swatch("plain"), speech.say("half is done")),
            (trend.swatch("most"), speech.say("9 of 10 are done")),
        ],
        "rows": [
            {
                "day": speech.day(day),
                "half": speech.duration_if_known(half),
                "most": speech.duration_if_known(nine),
                "open": _at_least(count, k, speech),
            }
            for day, half, nine, count in zip(days, halves, most, counts, strict=True)
        ],
        "counted_anew": [
            speech.day(later.day) for one, later in pairwise(runs) if one.measure != later.measure
        ],
    }


def _from_to(what: str, days: Sequence[float | None], speech: Speech) -> str:
    first, last = (speech.duration_if_known(each) for each in (days[0], days[-1]))
    return capitalised(
        speech.say("%(what)s: %(first)s, then %(last)s.", what=what, first=first, last=last)
    )
