# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who reads the report: staff, process owners, policy makers; and what each looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.words.bottlenecks import Wait
from reporting.words.speech import Speech, sentence

Link = tuple[str, str]
"""An anchor in the page, and the words of the link to it."""

ROUTE = ("route", sentence("How long does the whole route take?"))
TURNS = ("turns", sentence("Whose turn was it?"))
QUALITY = ("quality", sentence("Is the picture right?"))
METHOD = ("accountability", sentence("How this was worked out"))
TERMS = ("terms", sentence("Were the terms met?"))
MEANT = ("meant", sentence("Do cases go as they were meant to?"))
CHANGES = ("changes", sentence("What changed since the last report?"))


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the report: who, why, and where to begin."""

    who: str
    words: str
    links: tuple[Link, ...]


def readers(waits: Sequence[Wait], there: Sequence[Link], speech: Speech) -> list[Reader]:
    """The three readers, each with the parts of the page for them.

    Args:
        waits: the bottlenecks that have a section.
        there: the other sections of this page, among those above.
        speech: the language of the words.
    """

    def links(*wanted: Link) -> tuple[Link, ...]:
        return tuple(
            (anchor, speech.say(words)) for anchor, words in wanted if (anchor, words) in there
        )

    first = tuple((wait.anchor, wait.title) for wait in waits[:1])
    return [
        Reader(
            speech.say("You work on cases"),
            speech.say(
                "Take one place that you know. Is this what you see? Talk about the question at its"
                " end; five minutes is enough."
            ),
            (*first, *links(TURNS)),
        ),
        Reader(
            speech.say("You run this process"),
            speech.say(
                "Look at all places, at whose turn it was, and at whether the picture is right,"
                " before you change anything."
            ),
            links(TURNS, QUALITY, CHANGES, MEANT),
        ),
        Reader(
            speech.say("You make the policy"),
            speech.say(
                "Look at the whole route as the citizen lives it, at the terms of the law, and at"
                " the waiting that was decided on."
            ),
            links(ROUTE, TERMS, TURNS, METHOD),
        ),
    ]
