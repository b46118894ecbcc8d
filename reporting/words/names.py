# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What steps are called, and the places between them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from contracts.settings import Settings
from reporting.words.speech import Speech


@dataclass(frozen=True)
class Names:
    """What steps and the places between them are called."""

    settings: Settings
    speech: Speech

    def step(self, activity: str) -> str:
        """The label that the config gives a step in this language, else its name in the log."""
        step = self.settings.journey.steps.get(activity)
        return (step and step.label and getattr(step.label, self.speech.language)) or activity

    def quoted(self, activity: str) -> str:
        """A step's name as part of a sentence."""
        name = isolated(self.step(activity))
        return f"\N{LEFT SINGLE QUOTATION MARK}{name}\N{RIGHT SINGLE QUOTATION MARK}"

    def place(self, from_: str, to: str | None) -> str:
        """Where a wait is, inside a sentence."""
        if to is None:
            return self.speech.say("after %(step)s", step=self.quoted(from_))
        if to == from_:
            return self.speech.say(
                "between %(step)s and the same step again", step=self.quoted(from_)
            )
        steps = {"first": self.quoted(from_), "second": self.quoted(to)}
        return self.speech.say("between %(first)s and %(second)s", **steps)


def isolated(name: str) -> str:
    """``name`` so that, written from right to left, it leaves the words around it in order."""
    if not {"R", "AL", "AN", "RLE", "RLO", "RLI"} & {unicodedata.bidirectional(c) for c in name}:
        return name
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
