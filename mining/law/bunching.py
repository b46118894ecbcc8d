# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Whether terms are met in a bunch just before their last day.

Cases are counted by the days that were left when the term was met, before any extension: a case
that passes the last day is often extended on it, which would leave a hole after it. On each side of
the last day a parabola is fitted through the logarithm of these counts (Poisson), with one weekly
pattern for both sides, and without the last day and its neighbours; a line would take the slope of
a hump for a jump. The jump is between the values of both at the end of the last day (a local
polynomial regression discontinuity: Hahn, Todd and Van der Klaauw 2001). The p-value is the share
of draws that jump as much, drawn from the fit without a jump and spread as widely as the real
counts (a parametric bootstrap).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contracts.tables import TABLES
from mining.summaries import Summary
from mining.survival import Floats

_WINDOW_DAYS, _NEAR_DAYS, _WEEK_DAYS = 28, 1, 7
_SHORT_WINDOW_DAYS, _SHORT_DAYS = 21, 42  # for shorter terms a parabola bends to their first days
_LIMIT = -0.5  # between the last day, with 0 left, and the first day that is too late
_LEAST_CASES = 200
_SHORTEST_DAYS = 28  # a shorter term has too few days before the last one
_DRAWS, _SEED = 999, 4_13
_STEPS, _RIDGE, _LOG_RANGE = 10, 1e-4, (-7.0, 25.0)


def _summarise(held: pl.DataFrame) -> pl.LazyFrame:
    """Closed cases by the days that were left when the term was met; below 0: too late."""
    is_near = pl.col("days_left").is_between(-_WINDOW_DAYS, _WINDOW_DAYS - 1)
    term = pl.col("plain_end") - pl.col("start")
    is_long = term >= dt.timedelta(days=_SHORTEST_DAYS)
    return (
        held.lazy()
        .with_columns(
            pl.col("days_left") - pl.col("extended_days"),
            is_short=term < dt.timedelta(days=_SHORT_DAYS),
        )
        .filter(is_long, pl.col("status").is_in(["within", "late"]), is_near)
        .group_by("id", "is_short", "days_left")
        .agg(n=pl.len())
    )


SUMMARY = Summary("bunching", ("id", "is_short", "days_left"), _summarise)


def conclude(merged: pl.DataFrame) -> pl.DataFrame:
    """The shape of ``TABLES["bunching"]``; no row for terms that few cases met near the last day.

    Args:
        merged: the merged ``SUMMARY``.
    """
    rows = []
    for (name,), group in merged.partition_by("id", as_dict=True, maintain_order=True).items():
        window = _SHORT_WINDOW_DAYS if group["is_short"].any() else _WINDOW_DAYS
        days = np.arange(-window, window)
        near = group.filter(pl.col("days_left").is_between(-window, window - 1))
        counts = np.zeros(len(days))
        np.add.at(counts, near["days_left"].to_numpy() + window, near["n"].to_numpy())
        if counts.sum() >= _LEAST_CASES:
            before = counts[(days >= 0) & (days < _WEEK_DAYS)].sum()
            after = counts[(days < 0) & (days >= -_WEEK_DAYS)].sum()
            rows.append((name, int(before), int(after), *jump(days, counts)))
    return pl.DataFrame(rows, schema=TABLES["bunching"], orient="row")


def jump(days: NDArray[np.int64], counts: Floats) -> tuple[float, float]:
    """How many times as many cases a day there are just before the limit, and its p-value.

    Args:
        days: how many were left, ``(N,)``, whole weeks on both sides.
        counts: cases, ``(N,)``.
    """
    is_far = (days > _NEAR_DAYS) | (days < 2 * _LIMIT - _NEAR_DAYS)
    far, seen = days[is_far], counts[is_far][None, :]
    smooth, whole = _design(far, with_jump=False), _design(far, with_jump=True)
    found = _fitted(whole, seen)
    expected = np.exp(whole @ found[0])
    freedom = len(far) - np.linalg.matrix_rank(whole)
    spread = max(1.0, float(((seen[0] - expected) ** 2 / expected).sum() / freedom))
    without = np.exp(smooth @ _fitted(smooth, seen)[0])
    drawn = _fitted(whole, _drawn(without, spread))
    is_as_large = np.abs(drawn[:, 0]) >= abs(found[0, 0])
    return float(np.exp(found[0, 0])), float((1 + is_as_large.sum()) / (_DRAWS + 1))


def _design(days: NDArray[np.int64], *, with_jump: bool) -> Floats:
    """A parabola on each side and the days of the week; the jump, if any, is the first column."""
    since = (days - _LIMIT) / _WINDOW_DAYS
    is_in_time = since > 0
    week = np.eye(_WEEK_DAYS)[days % _WEEK_DAYS]
    sides = [
        power * is_side for power in (since, since**2) for is_side in (is_in_time, ~is_in_time)
    ]
    smooth = np.column_stack([*sides, week])
    return np.column_stack([is_in_time, smooth]).astype(float) if with_jump else smooth


def _fitted(design: Floats, counts: Floats) -> Floats:
    """The coefficients of Poisson regressions, ``(B, K)``, for ``counts`` ``(B, N)``.

    Iteratively reweighted least squares (McCullagh and Nelder 1989, 2.5), with a ridge so small
    that it matters only if a day of the week has no cases at all.
    """
    means, size = counts + 0.5, design.shape[1]
    ridge = _RIDGE * np.eye(size)
    pairs = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
    for _ in range(_STEPS):
        towards = np.log(means) + (counts - means) / means
        squares = (means @ pairs).reshape(-1, size, size) + ridge
        products = (means * towards) @ design
        found: Floats = np.linalg.solve(squares, products[:, :, None])[:, :, 0].astype(float)
        means = np.exp(np.clip(found @ design.T, *_LOG_RANGE))
    return found


def _drawn(fitted: Floats, spread: float) -> Floats:
    """Counts with these means, and with a variance ``spread`` times as large."""
    random = np.random.default_rng(_SEED)
    shape = (_DRAWS, len(fitted))
    means = np.broadcast_to(fitted, shape)
    if spread > 1:
        means = random.gamma(fitted / (spread - 1), spread - 1, shape)
    return random.poisson(means).astype(float)
