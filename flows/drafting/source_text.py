# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The part of a guessed config that says how an export is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flows.drafting.guessed import Guessed
from flows.drafting.yaml_lines import (
    LEAST_TOLD,
    entry,
    listed,
    many,
    remark,
    said,
    scalar,
    sequence,
)
from ingest.guessing.attributes import Attributes
from ingest.guessing.column_names import fit
from ingest.guessing.columns import RoleGuesses
from ingest.guessing.glance import Glance
from ingest.guessing.time_columns import ZONE
from ingest.guessing.unread import unread_times
from ingest.guessing.zone import zone_evidence
from ingest.privacy.header_names import hold_a_value, names_to_tell

_DATE_AND_TIME = "a date, and its time of day in another column"
_HIDDEN = "its name looks like a value, such as a person or a number"
_MOST_FIELDS = 20
_ROLES = (
    *("case_id", "activity", "timestamp", "start_timestamp", "lifecycle"),
    *("registration_timestamp", "closing_timestamp", "recorded_timestamp"),
    *("resource", "team", "org"),
)


def source(found: Guessed) -> Iterator[str]:
    """The lines of ``sources``: the file, its columns, and what cases may be compared by."""
    yield "sources:"
    yield f"  - path: {scalar(found.export.path)}"
    yield from said(f"    format: {found.export.format}", "seen from how its files begin")
    yield from _case_type(found.seen)
    yield from _table(found)
    yield from _object_type(found.seen)
    yield from _only(found)
    yield "    columns:"
    for role in _ROLES:
        yield from _column(found, role)
    if found.seen.shared:
        told = f"not read, because several columns share the name: {listed(found.seen.shared)}"
        yield from remark(told, "    ")
    yield from _milestones(found)
    yield from _month_first(found.roles)
    yield from _case_attributes(found.attributes)
    if found.seen.added:
        yield from remark(f"not read, as some files lack them: {listed(found.seen.added)}", "    ")
    yield from said(f"    timezone: {ZONE}", _told_of_zone(found))
    _, *others = found.document()["sources"]
    for other in others:
        yield from _other(other)


def _other(source: Mapping[str, object]) -> Iterator[str]:
    """A source that is read as the first one is; its sheet is named only if that may be told."""
    shown = {key: value for key, value in source.items() if _is_told(key, value)}
    if any(hold_a_value([str(source["sheet"])])):
        yield from remark(f"TODO sheet: of the next one; {_HIDDEN}", "  ")
        del shown["sheet"]
    yield from entry(shown)


def _is_told(key: str, value: object) -> bool:
    return bool(value) or (key == "header" and value is False)


def _case_type(seen: Glance) -> Iterator[str]:
    if seen.case_type is None:
        return
    others = [name for name in seen.case_types if name != seen.case_type]
    told = f"most cases have this type; the others: {listed(others)}" if others else "the only one"
    yield from said(f"    case_type: {scalar(seen.case_type)}", told)


def _table(found: Guessed) -> Iterator[str]:
    seen = found.seen
    if seen.sheet is not None:
        told = ["the most rows"]
        if seen.alike:
            alike = "follow below" if found.more_sheets else "each need a source like this one"
            told.append(f"with the same columns: {_sheets(seen.alike)}, which {alike}")
        if others := [each for each in seen.sheets if each not in (seen.sheet, *seen.alike)]:
            told.append(f"there are also {_sheets(others)}")
        yield from _sheet(seen.sheet, "; ".join(told))
    if not seen.has_header:
        yield from said("    header: false", "the first line holds values, as the next one does")


def _sheet(name: str, evidence: str) -> Iterator[str]:
    if any(hold_a_value([name])):
        yield from remark(evidence, "    ")
        yield from said("    sheet:", f"TODO {_HIDDEN}")
    else:
        yield from said(f"    sheet: {scalar(name)}", evidence)


def _sheets(names: Sequence[str]) -> str:
    return names_to_tell(names, scalar)


def _milestones(found: Guessed) -> Iterator[str]:
    if not found.roles.milestones:
        return
    yield from said("    milestones:", "a row per case: an activity for each column of times")
    if not found.seen.has_header:
        yield "      # TODO say what each of them is; `journey` names them too"
    for name, guess in found.roles.milestones.items():
        yield from said(f"      {scalar(name)}: {scalar(guess.value)}", guess.evidence)


def _object_type(seen: Glance) -> Iterator[str]:
    if seen.object_type is None:
        return
    others = [name for name in seen.object_types if name != seen.object_type]
    most = many(seen.object_types[seen.object_type], "of its objects")
    told = f"{most} have two or more events" + (
        f", the most of all types; the others: {listed(others)}" if others else ""
    )
    yield from said(f"    object_type: {scalar(seen.object_type)}", told)


def _only(found: Guessed) -> Iterator[str]:
    trail = found.seen.trail
    if trail is None:
        return
    fields = _fields({name: n for name, n in trail.fields.items() if name != trail.steps})
    told = f"a row for each field that changed: {scalar(trail.field)} says which"
    if trail.steps:
        others = f"; not read: {fields}" if fields else ""
        yield from remark(f"{told}; by its name, this one tells the steps{others}", "    ")
        [(column, values)] = found.only.items()
        yield f"    only: {{{scalar(column)}: {sequence(values)}}}"
    else:
        yield from remark(f"TODO {told}: {fields}", "    ")
        yield from said("    only:", f"{{{scalar(trail.field)}: [the one that tells the steps]}}")


def _fields(rows: Mapping[str, int]) -> str:
    """The fields of an audit trail; only frequent ones by name: a rare one may be of one case."""
    frequent = [name for name, n in rows.items() if n >= LEAST_TOLD][:_MOST_FIELDS]
    others = len(rows) - len(frequent)
    told = [names_to_tell(frequent, scalar)] if frequent else []
    return " and ".join([*told, *([f"{others:,} more"] if others else [])])


def _column(found: Guessed, role: str) -> Iterator[str]:
    roles, in_two = found.roles, found.seen.in_two
    guess = roles.found.get(role)
    if guess and guess.value in in_two:
        of_two = "a year, and a number within it" if role == "case_id" else _DATE_AND_TIME
        told = f"{of_two}; {guess.evidence}"
        yield from said(f"      {role}: {sequence(in_two[guess.value])}", told)
    elif guess:
        yield from said(f"      {role}: {scalar(guess.value)}", guess.evidence)
    elif role in roles.candidates:
        yield from said(f"      {role}:", f"TODO {_candidates(found, role)}")
        if role == "timestamp":
            for name, shape in unread_times(found.seen).items():
                told = f"{scalar(name)} may be a time, {shape}; see docs/sources.md"
                yield from remark(told, "      ")


def _candidates(found: Guessed, role: str) -> str:
    """The columns that may have a role; first, any that only some files lack."""
    in_two = found.seen.in_two
    there = [
        sequence(in_two[name]) if name in in_two else scalar(name)
        for name in found.roles.candidates[role]
    ]
    lacked = [name for name in found.seen.lacked if fit(name, role) is not None]
    told = f"one of {', '.join(there)}" if there else "no column seems to fit"
    if not lacked:
        return told
    return f"perhaps {listed(lacked)}, which some files lack (see above); otherwise {told}"


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
        yield from remark(f"left out ({reason}): {listed(names)}", "    ")
    if attributes.rest:
        yield from remark(f"not read: {listed(attributes.rest)}", "    ")


def _told_of_zone(found: Guessed) -> str:
    timestamp = found.roles.found.get("timestamp")
    times = [timestamp] if timestamp else found.roles.milestones.values()
    return zone_evidence(found.seen, [each.value for each in times])
