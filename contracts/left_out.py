# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Why cases, events or rows of a source are not in the log, in both languages of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from contracts.texts import Words

Why = Literal["destroyed", "closed", "early", "unrelated", "unasked"]

WORDS: dict[Why, tuple[Words, Words]] = {
    "destroyed": (
        Words(
            nl="%s zaken hadden al vernietigd moeten zijn (archiefactiedatum) en tellen niet mee.",
            en="%s cases should have been destroyed by now (archiefactiedatum) and do not count.",
        ),
        Words(
            nl="Minder dan %s zaken hadden al vernietigd moeten zijn (archiefactiedatum) en tellen "
            "niet mee.",
            en="Fewer than %s cases should have been destroyed by now (archiefactiedatum) and do "
            "not count.",
        ),
    ),
    "closed": (
        Words(
            nl="%s zaken zijn afgesloten zonder enige status: over hun stappen is niets bekend.",
            en="%s cases were closed without any status: nothing is known about their steps.",
        ),
        Words(
            nl="Minder dan %s zaken zijn afgesloten zonder enige status: over hun stappen is "
            "niets bekend.",
            en="Fewer than %s cases were closed without any status: nothing is known about their "
            "steps.",
        ),
    ),
    "early": (
        Words(
            nl="%s zaken zonder status zijn geregistreerd vóór de eerste status van alle zaken, "
            "en tellen niet mee.",
            en="%s cases without a status were registered before the first status of any case, "
            "and do not count.",
        ),
        Words(
            nl="Minder dan %s zaken zonder status zijn geregistreerd vóór de eerste status van "
            "alle zaken, en tellen niet mee.",
            en="Fewer than %s cases without a status were registered before the first status of "
            "any case, and do not count.",
        ),
    ),
    "unrelated": (
        Words(
            nl="%s gebeurtenissen horen bij geen enkele zaak en tellen niet mee.",
            en="%s events belong to no case and do not count.",
        ),
        Words(
            nl="Minder dan %s gebeurtenissen horen bij geen enkele zaak en tellen niet mee.",
            en="Fewer than %s events belong to no case and do not count.",
        ),
    ),
    "unasked": (
        Words(
            nl="%s rijen van de export tellen niet mee: de configuratie vraagt er niet om.",
            en="%s rows of the export do not count: the config does not ask for them.",
        ),
        Words(
            nl="Minder dan %s rijen van de export tellen niet mee: de configuratie vraagt er niet "
            "om.",
            en="Fewer than %s rows of the export do not count: the config does not ask for them.",
        ),
    ),
}
"""The sentences for a number of cases, events or rows, and for fewer than may be told."""


def added_up(counts: Iterable[Mapping[Why, int]]) -> dict[Why, int]:
    """How many cases, events or rows of all sources are not in the log, by reason."""
    cases: Counter[Why] = Counter()
    for each in counts:
        cases.update(each)
    return dict(cases)


def sentences(
    cases: Mapping[Why, int],
    least: int,
    language: Literal["nl", "en"],
    written: Callable[[int], str],
) -> list[str]:
    """A sentence per reason, with numbers as ``written``; numbers below ``least`` are not told."""
    said = []
    for why, n in cases.items():
        many, few = WORDS[why]
        words, number = (few, least) if n < least else (many, n)
        said.append(words.get(language) % written(number))
    return said
