# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads an export of the Dutch ZGW APIs: an event per status, and a mark per change of its term.

The APIs know steps only by the statuses that they end with: when one began is not known. The name
of a status comes from its type, which has another address in each version of the case type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from contracts.errors import SourceError
from contracts.events import CASE_PREFIX
from ingest.lifecycle import COLUMN
from ingest.privacy import citizen_numbers
from ingest.raw import DESTROY_ON, DIGEST, ROW, Raw, place
from ingest.refusals import unreadable
from ingest.zgw.events import RECORDED, marks_of, registrations_of, statuses_of, without_statuses
from ingest.zgw.gaps import DESTROYED, REGISTERED, destroy_on, only_referred_to, waiting
from ingest.zgw.pages import NOTE
from ingest.zgw.rules import OF_A_CASE, OF_A_STATUS, SIGNS, of_cases
from ingest.zgw.tables import RECORDS_AT_ONCE, tables_of

_CASE_ID = f"{CASE_PREFIX}concept:name"
_OF_THE_EVENT = ("concept:name", "time:timestamp", COLUMN, "org:resource", "org:group")
_OF_THE_CASE = (
    *("registratiedatum", "startdatum", "einddatum", "einddatumGepland"),
    *("uiterlijkeEinddatumAfdoening", "communicatiekanaalNaam"),
    *("zaaktype", "zaaktypeVersie", "resultaat"),
)
_STANDARD = (_CASE_ID, *_OF_THE_EVENT, *(CASE_PREFIX + name for name in _OF_THE_CASE))
_REGISTERED_AT = CASE_PREFIX + REGISTERED
_LOOKED_AT = ("identificatie", NOTE)  # only for personal data
_ZONE = ZoneInfo("Europe/Amsterdam")  # of the dates in the records


def read_zgw(
    path: Path,
    name: str,
    wanted: Sequence[str],
    scratch: Path,
    case_type: str | None = None,
    at_once: int = RECORDS_AT_ONCE,
) -> Raw:
    """Reads the events of recorded answers of the Zaken and Catalogi APIs.

    Rows are in order of case and time; statuses of one moment are in order of their numbers. The
    columns are those of the XES standard; for the case also its dates, ``zaaktype``,
    ``zaaktypeVersie``, ``resultaat`` and its attributes (ZAAKEIGENSCHAP) by name; and
    ``aanmaakdatum``: when the content of the row was put on record, by the audit trail. An open
    case without any status is one row: its registration. Cases that should have been destroyed by
    today are left out; for others, ``DESTROY_ON`` says when they should be.

    Args:
        path: a file with one answer, or a folder of them, with any subfolders.
        name: what errors call it.
        wanted: the columns to read.
        scratch: an empty folder.
        case_type: the ``identificatie`` of the case type to read; null if there is only one.
        at_once: how many records of a kind to hold in memory.

    Raises:
        SourceError: an answer is not whole, there are no statuses, a status has no type, or there
            are cases of several types and none was chosen.
    """
    tables, counted = tables_of(path, name, scratch, at_once)
    all_zaken = _zaken(tables, name, case_type).with_columns(destroy_on().alias(DESTROY_ON))
    is_gone = (pl.col(DESTROY_ON) < dt.datetime.now(_ZONE).date()).fill_null(value=False)
    zaken = of_cases(tables, all_zaken.filter(~is_gone))
    statuses = statuses_of(tables, zaken, name)
    waits, left_out = waiting(zaken, statuses)
    if gone := all_zaken.filter(is_gone).select(pl.len()).collect().item():
        left_out[DESTROYED] = gone
    own = _own_attributes(tables)
    read = [*_STANDARD, *(column for column in own if column in wanted)]
    looked_at = [*_LOOKED_AT, *(column for column in own if own[column] and column not in read)]
    columns = (*_STANDARD, *own, RECORDED)
    places = {column: place(number) for number, column in enumerate((*columns, *_LOOKED_AT))}
    told = pl.concat(
        [statuses, registrations_of(waits), marks_of(tables, zaken, statuses)], how="diagonal"
    )
    asked = [column for column in own if column in read or column in looked_at]
    shown = {column: places[column] for column in (*read, RECORDED, *looked_at)}
    rows = _rows(told.join(_described(zaken, tables, asked), on="zaak"), read, shown)
    events = scratch / "events.parquet"
    rows.sink_parquet(events, engine="streaming")
    frame = pl.scan_parquet(events, glob=False)
    if not frame.select(pl.len()).collect().item():
        raise without_statuses(name)
    # not the case id, which also holds the number of the organisation
    texts = {places[each]: each for each in (*read, *looked_at) if each != _CASE_ID}
    # the larger one: what is only referred to may be on a missing page, and must count once
    missing = max(counted, only_referred_to(tables, zaken))
    return Raw(frame, columns, places, texts, lambda: unreadable(name), SIGNS, missing, left_out)


def _rows(told: pl.LazyFrame, read: Sequence[str], shown: Mapping[str, str]) -> pl.LazyFrame:
    """The rows in order: the columns in ``shown`` by their place, and those that ``Raw`` adds."""
    is_first = pl.col("number").ne_missing(pl.col("number").shift())
    # in a case with only its registration, that is the step itself, with no wait before it
    registered_at = pl.when(pl.col("concept:name") != REGISTERED).then(_REGISTERED_AT)
    return (
        told.with_columns(registered_at.alias(_REGISTERED_AT))
        .sort("number", "at", "volgnummer", nulls_last=True, maintain_order=True)
        .select(
            *(pl.col(column).alias(place) for column, place in shown.items()),
            pl.struct(read).hash().alias(DIGEST),
            DESTROY_ON,
            OF_A_STATUS,
            pl.col(OF_A_CASE) & is_first,
        )
        .with_row_index(ROW, offset=1)
    )


def _own_attributes(tables: Mapping[str, pl.LazyFrame]) -> dict[str, bool]:
    """The attribute columns of the case type, and whether each may hold a citizen's number."""
    names = (
        tables["zaakeigenschappen"]
        .drop_nulls("naam")
        .group_by("naam")
        .agg(pl.col("waarde").str.contains(citizen_numbers.LIKELY).any())
        .sort("naam")
        .collect()
    )
    own = {CASE_PREFIX + name: is_likely for name, is_likely in names.iter_rows()}
    return {column: is_likely for column, is_likely in own.items() if column not in _STANDARD}


def case_types(path: Path, name: str, scratch: Path) -> dict[str, int]:
    """The number of cases of each type in an export, most first.

    A type goes by its ``identificatie``, or without the catalogue by its address.

    Args:
        path: a file with one answer, or a folder of them.
        name: what errors call it.
        scratch: an empty folder.

    Raises:
        SourceError: an answer is not whole.
    """
    tables, _ = tables_of(path, name, scratch)
    zaken = _typed(tables)
    counts = zaken.drop_nulls("type").group_by("type").len().sort("len", "type", descending=True)
    return dict(counts.collect().iter_rows())


def _typed(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """All cases with what is known of their types, and a ``number`` in the order of the export."""
    types = tables["zaaktypen"].select(
        zaaktype="url", type="identificatie", label="omschrijving", version="beginGeldigheid"
    )
    return (
        tables["zaken"]
        .rename({"url": "zaak"})
        .with_row_index("number")
        .join(types, on="zaaktype", how="left", maintain_order="left")
        # without the catalogue, the address of the type is all that is known of it
        .with_columns(pl.coalesce("type", "zaaktype").alias("type"))
        .with_columns(pl.coalesce("label", "type").alias("label"))
    )


def _zaken(tables: Mapping[str, pl.LazyFrame], name: str, case_type: str | None) -> pl.LazyFrame:
    """The cases of one type."""
    zaken = _typed(tables)
    there = zaken.select(pl.col("type").unique().sort()).collect()["type"].drop_nulls().to_list()
    if case_type is not None and case_type not in there:
        raise SourceError(
            f"{name} has no cases of type '{case_type}'.", f"It has: {', '.join(there) or 'none'}."
        )
    if case_type is None and len(there) > 1:
        raise SourceError(
            f"{name} has cases of {len(there)} types: {', '.join(there)}.",
            "A config is for one process; name one type: case_type: ...",
        )
    return zaken.filter(pl.col("type") == case_type) if case_type else zaken


def _described(
    zaken: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], asked: Sequence[str]
) -> pl.LazyFrame:
    """What the export tells of each case: its id, dates, type, result, and some attributes."""
    results = (
        tables["resultaten"]
        .join(
            tables["resultaattypen"].select(resultaattype="url", resultaat="omschrijving"),
            on="resultaattype",
            how="left",
        )
        .select("zaak", "resultaat")
        .unique("zaak", keep="last")
    )
    described = zaken.join(results, on="zaak", how="left").with_columns(
        zaaktype="label", zaaktypeVersie="version"
    )
    for column in asked:
        values = tables["zaakeigenschappen"].filter(
            pl.col("naam") == column.removeprefix(CASE_PREFIX)
        )
        of_case = values.unique("zaak", keep="last").select("zaak", pl.col("waarde").alias(column))
        described = described.join(of_case, on="zaak", how="left")
    return described.select(
        "zaak",
        "number",
        pl.concat_str("bronorganisatie", "identificatie", separator=" ").alias(_CASE_ID),
        *(pl.col(each).alias(CASE_PREFIX + each) for each in _OF_THE_CASE),
        "identificatie",
        DESTROY_ON,
        *asked,
        *OF_A_CASE,
    )
