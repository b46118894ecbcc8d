# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The events in a ZGW export: one for each status, and a mark for each change of a term.

No record says when a term was suspended or extended; that is derived from the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from contracts.errors import SourceError
from contracts.events import MARK
from ingest.lifecycle import COLUMN, COMPLETE
from ingest.zgw.gaps import REGISTERED
from ingest.zgw.pages import AUDIT, NOTE, RESUMED, SUSPENDED
from ingest.zgw.rules import IS_OF_ANOTHER_VERSION

RECORDED = "aanmaakdatum"
"""The name in the audit trail of when something was put on record."""

_MARK = ("zaak", "at", "time:timestamp")
_AT_ONCE = dt.timedelta(seconds=2)  # a call that both suspends and sets a status takes no longer


def statuses_of(tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The statuses: what each is called, when it was set, and by whom if records tell.

    The employee is that of the role that set it, else that of the audit trail.

    Args:
        tables: the records of the export, by kind (``ingest.zgw.tables``).
        zaken: the cases that are read, with their ``zaak`` and ``zaaktype``.
        name: what errors call the export.

    Returns:
        A row per status: ``zaak``, ``volgnummer``, ``at`` (UTC), ``RECORDED``, ``NOTE``, whether
        its type is of another version, and the columns that XES has for an event, all texts.

    Raises:
        SourceError: there are no statuses, or none has a type.
    """
    statuses = _statuses(tables, zaken).collect()
    if statuses.is_empty():
        raise without_statuses(name)
    if statuses["concept:name"].null_count() == len(statuses):
        raise SourceError(
            f"{name} does not tell what any status is called.",
            "Export the statustypen of the Catalogi API too.",
        )
    return statuses.lazy()


def _statuses(tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame) -> pl.LazyFrame:
    types = tables["statustypen"].select(
        pl.col("volgnummer").cast(pl.Int64, strict=False),
        statustype="url",
        type_of_status="zaaktype",
        **{"concept:name": "omschrijving"},
    )
    roles = tables["rollen"].select(
        gezetdoor="url", of_what="betrokkeneType", who="betrokkeneIdentificatie"
    )
    trail = (
        tables[AUDIT]
        .filter(pl.col("status").is_not_null())
        .select(RECORDED, url="status", user="gebruikersId")
        .unique("url", keep="last")
    )
    is_employee, is_team = (
        pl.col("of_what") == kind for kind in ("medewerker", "organisatorische_eenheid")
    )
    return (
        tables["statussen"]
        .join(zaken.select("zaak", "zaaktype"), on="zaak")
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
            RECORDED,
            NOTE,
            IS_OF_ANOTHER_VERSION,
            at=_instant("datumStatusGezet"),
        )
    )


def registrations_of(waits: pl.LazyFrame) -> pl.LazyFrame:
    """An event for each open case without any status: its registration."""
    return waits.select(
        "zaak",
        pl.lit(REGISTERED).alias("concept:name"),
        pl.lit(COMPLETE).alias(COLUMN),
        pl.col(REGISTERED).alias("time:timestamp"),
    )


def marks_of(
    tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame, statuses: pl.LazyFrame
) -> pl.LazyFrame:
    """What the audit trail tells of terms, with the ends of suspensions that it leaves out."""
    trail = (
        tables[AUDIT]
        .join(zaken.select("zaak", "opschorting"), on="zaak")
        .with_columns(at=_instant(RECORDED), **{"time:timestamp": RECORDED})
    )
    of_term = trail.filter(pl.col("term").is_not_null()).select(*_MARK, RECORDED, mark="term")
    flags = (
        trail.with_columns(mark=pl.coalesce("flag", "said"), is_said=pl.col("flag").is_null())
        .filter(pl.col("mark").is_not_null())
        .sort("zaak", "at", maintain_order=True)
    )
    of_flag = flags.select(*_MARK, RECORDED, "mark", "is_said")
    told = pl.concat([of_flag, _untold_ends(flags, statuses)], how="diagonal")
    marks = pl.concat([of_term, _told_once(told)], how="diagonal")
    return marks.rename({"mark": "concept:name"}).with_columns(pl.lit(MARK).alias(COLUMN))


def _untold_ends(flags: pl.LazyFrame, statuses: pl.LazyFrame) -> pl.LazyFrame:
    """The ends of suspensions that no change tells.

    A suspension ended with the next status if the case is not suspended any more, or was suspended
    again.
    """
    next_mark, next_at = (pl.col(column).shift(-1).over("zaak") for column in ("mark", "at"))
    untold = (
        flags.with_columns(next_mark=next_mark, next_at=next_at)
        .filter(
            pl.col("mark") == SUSPENDED,
            (pl.col("next_mark") == SUSPENDED)
            | (pl.col("next_mark").is_null() & (pl.col("opschorting") == str(False))),
        )
        .with_columns(over_from=pl.col("at") + _AT_ONCE)
    )
    return (
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


def _told_once(told: pl.LazyFrame) -> pl.LazyFrame:
    """The marks without those that repeat the mark before them.

    One change may raise the flag and another say why, in either order. But a flag that goes up
    twice went down in between: then something is not on record, and both stay.
    """
    is_again = (pl.col("mark") == pl.col("mark").shift()).over("zaak").fill_null(value=False)
    said_before = (pl.col("is_said") & ~pl.col("is_again")).shift().over("zaak")
    is_said = pl.col("is_said") | said_before.fill_null(value=False)
    return (
        told.sort("zaak", "at", maintain_order=True)
        .with_columns(is_again=is_again)
        .filter(~(pl.col("is_again") & is_said))
        .drop("is_said", "is_again")
    )


def _instant(column: str) -> pl.Expr:
    """A moment in RFC 3339, as the APIs write it; null for anything else."""
    return pl.col(column).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def without_statuses(name: str) -> SourceError:
    """The error for an export without events."""
    return SourceError(
        f"{name} holds no statuses, and without those there are no events.",
        "Export the resource statussen of the Zaken API too.",
    )
