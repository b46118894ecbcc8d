# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an alarm says, ready to mail: a line and a text, in the languages of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.deadlines import Deadline
from contracts.findings import Bottleneck, DeadlineResult, Findings
from contracts.settings import Settings
from contracts.texts import Language
from reporting.words import bottlenecks, evidence
from reporting.words.counts import cases
from reporting.words.names import Names
from reporting.words.speech import Speech
from reporting.words.terms import title

Message = tuple[str, list[str]]
"""A line and sentences about it, in one language."""

_BETWEEN_LANGUAGES = "\n\n---\n\n"


@dataclass(frozen=True)
class Notice:
    """A line in the first language of the report, and a text that says it in all of them."""

    subject: str
    text: str


@dataclass(frozen=True)
class Report:
    """What an alarm can tell about: the folder of a run, and what it found that may be shown."""

    run: Path
    findings: Findings
    settings: Settings

    def is_new(self) -> Notice:
        """There is a report."""
        return self._notice(lambda names: (names.speech.say("a new report"), []))

    def breach(self, found: DeadlineResult, deadline: Deadline, *, is_more: bool) -> Notice:
        """Cases are too late for a deadline; ``is_more``: more than the report before says."""

        def tell(names: Names) -> Message:
            speech, all_late = names.speech, (found.late or 0) + (found.open_late or 0)
            is_least = not {"late", "open_late"}.isdisjoint(found.at_least)
            done, still = (_number(found, each, speech) for each in ("late", "open_late"))
            line = speech.say(
                "%(cases)s too late (%(term)s)",
                cases=cases(all_late, speech, at_least=is_least),
                term=title(deadline, speech),
            )
            return line, [
                speech.say("That is more than in the report before.") if is_more else "",
                speech.say("Done after the last day: %(n)s.", n=done),
                speech.say("Not done, and the last day is past: %(n)s.", n=still),
            ]

        return self._notice(tell)

    def drift(self, stall: Bottleneck) -> Notice:
        """Cases wait longer at a place since some day, and still do."""
        alone = self.findings.model_copy(update={"bottlenecks": (stall,)})

        def tell(names: Names) -> Message:
            [wait] = bottlenecks.waits(alone, names)
            place = names.place(stall.from_, stall.to)
            since = evidence.period(stall, self.findings.as_of, names.speech)
            line = names.speech.say(
                "cases have waited longer %(since)s, %(place)s", since=since, place=place
            )
            return line, [
                wait.whom,
                f"{wait.cause}.",
                wait.summary,
                stall.question.get(names.speech.language),
            ]

        return self._notice(tell)

    def page(self, language: Language) -> Path:
        """The path of the report."""
        return self.run / f"report.{language}.html"

    def _notice(self, tell: Callable[[Names], Message]) -> Notice:
        """The text of ``tell``, up to which day that is known, and where the report is."""

        def tell_more(speech: Speech) -> Message:
            line, said = tell(Names(self.settings, speech))
            return line, [
                *said,
                speech.say("Data up to %(day)s.", day=speech.day(self.findings.as_of)),
                speech.say("The report: %(where)s", where=str(self.page(speech.language))),
            ]

        return _in_all(tell_more, self.settings)


def _number(found: DeadlineResult, what: str, speech: Speech) -> str:
    told = speech.number(getattr(found, what) or 0)
    return speech.say("at least %(n)s", n=told) if what in found.at_least else told


def stop(verdict: Mapping[str, Any], run: Path, settings: Settings) -> Notice:
    """The gate stopped a run; ``verdict`` is what was written of it, without small counts."""
    broken = [
        rule for rule in verdict["rules"] if not rule["success"] and rule["severity"] == "critical"
    ]

    def tell(speech: Speech) -> Message:
        return speech.say("the log is not fit to mine"), [
            speech.say("So there is no new report. What must be right, and is not:"),
            *(f"{rule['id']}: {rule['what'][speech.language]}" for rule in broken),
            speech.say("What was checked: %(where)s", where=str(run / "validation")),
        ]

    return _in_all(tell, settings)


def _in_all(tell: Callable[[Speech], Message], settings: Settings) -> Notice:
    subjects, texts = [], []
    for language in settings.report.languages:
        line, said = tell(Speech(language, settings.zone))
        subject = " ".join(f"{settings.process.title(language)}: {line}".split())
        subjects.append(subject)
        texts.append("\n".join([subject, "", *filter(None, said)]))
    return Notice(subjects[0], _BETWEEN_LANGUAGES.join(texts))
