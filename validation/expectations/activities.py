# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which activities occur, and which are one activity under two names."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import polars as pl

from contracts.listed import listed
from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import (
    CASE,
    IS_COMPLETE,
    MOST_TOLD,
    Judged,
    LogExpectation,
    Rows,
    rows_of,
)

MANY = 10_000
"""A column with more names than this does not hold activities."""

_LONG_WORD = 6  # letters
_LONGEST_NAME = 150  # letters; room and time grow with their square


class ExpectActivitiesToOccur(LogExpectation):
    """At least ``at_least`` of ``activities`` occur; the details name those that do not.

    If ``completed`` is set, work that was only started does not count.
    """

    activities: list[str]
    at_least: int
    completed: bool = False
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.occurring",)
    success_keys: ClassVar[tuple[str, ...]] = ("activities", "at_least", "completed")

    def judged(self, metric: Any) -> Judged:
        """How many of them occur."""
        absent = [name for name in self.activities if name not in metric]
        return len(metric) >= self.at_least, len(metric), {"absent": absent}


class ExpectNamesToDiffer(LogExpectation):
    """No two activity names differ only in spelling; those of ``minimum_group`` cases are told."""

    minimum_group: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.cases",)
    success_keys: ClassVar[tuple[str, ...]] = ("minimum_group",)

    def judged(self, metric: Any) -> Judged:
        """How many pairs of names are alike; if there are too many names, how many names."""
        if len(metric) > MANY:
            too_many = "There are too many different names for activities."
            return False, len(metric), {"found": too_many}
        pairs = alike(metric)
        told = [pair for pair in pairs if all(metric[name] >= self.minimum_group for name in pair)]
        sentence = listed([f"'{a}' and '{b}'" for a, b in told], MOST_TOLD, "; ")
        return not pairs, len(pairs), {"found": f"These are alike: {sentence}."} if told else {}


@measure("activities.occurring", ("activities", "completed"))
def _occurring(kwargs: Kwargs) -> Measure:
    activity = pl.col("activity")
    counts = activity.is_in(kwargs["activities"])
    if kwargs["completed"]:
        counts &= IS_COMPLETE
    named = activity.filter(counts).unique().implode()
    return Measure(named, merge=lambda parts: set().union(*parts))


def _by_activity(events: pl.LazyFrame) -> pl.LazyFrame:
    return events.group_by("activity").agg(n=CASE.n_unique())


def _added(rows: Rows) -> dict[str, int]:
    cases = Counter[str]()
    for row in rows:
        cases[row["activity"]] += row["n"]
    return dict(cases)


@measure("activities.cases")
def _cases(_: Kwargs) -> Measure:
    return rows_of(_by_activity, _added, "cases")


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of names that differ in case, accents, spaces or one letter, not in a number.

    A letter may be added, left out or different in long words only: arts A is not arts B. Names are
    compared by what is left of them without one letter, so that time grows only with their number.
    """
    by_likeness = defaultdict(set)
    for name in names:
        for likeness in _likenesses(name):
            by_likeness[likeness].add(name)
    return sorted(
        {pair for same in by_likeness.values() for pair in itertools.combinations(sorted(same), 2)}
    )


def _likenesses(name: str) -> Iterator[tuple[object, ...]]:
    """The name without spelling variants, and that again without each letter of a long word.

    A text that is too long for a name has only the first.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    words, numbers = re.findall(r"[^\W\d_]+", plain), tuple(re.findall(r"\d+", plain))
    if not words:
        return
    yield numbers, "".join(words)
    if len(plain) > _LONGEST_NAME:
        return
    for place, word in enumerate(words):
        if len(word) >= _LONG_WORD:
            for letter in range(len(word)):
                shorter = word[:letter] + "-" + word[letter + 1 :]
                yield numbers, *words[:place], shorter, *words[place + 1 :]
