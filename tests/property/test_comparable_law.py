# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Two reports that stand side by side tell of no few cases that came, went or were done."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reporting.page.comparable import rounded, side_by_side
from tests.unit.reporting.runs import findings

K = 10
LOGS = st.lists(
    st.tuples(st.integers(K, 80), st.integers(0, 60)).map(
        lambda pair: (pair[0], min(pair) if min(pair) == 0 or min(pair) >= K else None)
    ),
    max_size=8,
)


@given(LOGS)
def test_no_two_differ_by_few(logs):
    found = [
        findings(run_id=str(n), cases=cases, open_cases=open_cases)
        for n, (cases, open_cases) in enumerate(logs)
    ]

    kept = [each.log for each in side_by_side(found, K)]

    assert kept[:1] == [each.log for each in found[:1]]
    for one, other in combinations(kept, 2):
        differences = [abs(one.cases - other.cases)]
        if None not in (one.open_cases, other.open_cases):
            done = one.cases - one.open_cases, other.cases - other.open_cases
            differences.append(abs(done[0] - done[1]))
        assert not any(0 < difference < K for difference in differences)


@given(st.integers(0, 10**6))
def test_counts_as_they_are_told_differ_by_none_or_enough(count):
    told = rounded(count, K)

    assert told % K == 0
    assert 0 <= count - told < K
