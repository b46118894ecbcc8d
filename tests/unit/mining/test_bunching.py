# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether terms are met in a bunch, on counts whose truth is known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mining.law import bunching
from mining.law.terms import ONE_DAY

DAYS = np.arange(-28, 28)
WEEK = np.array([1.4, 1.2, 1.0, 1.1, 1.2, 0.1, 0.05])[DAYS % 7]


def smooth(level: float, slope: float = 0.0) -> np.ndarray:
    return level + slope * DAYS


def test_a_jump_without_noise_is_found_exactly() -> None:
    means = 200 * np.exp(0.02 * DAYS) * np.where(DAYS >= 0, 1.5, 1.0) * WEEK
    found, p = bunching.jump(DAYS, means)

    assert found == pytest.approx(1.5, rel=1e-3)
    assert p == pytest.approx(0.001)


def test_the_last_days_themselves_are_not_looked_at() -> None:
    counts = smooth(100.0)
    counts[(DAYS >= -1) & (DAYS <= 1)] = 5000

    assert bunching.jump(DAYS, counts)[0] == pytest.approx(1, abs=1e-4)


def test_how_often_chance_is_taken_for_a_bunch() -> None:
    random = np.random.default_rng(11)
    counts = random.poisson(smooth(60.0, 0.4) * WEEK, (100, 56)).astype(float)
    p = np.array([bunching.jump(DAYS, each)[1] for each in counts])

    # 5 of 100 tries, give or take
    assert (p < 0.05).sum() <= 11
    assert 0.4 < p.mean() < 0.6


def test_a_hump_before_the_last_day_is_no_jump() -> None:
    means = 3000 * np.exp(-(((DAYS - 5) / 6) ** 2) / 2) + 1

    assert bunching.jump(DAYS, means)[1] > 0.05


def test_a_real_bunch_is_found() -> None:
    random = np.random.default_rng(12)
    means = smooth(60.0, 0.4) * WEEK * np.where(DAYS >= 0, 1.3, 0.7)
    p = np.array([bunching.jump(DAYS, random.poisson(means).astype(float))[1] for _ in range(20)])

    assert (p < 0.01).mean() > 0.9


def summed(*rows: tuple[int, int]) -> pl.DataFrame:
    schema = {"id": pl.String, "is_short": pl.Boolean, "days_left": pl.Int32, "n": pl.Int64}
    return pl.DataFrame([("d", False, *row) for row in rows], schema=schema, orient="row")


def met(term_days: int, took_days: np.ndarray) -> pl.DataFrame:
    """What is told of cases that took so long to meet a term that began on some day of a year."""
    start = np.datetime64("2025-01-01") + np.arange(len(took_days)) % 364 * ONE_DAY
    late = took_days > term_days
    held = {
        "id": "d",
        "start": start,
        "plain_end": start + term_days * ONE_DAY,
        "days_left": (term_days - took_days).astype(np.int32),
        "extended_days": 0,
        "status": np.where(late, "late", "within").tolist(),
    }
    return bunching.conclude(bunching.SUMMARY.summarise(pl.DataFrame(held)).collect())


def test_a_week_before_and_a_week_after() -> None:
    [row] = bunching.conclude(summed((7, 500), (6, 30), (0, 40), (-1, 20), (-7, 2), (-8, 9))).rows()

    assert row[:3] == ("d", 70, 22)


def test_few_cases_tell_nothing() -> None:
    assert bunching.conclude(summed((0, 199))).is_empty()


def took(seed: int) -> np.ndarray:
    """Days of 6000 cases, half of them within 25."""
    return np.random.default_rng(seed).lognormal(np.log(25), 0.5, 6000).astype(int)


def test_the_first_days_of_a_term_of_four_weeks_say_nothing_of_its_last() -> None:
    jumps = [met(28, took(seed))["jump"].item() for seed in range(9)]

    assert np.median(jumps) == pytest.approx(1, abs=0.35)


def test_a_bunch_of_a_term_of_four_weeks_is_found() -> None:
    hurried = took(3)
    is_one = (hurried > 28) & (hurried <= 38) & (np.arange(6000) % 5 < 2)
    hurried[is_one] = 23 + np.arange(is_one.sum()) % 5
    [(_, _, _, jump, p)] = met(28, hurried).rows()

    assert jump > 2
    assert p < 0.01


def test_a_term_of_less_than_four_weeks_has_too_few_days() -> None:
    assert met(27, took(4)).is_empty()
