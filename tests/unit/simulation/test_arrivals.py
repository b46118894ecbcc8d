# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Cases begin as often as the hour, the weekday and the season say."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.description import Arrivals, process, process_names
from simulation.walking.arrivals import arrivals_between, intensity_total
from simulation.walking.draws import Draws

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MANY = 100_000
EVEN = Arrivals(swing=0)
YEARS = range(2021, 2025)
FOUR_YEARS = dt.date(2021, 1, 1), dt.date(2024, 12, 31)
UNLIKELY = 1e-6  # were this truly random; the seeds are fixed


def began(
    described: Arrivals, first: dt.date, last: dt.date, cases: int, purpose: str = "x"
) -> list[dt.datetime]:
    found = arrivals_between(described, first, last, Draws(1), purpose, cases)
    return [dt.datetime.fromtimestamp(at, AMSTERDAM) for at in found.tolist()]


days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


@given(days, st.integers(0, 70), st.integers(0, 200), st.sampled_from(process_names()))
def test_so_many_begin_in_order_by_day_and_in_the_days_asked_for(
    first: dt.date, more: int, cases: int, name: str
) -> None:
    last = first + dt.timedelta(days=more)

    found = began(process(name).arrivals, first, last, cases)

    assert len(found) == cases
    assert found == sorted(found)
    assert all(first <= at.date() <= last for at in found)
    assert all(7 <= at.hour < 23 for at in found)


@pytest.mark.parametrize("night", ["2024-03-31", "2024-10-27"])
def test_nobody_begins_in_a_night_in_which_the_clock_changes(night: str) -> None:
    day = dt.date.fromisoformat(night)

    found = began(EVEN, day, day, 5000)

    assert {at.hour for at in found} == set(range(7, 23))


def test_mondays_most_and_weekends_least() -> None:
    found = Counter(at.weekday() for at in began(EVEN, *FOUR_YEARS, MANY))

    assert [day for day, _ in found.most_common()] == list(range(7))
    assert found[5] + found[6] < found[4]


def test_arrivals_are_independent_given_their_number() -> None:
    found = began(EVEN, *FOUR_YEARS, MANY)

    within_the_hour = [at.minute * 60 + at.second + at.microsecond / 1e6 for at in found]
    assert stats.kstest(within_the_hour, stats.uniform(0, 3600).cdf).pvalue > UNLIKELY
    # all Wednesdays are alike, so their counts differ as those of a Poisson process do
    wednesdays = Counter(at.date() for at in found if at.weekday() == 2)
    assert stats.chisquare(list(wednesdays.values())).pvalue > UNLIKELY


@pytest.mark.parametrize(("factor", "weeks"), [(1.3, 4), (1.6, 8), (3.0, 1), (0.5, 4)])
def test_a_surge_has_its_factor(factor: float, weeks: int) -> None:
    start = dt.date(2024, 2, 5)
    surge = {"from": start, "weeks": weeks, "factor": factor}
    year = dt.date(2024, 1, 1), dt.date(2024, 12, 31)

    odds, variance = [], 0.0
    for described in (Arrivals.model_validate({"surge": surge}), Arrivals()):
        inside = sum(
            start <= at.date() < start + dt.timedelta(weeks=weeks)
            for at in began(described, *year, MANY, str(described))
        )
        odds.append(inside / (MANY - inside))
        variance += 1 / inside + 1 / (MANY - inside)

    # the logarithm of the ratio of odds is normal, with this variance (Woolf 1955)
    apart = math.log(odds[0] / odds[1]) - math.log(factor)
    assert abs(apart) < 4 * math.sqrt(variance)


def by_month(described: Arrivals) -> np.ndarray:
    """How many of a million begin in each month of the year."""
    months = [dt.datetime(year, 1 + m, 1, tzinfo=AMSTERDAM) for year in YEARS for m in range(12)]
    edges = [*(month.timestamp() for month in months), math.inf]
    found = arrivals_between(described, *FOUR_YEARS, Draws(1), str(described), 1_000_000)
    return np.histogram(found, edges)[0].reshape(len(YEARS), 12).sum(axis=0)


def test_a_surge_lasts_its_weeks() -> None:
    start, day = dt.date(2024, 2, 5), dt.timedelta(days=1)
    surge = Arrivals.model_validate({"surge": {"from": start, "weeks": 2, "factor": 1.5}})

    each = [start + number * day for number in range(-2, 17)]
    against = [
        intensity_total(surge, one, one) / intensity_total(Arrivals(), one, one) for one in each
    ]

    assert against == pytest.approx([1, 1, *[1.5] * 14, 1, 1, 1])


@pytest.mark.parametrize("peak", [1, 2, 5, 7, 12])
def test_the_season_peaks_in_its_month(peak: int) -> None:
    swing = 0.5
    found = by_month(Arrivals(swing=swing, peak_month=peak)) / by_month(EVEN)

    smooth = math.sin(math.pi / 12) / (math.pi / 12)  # the mean of a cosine over a month
    cosine = np.cos(2 * math.pi * (np.arange(1, 13) - peak) / 12)
    # a month lies up to 1.5 days off its twelfth of the year, and is 80,000 against 80,000 cases
    within = swing * math.sin(2 * math.pi * 1.5 / 365) + 4 * math.sqrt(2 / 80_000)
    assert found.argmax() + 1 == peak
    assert found == pytest.approx(1 + swing * smooth * cosine, abs=within)


def test_what_a_period_has_is_the_sum_of_its_parts() -> None:
    described = process("uht").arrivals
    first, cut, last = dt.date(2020, 11, 1), dt.date(2021, 3, 1), dt.date(2022, 5, 5)
    day = dt.timedelta(days=1)

    parts = intensity_total(described, first, cut), intensity_total(described, cut + day, last)

    assert sum(parts) == pytest.approx(intensity_total(described, first, last))


def test_purposes_give_other_arrivals() -> None:
    one, other = (
        arrivals_between(EVEN, *FOUR_YEARS, Draws(1), name, 100) for name in ("open", "burn-in")
    )

    assert not np.isin(one, other).any()
