# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Fetches what a ZGW API has of one case type as recorded answers, which ``reader`` reads.

The catalogue comes first: cases, statuses, results and roles are asked for by its types, so that a
list of a hundred thousand cases takes some two hundred pages, and nothing of another case type is
sent. Only the audit trail has to be asked case by case. Only roles of employees and units are asked
for: who applied to the agency is never sent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import ConfigError, SourceError
from contracts.listed import listed
from contracts.sources import Source
from ingest.source_files import SourceFile
from ingest.sources import Address
from ingest.zgw.client import Client, Clock, Credentials
from ingest.zgw.landing import Landing
from ingest.zgw.lists import LONG, Lists, Record
from ingest.zgw.pages import AUDIT

ALL = {**LONG, "status": "alles"}  # also versions no longer in force, and their types
_CASES = {**LONG, "ordering": "identificatie", "expand": "eigenschappen"}
_OF_THE_AGENCY = ("medewerker", "organisatorische_eenheid")
_QUESTION = {"path", "case_type", "client_id_env", "catalogue", "without"}
_MOST_TOLD = 20


def fetch_zgw(
    address: Address, source: Source, landing: Path, clock: Clock | None = None
) -> SourceFile:
    """Asks the Zaken API at ``address``, and the Catalogi API that its cases refer to.

    What an earlier try was answered less than a day ago is not asked again.

    Args:
        address: the address of the Zaken API.
        source: the case type, who asks, and what not to ask.
        landing: a folder for this address alone.
        clock: what time it is.

    Returns:
        The recorded answers.

    Raises:
        ConfigError: an environment variable that the config names is not set.
        SourceError: the API does not answer, or not as it should.
    """
    with asking(source, landing, clock or Clock()) as lists:
        _bring(lists, source)
        return SourceFile(lists.pages, address.name, "zgw")


@contextmanager
def asking(source: Source, landing: Path, clock: Clock) -> Iterator[Lists]:
    """The lists of the API of a source, from known answers or asked.

    Raises:
        ConfigError: an environment variable that the config names is not set.
    """
    who = Credentials(_variable(source.client_id_env), _variable(source.client_secret_env))
    landed = Landing(landing, source.model_dump(mode="json", include=_QUESTION), clock.now())
    client = Client(source.path, [source.path, source.catalogue or source.path], who, clock)
    try:
        yield Lists(client, landed, source.path)
    finally:
        client.close()


def _variable(name: str | None) -> str:
    value = os.environ.get(name or "", "")
    if not value:
        raise ConfigError(
            f"The environment variable {name} is not set.",
            "client_id_env and client_secret_env name the ones with the client id and secret for "
            "the ZGW API.",
        )
    return value


def _bring(lists: Lists, source: Source) -> None:
    """Fetches all lists, cases before their events: a case that is made meanwhile is left out."""
    zaken, catalogue = source.path.rstrip("/"), catalogue_of(lists, source)
    versions = _versions(lists, catalogue, source)
    cases = [
        (case["url"], _lacks_attributes(case))
        for version in versions
        for case in lists.walk(f"{zaken}/zaken", version, _CASES)
    ]
    for version in versions:
        for type_ in lists.walk(f"{catalogue}/statustypen", version, ALL):
            _land(lists, f"{zaken}/statussen", {"statustype": type_["url"]})
        for type_ in lists.walk(f"{catalogue}/resultaattypen", version, ALL):
            _land(lists, f"{zaken}/resultaten", {"resultaattype": type_["url"]})
        for type_ in lists.walk(f"{catalogue}/roltypen", version, ALL):
            for kind in _OF_THE_AGENCY:
                of_kind = {"roltype": type_["url"], "betrokkeneType": kind}
                _land(lists, f"{zaken}/rollen", of_kind)
    lists.of_cases([url for url, is_lacking in cases if is_lacking], "zaakeigenschappen")
    if AUDIT not in source.without:
        lists.of_cases([url for url, _ in cases], AUDIT)


def _land(lists: Lists, url: str, must: dict[str, str]) -> None:
    for _ in lists.walk(url, must):
        pass


def catalogue_of(lists: Lists, source: Source) -> str:
    """The Catalogi API that the config names, else the one that the first case refers to.

    Raises:
        SourceError: there is no case to refer to one.
    """
    if source.catalogue:
        return source.catalogue.rstrip("/")
    zaken = source.path.rstrip("/")
    case, _ = lists.first(f"{zaken}/zaken", {})
    api, slash, _ = str((case or {}).get("zaaktype")).partition("/zaaktypen/")
    if not slash:
        raise SourceError(
            f"{zaken} shows this client no case, so the address of its catalogue is not known.",
            "Ask for the scope zaken.lezen on the case type; or name the Catalogi API: "
            "catalogue: https://…",
        )
    return api


def _versions(lists: Lists, catalogue: str, source: Source) -> list[dict[str, str]]:
    """All versions of the case type, as the parameters to ask for its cases and types."""
    wanted = {"identificatie": source.case_type} if source.case_type else {}
    named = [
        (str(type_.get("identificatie")), type_["url"])
        for type_ in lists.walk(f"{catalogue}/zaaktypen", wanted, ALL)
    ]
    names = sorted({name for name, _ in named if source.case_type in (None, name)})
    if len(names) == 1:
        return [{"zaaktype": url} for name, url in named if name in names]
    if source.case_type:
        raise SourceError(
            f"{source.path} knows no case type '{source.case_type}'.",
            "Give the identificatie of the ZAAKTYPE; the client needs the scope catalogi.lezen.",
        )
    told = listed(names, _MOST_TOLD) or "none"
    raise SourceError(
        f"{source.path} has {len(names)} case types: {told}.",
        "A config is for one process; name one type: case_type: ...",
    )


def _lacks_attributes(case: Record) -> bool:
    """Whether a case has attributes that were not sent with it."""
    return bool(case.get("eigenschappen")) and "eigenschappen" not in case.get("_expand", {})
