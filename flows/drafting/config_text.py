# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""A config as text, in the order of those we ship: each guess with its evidence beside it.

From the export it holds names of columns, and of activities of many cases; no other values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from contracts.rules import Severity
from contracts.verdict import RuleResult
from flows.drafting.guessed import Guessed
from flows.drafting.source_text import source
from flows.drafting.yaml_lines import LEAST_TOLD, many, remark, said, scalar
from ingest.guessing.guess import Guess
from ingest.guessing.journey import Journey
from ingest.guessing.role_evidence import share

if TYPE_CHECKING:
    from validation.profile import Proposal

_SEGMENTS = 6
_CONSEQUENCE: dict[Severity, str] = {
    "critical": "The run stops.",
    "warning": "They are set aside.",
    "info": "This is only reported.",
}


def config_text(found: Guessed) -> str:
    """The whole file."""
    blocks = (_head, source, _journey, _deadlines, _validation, _analysis)
    return "\n".join(line for block in blocks for line in block(found)) + "\n"


def _head(found: Guessed) -> Iterator[str]:
    yield "# What `hoeksteen init` made of an export: guesses, each with its evidence beside it."
    yield "# Correct what is wrong, then try `hoeksteen check` and `hoeksteen run`."
    if found.journey:
        of_what = "milestones" if found.roles.milestones else "rows"
        rows, cases = many(found.journey.rows, of_what), many(found.journey.cases, "cases")
        yield f"# The export has {rows}, with events of {cases}."
    for sentence in found.undecided:
        yield from remark(f"TODO {sentence}")
    yield "process:"
    yield from said(f"  id: {found.process}", "also the name of the folder with its reports")


def _journey(found: Guessed) -> Iterator[str]:
    yield "journey:"
    if found.journey is None:
        yield "  start: []"
        yield "  end:  # TODO the activities that end a case, as in [Besluit verzonden]"
        return
    journey = found.journey
    yield from _activities("start", journey.starts, "")
    closing = " or were closed" if "closing_timestamp" in found.roles.found else ""
    ended = f"{share(journey.ended)} of the cases have one of these{closing}; the others are open"
    yield from _activities("end", journey.ends, ended)
    for guess in journey.maybe:
        yield from remark(f"perhaps {scalar(guess.value)}: {guess.evidence}", "    ")
    yield from _steps(journey)
    if journey.suspension:
        start, end = journey.suspension
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
    yield "  # whose turn it is before a step, by a word in its name; otherwise the agency's"
    yield "  steps:"
    for name, actor in journey.actors.items():
        yield from said(f"    {scalar(name)}: {{actor: {actor.value}}}", actor.evidence)


def _deadlines(_: Guessed) -> Iterator[str]:
    yield "# No export says which legal term applies; docs/norms.md has the known ones."
    yield "# deadlines:"
    yield "#   - {id: beslistermijn, rule: awb-4-13}"


def _validation(found: Guessed) -> Iterator[str]:
    """The verdict of the gate, and rules that may be set otherwise; a comment if none need be."""
    if found.journey is None or found.judged is None or not found.judged.proposals:
        return
    rows, proposals = found.judged.verdict.rows, found.judged.proposals
    is_asked = any(proposal.why for proposal in proposals)
    yield "# The rules that this log breaks. Each can be made critical, warning or info."
    block = ["validation:", "  rules:"]
    for proposal in proposals:
        block += remark(_told(proposal.rule, rows, found.journey.cases), "    ")
        block += _choice(proposal, is_asked)
    yield from block if is_asked else (f"# {line}" for line in block)


def _choice(proposal: Proposal, is_asked: bool) -> Iterable[str]:  # noqa: FBT001
    """The line that sets a rule; if only others need be set, it is a comment."""
    asked = proposal.choice.model_dump(exclude_none=True)
    values = ", ".join(
        f"{key}: {value:g}" if key == "limit" else f"{key}: {value}" for key, value in asked.items()
    )
    line = f"{proposal.rule.id}: {{{values}}}"
    if proposal.why:
        return said(f"    {line}", proposal.why)
    return [f"    # {line}" if is_asked else f"    {line}"]


def _told(rule: RuleResult, rows: int, cases: int) -> str:
    where = ""
    if 0 < rule.cases < LEAST_TOLD or 0 < rule.rows < LEAST_TOLD:
        where = f" Broken in fewer than {LEAST_TOLD} rows or cases."
    elif rule.rows:
        where = f" Broken in {rule.rows:,} rows ({share(rule.rows / rows)})."
    elif rule.cases:
        where = f" Broken in {rule.cases:,} cases ({share(rule.cases / cases)})."
    said = f"{rule.what.en} {rule.found}".strip()
    return f"{rule.id}: {said}{where} {_CONSEQUENCE[rule.severity]}"


def _analysis(found: Guessed) -> Iterator[str]:
    names = found.case_attributes[:_SEGMENTS]
    if names:
        yield "analysis:"
        yield "  segments:  # groups that are compared"
        yield from (f"    - {scalar(name)}" for name in names)
