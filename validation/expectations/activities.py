# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which activities occur, and which are one by two names."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import polars as pl

from validation.engine.engine import Kwargs, Measure
from validation.engine.registry import measure
from validation.expectations.base import CASE, IS_COMPLETE, LogExpectation

MOST_TOLD = 5
"""So many names are told of."""

_LEAST_ALIKE = 0.93  # of two names: of thirty letters two may differ
_LEAST_LETTERS = 8


class ExpectActivitiesToOccur(LogExpectation):
    """At least ``at_least`` of ``activities`` occur; the details name those that do not.

    Where ``completed`` is set, work that was only started does not count.
    """

    activities: list[str]
    at_least: int
    completed: bool = False
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.occurring",)
    success_keys: ClassVar[tuple[str, ...]] = ("activities", "at_least", "completed")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        occurring = metrics["activities.occurring"]
        absent = [name for name in self.activities if name not in occurring]
        return {
            "success": len(occurring) >= self.at_least,
            "result": {"observed_value": len(occurring), "details": {"absent": absent}},
        }


class ExpectNamesToDiffer(LogExpectation):
    """No two names of activities differ in spelling only; those of ``minimum_group`` are told."""

    minimum_group: int
    metric_dependencies: ClassVar[tuple[str, ...]] = ("activities.cases",)
    success_keys: ClassVar[tuple[str, ...]] = ("minimum_group",)

    def judged(self, metric: Any) -> tuple[bool, float, str]:
        """How many pairs of names are alike."""
        pairs = list(alike(sorted(metric)))
        told = [pair for pair in pairs if all(metric[name] >= self.minimum_group for name in pair)]
        sentence = "; ".join(f"'{a}' and '{b}'" for a, b in told[:MOST_TOLD])
        return not pairs, len(pairs), f"Alike are {sentence}." if told else ""


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


def _added(parts: Iterable[Iterable[Mapping[str, Any]]]) -> dict[str, int]:
    cases = Counter[str]()
    for row in itertools.chain.from_iterable(parts):
        cases[row["activity"]] += row["n"]
    return dict(cases)


@measure("activities.cases")
def _cases(_: Kwargs) -> Measure:
    return Measure(pl.struct(pl.all()).implode(), _by_activity, _added, "cases")


def alike(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The pairs of names that differ in case, accents, spaces or a few letters, not in a number."""
    # names with other numbers in them are others: phase 1 and phase 2
    by_digits = defaultdict(list)
    for name in names:
        by_digits[tuple(re.findall(r"\d+", name))].append((name, _letters(name)))
    for group in by_digits.values():
        for (a, letters_a), (b, letters_b) in itertools.combinations(group, 2):
            if letters_a == letters_b or _nearly(letters_a, letters_b):
                yield a, b


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(filter(str.isalpha, plain))


def _nearly(a: str, b: str) -> bool:
    if min(len(a), len(b)) < _LEAST_LETTERS:
        return False
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= _LEAST_ALIKE for bound in bounds)
