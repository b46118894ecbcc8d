# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The bins of durations: in order, narrow, and one to a whole day."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mining.durations import DAY_MS, bin_of

durations = st.integers(0, 60 * 365 * DAY_MS)


def bins(*ms: int) -> list[int]:
    return pl.DataFrame({"ms": ms}, schema={"ms": pl.Int64}).select(bin_of("ms"))["bin"].to_list()


@given(durations, durations)
def test_longer_is_never_in_an_earlier_bin(one: int, other: int) -> None:
    short, long = bins(min(one, other), max(one, other))

    assert short <= long


@given(durations, st.integers(0, 2 * DAY_MS))
def test_what_shares_a_bin_is_alike(ms: int, more: int) -> None:
    short, long = bins(ms, ms + more)

    assert short != long or more <= min(DAY_MS, (ms + 1) * 0.011)


def test_every_whole_day_has_a_bin_of_its_own() -> None:
    found = bins(*(days * DAY_MS for days in range(10_000)))

    assert len(set(found)) == len(found)
    assert found[0] == 0
