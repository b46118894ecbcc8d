# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases in a ZGW export that have no status, should be destroyed, or are only referred to."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.left_out import Why

REGISTERED = "registratiedatum"
"""The event of an open case without any status; also the column of when a case began."""

DESTROYED: Why = "destroyed"
CLOSED: Why = "closed"
EARLY: Why = "early"


def destroy_on() -> pl.Expr:
    """The day on which a case should be destroyed; null if none is known."""
    day = pl.col("archiefactiedatum").str.to_date("%Y-%m-%d", strict=False)
    return pl.when(pl.col("archiefnominatie") == "vernietigen").then(day)


def waiting(zaken: pl.LazyFrame, statuses: pl.LazyFrame) -> tuple[pl.LazyFrame, dict[Why, int]]:
    """The cases that have waited for their first status since they were registered.

    A case that was registered before the first status of all may have had statuses that are not
    there.

    Args:
        zaken: the cases.
        statuses: the statuses of these cases, with ``at``.

    Returns:
        ``zaak`` and ``registratiedatum``; and by reason, how many cases without a status do not
        wait.
    """
    registered_on = pl.col(REGISTERED).str.to_date("%Y-%m-%d", strict=False)
    why = (
        pl.when(pl.col("einddatum").is_not_null())
        .then(pl.lit(CLOSED))
        .when((registered_on >= pl.col("first_at").dt.date()).not_().fill_null(value=True))
        .then(pl.lit(EARLY))
    )
    without = (
        zaken.join(statuses.select("zaak"), on="zaak", how="anti", maintain_order="left")
        .join(statuses.select(first_at=pl.col("at").min()), how="cross")
        .select("zaak", REGISTERED, why=why)
        .collect()
    )
    left_out = without["why"].drop_nulls().value_counts(sort=True, parallel=False)
    waits = without.filter(pl.col("why").is_null()).select("zaak", REGISTERED)
    return waits.lazy(), dict(left_out.iter_rows())


def only_referred_to(tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame) -> int:
    """How many records are referred to but not there: cases by statuses, and statuses by cases.

    Args:
        tables: all records.
        zaken: the cases that are read; statuses of types other than theirs do not count.
    """
    own_types = (
        tables["statustypen"].join(zaken, on="zaaktype", how="semi").select(statustype="url")
    )
    of_statuses = (
        tables["statussen"]
        .join(own_types, on="statustype", how="semi")
        .join(tables["zaken"].select(zaak="url"), on="zaak", how="anti")
        .select(pl.col("zaak").n_unique())
    )
    of_cases = (
        zaken.select(url="status")
        .drop_nulls()
        .join(tables["statussen"], on="url", how="anti")
        .select(pl.len())
    )
    return sum(int(frame.item()) for frame in pl.collect_all([of_statuses, of_cases]))
