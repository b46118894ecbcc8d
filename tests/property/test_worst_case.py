# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""The band against every way that the cases that are not trusted may have gone, one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.durations import DAY_MS, bin_of
from mining.survival import Counts, leaving
from mining.wholes.throughput import quantiles, worst_case
from mining.wholes.worst_case import curves, reached

Seen = tuple[float, bool]
"""How long a case was watched, and whether it ended then."""

_SHORT = 1e-6  # of a day: just after a duration
NEVER, NO_CASE = (math.inf, False), (0.0, False)

seen = st.lists(st.tuples(st.integers(1, 6).map(float), st.booleans()), min_size=1, max_size=6)
shares = st.sampled_from([0.25, 0.5, 0.75, 0.9])


def quantile(cases: Sequence[Seen], share: float) -> float:
    """The Kaplan-Meier quantile by its definition, in exact fractions; infinite: not reached."""
    still = Fraction(1)
    for days in sorted({days for days, ended in cases if ended}):
        at_risk = sum(watched >= days for watched, _ in cases)
        still *= 1 - Fraction(sum(case == (days, True) for case in cases), at_risk)
        if still <= 1 - Fraction(share).limit_denominator(100):
            return days
    return math.inf


def band(trusted: Sequence[Seen], untrusted: int, share: float) -> tuple[float, float]:
    """What the code says, of durations of which each is its own bin."""
    days = sorted({watched for watched, _ in trusted})
    points = [reached(curve, share) for curve in curves(*counts(trusted, days), untrusted)]
    lowest, highest = (math.inf if at is None else [0.0, *days][at] for at in points)
    return lowest, highest


def counts(trusted: Sequence[Seen], days: Sequence[float]) -> list[Counts]:
    """How many ended, and how many were last seen open, at each duration."""
    return [
        np.array([sum(case == (each, how) for case in trusted) for each in days])
        for how in (True, False)
    ]


def ways(trusted: Sequence[Seen]) -> list[Seen]:
    """How one case may have gone: as no case, for ever, or at, just after and between durations."""
    days = sorted({0.0, *(watched for watched, _ in trusted)})
    moments = [moment for each in days for moment in (each, each + _SHORT, each + 0.5)]
    return [NEVER, NO_CASE, *((moment, ended) for moment in moments for ended in (True, False))]


@given(seen, st.integers(1, 2), shares)
def test_the_band_is_what_the_figure_can_be_at_the_least_and_the_most(trusted, untrusted, share):
    all_ways = combinations_with_replacement(ways(trusted), untrusted)
    figures = [quantile([*trusted, *way], share) for way in all_ways]
    lowest, highest = band(trusted, untrusted, share)

    assert min(figures) == pytest.approx(lowest, abs=2 * _SHORT)
    assert max(figures) == highest


@given(seen, st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=12), shares, st.data())
def test_many_cases_drawn_at_random_stay_in_the_band(trusted, untrusted, share, data):
    drawn = [data.draw(st.sampled_from(ways(trusted))) for _ in untrusted]
    lowest, highest = band(trusted, len(drawn), share)

    assert lowest <= quantile([*trusted, *drawn], share) <= highest


@given(seen, st.integers(1, 12), shares)
def test_its_ends_are_reached(trusted, untrusted, share):
    lowest, highest = band(trusted, untrusted, share)

    just_then = [(lowest + _SHORT, True)] * untrusted
    assert quantile([*trusted, *just_then], share) <= lowest + _SHORT
    assert quantile([*trusted, *[NEVER] * untrusted], share) == highest


@given(seen, shares)
def test_without_doubt_there_is_no_band(trusted, share):
    exact = quantile(trusted, share)

    assert band(trusted, 0, share) == (exact, exact)


@given(seen, st.integers(1, 12), shares)
def test_where_all_have_ended_the_least_is_that_they_ended_at_once(trusted, untrusted, share):
    ended = [(days, True) for days, _ in trusted]

    at_once = quantile([*ended, *[(0.0, True)] * untrusted], share)
    assert band(ended, untrusted, share)[0] == at_once


@given(seen, st.integers(1, 12))
def test_the_band_holds_that_of_a_population_of_which_a_part_is_unknown(trusted, untrusted):
    """Manski's: the trusted part by its own curve, of the rest all or nothing still there."""
    days = sorted({watched for watched, _ in trusted})
    ended, open_ = counts(trusted, days)
    part = untrusted / (len(trusted) + untrusted)
    known = np.concatenate([[1.0], leaving(ended[:, None], open_).still])
    least, most = curves(ended, open_, untrusted)

    assert (least <= (1 - part) * known + 1e-12).all()
    assert (most >= (1 - part) * known + part - 1e-12).all()


def test_an_early_end_is_not_the_least_where_others_are_open():
    """One of ten ends on day 1, eight are last seen on day 2, the last one ends on day 4."""
    trusted = [(1.0, True), *[(2.0, False)] * 8, (4.0, True)]

    assert quantile([*trusted, (0.0, True)], 0.5) == 4
    assert quantile([*trusted, (3.0, True)], 0.5) == 3
    assert band(trusted, 1, 0.5)[0] == 2  # just after it, as far as anyone can tell


@pytest.mark.parametrize(
    ("untrusted", "half", "most"),
    [
        (0, (50, 50), (90, 90)),
        # 45 of the others at once and 5 of ours are half of 100; 45 that never end and 50 are not
        (10, (45, 55), (89, 99)),
        (45, (28, 73), (86, None)),
        (100, (0, 100), (80, None)),
        (150, (0, None), (75, None)),
    ],
)
def test_a_hundred_cases_by_hand(untrusted, half, most):
    """They end on day 1, 2, … 100. Of 100 + q, so many must have ended."""
    summary = summary_of([(float(day), True) for day in range(1, 101)])

    for share, expected in ((0.5, half), (0.9, most)):
        assert worst_case(summary, untrusted, share) == expected


def summary_of(cases: Sequence[Seen], touched: Sequence[Seen] = ()) -> pl.DataFrame:
    rows = [(days, ended, lost) for lost, group in ((False, cases), (True, touched))
            for days, ended in group]  # fmt: skip
    told = pl.DataFrame(rows, schema=["days", "ended", "is_touched"], orient="row")
    return (
        told.with_columns(ms=(pl.col("days") * DAY_MS).cast(pl.Int64))
        .with_columns(bin_of("ms"), is_open=~pl.col("ended"), is_followed=pl.lit(value=True))
        .group_by("is_open", "is_followed", "is_touched", "bin")
        .agg(n=pl.len().cast(pl.Int64), ms=pl.col("ms").sum())
    )


@given(seen, seen, st.integers(0, 5))
def test_the_figures_as_they_are_lie_in_their_band(cases, touched, absent):
    summary = summary_of(cases, touched)

    for share, value in zip((0.5, 0.9), quantiles(summary), strict=True):
        lowest, highest = worst_case(summary, len(touched) + absent, share)
        assert lowest is not None or (not touched and not absent)
        if value is not None:
            assert lowest <= value <= (math.inf if highest is None else highest)
