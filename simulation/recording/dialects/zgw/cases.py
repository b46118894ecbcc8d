# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The Zaken API: each case with its statuses, roles, attributes, result and audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from contracts.dates import rfc3339
from simulation.description import Process
from simulation.recording.deadlines import due_on
from simulation.recording.dialects.zgw import audit
from simulation.recording.dialects.zgw.catalogue import ORGANISATION, ROLES, type_link
from simulation.recording.dialects.zgw.history import Change, changed, changes_of
from simulation.recording.dialects.zgw.links import Record, identity, link, uuid
from simulation.recording.dialects.zgw.statuses import opens_at, statuses
from simulation.recording.log import Part
from simulation.walking.hours import ZONE

RESOURCES = ("zaken", "statussen", "rollen", "resultaten", "zaakeigenschappen", "audittrail")
"""The resources that ``records`` gives."""

_CASES_AT_ONCE = 1000  # as Python objects: some ten megabytes


class _Case(NamedTuple):
    """One case; ``row`` is that of the frame of cases, with the dates of ``_dates``."""

    process: Process
    url: str
    row: Record
    statuses: list[Record]

    def link(self, resource: str, nth: object) -> str:
        """The address of the ``nth`` of a resource of this case."""
        return link(resource, self.url, nth)

    def type_link(self, resource: str, name: str = "") -> str:
        """The address of a type in the version of this case."""
        return type_link(self.process, self.row["version"], resource, name)


def records(part: Part, process: Process) -> Iterator[tuple[str, Record]]:
    """All that the API tells about some cases, each record with its resource."""
    for few in _slices(part):
        of_case = statuses(few, process).rows_by_key("case", named=True)
        suspensions = few.suspensions.rows_by_key("case", named=True)
        extensions = few.extensions.rows_by_key("case", named=True)
        for row in few.cases.with_columns(**_dates(process)).iter_rows(named=True):
            number = row["case"]
            case = _Case(process, link("zaken", process.key, number), row, of_case.get(number, []))
            changes = changes_of(suspensions.get(number, []), extensions.get(number, []))
            yield from _case(case, changes)


def _slices(part: Part) -> Iterator[Part]:
    for cases in part.cases.iter_slices(_CASES_AT_ONCE):
        rest = (
            frame.join(cases, on="case", how="semi", maintain_order="left")
            for frame in (part.events, part.suspensions, part.extensions)
        )
        yield Part(cases, *rest)


def _dates(process: Process) -> dict[str, pl.Expr]:
    """The local dates of a case; it is due a legal term after its start, even on a Sunday."""
    start, end = (_date(name) for name in ("began_at", "ended_at"))
    return {
        "start_date": start,
        "end_date": end,
        "due_date": due_on(start, process.legal.term),
    }


def _date(name: str) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone(ZONE.key).dt.date()


def _case(case: _Case, changes: list[Change]) -> Iterator[tuple[str, Record]]:
    states = [_opened(case)]
    for change in changes:
        states.append(changed(states[-1], change))
    related = {
        "statussen": list(_statuses_of(case)),
        "rollen": list(_roles(case)),
        "zaakeigenschappen": list(_attributes(case)),
        "resultaten": list(_results(case)),
    }
    trail = audit.rows_since(opens_at(case.process), _trail(case, changes, states, related))
    yield "zaken", states[-1] | _relations(case, related)
    for resource, those in {**related, "audittrail": trail}.items():
        yield from ((resource, one) for one in those)


def _relations(case: _Case, related: dict[str, list[Record]]) -> Record:
    """What a ZAAK says about the records that belong to it, and about its end."""
    links = {resource: [one["url"] for one in those] for resource, those in related.items()}
    return {
        "einddatum": case.row["end_date"] and case.row["end_date"].isoformat(),
        "eigenschappen": links["zaakeigenschappen"],
        "rollen": links["rollen"],
        "status": links["statussen"][-1] if links["statussen"] else None,
        "resultaat": links["resultaten"][0] if links["resultaten"] else None,
    }


def _trail(
    case: _Case, changes: list[Change], states: list[Record], related: dict[str, list[Record]]
) -> Iterator[audit.Entry]:
    """The audit trail; ``states``: the ZAAK as it was created, and after each change."""
    made = states[0]
    yield audit.zaak_created(made, case.row["began_at"])
    for nth, (change, (old, new)) in enumerate(zip(changes, pairwise(states), strict=True), 1):
        if change.is_told:
            yield audit.zaak_updated(old, new, nth, change)
    for result in related["resultaten"]:
        yield audit.result_created(made, result, case.row["ended_at"])
    for row, status in zip(case.statuses, related["statussen"], strict=True):
        yield audit.status_created(made, status, row["recorded_at"], row["resource"])


def _opened(case: _Case) -> Record:
    """The ZAAK as it was created."""
    start, due = case.row["start_date"].isoformat(), case.row["due_date"].isoformat()
    return {
        **identity(case.url),
        "identificatie": case.row["case_id"],
        "bronorganisatie": ORGANISATION,
        "omschrijving": "",
        "toelichting": "",
        "zaaktype": case.type_link("zaaktypen"),
        "registratiedatum": start,
        "verantwoordelijkeOrganisatie": ORGANISATION,
        "startdatum": start,
        "einddatum": None,
        "einddatumGepland": due,
        "uiterlijkeEinddatumAfdoening": due,
        "publicatiedatum": None,
        "communicatiekanaal": "",
        "productenOfDiensten": [],
        "vertrouwelijkheidaanduiding": "zaakvertrouwelijk",
        "betalingsindicatie": "",
        "betalingsindicatieWeergave": "",
        "laatsteBetaaldatum": None,
        "zaakgeometrie": None,
        "verlenging": None,
        "opschorting": {"indicatie": False, "reden": ""},
        "selectielijstklasse": "",
        "hoofdzaak": None,
        "deelzaken": [],
        "relevanteAndereZaken": [],
        "eigenschappen": [],
        "rollen": [],
        "status": None,
        "zaakinformatieobjecten": [],
        "zaakobjecten": [],
        "kenmerken": [],
        "archiefnominatie": None,
        "archiefstatus": "nog_te_archiveren",
        "archiefactiedatum": None,
        "resultaat": None,
        "opdrachtgevendeOrganisatie": "",
        "processobjectaard": "",
        "startdatumBewaartermijn": None,
        "processobject": None,
    }


def _statuses_of(case: _Case) -> Iterator[Record]:
    handlers = {team: case.link("rollen", nth) for nth, team in enumerate(_teams(case), 1)}
    for status in case.statuses:
        yield {
            **identity(case.link("statussen", status["nth"])),
            "zaak": case.url,
            "statustype": case.type_link("statustypen", status["step"]),
            "datumStatusGezet": rfc3339(status["at"]),
            "statustoelichting": status["note"] or "",
            "indicatieLaatstGezetteStatus": status is case.statuses[-1],
            "gezetdoor": handlers.get(status["team"]),
            "zaakinformatieobjecten": [],
        }


def _teams(case: _Case) -> dict[str, Record]:
    """By team, the first status in which it acts, in order of time."""
    firsts: dict[str, Record] = {}
    for status in case.statuses:
        if status["team"]:
            firsts.setdefault(status["team"], status)
    return firsts


def _roles(case: _Case) -> Iterator[Record]:
    """The roles: the applicant, about whom nothing is known, and each team from when it acts."""
    yield _role(case, 0, "initiator") | {
        "betrokkeneType": "natuurlijk_persoon",
        "roltoelichting": "",
        "registratiedatum": rfc3339(case.row["began_at"]),
        "betrokkeneIdentificatie": {},
    }
    for nth, (team, first) in enumerate(_teams(case).items(), start=1):
        yield _role(case, nth, "behandelaar") | {
            "betrokkeneType": "organisatorische_eenheid",
            "roltoelichting": first["organisation"] or "",
            "registratiedatum": rfc3339(first["at"]),
            "betrokkeneIdentificatie": {"identificatie": team, "naam": team, "isGehuisvestIn": ""},
        }


def _role(case: _Case, nth: int, role: str) -> Record:
    """The fields that are the same in every role."""
    return {
        **identity(case.link("rollen", nth)),
        "zaak": case.url,
        "betrokkene": "",
        "afwijkendeNaamBetrokkene": "",
        "roltype": case.type_link("roltypen", role),
        "omschrijving": ROLES[role],
        "omschrijvingGeneriek": role,
        "indicatieMachtiging": "",
        "contactpersoonRol": {"emailadres": "", "functie": "", "telefoonnummer": "", "naam": ""},
        "statussen": [],
    }


def _attributes(case: _Case) -> Iterator[Record]:
    for name in case.process.attributes:
        value = case.row[name]
        if value is not None:
            yield {
                **identity(f"{case.url}/zaakeigenschappen/{uuid(case.url, name)}"),
                "zaak": case.url,
                "eigenschap": case.type_link("eigenschappen", name),
                "naam": name,
                "waarde": value,
            }


def _results(case: _Case) -> Iterator[Record]:
    """The result of a case that ended; only the audit trail tells when."""
    if case.row["ended_at"]:
        yield {
            **identity(case.link("resultaten", 0)),
            "zaak": case.url,
            "resultaattype": case.type_link("resultaattypen"),
            "toelichting": "",
        }
