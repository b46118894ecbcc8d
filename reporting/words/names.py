# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The names of steps and of the places between them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from contracts.settings import Settings
from reporting.words.speech import Speech


@dataclass(frozen=True)
class Names:
    """The names of steps and of the places between them."""

    settings: Settings
    speech: Speech

    def step(self, activity: str) -> str:
        """The label of a step in this language, from the config, else its name in the log."""
        step = self.settings.journey.steps.get(activity)
        return (step and step.label and getattr(step.label, self.speech.language)) or activity

    def quoted(self, activity: str) -> str:
        """The name of a step as part of a sentence."""
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
    """``name``, isolated so that right-to-left writing leaves the words around it in order."""
    if not {"R", "AL", "AN", "RLE", "RLO", "RLI"} & {unicodedata.bidirectional(c) for c in name}:
        return name
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
