# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads recorded answers of the Dutch ZGW APIs, and of each record what an event log needs.

An answer is a page (an object with ``results``), a plain list, or one record; a record may hold
others in ``_expand``. What a record is, its own address tells: ``…/statussen/<uuid>``; only a row
of the audit trail has none. What is not taken here, such as who asked for something and every
explanation in free text, goes no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from contracts.errors import SourceError

Record = dict[str, Any]
Fields = tuple[str | None, ...]

AUDIT = "audittrail"
TAKEN: dict[str, tuple[str, ...]] = {
    "zaken": (
        *("identificatie", "bronorganisatie", "zaaktype", "registratiedatum", "startdatum"),
        *("einddatum", "einddatumGepland", "uiterlijkeEinddatumAfdoening"),
        *("communicatiekanaalNaam", "opschorting"),
    ),
    "statussen": ("zaak", "statustype", "datumStatusGezet", "gezetdoor"),
    "rollen": ("zaak", "betrokkeneType", "betrokkeneIdentificatie"),
    "resultaten": ("zaak", "resultaattype"),
    "zaakeigenschappen": ("zaak", "naam", "waarde"),
    "zaaktypen": ("identificatie", "omschrijving", "beginGeldigheid"),
    "statustypen": ("omschrijving", "volgnummer"),
    "resultaattypen": ("omschrijving",),
    AUDIT: ("zaak", "status", "aanmaakdatum", "gebruikersId", "mark"),
}
"""What is taken of each kind of record, after its ``url``."""

SUSPENDED, RESUMED = "Opgeschort", "Hervat"
EXTENDED, SHIFTED = "Beslistermijn verlengd", "Uiterste datum verschoven"
"""What a change of a ZAAK in the audit trail may tell of its term."""

_LAST_DAYS = ("einddatumGepland", "uiterlijkeEinddatumAfdoening")
_CHANGES = ("update", "partial_update")
# a case system above the API says so in its explanation, whatever it does with the flag
_SAID = {"opschorting": SUSPENDED, "hervatting": RESUMED}


def pages_of(path: Path, name: str) -> list[Path]:
    """The files of an export: one page, or all in a folder and in the folders inside it.

    Raises:
        SourceError: there are none.
    """
    if path.is_file():
        return [path]
    pages = sorted(path.rglob("*.json"), key=_in_order)
    if not pages:
        raise SourceError(
            f"{name} holds no pages of a ZGW API.",
            "Save the answers of the Zaken and Catalogi APIs there as .json files.",
        )
    return pages


def _in_order(path: Path) -> list[tuple[str, int]]:
    """Page 10 comes after page 9."""
    parts = re.findall(r"(\D*)(\d*)", path.as_posix())
    return [(text, int(number or 0)) for text, number in parts]


def records(page: Path, name: str) -> Iterator[tuple[str, Fields]]:
    """What each record of a page says: its kind, its address, and then ``TAKEN`` of that kind.

    Raises:
        SourceError: it is no whole answer of such an API.
    """
    try:
        answer = orjson.loads(page.read_bytes())
    except orjson.JSONDecodeError:
        raise SourceError(
            f"{name} is no whole answer of a ZGW API: it is not JSON.",
            "Ask the API for it again; look whether it was an error or a page to log in.",
        ) from None
    found = answer.get("results", [answer]) if isinstance(answer, dict) else answer
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise SourceError(
            f"{name} is no answer of a ZGW API: it holds no list of records.",
            "Leave other files out of the folder.",
        )
    for record in found:
        yield from _taken(record)


def _taken(record: Record) -> Iterator[tuple[str, Fields]]:
    for inside in record.get("_expand", {}).values():
        for each in inside if isinstance(inside, list) else [inside]:
            if isinstance(each, dict):
                yield from _taken(each)
    if "hoofdObject" in record:
        yield AUDIT, (_text(record.get("uuid")), *_of_trail(record))
        return
    url = _text(record.get("url"))
    kind = url.rstrip("/").split("/")[-2] if url and url.count("/") > 1 else ""
    match kind:
        case "zaken":
            flag = _flag(record)
            said = None if flag is None else str(flag)
            yield kind, (url, *(_text(record.get(field)) for field in TAKEN[kind][:-1]), said)
        case "rollen":
            zaak, of_what = (_text(record.get(field)) for field in TAKEN[kind][:2])
            yield kind, (url, zaak, of_what, _who(of_what, record.get("betrokkeneIdentificatie")))
        case _ if kind in TAKEN:
            yield kind, (url, *(_text(record.get(field)) for field in TAKEN[kind]))


def _text(value: object) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value)


def _who(of_what: str | None, identity: object) -> str | None:
    """The unit that has a role, or the employee; of nobody else is it told who it is."""
    if not isinstance(identity, dict):
        return None
    match of_what:
        case "organisatorische_eenheid":
            return _text(identity.get("naam") or identity.get("identificatie"))
        case "medewerker":
            return _text(identity.get("identificatie"))
    return None


def _flag(zaak: Record) -> bool | None:
    """Whether a ZAAK says that it is suspended; null: it says nothing of it."""
    suspension = zaak.get("opschorting")
    return bool(suspension.get("indicatie")) if isinstance(suspension, dict) else None


def _of_trail(row: Record) -> Fields:
    """Of a row of the audit trail: the ZAAK, the status that it made, when, by whom, and a mark."""
    made = row.get("resource") == "status" and row.get("actie") == "create"
    changed = row.get("resource") == "zaak" and row.get("actie") in _CHANGES
    return (
        _text(row.get("hoofdObject")),
        _text(row.get("resourceUrl")) if made else None,
        _text(row.get("aanmaakdatum")),
        _text(row.get("gebruikersId")),
        mark_of(row) if changed else None,
    )


def mark_of(row: Record) -> str | None:
    """What a change of a ZAAK tells of its term; null: nothing.

    Args:
        row: of the audit trail, with the ZAAK before and after the change in ``wijzigingen``.
    """
    states = row.get("wijzigingen") or {}
    old, new = states.get("oud") or {}, states.get("nieuw") or {}
    was, is_ = _flag(old), _flag(new)
    if was is not None and is_ is not None and was != is_:
        return SUSPENDED if is_ else RESUMED
    said = (_text(row.get("toelichting")) or "").partition(":")[0].strip().lower()
    if said in _SAID:
        return _SAID[said]
    extension = new.get("verlenging") or {}
    if extension.get("duur") and extension != old.get("verlenging"):
        # an extension may be negative: then the term was cut short
        return SHIFTED if str(extension["duur"]).startswith("-") else EXTENDED
    moved = (old.get(day) and new.get(day) and old[day] != new[day] for day in _LAST_DAYS)
    return SHIFTED if any(moved) else None
