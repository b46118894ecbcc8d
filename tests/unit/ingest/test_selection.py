# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
import pytest

from contracts.errors import SourceError
from ingest.raw import DIGEST, ROW, Doubt, Raw
from ingest.selection import asked_for


def raw_of(doubt: Doubt | None = None, **columns: list[object]) -> Raw:
    frame = pl.DataFrame(columns).with_columns(pl.lit(0).alias(DIGEST)).with_row_index(ROW, 1)
    names = tuple(columns)
    places = dict(zip(names, names, strict=True))
    return Raw(frame.lazy(), names, places, places, lambda: SourceError("never"), doubt=doubt)


@pytest.mark.parametrize(
    ("only", "rows"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"field": ["state"]}, [1, 3]),
        ({"field": ["state", "priority"]}, [1, 2, 3]),
        ({"field": ["state"], "year": ["2026"]}, [3]),
        ({"field": ["State"]}, []),
    ],
)
def test_rows_with_one_of_the_values_in_each_column(only, rows):
    raw = raw_of(
        field=["state", "priority", " state ", None, "owner"],
        year=[2025, 2026, 2026, 2026, 2026],
    )

    asked = asked_for(raw, only)

    assert asked.frame.collect()[ROW].to_list() == rows
    assert asked.left_out == ({"unasked": 5 - len(rows)} if len(rows) < 5 else {})


def test_others_are_added_to_what_the_reader_left_out():
    raw = raw_of(field=["state", "owner"])
    both = asked_for(asked_for(raw, {"field": ["state", "owner"]}), {"field": ["owner"]})

    assert both.left_out == {"unasked": 1}


def test_a_row_that_shows_that_a_file_cannot_be_read_is_not_passed_over():
    doubt = Doubt(pl.col("field") == "newvalue", lambda: None)
    raw = raw_of(doubt, field=["state", "newvalue", "owner", None])

    assert asked_for(raw, {"field": ["state"]}).frame.collect()[ROW].to_list() == [1, 2]
