# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Rules that only the records of the ZGW APIs show to be broken, not the events made of them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.notices import Sign
from ingest.zgw.pages import AUDIT

OF_A_CASE = ("#DQ11", "#DQ17")
OF_A_STATUS = "#DQ16"
IS_OF_ANOTHER_VERSION = (pl.col("type_of_status") != pl.col("zaaktype")).alias(OF_A_STATUS)
"""``OF_A_STATUS``: its type belongs to another version of the case type than its case."""

SIGNS = (
    Sign("DQ11", "opschorting", pl.col("#DQ11")),
    Sign("DQ16", "statustype", pl.col(OF_A_STATUS)),
    Sign("DQ17", "hoofdzaak", pl.col("#DQ17")),
)
"""The rules, by the boolean columns that the rows of an export get here; null means no."""


def of_cases(tables: Mapping[str, pl.LazyFrame], zaken: pl.LazyFrame) -> pl.LazyFrame:
    """``zaken`` with ``OF_A_CASE``.

    A reason without a suspension is left behind by one that was lifted, unless the audit trail of
    the case has none; without that trail, it cannot be told.
    """
    trails = (
        tables[AUDIT]
        .group_by("zaak")
        .agg(was_suspended=pl.coalesce("flag", "said").is_not_null().any())
    )
    there = tables["zaken"].select(hoofdzaak="url", is_there=pl.lit(value=True))
    is_suspended, has_reason, was_before = (
        pl.col(field) == str(True)
        for field in ("opschorting", "redenOpschorting", "eerdereOpschorting")
    )
    never = ~(pl.col("was_suspended") | was_before)
    broken = {
        "#DQ11": (is_suspended & ~has_reason) | (~is_suspended & has_reason & never),
        "#DQ17": pl.col("hoofdzaak").is_not_null() & pl.col("is_there").is_null(),
    }
    return (
        zaken.join(trails, on="zaak", how="left", maintain_order="left")
        .join(there, on="hoofdzaak", how="left", maintain_order="left")
        .with_columns(**broken)
    )
