# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Random numbers that belong to a case and a purpose, not to the order in which they were asked.

Case 17's wait for a report is the same number whatever else is drawn, however the cases are cut
into parts, and with or without a plant: so the effect of a plant can be measured on the very same
cases (common random numbers; Law, Simulation Modeling and Analysis, 5th ed., section 11.2).
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulation.description import Spread

_P90_SIGMAS = float(ndtri(0.9))
_A_COUNTER = 4  # numbers that Philox gives per value of its counter

Floats = NDArray[np.float64]


class Draws:
    """Uniform numbers from a seed, by a counter-based generator (Philox, Salmon et al. 2011)."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, purpose: str, first: int, count: int) -> Floats:
        """The numbers in [0, 1) of ``count`` cases, from number ``first``, for a purpose."""
        key = hashlib.blake2b(f"{self._seed}:{purpose}".encode(), digest_size=16).digest()
        skip = first % _A_COUNTER
        stream = np.random.Philox(key=int.from_bytes(key, "little"))
        stream.advance(first // _A_COUNTER)
        return np.random.Generator(stream).random(skip + count)[skip:]


def days_of(uniform: Floats, spread: Spread) -> Floats:
    """Waits in days with a given median and 90th percentile: the quantile at each number.

    Log-normal; exponential if the median is 0; always that long if both are equal.
    """
    median, p90 = spread
    if median == p90:
        return np.full_like(uniform, median)
    if median == 0:
        return -p90 / math.log(10) * np.log1p(-uniform)
    sigma = math.log(p90 / median) / _P90_SIGMAS
    days: Floats = median * np.exp(sigma * ndtri(uniform))
    return days


def chosen(uniform: Floats, shares: dict[str, float]) -> NDArray[np.int64]:
    """The value of each case, as an index into ``shares``."""
    edges = np.cumsum(list(shares.values()))
    return np.searchsorted(edges / edges[-1], uniform, side="right").astype(np.int64)
