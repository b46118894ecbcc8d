# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Catalogi API: both versions of the case type, and the types of all that belongs to it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from simulation.description import Process
from simulation.recording.dialects.zgw.links import Record, link

RESOURCES = tuple(
    f"catalogi/{name}"
    for name in (
        "catalogussen",
        "zaaktypen",
        "statustypen",
        "roltypen",
        "resultaattypen",
        "eigenschappen",
    )
)
"""The resources that ``records`` gives."""

ORGANISATION = "123456789"
"""Nine digits, as the APIs want, that fail the 11-test: no organisation or citizen has them."""

SUSPENDED = "opgeschort"
"""Instead of a step: the status that a case gets if a status tells of its suspension."""

CLOSED = "afgesloten"
"""Instead of a step: the status that a case gets when it ends."""

ROLES = {"initiator": "Initiator", "behandelaar": "Behandelaar"}
"""All roles: by the generic name that every case type has, the name in this case type."""

_ADDED = {SUSPENDED: "Zaak opgeschort", CLOSED: "Zaak afgesloten"}
_VERSIONS = (1, 2)
_RESULT = "Afgehandeld"
_LONGEST_NAME = 80


def type_link(process: Process, version: int, resource: str, name: str = "") -> str:
    """The address of a type.

    Args:
        process: the process that it belongs to.
        version: the version of the case type.
        resource: ``zaaktypen``, ``statustypen``, ``roltypen``, ``resultaattypen`` or
            ``eigenschappen``.
        name: which of them: the id of a step, ``SUSPENDED`` or ``CLOSED``, a role, or an attribute.
    """
    return link(f"catalogi/{resource}", process.key, version, name)


def records(process: Process) -> Iterator[tuple[str, Record]]:
    """All types of a process, each with its resource."""
    yield "catalogi/catalogussen", _catalogue(process)
    for version in _VERSIONS:
        types = {
            "statustypen": list(_status_types(process, version)),
            "roltypen": list(_role_types(process, version)),
            "resultaattypen": [_result_type(process, version)],
            "eigenschappen": list(_attribute_types(process, version)),
        }
        of_type = {name: [type_["url"] for type_ in those] for name, those in types.items()}
        yield "catalogi/zaaktypen", _case_type(process, version) | of_type
        for name, those in types.items():
            for type_ in those:
                yield f"catalogi/{name}", type_


def _catalogue(process: Process) -> Record:
    return {
        "url": _catalogue_link(process),
        "domein": "ZAAK",
        "rsin": ORGANISATION,
        "contactpersoonBeheerNaam": "Functioneel beheer",
        "contactpersoonBeheerTelefoonnummer": "",
        "contactpersoonBeheerEmailadres": "",
        "zaaktypen": [type_link(process, version, "zaaktypen") for version in _VERSIONS],
        "besluittypen": [],
        "informatieobjecttypen": [],
    }


def _catalogue_link(process: Process) -> str:
    return link("catalogi/catalogussen", process.key)


def _valid(process: Process, version: int) -> Record:
    """The period in which a version is for new cases, and the period in which it exists.

    The last day of a version is the day before the next.
    """
    since = process.version.since
    # the first case of all begins this long before the export
    first = process.window.opens - dt.timedelta(days=process.window.burn_in_days)
    last = since - dt.timedelta(days=1)
    return {
        "beginGeldigheid": (first if version == 1 else since).isoformat(),
        "eindeGeldigheid": last.isoformat() if version == 1 else None,
        "beginObject": first.isoformat(),
        "eindeObject": None,
    }


def _case_type(process: Process, version: int) -> Record:
    name = process.case_type.get("nl")[:_LONGEST_NAME]
    validity = _valid(process, version)
    return {
        "url": type_link(process, version, "zaaktypen"),
        "identificatie": _identity(process),
        "omschrijving": name,
        "omschrijvingGeneriek": "",
        "vertrouwelijkheidaanduiding": "zaakvertrouwelijk",
        "doel": "Een besluit dat de aanvrager heeft ontvangen.",
        "aanleiding": "Een burger vraagt iets aan.",
        "toelichting": "",
        "indicatieInternOfExtern": "extern",
        "handelingInitiator": "Aanvragen",
        "onderwerp": name,
        "handelingBehandelaar": "Behandelen",
        "doorlooptijd": process.legal.term,
        "servicenorm": None,
        "opschortingEnAanhoudingMogelijk": True,
        "verlengingMogelijk": True,
        "verlengingstermijn": process.legal.extension,
        "trefwoorden": [],
        "publicatieIndicatie": False,
        "publicatietekst": "",
        "verantwoordingsrelatie": [],
        "productenOfDiensten": [],
        "selectielijstProcestype": "",
        "referentieproces": {"naam": name, "link": ""},
        "concept": False,
        "verantwoordelijke": ORGANISATION,
        **validity,
        "versiedatum": validity["beginGeldigheid"],
        "catalogus": _catalogue_link(process),
        "informatieobjecttypen": [],
        "besluittypen": [],
        "deelzaaktypen": [],
        "gerelateerdeZaaktypen": [],
        "zaakobjecttypen": [],
    }


def _of_case_type(process: Process, version: int, resource: str, name: str = "") -> Record:
    """The fields of every type that belongs to a case type."""
    return {
        "url": type_link(process, version, resource, name),
        "zaaktype": type_link(process, version, "zaaktypen"),
        "zaaktypeIdentificatie": _identity(process),
        "catalogus": _catalogue_link(process),
        **_valid(process, version),
    }


def _status_types(process: Process, version: int) -> Iterator[Record]:
    names = {step.id: step.name for step in process.steps}
    if version > 1:
        names |= process.version.names
    names |= _ADDED  # the highest number ends a case, whichever step ended it
    for number, (step, name) in enumerate(names.items(), start=1):
        yield {
            **_of_case_type(process, version, "statustypen", step),
            "omschrijving": name[:_LONGEST_NAME],
            "omschrijvingGeneriek": "",
            "statustekst": "",
            "volgnummer": number,
            "isEindstatus": number == len(names),
            "informeren": False,
            "doorlooptijd": None,
            "toelichting": "",
            "checklistitemStatustype": [],
            "eigenschappen": [],
            "zaakobjecttypen": [],
        }


def _role_types(process: Process, version: int) -> Iterator[Record]:
    for role, name in ROLES.items():
        yield {
            **_of_case_type(process, version, "roltypen", role),
            "omschrijving": name,
            "omschrijvingGeneriek": role,
        }


def _result_type(process: Process, version: int) -> Record:
    return {
        **_of_case_type(process, version, "resultaattypen"),
        "omschrijving": _RESULT,
        "resultaattypeomschrijving": "",
        "omschrijvingGeneriek": _RESULT,
        "selectielijstklasse": "",
        "toelichting": "",
        "archiefnominatie": "",
        "archiefactietermijn": None,
        "brondatumArchiefprocedure": None,
        "procestermijn": None,
        "besluittypen": [],
        "besluittypeOmschrijving": [],
        "informatieobjecttypen": [],
        "informatieobjecttypeOmschrijving": [],
    }


def _attribute_types(process: Process, version: int) -> Iterator[Record]:
    for name in process.attributes:
        yield {
            **_of_case_type(process, version, "eigenschappen", name),
            "naam": name,
            "definitie": name,
            "specificatie": {
                "groep": "",
                "formaat": "tekst",
                "lengte": "255",
                "kardinaliteit": "1",
                "waardenverzameling": [],
            },
            "toelichting": "",
            "statustype": None,
        }


def _identity(process: Process) -> str:
    """The id that all versions of a case type share."""
    return "-".join(re.findall("[a-z0-9]+", (process.case_type.nl or process.key).lower()))
