# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from ingest.guessing.glance import Glance
from ingest.guessing.zone import zone_evidence

GAP = dt.datetime.fromisoformat("2026-03-29T02:30:00")


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (["2026-03-28T02:30:00", "2026-06-01T09:00:00"], "none is in the hour"),
        (["2026-03-29T02:30:00", "2026-06-01T09:00:00"], "perhaps all are in UTC"),
        (["29-03-2026 02:00", "01-06-2026 09:00"], "perhaps all are in UTC"),
        (["29-03-2026 03:00", "25-10-2026 02:30"], "none is in the hour"),
        ([GAP, None], "perhaps all are in UTC"),
        (["2026-03-28T02:30:00+01:00", "2026-06-01T09:00:00+02:00"], "the offsets of that zone"),
        (["2026-03-28T02:30:00-05:00", "2026-06-01T09:00:00-04:00"], "have an offset"),
        (["2026-03-28T02:30:00Z", "2026-06-01T09:00:00Z"], "have an offset"),
        (
            ["2026-03-28T02:30:00", "2026-03-29T02:30:00Z", "2026-06-01T09:00:00+02:00"],
            "assumed, as 1 of 3 times have no offset; none is",
        ),
        (
            ["2026-03-29T02:30:00", "2026-06-02T09:00:00", "2026-06-01T09:00:00+02:00"],
            "assumed, as 2 of 3 times have no offset; but some",
        ),
        (["2026-06-01T09:00:00+02:00", "2026-06-02", "2026-06-03"], "the offsets of that zone"),
    ],
)  # fmt: skip
def test_what_speaks_for_the_zone(times: list[str], says: str) -> None:
    frame = pl.DataFrame({"t": times})

    assert says in zone_evidence(Glance("csv", frame, {}), ["t"])


def test_a_column_without_offsets_is_told_beside_one_with() -> None:
    frame = pl.DataFrame(
        {"t": ["2026-03-28T02:30:00+01:00"] * 3, "u": ["2026-03-28T02:30:00", None, "2026-03-29"]}
    )

    says = zone_evidence(Glance("csv", frame, {}), ["t", "u"])

    assert says.startswith("assumed, as 1 of 4 times have no offset; none is")
