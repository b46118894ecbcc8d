# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A config as text, in the order of those we ship: every guess with what tells so beside it.

Of the export it holds names of columns, and of activities of many cases; no other value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contracts.rules import Severity
from contracts.verdict import RuleResult
from flows.yaml_lines import LEAST_TOLD, listed, many, remark, said, scalar, sequence
from ingest.attribute_guesses import Attributes
from ingest.exports import Export
from ingest.glance import ZONE, Glance
from ingest.guesses import Guess, RoleGuesses
from ingest.journey_guesses import Journey
from ingest.role_evidence import share
from ingest.unread import unread_times
from ingest.zone_guesses import zone_evidence

if TYPE_CHECKING:
    from validation.profile import Profile, Proposal

_ROLES = (
    *("case_id", "activity", "timestamp", "start_timestamp"),
    *("registration_timestamp", "closing_timestamp", "recorded_timestamp"),
    *("resource", "team", "org"),
)
_SEGMENTS = 6
_NO_END = "?"  # while it is not known
_CONSEQUENCE: dict[Severity, str] = {
    "critical": "The run stops.",
    "warning": "They are set aside.",
    "info": "It is told.",
}


@dataclass(frozen=True)
class Guessed:
    """All that was guessed of an export; what could not be looked at is null."""

    process: str
    export: Export
    seen: Glance
    roles: RoleGuesses
    attributes: Attributes = field(default_factory=Attributes)
    journey: Journey | None = None
    judged: Profile | None = None

    @property
    def case_attributes(self) -> list[str]:
        """What cases may be compared by."""
        return [guess.value for guess in self.attributes.kept]

    @property
    def undecided(self) -> tuple[str, ...]:
        """What is left to decide before the log can be mined, a sentence each."""
        missing = [f"sources.0.columns.{role}" for role in self.roles.candidates]
        if self.roles.month_first and not self.roles.month_first.value:
            missing.append("sources.0.month_first")
        if self.journey is None or not self.journey.ends:
            missing.append("journey.end")
        stops = [] if self.judged is None or self.judged.verdict.success else ["validation"]
        is_nameless = self.roles.milestones and not self.seen.has_header
        nameless = "sources.0.milestones are called after their columns, as these have no names."
        shared = self.seen.shared if self.roles.candidates else ()
        return (
            *self.seen.drift,
            *(
                f"Several columns are called '{name}': give each a name of its own."
                for name in shared
            ),
            *(f"{key} could not be told from the export." for key in missing),
            *([nameless] if is_nameless else []),
            *("The gate would stop this log; the config says why." for _ in stops),
        )

    @property
    def _is_month_first(self) -> bool:
        """While it is not decided dates are read as they seem to be."""
        return self.roles.month_first is not None and self.roles.month_first.value != "false"

    def document(self) -> dict[str, Any]:
        """The config as far as it must be known to read and judge the log."""
        in_two = self.seen.in_two
        columns = {
            role: in_two.get(guess.value, guess.value) for role, guess in self.roles.found.items()
        }
        starts, ends = (self.journey.starts, self.journey.ends) if self.journey else ((), ())
        source: dict[str, Any] = {
            "path": self.export.path,
            "format": self.export.format,
            "case_type": self.seen.case_type,
            "sheet": self.seen.sheet,
            "header": None if self.seen.has_header else False,
            "month_first": self._is_month_first,
            "object_type": self.seen.object_type,
            "columns": columns,
            "milestones": {name: guess.value for name, guess in self.roles.milestones.items()},
            "case_attributes": self.case_attributes,
        }
        journey = {
            "start": [guess.value for guess in starts],
            "end": [guess.value for guess in ends] or [_NO_END],
        }
        return {"process": {"id": self.process}, "sources": [source], "journey": journey}


def config_text(found: Guessed) -> str:
    """The whole file."""
    blocks = (_head, _source, _journey, _deadlines, _validation, _analysis)
    return "\n".join(line for block in blocks for line in block(found)) + "\n"


def _head(found: Guessed) -> Iterator[str]:
    yield "# What `hoeksteen init` made of an export: guesses, each with what tells so beside it."
    yield "# Mend what is wrong, then try `hoeksteen check` and `hoeksteen run`."
    if found.journey:
        of_what = "milestones" if found.roles.milestones else "rows"
        rows, cases = many(found.journey.rows, of_what), many(found.journey.cases, "cases")
        yield f"# The export has {rows}, with events of {cases}."
    for sentence in found.undecided:
        yield from remark(f"TODO {sentence}")
    yield "process:"
    yield from said(f"  id: {found.process}", "of the folder that reports are written in")


def _source(found: Guessed) -> Iterator[str]:
    yield "sources:"
    yield f"  - path: {scalar(found.export.path)}"
    yield from said(f"    format: {found.export.format}", "so its files begin")
    yield from _case_type(found.seen)
    yield from _table(found.seen)
    yield from _object_type(found.seen)
    yield "    columns:"
    for role in _ROLES:
        yield from _column(found, role)
    if found.seen.shared:
        told = f"not read, as several columns are called so: {listed(found.seen.shared)}"
        yield from remark(told, "    ")
    yield from _milestones(found)
    yield from _month_first(found.roles)
    yield from _case_attributes(found.attributes)
    yield from said(f"    timezone: {ZONE}", _told_of_zone(found))


def _case_type(seen: Glance) -> Iterator[str]:
    if seen.case_type is None:
        return
    others = [name for name in seen.case_types if name != seen.case_type]
    told = f"most cases are of it; there are also {listed(others)}" if others else "the only one"
    yield from said(f"    case_type: {scalar(seen.case_type)}", told)


def _table(seen: Glance) -> Iterator[str]:
    if seen.sheet is not None:
        others = listed(name for name in seen.sheets if name != seen.sheet)
        yield from said(
            f"    sheet: {scalar(seen.sheet)}", f"the most rows; there are also {others}"
        )
    if not seen.has_header:
        yield from said(
            "    header: false", "the first line has values where the next one has them"
        )


def _milestones(found: Guessed) -> Iterator[str]:
    if not found.roles.milestones:
        return
    yield from said("    milestones:", "a row a case: an activity for each column of times")
    if not found.seen.has_header:
        yield "      # TODO say what each of them is; `journey` names them too"
    for name, guess in found.roles.milestones.items():
        yield from said(f"      {scalar(name)}: {scalar(guess.value)}", guess.evidence)


def _object_type(seen: Glance) -> Iterator[str]:
    if seen.object_type is None:
        return
    others = [name for name in seen.object_types if name != seen.object_type]
    most = many(seen.object_types[seen.object_type], "of its objects")
    told = f"{most} have two events or more" + (
        f", the most; there are also {listed(others)}" if others else ""
    )
    yield from said(f"    object_type: {scalar(seen.object_type)}", told)


def _column(found: Guessed, role: str) -> Iterator[str]:
    roles, in_two = found.roles, found.seen.in_two
    guess = roles.found.get(role)
    if guess and guess.value in in_two:
        told = f"a date, and beside it a time of day; {guess.evidence}"
        yield from said(f"      {role}: {sequence(in_two[guess.value])}", told)
    elif guess:
        yield from said(f"      {role}: {scalar(guess.value)}", guess.evidence)
    elif role in roles.candidates:
        there = roles.candidates[role]
        names = ", ".join(sequence(in_two[n]) if n in in_two else scalar(n) for n in there)
        told = f"one of {names}" if names else "no column was found that may be it"
        yield from said(f"      {role}:", f"TODO {told}")
        if role == "timestamp":
            for name, shape in unread_times(found.seen).items():
                told = f"{scalar(name)} seems a time, as {shape}; docs/sources.md has what is read"
                yield from remark(told, "      ")


def _month_first(roles: RoleGuesses) -> Iterator[str]:
    if not roles.month_first:
        return
    value, told = roles.month_first
    if value:
        yield from said(f"    month_first: {value}", told)
    else:
        yield from said("    month_first:", f"TODO true or false: {told}")


def _case_attributes(attributes: Attributes) -> Iterator[str]:
    if attributes.kept:
        yield "    case_attributes:"
    for guess in attributes.kept:
        yield from said(f"      - {scalar(guess.value)}", guess.evidence)
    for reason, names in attributes.left_out.items():
        yield from remark(f"left out, as {reason}: {listed(names)}", "    ")
    if attributes.rest:
        yield from remark(f"not read: {listed(attributes.rest)}", "    ")


def _told_of_zone(found: Guessed) -> str:
    timestamp = found.roles.found.get("timestamp")
    times = [timestamp] if timestamp else found.roles.milestones.values()
    return zone_evidence(found.seen, [each.value for each in times])


def _journey(found: Guessed) -> Iterator[str]:
    yield "journey:"
    if found.journey is None:
        yield "  start: []"
        yield "  end:  # TODO the activities that end a case, as in [Besluit verzonden]"
        return
    journey = found.journey
    yield from _activities("start", journey.starts, "")
    ended = f"{share(journey.ended)} of the cases have one of these; the others are open"
    yield from _activities("end", journey.ends, ended)
    for guess in found.journey.maybe:
        yield from remark(f"perhaps {scalar(guess.value)}: {guess.evidence}", "    ")
    yield from _steps(found.journey)
    if found.journey.suspension:
        start, end = found.journey.suspension
        yield "  suspensions:"
        yield from said(f"    - from: {scalar(start)}", "both are in the log, by these names")
        yield f"      to: {scalar(end)}"


def _activities(key: str, guesses: Sequence[Guess], told: str) -> Iterator[str]:
    if guesses:
        yield from said(f"  {key}:", told) if told else [f"  {key}:"]
    elif key == "end":
        yield from said("  end:", "TODO no activity is surely the last one of many cases")
    else:
        yield from said(f"  {key}: []", "no activity begins most cases that have it")
    for guess in guesses:
        yield from said(f"    - {scalar(guess.value)}", guess.evidence)


def _steps(journey: Journey) -> Iterator[str]:
    if not journey.actors:
        return
    yield "  # whose turn it is before a step, where a word in its name tells; else the agency's"
    yield "  steps:"
    for name, actor in journey.actors.items():
        yield from said(f"    {scalar(name)}: {{actor: {actor.value}}}", actor.evidence)


def _deadlines(_: Guessed) -> Iterator[str]:
    yield "# Which term of the law holds no export tells; docs/norms.md has those that are known."
    yield "# deadlines:"
    yield "#   - {id: beslistermijn, rule: awb-4-13}"


def _validation(found: Guessed) -> Iterator[str]:
    """What the gate says, and what may be asked otherwise; a comment where nothing need be."""
    if found.journey is None or found.judged is None or not found.judged.proposals:
        return
    rows, proposals = found.judged.verdict.rows, found.judged.proposals
    is_asked = any(proposal.why for proposal in proposals)
    yield "# What the gate says of this log. Each rule can be made critical, warning or info."
    block = ["validation:", "  rules:"]
    for proposal in proposals:
        block += remark(_told(proposal.rule, rows, found.journey.cases), "    ")
        block += _choice(proposal, is_asked)
    yield from block if is_asked else (f"# {line}" for line in block)


def _choice(proposal: Proposal, is_asked: bool) -> Iterable[str]:  # noqa: FBT001
    """What a config may say of a rule; a comment among others that it says indeed."""
    asked = proposal.choice.model_dump(exclude_none=True)
    values = ", ".join(f"{key}: {value}" for key, value in asked.items())
    line = f"{proposal.rule.id}: {{{values}}}"
    if proposal.why:
        return said(f"    {line}", proposal.why)
    return [f"    # {line}" if is_asked else f"    {line}"]


def _told(rule: RuleResult, rows: int, cases: int) -> str:
    where = ""
    if 0 < rule.cases < LEAST_TOLD or 0 < rule.rows < LEAST_TOLD:
        where = f" Not so in fewer than {LEAST_TOLD} rows or cases."
    elif rule.rows:
        where = f" Not so in {rule.rows:,} rows ({share(rule.rows / rows)})."
    elif rule.cases:
        where = f" Not so in {rule.cases:,} cases ({share(rule.cases / cases)})."
    said = f"{rule.what.en} {rule.found}".strip()
    return f"{rule.id}: {said}{where} {_CONSEQUENCE[rule.severity]}"


def _analysis(found: Guessed) -> Iterator[str]:
    names = found.case_attributes[:_SEGMENTS]
    if names:
        yield "analysis:"
        yield "  segments:  # groups that are compared"
        yield from (f"    - {scalar(name)}" for name in names)
