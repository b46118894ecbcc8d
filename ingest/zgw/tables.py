# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The records of an export of the ZGW APIs as tables, in files of limited size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ingest.spools import AT_ONCE, Spool
from ingest.zgw.pages import TAKEN, answer_in, pages_of, taken, text_of

RECORDS_AT_ONCE = AT_ONCE
_LISTED = ("of_list", "said")


class Tables(NamedTuple):
    """All records by kind, each once, in the columns ``url`` and ``TAKEN``; all ``String``.

    ``missing``: how many records the pages say there are that are not there.
    """

    of: dict[str, pl.LazyFrame]
    missing: int


def tables_of(path: Path, name: str, scratch: Path, at_once: int = RECORDS_AT_ONCE) -> Tables:
    """Reads an export: a file, or all files in a folder.

    Args:
        path: the file or the folder.
        name: what errors call it.
        scratch: an empty folder for the records.
        at_once: how many records of a kind to hold in memory.

    Raises:
        SourceError: there are no answers, or one is not whole.
    """
    spools = {kind: _spool(fields, scratch / kind, at_once) for kind, fields in TAKEN.items()}
    listed = _spool(_LISTED, scratch / "listed", at_once)
    for page in pages_of(path, name):
        of_page = name if page == path else f"{name}/{page.relative_to(path).as_posix()}"
        answer = answer_in(page, of_page)
        for record in answer.records:
            for kind, fields in taken(record):
                spools[kind].add(fields)
        if answer.said is not None:
            for record in answer.records or [{}]:
                # a row of the audit trail has no address
                which = text_of(record.get("url")) or text_of(record.get("uuid"))
                listed.add((which, answer.of_list, str(answer.said)))
    return Tables({kind: _distinct(spool) for kind, spool in spools.items()}, _missing(listed))


def _missing(listed: Spool) -> int:
    """How many more records lists say they have than there are different ones of those lists.

    An API that does not count to the end says fewer than there are, never more.
    """
    lists = (
        listed.all()
        .group_by("of_list")
        .agg(said=pl.col("said").cast(pl.Int64).max(), there=pl.col("url").drop_nulls().n_unique())
    )
    missing = (pl.col("said") - pl.col("there").cast(pl.Int64)).clip(lower_bound=0)
    return int(lists.select(missing.sum()).collect(engine="streaming").item())


def _spool(fields: Sequence[str], folder: Path, at_once: int) -> Spool:
    """A spool for records of one kind: an address, and some fields."""
    return Spool(pl.Schema(dict.fromkeys(("url", *fields), pl.String())), folder, at_once)


def _distinct(spool: Spool) -> pl.LazyFrame:
    """All records; of one that was given twice, as when pages shifted, the last."""
    return spool.all().unique("url", keep="last", maintain_order=True)
