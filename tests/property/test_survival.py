# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The estimates against Efron's redistribution, done literally, a case at a time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.survival import leaving

counts = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8
).filter(lambda rows: any(map(any, rows)))


def redistribute(rows: list[tuple[int, int, int]]) -> list[list[Fraction]]:
    """Mass that leaves by either exit at each duration, and what stays; who stays is shared out.

    Everyone starts with equal mass; from left to right, the mass of those last seen there is
    handed in equal parts to everyone who was watched longer (Efron 1967).
    """
    total = sum(map(sum, rows))
    mass = Fraction(1, total)
    left = []
    for k, (first, second, still) in enumerate(rows):
        left.append([mass * first, mass * second])
        longer = sum(map(sum, rows[k + 1 :]))
        if longer:
            mass += mass * still / longer
    return left


@given(counts)
def test_leaving_is_efrons_redistribution(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows)
    found = leaving(table[:, :2], table[:, 2])

    steps = np.diff(found.left, axis=0, prepend=0)
    assert steps == pytest.approx(np.array(redistribute(rows), dtype=float))


@given(counts)
def test_everyone_leaves_or_stays(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows)
    found = leaving(table[:, :2], table[:, 2])

    assert found.still + found.left.sum(axis=1) == pytest.approx(np.ones(len(rows)))


@given(counts)
def test_who_still_waits_is_shared_out_over_who_left_later(
    rows: list[tuple[int, int, int]],
) -> None:
    table = np.array(rows)
    found = leaving(table[:, :2], table[:, 2])

    shared = (table[:, 2, None] * found.goes_later()).sum(axis=0)
    assert shared + table[:, :2].sum(axis=0) == pytest.approx(found.left[-1] * table.sum())


@pytest.mark.parametrize(
    ("exits", "still", "quantile", "expected"),
    [
        ([1, 1, 1, 1], [0, 0, 0, 0], 0.5, 1),
        ([1, 1, 1, 1], [0, 0, 0, 0], 0.9, 3),
        ([1, 0, 1, 0], [0, 1, 0, 1], 0.5, 2),
        ([1, 0, 0, 0], [0, 1, 1, 1], 0.5, None),  # too many still there
        ([0, 0, 0, 0], [1, 1, 1, 1], 0.5, None),
    ],
)
def test_quantiles_with_one_exit(
    exits: list[int], still: list[int], quantile: float, expected: int | None
) -> None:
    found = leaving(np.array(exits)[:, None], np.array(still))

    assert found.reaches(quantile, 0) == expected
