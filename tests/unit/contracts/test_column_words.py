# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the name of a column says of what it holds."""

from __future__ import annotations

import pytest

from contracts.column_words import says_citizen_number, words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("zaak_nummerIntern", ["zaak", "nummer", "intern"]),
        ("case:Land van herkomst", ["land", "van", "herkomst"]),
        ("M/V", ["m", "v"]),
        ("", []),
    ],
)
def test_the_words_of_a_name(name: str, said: list[str]) -> None:
    assert words(name) == said


@pytest.mark.parametrize(
    "column",
    [
        *("bsn", "BSN", "Bsn aanvrager", "aanvragerBsn", "bsn_partner", "inpBsn", "inp_bsn"),
        *("INPBSN", "case:bsn", "burgerservicenummer", "Burgerservicenr.", "sofinummer"),
        *("Sofi-nummer", "BSNnummer", "bsn-nr", "bsn2"),
    ],
)
def test_a_header_that_says_so(column: str) -> None:
    assert says_citizen_number(column)


@pytest.mark.parametrize("column", ["zaaknummer", "rsin", "absnorm", "absn", "toelichting", ""])
def test_a_header_that_does_not(column: str) -> None:
    assert not says_citizen_number(column)
