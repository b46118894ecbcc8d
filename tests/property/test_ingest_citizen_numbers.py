# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ingest.privacy.citizen_numbers import numbers_in, passes, stand_in

numbers = st.integers(0, 999_999_999)
# close to each other, so that every remainder of eleven is there
runs = numbers.flatmap(lambda first: st.just([min(first + k, 999_999_999) for k in range(30)]))


def eleven_test(digits: str) -> bool:
    """As the law has it, by hand."""
    *others, last = map(int, digits)
    weighed = sum(weight * digit for weight, digit in zip(range(9, 1, -1), others, strict=True))
    return (weighed - last) % 11 == 0 and set(digits) != {"0"}


@given(runs)
def test_the_eleven_test_is_that_of_the_law(run: list[int]) -> None:
    frame = pl.DataFrame({"n": run}, {"n": pl.UInt32})

    assert frame.select(passes(pl.col("n")))["n"].to_list() == [
        eleven_test(f"{number:09}") for number in run
    ]


@given(
    runs,
    st.sampled_from(["{}", "BSN {}.", "({})", "nr {}, graag bellen", "é {} ü", "WMO_{}", "K{}"]),
)
def test_a_number_is_found_in_a_text_as_it_is_written(run: list[int], text: str) -> None:
    written = [
        text.format(form)
        for number in run
        for digits in [f"{number:09}"]
        for form in (
            digits,
            f"{digits[:3]}.{digits[3:6]}.{digits[6:]}",
            f"{digits[:4]} {digits[4:6]} {digits[6:]}",
        )
    ]
    frame = pl.DataFrame({"t": written})

    found = frame.select(numbers_in(pl.col("t")))["t"].to_list()

    assert found == [[number] for number in run for _ in range(3)]
    assert frame.select(stand_in(pl.col("t")))["t"].to_list() == [
        eleven_test(f"{number:09}") for number in run for _ in range(3)
    ]


@given(numbers, st.sampled_from(["1{}", "{}1", "{},5", "1.{}", "1-{}", "+31 {}"]))
def test_a_part_of_something_longer_is_not(number: int, text: str) -> None:
    frame = pl.DataFrame({"t": [text.format(f"{number:09}")]})

    found = frame.select(numbers_in(pl.col("t")).explode().drop_nulls())["t"]

    assert found.to_list() == []
