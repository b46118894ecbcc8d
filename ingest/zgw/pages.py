# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads recorded answers of the Dutch ZGW APIs, and takes what an event log needs of each record.

An answer is a page (an object with ``results``), a plain list, or one record; a record may hold
others in ``_expand``. The address of a record tells its kind: ``…/statussen/<uuid>``; only rows of
the audit trail have none. What is not taken here, such as who applied and all explanations in free
text, goes no further; only the numbers in the explanation of a status are looked at, and of the
reason for a suspension only whether there is one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from contracts.errors import SourceError
from contracts.formats import is_meant
from ingest.privacy import citizen_numbers

Record = dict[str, Any]
Fields = tuple[str | None, ...]

AUDIT, NOTE = "audittrail", "statustoelichting"
_SUSPENSION = ("opschorting", "redenOpschorting", "eerdereOpschorting")
TAKEN: dict[str, tuple[str, ...]] = {
    "zaken": (
        *("identificatie", "bronorganisatie", "zaaktype", "registratiedatum", "startdatum"),
        *("einddatum", "einddatumGepland", "uiterlijkeEinddatumAfdoening"),
        *("communicatiekanaalNaam", "hoofdzaak", "status"),
        *("archiefnominatie", "archiefactiedatum"),
        *_SUSPENSION,
    ),
    "statussen": ("zaak", "statustype", "datumStatusGezet", "gezetdoor", NOTE),
    "rollen": ("zaak", "betrokkeneType", "betrokkeneIdentificatie"),
    "resultaten": ("zaak", "resultaattype"),
    "zaakeigenschappen": ("zaak", "naam", "waarde"),
    "zaaktypen": ("identificatie", "omschrijving", "beginGeldigheid"),
    "statustypen": ("zaaktype", "omschrijving", "volgnummer"),
    "resultaattypen": ("omschrijving",),
    AUDIT: ("zaak", "status", "aanmaakdatum", "gebruikersId", "flag", "said", "term"),
}
"""The fields that are taken of each kind of record, after its ``url``."""

SUSPENDED, RESUMED = "Opgeschort", "Hervat"
EXTENDED, SHIFTED = "Beslistermijn verlengd", "Uiterste datum verschoven"
"""What a change of a ZAAK in the audit trail may tell about its term."""

LARGEST = 1 << 28
"""The most bytes of a page, which takes several times as much in memory."""
_OF_AN_ANSWER = {"results", "url", "hoofdObject"}
"""The keys that show that an object is a page, a resource, or a row of the audit trail."""

_MAY_HOLD_A_NUMBER = re.compile(citizen_numbers.LIKELY)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_ZERO = re.compile(r"[1-9]")
_LAST_DAYS = ("einddatumGepland", "uiterlijkeEinddatumAfdoening")
_NOBODY = ("", "systeem", "system")
_CHANGES = ("create", "update", "partial_update")
# a case system on top of the API says this in its explanation, whatever it does with the flag
_SAID = {"opschorting": SUSPENDED, "hervatting": RESUMED}


def pages_of(path: Path, name: str) -> list[Path]:
    """The files of an export: one page, or all in a folder and its subfolders.

    Raises:
        SourceError: there are none.
    """
    if path.is_file():
        return [path]
    # only plain files: reading a pipe would wait forever
    pages = sorted(
        (page for page in path.rglob("*.json") if page.is_file() and is_meant(page, path)),
        key=_in_order,
    )
    if not pages:
        raise SourceError(
            f"{name} holds no pages of a ZGW API.",
            "Save the answers of the Zaken and Catalogi APIs there as .json files.",
        )
    return pages


def _in_order(path: Path) -> list[tuple[str, int]]:
    """A key to sort by that puts page 10 after page 9."""
    parts = re.findall(r"(\D*)(\d*)", path.as_posix())
    return [(text, int(number or 0)) for text, number in parts]


class Answer(NamedTuple):
    """An answer of the API: ``records`` of a list, and how many it says the list has.

    ``of_list`` is the same for every page of one list.
    """

    records: list[Record]
    of_list: str
    said: int | None


def answer_in(page: Path, name: str) -> Answer:
    """Reads a page, a list or one record.

    Raises:
        SourceError: it is not a whole answer of such an API; ``name`` names the page.
    """
    if page.stat().st_size > LARGEST:
        raise SourceError(
            f"{name} is larger than {LARGEST >> 20} MB, as no page of a ZGW API is.",
            "Save the answers in pages.",
        )
    try:
        answer = orjson.loads(page.read_bytes().removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        raise SourceError(
            f"{name} is not a complete answer of a ZGW API: it is not JSON.",
            "Ask the API for it again; check whether it was an error or a login page.",
        ) from None
    found = answer.get("results", [answer]) if isinstance(answer, dict) else answer
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise SourceError(
            f"{name} is not an answer of a ZGW API: it holds no list of records.",
            "Leave other files out of the folder.",
        )
    if isinstance(answer, dict) and not answer.keys() & _OF_AN_ANSWER:
        raise _no_record(answer, name)
    about = answer if isinstance(answer, dict) and "results" in answer else {}
    count = about.get("count")
    return Answer(found, _list_of(about, name), count if isinstance(count, int) else None)


def _no_record(answer: Record, name: str) -> SourceError:
    """The error for an answer without records; of an error of the API, it tells only the number."""
    status = answer.get("status")
    if isinstance(status, int) or "detail" in answer:
        number = f": {status}" if isinstance(status, int) else ""
        return SourceError(
            f"{name} holds an error of the API{number}.",
            "Ask the API for it again; this file does not hold what was asked for.",
        )
    return SourceError(
        f"{name} is not an answer of a ZGW API: it holds no record.",
        "Leave other files out of the folder.",
    )


def _list_of(about: Record, name: str) -> str:
    """The address of a list without its page number; for a list of one page, its ``name``."""
    address = about.get("next") or about.get("previous") or name
    return re.sub(r"(?<=[?&])page=\d+&?", "", str(address)).rstrip("?&")


def taken(record: Record) -> Iterator[tuple[str, Fields]]:
    """What a record and those inside it say: a kind, an address, and the fields in ``TAKEN``."""
    for inside in _record(record.get("_expand")).values():
        for each in inside if isinstance(inside, list) else [inside]:
            if isinstance(each, dict):
                yield from taken(each)
    if "hoofdObject" in record:
        yield AUDIT, (text_of(record.get("uuid")), *_of_trail(record))
        return
    url = text_of(record.get("url"))
    kind = url.rstrip("/").split("/")[-2] if url and url.count("/") > 1 else ""
    if kind in TAKEN:
        yield kind, (url, *_fields(kind, record))


def _fields(kind: str, record: Record) -> Fields:
    fields = [text_of(record.get(field)) for field in TAKEN[kind]]
    match kind:
        case "zaken":
            return (*fields[: -len(_SUSPENSION)], *_of_suspension(record))
        case "statussen":
            return (*fields[:-1], _numbers_of(record.get(NOTE)))
        case "rollen":
            return (*fields[:-1], _who(fields[1], record.get("betrokkeneIdentificatie")))
    return tuple(fields)


def text_of(value: object) -> str | None:
    """A value as text; null for null, objects and arrays."""
    return None if value is None or isinstance(value, dict | list) else str(value)


def _record(value: object) -> Record:
    """The value as a record; an empty one if it is not a record."""
    return value if isinstance(value, dict) else {}


def _numbers_of(note: object) -> str | None:
    """A note that may hold a citizen's number, with its letters hidden; null for other notes."""
    if not isinstance(note, str) or not _MAY_HOLD_A_NUMBER.search(note):
        return None
    return _LETTER.sub("x", note)


def _who(of_what: str | None, identity: object) -> str | None:
    """The unit or the employee that has a role; nobody else is ever named."""
    if not isinstance(identity, dict):
        return None
    match of_what:
        case "organisatorische_eenheid":
            return text_of(identity.get("naam") or identity.get("identificatie"))
        case "medewerker":
            return text_of(identity.get("identificatie"))
    return None


def _flag(zaak: Record) -> bool | None:
    """Whether a ZAAK says that it is suspended; null if it does not say."""
    suspension = zaak.get("opschorting")
    return bool(suspension.get("indicatie")) if isinstance(suspension, dict) else None


def _of_suspension(zaak: Record) -> Fields:
    """Whether a ZAAK is suspended, whether it says why, and whether it was suspended before."""
    flag = _flag(zaak)
    if flag is None:
        return (None, None, None)
    said = zaak["opschorting"]
    has_reason = bool((text_of(said.get("reden")) or "").strip())
    return (str(flag), str(has_reason), str(bool(said.get("eerdereOpschorting"))))


def _of_trail(row: Record) -> Fields:
    """What a row of the audit trail says: the ZAAK, the status it made, when, by whom, marks."""
    made = row.get("resource") == "status" and row.get("actie") == "create"
    changed = row.get("resource") == "zaak" and row.get("actie") in _CHANGES
    return (
        text_of(row.get("hoofdObject")),
        text_of(row.get("resourceUrl")) if made else None,
        text_of(row.get("aanmaakdatum")),
        _user_of(row),
        *(marks_in(row) if changed else Marks()),
    )


def _user_of(row: Record) -> str | None:
    """Who made a row of the audit trail; null if it was not a person but an application."""
    user = (text_of(row.get("gebruikersId")) or "").strip()
    applications = (text_of(row.get(field)) for field in ("applicatieId", "applicatieWeergave"))
    nobody = {*_NOBODY, *(name.strip().lower() for name in applications if name)}
    return None if user.lower() in nobody else user


class Marks(NamedTuple):
    """What a change of a ZAAK tells about its term; null: nothing.

    Attributes:
        flag: that it was suspended or resumed, by its flag going up or down.
        said: the same, by the explanation of the change if the flag does not tell.
        term: that the term was extended or moved.
    """

    flag: str | None = None
    said: str | None = None
    term: str | None = None


def marks_in(row: Record) -> Marks:
    """What a change tells about suspensions and about the term: one change may tell both.

    Args:
        row: a row of the audit trail, with the ZAAK before and after in ``wijzigingen``.
    """
    states = _record(row.get("wijzigingen"))
    old, new = _record(states.get("oud")), _record(states.get("nieuw"))
    # a case that was just created was not suspended before
    was, is_ = row.get("actie") != "create" and _flag(old), _flag(new)
    note = (text_of(row.get("toelichting")) or "").partition(":")[0].strip().lower()
    flag, said = None, _SAID.get(note)
    if was is not None and is_ is not None and was != is_:
        flag = SUSPENDED if is_ else RESUMED
    # if a case is and stays suspended, a text tells why or until when, not a second begin
    goes_on = bool(was and is_ and said == SUSPENDED)
    is_told = flag is not None or said is not None
    return Marks(flag, None if flag or goes_on else said, _term_of(old, new, is_told=is_told))


def _term_of(old: Record, new: Record, *, is_told: bool) -> str | None:
    """What happened to a term; ``is_told``: a suspension explains why its last day moved."""
    extension = _record(new.get("verlenging"))
    duration = text_of(extension.get("duur")) or ""
    is_new = bool(_NOT_ZERO.search(duration)) and extension != old.get("verlenging")
    # an extension may be negative: then the term was cut short
    if is_new and not duration.startswith("-"):
        return EXTENDED
    moved = (old.get(day) and new.get(day) and old[day] != new[day] for day in _LAST_DAYS)
    return SHIFTED if not is_told and (is_new or any(moved)) else None
