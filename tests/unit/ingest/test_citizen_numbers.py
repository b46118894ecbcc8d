# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which numbers in a text can be a citizen's, and which columns hold such numbers."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.privacy.citizen_numbers import (
    LIKELY,
    are_called_so,
    are_of_citizens,
    numbers_in,
    passes,
    stand_in,
)

# published for testing: no citizen has them
CITIZENS = (111222333, 123456782, 999990342, 999990639, 12345672)
OTHERS = tuple(range(500_000_000, 500_001_000, 7))


@pytest.mark.parametrize(
    ("number", "can_be"),
    [
        *((number, True) for number in CITIZENS),
        (123456789, False),
        (999990343, False),
        (0, False),
        (None, None),
    ],
)
def test_the_eleven_test(number: int | None, *, can_be: bool | None) -> None:
    frame = pl.DataFrame({"n": [number]}, {"n": pl.UInt32})

    assert frame.select(passes(pl.col("n"))).item() is can_be


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Burger belde, BSN 999990342 genoteerd.", [999990342]),
        ("999990342", [999990342]),
        ("bsn:999990342, of (111222333)", [999990342, 111222333]),
        ("999990342 111222333", [999990342, 111222333]),
        ("123.456.782", [123456782]),
        ("bsn 1234.56.782.", [123456782]),
        ("1234 56 782 staat in de brief", [123456782]),
        ("012345672 van de partner", [12345672]),
        # as a part of what something is called
        ("WMO_123456782", [123456782]),
        ("WMO123456782", [123456782]),
        ("123456782_1", [123456782]),
        ("123456782-1", [123456782]),
        ("2026-123456782", [123456782]),
        ("1234-56-782", [123456782]),
        # only where it is all that the cell holds
        ("12345672", [12345672]),
        (" 12345672 ", [12345672]),
        ("nummer 12345672", []),
        ("123456782.0", [123456782]),
        ("123456782.00", []),
        # dates, moments, serial numbers of days
        ("20260312", []),
        ("2026-03-12T10:00:00.123456782", []),
        ("20260312101500123", []),
        ("46093,123456782", []),
        ("12-03-2026 10:00:00", []),
        # telephone numbers, accounts, amounts, addresses of records
        ("0612345678", []),
        ("06-123456782", []),
        ("+31 612345678", []),
        ("+31 (0)612345678", []),
        ("0031 612345678", []),
        ("NL91ABNA0417164300", []),
        ("NL91 ABNA 0417 1643 00", []),
        ("€ 123.456.782,50", []),
        ("123456782,50", []),
        ("1.123.456.782", []),
        ("99 123 456 782 901", []),
        ("550e8400-1234-4567-8901-446655440000", []),
        ("1-123456782", []),
        ("2026-03-123456782", []),
        ("9999903420", []),
        ("", []),
    ],
)
def test_numbers_in_a_text(text: str, numbers: list[int]) -> None:
    frame = pl.DataFrame({"t": [text]})

    found, is_likely = frame.select(
        numbers_in(pl.col("t")), pl.col("t").str.contains(LIKELY).alias("likely")
    ).row(0)

    assert [number for number in found if number is not None] == numbers
    assert is_likely or not numbers


def test_a_row_has_one_if_any_number_in_it_passes() -> None:
    frame = pl.DataFrame({"t": ["999990343 of 999990342", "999990343", "niets", "", None]})

    assert frame.select(stand_in(pl.col("t")).fill_null(value=False))["t"].to_list() == [
        *(True, False, False, False, False)
    ]


@pytest.mark.parametrize(
    ("text", "is_called"),
    [
        ("BSN 999990342 genoteerd", True),
        ("bsn999990342_1", True),
        ("Sofinummer is 999.990.342", True),
        ("999990342 (BSN) gebeld", True),
        ("zaak 123456789, 999990342 = bsn", True),
        ("zaak 123456789 BSN 999990342", True),
        ("order 999990342", False),
        ("order 999990342, om het BSN gevraagd", False),
        ("bsn 9999903420", False),
        ("9999990342 bsn", False),
        ("bsn 999990343", False),
    ],
)
def test_a_number_that_the_text_calls_so(text: str, *, is_called: bool) -> None:
    frame = pl.DataFrame({"t": [text]})

    assert frame.select(are_called_so(pl.col("t")).fill_null(value=False)).item() is is_called


@pytest.mark.parametrize(
    ("numbers", "rows", "are_citizens"),
    [
        # one number in few of the notes
        ([999990342] * 5, 1000, True),
        ([999990342], 1, True),
        (CITIZENS, 5, True),
        (CITIZENS * 10, 50, True),
        # half of those that differ, however often each stands there
        ((*CITIZENS[:2], *OTHERS[:2]), 4, True),
        ((*CITIZENS[:1], *OTHERS[:2]), 3, False),
        ((*CITIZENS[:2] * 9, *OTHERS[:3]), 99, False),
        # numbers of cases, of which one in eleven passes
        (range(300_000_000, 300_020_000, 3), 20_000, False),
        # of one organisation, also where some rows have none
        ([517439943] * 100, 100, False),
        ([517439943] * 95, 100, False),
        ([517439943] * 80, 100, True),
        # of some
        (CITIZENS[:3] * 2000, 6000, False),
        (CITIZENS[:3] * 900, 2700, True),
        ([None, None], 2, False),
        ([0] * 5, 99, False),
        ([], 0, False),
    ],
)
def test_a_column_is_judged_as_a_whole(
    numbers: list[int | None], rows: int, *, are_citizens: bool
) -> None:
    assert are_of_citizens(pl.Series(numbers, dtype=pl.UInt32), rows) is are_citizens
