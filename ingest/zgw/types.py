# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What a ZGW API tells of its case types, without any case, for a new config."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from contracts.sources import Source
from ingest.zgw.api import ALL, asking, catalogue_of
from ingest.zgw.client import Clock
from ingest.zgw.lists import Lists, Record


class CaseType(NamedTuple):
    """A case type by its ``identificatie``: its number of cases, and how these begin and end.

    ``firsts`` and ``lasts``: the names of the first and last statuses of its versions.
    """

    name: str
    cases: int
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


def case_types_at(source: Source) -> list[CaseType]:
    """The case types of the API of ``source``, those with the most cases first.

    Raises:
        ConfigError: an environment variable that ``source`` names is not set.
        SourceError: the API does not answer, or not as it should.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        asking(source, Path(folder), Clock()) as lists,
    ):
        catalogue = catalogue_of(lists, source)
        versions: dict[str, list[str]] = {}
        for type_ in lists.walk(f"{catalogue}/zaaktypen", {}, ALL):
            versions.setdefault(str(type_.get("identificatie")), []).append(type_["url"])
        zaken = source.path.rstrip("/")
        types = [_type(lists, zaken, catalogue, name, urls) for name, urls in versions.items()]
    return sorted(types, key=lambda type_: (-type_.cases, type_.name))


def _type(lists: Lists, zaken: str, catalogue: str, name: str, versions: Sequence[str]) -> CaseType:
    firsts, lasts, cases = [], [], 0
    for url in versions:
        of_version = {"zaaktype": url}
        cases += lists.first(f"{zaken}/zaken", of_version)[1]
        statuses = sorted(lists.walk(f"{catalogue}/statustypen", of_version, ALL), key=_number)
        firsts += [str(status.get("omschrijving")) for status in statuses[:1]]
        lasts += [str(status.get("omschrijving")) for status in statuses[-1:]]
    return CaseType(name, cases, tuple(dict.fromkeys(firsts)), tuple(dict.fromkeys(lasts)))


def _number(status: Record) -> int:
    """The number of a status; the one with the highest ends a case."""
    number = status.get("volgnummer")
    return number if isinstance(number, int) else 0
