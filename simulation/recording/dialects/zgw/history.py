# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""How suspensions and extensions change a ZAAK."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from simulation.recording.dialects.zgw.links import Record

_DATES = ("einddatumGepland", "uiterlijkeEinddatumAfdoening")
_EXTENDED = "Beslistermijn verlengd"


class Change(NamedTuple):
    """A change of a ZAAK.

    Attributes:
        at: when.
        days: how far its dates move.
        fields: what is put in place.
        note: the explanation that the employee gave.
        is_told: whether the audit trail knows.
    """

    at: dt.datetime
    days: int
    fields: Record
    note: str = ""
    is_told: bool = True


def changes_of(suspensions: Iterable[Record], extensions: Iterable[Record]) -> list[Change]:
    """The changes of a case by its suspensions and extensions, by time."""
    found = [change for row in suspensions for change in _PATTERNS[row["pattern"]](row)]
    found += [_extended(row) for row in extensions]
    return sorted(found, key=lambda change: change.at)


def changed(zaak: Record, change: Change) -> Record:
    """A ZAAK after a change."""
    return zaak | {name: _moved(zaak[name], change.days) for name in _DATES} | change.fields


def _moved(date: str, days: int) -> str:
    return (dt.date.fromisoformat(date) + dt.timedelta(days=days)).isoformat()


def _by_flag(row: Record) -> Iterator[Change]:
    """The changes as the API has them: the flag goes up, and later down."""
    yield Change(row["start_at"], 0, _flag(row["reason"], is_up=True))
    if row["end_at"]:
        yield Change(row["end_at"], 0, _flag("", is_up=False))


def _by_dates(row: Record) -> Iterator[Change]:
    """As in a case system on top of the API: the dates move by an estimate, corrected later."""
    reason, expected = row["reason"], row["expected_days"]
    yield Change(row["start_at"], expected, _flag(reason, is_up=True), f"Opschorting: {reason}")
    if row["end_at"]:
        days = (row["end_at"] - row["start_at"]).days  # whole days of 24 hours
        yield Change(
            row["end_at"], days - expected, _flag(reason, is_up=False), f"Hervatting: {reason}"
        )


def _by_status(row: Record) -> Iterator[Change]:
    """As by the call that both suspends and sets a status: no call tells of the end.

    Only the ZAAK itself shows that the suspension ended, and only the next status shows when.
    """
    yield Change(row["start_at"], 0, _flag(row["reason"], is_up=True))
    if row["end_at"]:
        yield Change(row["end_at"], 0, _flag("", is_up=False), is_told=False)


_PATTERNS = {"flag": _by_flag, "dates": _by_dates, "status": _by_status}


def _flag(reason: str, *, is_up: bool) -> Record:
    return {"opschorting": {"indicatie": is_up, "reden": reason}}


def _extended(row: Record) -> Change:
    fields: Record = {"verlenging": {"reden": _EXTENDED, "duur": f"P{row['days']}D"}}
    return Change(row["at"], row["days"], {} if row["is_hidden"] else fields)
