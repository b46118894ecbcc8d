# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The rules of the gate for every event log, and what a config may change of them."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, field_validator

from contracts.models import Model
from contracts.texts import Words

FILE = Path(__file__).parents[1] / "configs" / "validation" / "rules.yaml"

Severity = Literal["critical", "warning", "info"]
"""Critical stops the run, a warning sets rows or cases aside, info is only told."""

Owner = Literal["data_engineer", "system_owner", "process_owner", "privacy_officer"]
Of = Literal["row", "case", "log"]
Unit = Literal["per_cent", "percentage_points", "rows", "days", "hours"]

_IN_WORDS: dict[Unit, tuple[str, str]] = {
    "per_cent": ("{}\N{NO-BREAK SPACE}%", "{}%"),
    "percentage_points": ("{} procentpunt", "{} percentage points"),
    "rows": ("{}", "{}"),
    "days": ("{} dagen", "{} days"),
    "hours": ("{}", "{}"),
}
_OF_ONE: dict[Unit, tuple[str, str]] = {
    **_IN_WORDS,
    "percentage_points": ("{} procentpunt", "{} percentage point"),
    "days": ("{} dag", "{} day"),
}


_BOUNDS: dict[Unit, tuple[float, float]] = {
    "per_cent": (0, 100),
    "percentage_points": (0, 100),
    "rows": (2, 1000),
    "days": (0, 36_500),
    "hours": (1, 24),
}
_WHOLE: tuple[Unit, ...] = ("rows", "hours")


class Limit(Model):
    """The figure in a rule that a config may change."""

    value: float = Field(gt=0)
    unit: Unit

    @property
    def in_words(self) -> Words:
        """``2,5 dagen``, ``2.5 days``."""
        nl, en = (_OF_ONE if self.value == 1 else _IN_WORDS)[self.unit]
        number = f"{self.value:g}"
        return Words(nl=nl.format(number.replace(".", ",")), en=en.format(number))


class Rule(Model):
    """One rule: what it asks, of what, how grave a break is, and who can mend it.

    ``needed``: what breaks it cannot be mined or may not be kept, so the rule cannot be info only.
    ``tolerated``: a share of the rows may break it; beyond that, the run stops.
    """

    id: str
    of: Of
    severity: Severity
    needed: bool = False
    tolerated: bool = False
    owner: Owner
    limit: Limit | None = None
    what: Words

    def sentence(self, names: Sequence[str] = ()) -> Words:
        """What it asks, with its limit and the names of the activities that it is about."""
        limit = self.limit.in_words if self.limit else Words(nl="", en="")
        return Words(
            nl=self.what.nl.format(limit=limit.nl, names=_listed(names, "of")),
            en=self.what.en.format(limit=limit.en, names=_listed(names, "or")),
        )


def _listed(names: Sequence[str], word: str) -> str:
    *most, last = [f"'{name}'" for name in names] or [""]
    return f"{', '.join(most)} {word} {last}" if most else last


@functools.cache
def rule_table() -> dict[str, Rule]:
    """All rules of the table, by id."""
    rules = [Rule.model_validate(each) for each in yaml.safe_load(FILE.read_text("utf-8"))]
    table = {rule.id: rule for rule in rules}
    if len(table) < len(rules):
        raise ValueError("two rules of the table have the same id")
    return table


TIMES_ARE_READ, NOT_IN_THE_FUTURE, SAID_ONCE = "C04", "DQ03", "DQ18"
ORDER_IS_KNOWN, ENDS_OCCUR, HAS_ROWS = "O01", "E01", "R01"
"""The ids of rules on which more depends than which rows are set aside."""


class RuleChoice(Model):
    """What a config changes in one rule: its severity and its limit."""

    severity: Severity | None = None
    limit: float | None = Field(default=None, gt=0)


def _check_severity(rule: Rule, severity: Severity | None) -> None:
    if severity == "warning" and rule.of == "log":
        raise ValueError(
            f"{rule.id} is about the log as a whole, so it sets nothing aside; make it critical "
            f"or info"
        )
    if severity == "info" and rule.needed:
        raise ValueError(
            f"{rule.id} cannot be info: what breaks it cannot be mined, or may not be kept; "
            "leave its severity out"
        )


def _check_limit(rule: Rule, limit: float | None) -> None:
    if limit is None:
        return
    if rule.limit is None:
        raise ValueError(f"{rule.id} has no limit; leave it out")
    least, most = _BOUNDS[rule.limit.unit]
    if not least <= limit <= most or (rule.limit.unit in _WHOLE and limit != int(limit)):
        whole = "a whole number" if rule.limit.unit in _WHOLE else "a number"
        raise ValueError(f"the limit of {rule.id} must be {whole} from {least:g} to {most:g}")


class Validation(Model):
    """How severe each rule is for this process; ``tolerance`` is a share of the rows."""

    tolerance: float = Field(default=0.05, ge=0, lt=1)
    rules: dict[str, RuleChoice] = Field(default_factory=dict)

    @field_validator("rules")
    @classmethod
    def _can_be_chosen(cls, rules: dict[str, RuleChoice]) -> dict[str, RuleChoice]:
        table = rule_table()
        for name, choice in rules.items():
            if name not in table:
                near = difflib.get_close_matches(name.upper(), table, n=1)
                hint = f"'{near[0]}' is the nearest" if near else f"there are {', '.join(table)}"
                raise ValueError(f"there is no rule '{name}'; {hint}")
            _check_severity(table[name], choice.severity)
            _check_limit(table[name], choice.limit)
        return rules

    def rule(self, name: str) -> Rule:
        """A rule as this process has it."""
        rule, choice = rule_table()[name], self.rules.get(name, RuleChoice())
        changed: dict[str, object] = {}
        if choice.severity is not None:
            changed["severity"] = choice.severity
        if choice.limit is not None and rule.limit is not None:
            changed["limit"] = rule.limit.model_copy(update={"value": choice.limit})
        return rule.model_copy(update=changed)
