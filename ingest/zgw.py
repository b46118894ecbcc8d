# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Reads an export of the Dutch ZGW APIs: an event a status, and a mark for what befell its term.

The APIs tell of steps only by the statuses that they end with: when one began is not known. What
a status is called, its type says, which has another address in each version of the case type. When
a term was suspended or extended no record says; it is put together from the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from contracts.errors import SourceError
from contracts.events import CASE_PREFIX, MARK
from ingest.lifecycle import COLUMN, COMPLETE
from ingest.raw import DIGEST, ROW, Raw, place
from ingest.zgw_pages import AUDIT, RESUMED, SUSPENDED, TAKEN, Fields, pages_of, records

_CASE_ID = f"{CASE_PREFIX}concept:name"
_OF_THE_EVENT = ("concept:name", "time:timestamp", COLUMN, "org:resource", "org:group")
_OF_THE_CASE = (
    *("registratiedatum", "startdatum", "einddatum", "einddatumGepland"),
    *("uiterlijkeEinddatumAfdoening", "communicatiekanaalNaam"),
    *("zaaktype", "zaaktypeVersie", "resultaat"),
)
_STANDARD = (_CASE_ID, *_OF_THE_EVENT, *(CASE_PREFIX + name for name in _OF_THE_CASE))
_AT_ONCE = dt.timedelta(seconds=2)  # one call that suspends and sets a status takes no longer
_RECORDS = 50_000


def read_zgw(
    path: Path,
    name: str,
    wanted: Sequence[str],
    scratch: Path,
    case_type: str | None = None,
    at_once: int = _RECORDS,
) -> Raw:
    """Reads the events of recorded answers of the Zaken and Catalogi APIs.

    Rows are in order of case and time; statuses of one moment in the order of their numbers. The
    columns are those of the XES standard, of the case also its dates, ``zaaktype``,
    ``zaaktypeVersie``, ``resultaat`` and its attributes (ZAAKEIGENSCHAP) by name.

    Args:
        path: a file with one answer, or a folder of them, in whatever folders.
        name: what errors call it.
        wanted: the columns to read.
        scratch: an empty folder.
        case_type: the ``identificatie`` of the case type to read; null where there is but one.
        at_once: how many records of a kind to hold in memory.

    Raises:
        SourceError: an answer is not whole, there are no statuses, a status has no type, or there
            are cases of several types and none was chosen.
    """
    tables = _tables(path, name, scratch, at_once)
    zaken = _zaken(tables, name, case_type)
    statuses = _statuses(tables, zaken, name)
    names = tables["zaakeigenschappen"].select(pl.col("naam").unique().sort()).collect()["naam"]
    own = [CASE_PREFIX + each for each in names if CASE_PREFIX + each not in _STANDARD]
    columns = (*_STANDARD, *own)
    places = {column: place(number) for number, column in enumerate(columns)}
    asked = [column for column in own if column in wanted]
    read = [*_STANDARD, *asked]
    told = pl.concat([statuses, _marks(tables, zaken, statuses)], how="diagonal")
    rows = (
        told.join(_described(zaken, tables, asked), on="zaak")
        .sort("number", "at", "volgnummer", nulls_last=True, maintain_order=True)
        .select(read)
        .rename({column: places[column] for column in read})
        .with_columns(pl.struct(pl.all()).hash().alias(DIGEST))
        .with_row_index(ROW, offset=1)
    )
    events = scratch / "events.parquet"
    rows.sink_parquet(events, engine="streaming")
    frame = pl.scan_parquet(events, glob=False)
    if not frame.select(pl.len()).collect().item():
        raise _without_statuses(name)
    return Raw(frame, columns, places, lambda: SourceError(f"{name} cannot be read."))


def _tables(path: Path, name: str, scratch: Path, at_once: int) -> dict[str, pl.LazyFrame]:
    """All records by kind, each once, in the columns ``url`` and ``TAKEN``; all ``String``."""
    spools = {kind: _Spool(kind, scratch / kind, at_once) for kind in TAKEN}
    for page in pages_of(path, name):
        of_page = name if page == path else f"{name}/{page.relative_to(path).as_posix()}"
        for kind, fields in records(page, of_page):
            spools[kind].add(fields)
    return {kind: spool.frame() for kind, spool in spools.items()}


class _Spool:
    """Records of one kind, in files of so many."""

    def __init__(self, kind: str, folder: Path, at_once: int) -> None:
        self._schema = dict.fromkeys(("url", *TAKEN[kind]), pl.String())
        self._folder, self._at_once = folder, at_once
        self._waiting: list[Fields] = []
        folder.mkdir()
        self._write()  # so that there is a file, be it an empty one

    def add(self, fields: Fields) -> None:
        self._waiting.append(fields)
        if len(self._waiting) >= self._at_once:
            self._write()

    def frame(self) -> pl.LazyFrame:
        """All of them; of a record that was given twice, as when pages shifted, the last."""
        self._write()
        parts = sorted(self._folder.iterdir())
        return pl.scan_parquet(parts, glob=False).unique("url", keep="last", maintain_order=True)

    def _write(self) -> None:
        part = self._folder / f"{len(list(self._folder.iterdir())):06}.parquet"
        pl.DataFrame(self._waiting, self._schema, orient="row").write_parquet(part)
        self._waiting.clear()


def case_types(path: Path, name: str, scratch: Path, at_once: int = _RECORDS) -> dict[str, int]:
    """How many cases an export has of each type, those of most cases first.

    A type goes by its ``identificatie``, without the catalogue by its address.

    Args:
        path: a file with one answer, or a folder of them.
        name: what errors call it.
        scratch: an empty folder.
        at_once: how many records of a kind to hold in memory.

    Raises:
        SourceError: an answer is not whole.
    """
    zaken = _typed(_tables(path, name, scratch, at_once))
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
            "A config is of one process; name its type: case_type: ...",
        )
    return zaken.filter(pl.col("type") == case_type) if case_type else zaken


def _statuses(tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Each status: what it is called, when it was set, and by whom as far as records tell.

    An employee is told by the role that set it, else by the audit trail.
    """
    types = tables["statustypen"].select(
        pl.col("volgnummer").cast(pl.Int64, strict=False),
        statustype="url",
        **{"concept:name": "omschrijving"},
    )
    roles = tables["rollen"].select(
        gezetdoor="url", of_what="betrokkeneType", who="betrokkeneIdentificatie"
    )
    trail = (
        tables[AUDIT]
        .filter(pl.col("status").is_not_null())
        .select(url="status", user="gebruikersId")
        .unique("url", keep="last")
    )
    is_employee, is_team = (
        pl.col("of_what") == kind for kind in ("medewerker", "organisatorische_eenheid")
    )
    statuses = (
        tables["statussen"]
        .join(zaken.select("zaak"), on="zaak", how="semi")
        .join(types, on="statustype", how="left")
        .join(roles, on="gezetdoor", how="left")
        .join(trail, on="url", how="left")
        .select(
            "zaak",
            "concept:name",
            "volgnummer",
            pl.lit(COMPLETE).alias(COLUMN),
            pl.coalesce(pl.when(is_employee).then("who"), "user").alias("org:resource"),
            pl.when(is_team).then("who").alias("org:group"),
            pl.col("datumStatusGezet").alias("time:timestamp"),
            at=_instant("datumStatusGezet"),
        )
        .collect()
    )
    if statuses.is_empty():
        raise _without_statuses(name)
    if statuses["concept:name"].null_count() == len(statuses):
        raise SourceError(
            f"{name} does not tell what any status is called.",
            "Export the statustypen of the Catalogi API too.",
        )
    return statuses.lazy()


def _marks(
    tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame, statuses: pl.LazyFrame
) -> pl.LazyFrame:
    """What the audit trail tells of terms, and the ends of suspensions that it does not tell.

    A suspension of which no change tells the end, while the case is suspended no more or again,
    ended with the next status.
    """
    suspended = zaken.select("zaak", "opschorting")
    told = (
        tables[AUDIT]
        .filter(pl.col("mark").is_not_null())
        .join(suspended, on="zaak")
        .select("zaak", "opschorting", "mark", pl.col("aanmaakdatum").alias("time:timestamp"))
        .with_columns(at=_instant("time:timestamp"))
        .sort("zaak", "at", maintain_order=True)
    )
    next_mark, next_at = (pl.col(column).shift(-1).over("zaak") for column in ("mark", "at"))
    flags = told.filter(pl.col("mark").is_in([SUSPENDED, RESUMED]))
    untold = (
        flags.with_columns(next_mark=next_mark, next_at=next_at)
        .filter(
            pl.col("mark") == SUSPENDED,
            (pl.col("next_mark") == SUSPENDED)
            | (pl.col("next_mark").is_null() & (pl.col("opschorting") == str(False))),
        )
        .with_columns(over_from=pl.col("at") + _AT_ONCE)
    )
    ended = (
        untold.sort("over_from")
        .join_asof(
            statuses.select("zaak", over_at="at", over="time:timestamp").sort("over_at"),
            left_on="over_from",
            right_on="over_at",
            by="zaak",
            strategy="forward",
            check_sortedness=False,
        )
        .filter((pl.col("over_at") <= pl.col("next_at")).fill_null(pl.col("over").is_not_null()))
        .select("zaak", mark=pl.lit(RESUMED), at="over_at", **{"time:timestamp": "over"})
    )
    marks = pl.concat([told.select(ended.collect_schema().names()), ended])
    return marks.rename({"mark": "concept:name"}).with_columns(pl.lit(MARK).alias(COLUMN))


def _instant(column: str) -> pl.Expr:
    """RFC 3339, as the APIs write moments; null where it is otherwise."""
    return pl.col(column).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def _described(
    zaken: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], asked: Sequence[str]
) -> pl.LazyFrame:
    """What is told of each case: its id, its dates, its type, its result, and some attributes."""
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
        *asked,
    )


def _without_statuses(name: str) -> SourceError:
    return SourceError(
        f"{name} holds no statuses, and those are all that tells of events.",
        "Export the resource statussen of the Zaken API too.",
    )
