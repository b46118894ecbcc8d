# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The lists of a ZGW API, page by page, and what it tells case by case.

An answer that has landed is not asked for again: the next try goes on where one was broken off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

from contracts.errors import SourceError
from ingest.zgw.client import AT_ONCE, Client
from ingest.zgw.landing import Landing, name_of
from ingest.zgw.refusals import NO_JSON

Record = dict[str, Any]

LONG = {"pageSize": "500"}
"""The parameters that ask for the longest pages in the standard."""

_CASES_A_FILE = 20


class Lists:
    """The answers to ``client``, which land in ``landing``; ``name``: what errors call the API."""

    def __init__(self, client: Client, landing: Landing, name: str) -> None:
        self._client, self._landing, self._name = client, landing, name

    @property
    def pages(self) -> Path:
        """The folder that answers land in."""
        return self._landing.pages

    def first(self, url: str, must: Mapping[str, str]) -> tuple[Record | None, int]:
        """One record of a list, null if it is empty, and how many records it says it has.

        This answer does not land.

        Raises:
            SourceError: there is no such list.
        """
        page = self._checked(self._client.ask(url, must, {"pageSize": "1"}), url)
        count_ = page.get("count")
        return next(iter(page["results"]), None), count_ if isinstance(count_, int) else 0

    def walk(
        self, url: str, must: Mapping[str, str], may: Mapping[str, str] = LONG
    ) -> Iterator[Record]:
        """The records of a list, asked with the parameters it must and may be asked with.

        The list ends when no page follows, whatever count it gives.

        Raises:
            SourceError: there is no such list, or it goes round in circles.
        """
        following = url
        parameters: Sequence[Mapping[str, str]] = (must, may)
        seen: set[str] = set()
        for number in count(1):
            name = f"{_what(url)}-{name_of(url, must)}-{number:05}.json"
            page = self._landing.kept(name)
            if page is None:
                page = self._client.ask(following, *parameters)
                if page is None and number > 1:
                    return  # the list became shorter, and has no such page any more
                page = self._checked(page, url)
                if number > 1:  # not each API tells so, and a list is known by it
                    page["previous"] = following
                self._landing.keep(name, page)
            yield from page["results"]
            if page.get("next") is None:
                return
            following, parameters = page["next"], ()
            told = {record["url"] for record in page["results"]}
            if following in seen or (number > 1 and told <= seen):
                raise SourceError(
                    f"{self._name}: the pages of {_what(url)} go round in circles.",
                    "Its administrator can mend that: the next page it names holds nothing new.",
                )
            seen |= {following, *told}

    def of_cases(self, cases: Sequence[str], what: str) -> None:
        """Lands what is told case by case; for a case that is gone, nothing.

        Raises:
            SourceError: an answer is not a list.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for at in range(0, len(cases), _CASES_A_FILE):
                few = cases[at : at + _CASES_A_FILE]
                name = f"{what}-{name_of(few)}.json"
                if self._landing.kept(name) is None:
                    answers = pool.map(self._client.ask, [f"{case}/{what}" for case in few])
                    told = [record for each in answers for record in self._told(each, what)]
                    self._landing.keep(name, told)

    def _checked(self, page: Any, url: str) -> Any:
        if page is None:
            raise SourceError(f"{self._name} has no {_what(url)}.", NO_JSON)
        about = page if isinstance(page, dict) else {}
        records, following = about.get("results"), about.get("next")
        is_page = _are_records(records) and isinstance(following, str | None)
        if not is_page or not all(isinstance(each.get("url"), str) for each in about["results"]):
            raise SourceError(f"{self._name}: its answer for {_what(url)} is not a page.", NO_JSON)
        return page

    def _told(self, answer: Any, what: str) -> list[Record]:
        if answer is not None and not _are_records(answer):
            raise SourceError(f"{self._name}: its answer for {what} is not a list.", NO_JSON)
        return answer or []


def _what(url: str) -> str:
    """The resource of a list."""
    return url.rpartition("/")[2]


def _are_records(records: Any) -> bool:
    return isinstance(records, list) and all(isinstance(record, dict) for record in records)
