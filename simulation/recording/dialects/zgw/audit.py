# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The audit trail: what was made or changed, when that was put on record, and by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import itemgetter

from contracts.dates import rfc3339
from simulation.recording.dialects.zgw.history import Change
from simulation.recording.dialects.zgw.links import Record, uuid

Entry = tuple[dt.datetime, Record]
"""A row of the trail, and when it was written."""

_NOBODY = {"gebruikersId": "systeem", "gebruikersWeergave": "Systeem"}

_ACTIONS = {
    "create": ("Object aangemaakt", 201),
    "partial_update": ("Object deels bijgewerkt", 200),
}

# a real trail holds the whole object twice; these are what may differ and what identifies it
_OF_A_ZAAK = (
    *("url", "identificatie", "zaaktype", "startdatum"),
    *("einddatumGepland", "uiterlijkeEinddatumAfdoening", "verlenging", "opschorting"),
)
_OF_A_STATUS = ("url", "statustype", "datumStatusGezet")


def rows_since(opens_at: dt.datetime, entries: Iterable[Entry]) -> list[Record]:
    """The rows that were written from the opening of the export on, by time."""
    by_time = sorted(entries, key=itemgetter(0))
    return [row for at, row in by_time if at >= opens_at]


def zaak_created(zaak: Record, at: dt.datetime) -> Entry:
    """The row that a ZAAK was created."""
    about = _about(zaak, "zaak", zaak["url"], zaak["identificatie"])
    return at, _row(about, at, "create", None, _part(zaak, _OF_A_ZAAK))


def zaak_updated(old: Record, new: Record, nth: int, change: Change) -> Entry:
    """The row of the ``nth`` change of a ZAAK, from 1."""
    about = _about(old, "zaak", old["url"], old["identificatie"], nth)
    states = (_part(zaak, _OF_A_ZAAK) for zaak in (old, new))
    return change.at, _row(about, change.at, "partial_update", *states) | {
        "toelichting": change.note
    }


def result_created(zaak: Record, result: Record, at: dt.datetime) -> Entry:
    """The row that a ZAAK got its RESULTAAT."""
    about = _about(zaak, "resultaat", result["url"], f"Resultaat van {zaak['identificatie']}")
    return at, _row(about, at, "create", None, result)


def status_created(zaak: Record, status: Record, at: dt.datetime, by: str | None) -> Entry:
    """The row that a ZAAK got a STATUS, from an employee or from the case system itself."""
    about = _about(
        zaak, "status", status["url"], f"Status van {zaak['identificatie']}", status["uuid"]
    )
    who = {"gebruikersId": by, "gebruikersWeergave": by} if by else {}
    return at, _row(about | who, at, "create", None, _part(status, _OF_A_STATUS))


def _about(zaak: Record, resource: str, url: str, name: str, nth: object = 0) -> Record:
    """What a row is about; ``nth``: its number among the rows on this ``resource`` of the ZAAK."""
    return {
        "uuid": uuid("audittrail", zaak["url"], resource, nth),
        "bron": "zrc",
        "applicatieId": "zaaksysteem",
        "applicatieWeergave": "Zaaksysteem",
        **_NOBODY,
        "hoofdObject": zaak["url"],
        "resource": resource,
        "resourceUrl": url,
        "resourceWeergave": name,
    }


def _row(about: Record, at: dt.datetime, action: str, old: Record | None, new: Record) -> Record:
    name, code = _ACTIONS[action]
    return about | {
        "actie": action,
        "actieWeergave": name,
        "resultaat": code,
        "toelichting": "",
        "aanmaakdatum": rfc3339(at),
        "wijzigingen": {"oud": old, "nieuw": new},
    }


def _part(whole: Record, names: tuple[str, ...]) -> Record:
    return {name: whole[name] for name in names}
